#include "event_convolution_params.hpp"

namespace spikeline {

namespace {

bool Between(double x, double low, double high) noexcept { return x >= low && x <= high; }
bool Whole(std::uint32_t x, std::uint32_t low, std::uint32_t high) noexcept { return x >= low && x <= high; }

constexpr double kLeastTauUs = 100;
constexpr double kMostTauUs = 10e6;  // the tables of the decay then take 600 kB
constexpr double kLeastThreshold = 0.01;
constexpr double kMostThreshold = 1000;

}  // namespace

Status EventConvolutionParams::Check() const noexcept {
  const bool sizes = Whole(width, 1, kMostEventSide) && Whole(height, 1, kMostEventSide) &&
                     Whole(maps, 1, kMostEventMaps) && Whole(radius, 1, kMostEventRadius) && lateral <= radius &&
                     Whole(bins, 1, kMostEventBins);
  if (!sizes) return Status::kBadSize;
  const bool neurons = Between(tau_us, kLeastTauUs, kMostTauUs) && bin_us > 0 && centre <= 1 &&
                       Between(threshold, kLeastThreshold, kMostThreshold) && Between(reset, -kMostThreshold, 0);
  const bool learning = Between(initial_low, 0, 1) && Between(initial_high, initial_low, 1) && Between(rise, 0, 1) &&
                        Between(fall, 0, 1) && Between(threshold_rate, 0, kMostThreshold);
  return neurons && learning ? Status::kOk : Status::kBadParameter;
}

}  // namespace spikeline
