#include "kernel/traces.hpp"

#include <cmath>

#include "tests.hpp"

namespace spikeline::test {

void TestTraces(Checks& t) {
  t.Test("a trace is 1 at its spike and decays with its time constant", [&] {
    const TraceTable trace(20);
    t.Expect(trace.ok() && trace.At(0) == 1, "1 at the spike");
    t.Expect(std::abs(trace.At(20) - std::exp(-1.0F)) < 1e-7F, "1/e after one time constant");
  });
  t.Test("past its horizon a trace is 0, and it was small before", [&] {
    for (const double tau : {0.01, 1.0, 20.0, 3000.0}) {
      const TraceTable trace(tau);
      t.Expect(trace.At(trace.horizon()) == 0, "0 at the horizon");
      t.Expect(trace.At(-kNever) == 0, "0 for a spike that never was");
      t.Expect(trace.At(trace.horizon() - 1) < 1e-7F, "below 2^-23 just before");
    }
  });
}

}  // namespace spikeline::test
