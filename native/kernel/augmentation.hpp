// Moves the feature spikes of a frame as if the sensor had seen the thing shifted, turned, slanted or in another size,
// and leaves some out: for training a readout, so that it learns what stays the same.
//
//   (x', y') = c + A·((x, y) − c) + t, rounded to whole positions;   c = the centre of the map
//   A = rotation·(1 + scale) + shear, all drawn uniformly from ±their parameter, new for each frame
//
// The matrix is rounded to 1/65536 before the first spike is moved and everything after is integer, so that the result
// is the same on every machine. What leaves the map is left out.
#pragma once

#include <cstdint>

#include "random.hpp"
#include "status.hpp"

namespace spikeline {

struct AugmentParams {
  double shift_px = 0;
  double rotation_rad = 0;
  double shear = 0;    // share of the distance to the centre
  double scale = 0;    // share, for width and height by themselves
  double dropout = 0;  // share of the spikes that is left out

  [[nodiscard]] Status Check() const noexcept;
  // False if a frame stays as it is: then nothing is drawn.
  [[nodiscard]] bool MovesAnything() const noexcept;
};

// The move of one frame, in 1/65536 of a position: x' = (xx·x + xy·y + x0) >> 16.
struct Warp {
  std::int32_t xx, xy, x0;
  std::int32_t yx, yy, y0;
  std::uint32_t drop_below;  // of 65536: a spike whose 16 bits are below is left out
  Random random;             // gives 16 bits a spike, the lower half of a word first
};

// Precondition: checked parameters, width and height from 1 to 256.
[[nodiscard]] Warp DrawWarp(const AugmentParams& params, std::uint32_t width, std::uint32_t height,
                            std::uint32_t key) noexcept;

}  // namespace spikeline
