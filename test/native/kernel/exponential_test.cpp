#include "kernel/exponential.hpp"

#include <cmath>
#include <limits>

#include "tests.hpp"

namespace spikeline::test {

void TestExponential(Checks& t) {
  t.Test("exp is within four parts in 10^16 of the C library's over its whole range", [&] {
    double worst = 0;
    for (double x = 0; x > -700; x -= 0.0137) worst = std::max(worst, std::abs(ExpNonPositive(x) / std::exp(x) - 1));
    if (!t.Expect(worst < 4.5e-16, "the largest relative difference")) std::printf("  maxdiff %.3g\n", worst);
  });
  t.Test("exp of 0 is 1, of very little is 0, and it never rises", [&] {
    t.Expect(ExpNonPositive(0) == 1, "exp 0");
    t.Expect(ExpNonPositive(-701) == 0 && ExpNonPositive(-std::numeric_limits<double>::infinity()) == 0, "far below");
    double last = 1;
    for (double x = 0; x > -20; x -= 0.001) {
      const double y = ExpNonPositive(x);
      t.Expect(y <= last && y > 0, "falling");
      last = y;
    }
  });
}

}  // namespace spikeline::test
