// Spikes of features on a map: what a wave network says of a batch of frames, as flat arrays.
// Within a frame the spikes stand in the order of time; when exactly each came is no longer told.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace spikeline {

struct FeatureSpikes {
  std::span<const std::uint32_t> start;    // [frames + 1], from 0, never falling: frame f has start[f] … start[f + 1]
  std::span<const std::uint16_t> feature;  // [spikes]
  std::span<const std::uint8_t> x;         // [spikes]
  std::span<const std::uint8_t> y;         // [spikes]

  [[nodiscard]] std::size_t frames() const noexcept { return start.empty() ? 0 : start.size() - 1; }

  // The spikes of one frame. Safe for any bounds: the arrays may be shared with a thread that writes into them.
  [[nodiscard]] FeatureSpikes Frame(std::size_t f) const noexcept {
    const std::size_t begin = start[f];
    const std::size_t end = start[f + 1];
    if (begin > end || end > feature.size()) return {};
    return {.start = {}, .feature = feature.subspan(begin, end - begin), .x = x.subspan(begin, end - begin),
            .y = y.subspan(begin, end - begin)};
  }
};

}  // namespace spikeline
