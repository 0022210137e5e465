// One frame of a camera's events, and room for the feature spikes that a network makes of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "status.hpp"

namespace spikeline {

// The events of one frame, sorted by time, and room for as many feature spikes.
struct EventFrame {
  std::span<const std::uint32_t> offset_us;  // [events]
  std::span<const std::uint32_t> input;      // [events] (polarity · height + y) · width + x
  std::span<std::uint32_t> out_offset_us;    // [events]
  std::span<std::uint16_t> feature;          // [events]
  std::span<std::uint8_t> x;                 // [events]
  std::span<std::uint8_t> y;                 // [events]

  // Whether the sizes fit, the times never fall and each input is one of so many.
  [[nodiscard]] Status Check(std::uint32_t inputs) const noexcept;
};

}  // namespace spikeline
