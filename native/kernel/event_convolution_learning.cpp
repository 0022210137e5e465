// The learning of EventConvolution: what a spike does to its map's weights and to the thresholds.
#include <algorithm>

#include "event_convolution.hpp"

namespace spikeline {

void EventConvolution::LearnSpike(std::uint32_t map, std::uint32_t x, std::uint32_t y,
                                  std::uint32_t offset_us) noexcept {
  const std::size_t side = params_.side();
  const auto rise = static_cast<float>(params_.rise);
  const auto fall = -static_cast<float>(params_.fall);
  for (std::size_t polarity = 0; polarity < kEventPolarities; ++polarity) {
    // The field's first tap is the last position's.
    float* weight = weights_.data() + WeightAt(polarity * side * side) + map;
    for (std::size_t row = 0; row < side; ++row) {
      const std::uint64_t* last = last_.data() + (polarity * rows_ + y + row) * columns_ + x;
      for (std::size_t column = 0; column < side; ++column, weight -= stride_) {
        const bool took_part = last[column] != 0 && std::uint64_t{offset_us} + 1 - last[column] <= params_.window_us;
        const float moved = *weight + (took_part ? rise : fall) * (*weight * (1.0F - *weight));
        *weight = std::clamp(moved, kWeightMargin, 1.0F - kWeightMargin);
      }
    }
  }
  Balance(map);
  ++spikes_;
}

void EventConvolution::Balance(std::uint32_t map) noexcept {
  const float share = static_cast<float>(params_.threshold_rate / params_.maps);
  for (std::size_t k = 0; k < params_.maps; ++k) {
    thresholds_[k] = std::max(thresholds_[k] - share, params_.least_threshold());
  }
  thresholds_[map] = std::min(thresholds_[map] + static_cast<float>(params_.threshold_rate), params_.most_threshold());
}

}  // namespace spikeline
