// One spike spreads: it adds its weights, contiguous over the maps, to the potentials of every position that sees it.
// Vector-extension templates as in wave_walk.hpp; every instruction set gives the same bits, for each potential is a
// sum of its own, in the order of the spikes. No state; any thread.
#pragma once

#include <cstddef>
#include <cstdint>

namespace spikeline {

// Stages of a position, beside the number of thresholds it has crossed.
inline constexpr std::uint8_t kSilent = 0xff;   // heard nothing yet: its potentials are not there
inline constexpr std::uint8_t kDone = 0xfe;     // hears nothing any more

struct WaveSpread {
  const float* weights;           // [window][window][stride] of the spike's channel, aligned
  std::size_t stride;             // padded maps: a multiple of kLayerPad
  std::uint32_t window;
  // Positions that see the spike, from x0, y0 up to but without x1, y1; it lies in the window of x0, y0 at wx, wy, in
  // that of the next one less to the right.
  std::uint32_t x0, x1, y0, y1;
  std::uint32_t wx, wy;
  std::uint32_t width;            // positions in a row
  float* potentials;              // [positions][stride], aligned
  const float* thresholds;        // aligned: [thresholds][stride], of the next is the position's stage; or
  std::uint32_t own_thresholds;   // if not 0: [positions][stride]
  std::uint8_t* stage;            // [positions]
  std::uint32_t* heard;           // appended: positions that were silent
  std::size_t heard_count;
  std::uint8_t* is_crossing;      // [positions]
  std::uint32_t* crossing;        // appended: positions that cross and were not there yet
  std::size_t crossing_count;
};

}  // namespace spikeline
