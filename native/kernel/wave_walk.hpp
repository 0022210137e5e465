// One row of positions of a first-spike convolution: at each position the input spikes of its window are walked in
// order of rank, and every map sums the weights it has for them.
//
//   u_m = Σ w[tap][m] over the spikes so far                   saturating unsigned integers
//   threshold t: the first spike with any u_m >= θ_t,m is the position's feature spike of t
//     its map: among those over, the one with the highest u; ties to the lowest map
//   the walk ends with the last threshold: later spikes cannot matter
//
// The spikes of a window are found by the union of bit sets of ranks, one set a row of the window and position, and
// taken from it in order; potentials stay in registers. Four spikes are added at once, and one by one only where a
// threshold was crossed among them: u never falls, so nothing is missed.
// Vector-extension templates as in drive.hpp; every instruction set gives the same bits. No state; any thread.
#pragma once

#include <cstddef>
#include <cstdint>

#include "wave_params.hpp"
#include "wave_spread.hpp"

namespace spikeline {

// Maps are padded to a multiple of this; a padding map has weights 0 and so never crosses (thresholds are 1 or more).
inline constexpr std::size_t kMapPad = 64;
// Bit sets of ranks are padded to so many words.
inline constexpr std::size_t kRankWords = 8;
// The kernels write whole vectors of ranks.
inline constexpr std::size_t kRankRoom = 16;

struct WaveHit {
  std::uint16_t x;
  std::uint16_t y;
  std::uint16_t rank;
  std::uint16_t map;
  std::uint16_t potential;
  std::uint16_t threshold;  // index
};

template <typename Potential>
struct WaveRow {
  const Potential* weights;             // [taps + 1][stride], aligned; the last row is 0
  std::size_t stride;                   // padded maps: kMapPad · 1, 2, 3 or 4
  const Potential* threshold;           // [threshold_count][stride], aligned
  std::uint32_t threshold_count;
  const std::uint32_t* least_spikes;    // [threshold_count]: fewer spikes than this cannot cross; at least 1
  const std::uint64_t* const* rows;     // [row_count] bit sets [width][words] of the window's rows
  std::uint32_t row_count;
  std::size_t words;                    // multiple of kRankWords
  const std::uint16_t* in_window;       // [width] spikes in the window of each position
  std::uint32_t width;                  // positions
  std::uint16_t y;
  std::uint32_t* place;                 // [ranks + 1] of each spike: (channel·window² + y·window + x) · stride
  std::uint32_t silent;                 // the rank after the last, whose place is scratch: it fills up groups of four
  std::int32_t silent_place;            // where `weights` has a row of zeros
  std::int32_t origin;                  // the same of the window's corner at x = 0, which may lie outside the image
  std::uint32_t* ranks;                 // scratch: the spikes of one window, and kRankRoom more
  WaveHit* hits;                        // room for width · threshold_count
};

// Each writes the row's hits, ascending by x and threshold, and returns how many.
using WalkU8 = std::uint32_t (*)(const WaveRow<std::uint8_t>&) noexcept;
using WalkU16 = std::uint32_t (*)(const WaveRow<std::uint16_t>&) noexcept;

// out[i] += tap · (a[i] + b[i]) for i < size. The encoder's blur, for whole images at a time.
using AddPair = void (*)(std::int32_t* out, const std::int32_t* a, const std::int32_t* b, std::int32_t tap,
                         std::size_t size) noexcept;

struct WaveKernels {
  WalkU8 walk_u8;
  WalkU16 walk_u16;
  AddPair add_pair;
  void (*spread)(WaveSpread&) noexcept;
  const char* name;
};

extern const WaveKernels kWaveKernelsBase;
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
extern const WaveKernels kWaveKernelsAvx2;
extern const WaveKernels kWaveKernelsAvx512;
#endif

// As ChooseKernels of drive.hpp.
[[nodiscard]] const WaveKernels* ChooseWaveKernels(const char* name) noexcept;

}  // namespace spikeline
