// What reading and writing the state of a readout needs: rows with and without padding, and a check of values.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

namespace spikeline {

// Beyond all that learning comes to, and so far from a float's end that no score overflows.
inline constexpr float kLargestWeight = 1e12F;

// Rows of `stride` floats to rows of `width` without a gap, or back; the padding is left as it is.
inline void UnpadRows(std::span<float> dense, const float* padded, std::size_t width, std::size_t stride) noexcept {
  for (std::size_t row = 0; row * width < dense.size(); ++row) {
    std::copy_n(padded + row * stride, width, dense.data() + row * width);
  }
}

inline void PadRows(float* padded, std::span<const float> dense, std::size_t width, std::size_t stride) noexcept {
  for (std::size_t row = 0; row * width < dense.size(); ++row) {
    std::copy_n(dense.data() + row * width, width, padded + row * stride);
  }
}

// False also for what is no number.
[[nodiscard]] inline bool AllWithin(std::span<const float> values, float most) noexcept {
  return std::all_of(values.begin(), values.end(), [=](float v) { return v >= -most && v <= most; });
}

}  // namespace spikeline
