#include "exponential.hpp"

#include <bit>
#include <cassert>
#include <cstdint>

namespace spikeline {

double ExpNonPositive(double x) noexcept {
  assert(x <= 0.0);
  if (!(x >= -700.0)) return 0.0;
  constexpr double kInvLn2 = 1.4426950408889634;
  constexpr double kLn2High = 0.693147180369123816490;  // 32 bits: k * high is exact
  constexpr double kLn2Low = 1.90821492927058770002e-10;
  const auto k = static_cast<std::int64_t>(x * kInvLn2 - 0.5);  // truncation towards 0 rounds, as x <= 0
  const auto kd = static_cast<double>(k);
  const double r = (x - kd * kLn2High) - kd * kLn2Low;
  double sum = 1.0;
  for (int n = 13; n >= 1; --n) sum = 1.0 + r * sum / static_cast<double>(n);
  return sum * std::bit_cast<double>(static_cast<std::uint64_t>(k + 1023) << 52);
}

}  // namespace spikeline
