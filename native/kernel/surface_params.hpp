// What a layer of time-surface prototypes is made of, as plain numbers. Check() refuses what would break the kernel.
#pragma once

#include <cstddef>
#include <cstdint>

#include "status.hpp"

namespace spikeline {

inline constexpr std::uint32_t kSurfacePolarities = 2;
inline constexpr std::uint32_t kMostSurfaceSide = 256;  // of the sensor, pixels: places are bytes
inline constexpr std::uint32_t kMostPrototypes = 256;
inline constexpr std::uint32_t kMostSurfaceRadius = 7;
inline constexpr std::uint32_t kMostBins = 64;

struct SurfaceParams {
  std::uint32_t width = 0;  // of the sensor, pixels
  std::uint32_t height = 0;
  std::uint32_t prototypes = 32;
  std::uint32_t radius = 3;      // a surface is a square of 2 · radius + 1 pixels
  std::uint32_t planes = 1;      // 1: the event's own polarity; 2: OFF and ON
  double tau_us = 20'000;        // of the decay
  std::uint32_t bin_us = 100'000;  // parts of a frame that speak as features of their own
  std::uint32_t bins = 1;          // the last has no end
  std::uint32_t centre = 0;        // 1: each bin is moved so that its events' centroid lies in the middle

  double vigilance = 0.9;    // a surface less similar than this to every prototype becomes one, while any are left
  double rate = 0.001;       // least share by which the winner moves; before, 1 ÷ its wins

  [[nodiscard]] Status Check() const noexcept;

  [[nodiscard]] std::uint32_t side() const noexcept { return 2 * radius + 1; }
  [[nodiscard]] std::uint32_t taps() const noexcept { return planes * side() * side(); }
  [[nodiscard]] std::uint32_t inputs() const noexcept { return kSurfacePolarities * width * height; }
  [[nodiscard]] std::uint32_t features() const noexcept { return bins * prototypes; }
};

}  // namespace spikeline
