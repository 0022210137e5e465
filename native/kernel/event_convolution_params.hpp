// What an event-driven convolutional layer is made of, as plain numbers. Check() refuses what would break the kernel.
#pragma once

#include <cstddef>
#include <cstdint>

#include "status.hpp"

namespace spikeline {

inline constexpr std::uint32_t kEventPolarities = 2;
inline constexpr std::uint32_t kMostEventSide = 256;  // of the sensor, pixels: places are bytes
inline constexpr std::uint32_t kMostEventMaps = 256;
inline constexpr std::uint32_t kMostEventRadius = 3;
inline constexpr std::uint32_t kMostEventBins = 64;
// While they learn, thresholds stay between the initial one divided and multiplied by this.
inline constexpr double kThresholdSpan = 4;
// Learned weights stay so far from 0 and 1, where w · (1 − w) would hold them for ever.
inline constexpr float kWeightMargin = 1.0F / 1024.0F;

struct EventConvolutionParams {
  std::uint32_t width = 0;  // of the sensor, pixels
  std::uint32_t height = 0;
  std::uint32_t maps = 32;
  std::uint32_t radius = 2;   // a neuron sees a square of 2 · radius + 1 pixels, OFF and ON
  std::uint32_t lateral = 0;  // a spike silences the positions within so many pixels each way; at most radius
  std::uint32_t seed = 0;     // of the initial weights
  std::uint32_t bin_us = 100'000;  // parts of a frame that speak as features of their own
  std::uint32_t bins = 1;          // the last has no end
  std::uint32_t centre = 0;        // 1: each bin is moved so that its events' centroid lies in the middle
  std::uint32_t window_us = 20'000;  // a tap took part in a spike if its last event came at most so long before

  double tau_us = 20'000;       // of the membrane
  double threshold = 6;         // initial, in weights; rest is 0
  double reset = 0;             // to which a spike lowers the potentials, not positive
  double initial_low = 0.2;     // weights are drawn between these
  double initial_high = 0.8;
  double rise = 0.02;           // of the taps that took part: w += rise · w · (1 − w)
  double fall = 0.01;           // of the others: w −= fall · w · (1 − w)
  double threshold_rate = 0.1;  // a learned spike raises its map's threshold by this, and lowers all by this ÷ maps

  [[nodiscard]] Status Check() const noexcept;

  [[nodiscard]] std::uint32_t side() const noexcept { return 2 * radius + 1; }
  [[nodiscard]] std::uint32_t taps() const noexcept { return kEventPolarities * side() * side(); }
  [[nodiscard]] std::uint32_t inputs() const noexcept { return kEventPolarities * width * height; }
  [[nodiscard]] std::uint32_t features() const noexcept { return bins * maps; }
  [[nodiscard]] float least_threshold() const noexcept { return static_cast<float>(threshold / kThresholdSpan); }
  [[nodiscard]] float most_threshold() const noexcept { return static_cast<float>(threshold * kThresholdSpan); }
};

}  // namespace spikeline
