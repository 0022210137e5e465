// What a readout says of a batch of frames.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace spikeline {

inline constexpr std::uint32_t kMostClasses = 1024;

// An empty span is not filled; `label` is always wanted.
struct Judged {
  std::span<std::uint16_t> label;  // [frames]
  std::span<float> margin;         // [frames], score of the best class less that of the second
  std::span<float> share;          // [frames][classes], softmax of the scores

  [[nodiscard]] bool Fits(std::size_t frames, std::size_t classes) const noexcept {
    return label.size() == frames && (margin.empty() || margin.size() == frames) &&
           (share.empty() || share.size() == frames * classes);
  }
};

// The same before all spikes are looked at.
struct JudgedEarly {
  std::span<std::uint16_t> label;   // [frames]
  std::span<std::uint32_t> spikes;  // [frames], how many it took

  [[nodiscard]] bool Fits(std::size_t frames) const noexcept {
    return label.size() == frames && spikes.size() == frames;
  }
};

}  // namespace spikeline
