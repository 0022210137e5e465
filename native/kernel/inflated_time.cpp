#include "inflated_time.hpp"

#include <cmath>
#include <cstddef>

#include "exponential.hpp"

namespace spikeline {

namespace {

// Epochs: long enough to be rare, short enough that exp(16), squared and summed, is far from overflow.
constexpr double kEpochTaus = 16;
// exp(−46) of a fresh event: without a trace in any sum; kept out because subnormal numbers are slow.
constexpr float kForgotten = 1e-20F;

}  // namespace

InflatedTime::InflatedTime(double tau_us) noexcept
    : epoch_us_(static_cast<std::uint32_t>(kEpochTaus * tau_us)),
      shrink_(static_cast<float>(ExpNonPositive(-static_cast<double>(epoch_us_) / tau_us))),
      fine_(kFineMask + std::size_t{1}),
      coarse_((epoch_us_ >> kFineBits) + std::size_t{1}) {
  if (!ok()) return;
  const auto grown = [&](double us) { return static_cast<float>(1.0 / ExpNonPositive(-us / tau_us)); };
  for (std::size_t k = 0; k < fine_.size(); ++k) fine_[k] = grown(static_cast<double>(k));
  for (std::size_t k = 0; k < coarse_.size(); ++k) coarse_[k] = grown(static_cast<double>(k << kFineBits));
}

void InflatedTime::Shrink(std::span<float> values, std::uint32_t epochs) const noexcept {
  for (std::uint32_t k = 0; k < epochs; ++k) {
    for (float& value : values) {
      const float less = value * shrink_;
      value = std::abs(less) < kForgotten ? 0.0F : less;
    }
  }
}

}  // namespace spikeline
