// Runs one encoded image through a first-spike convolution: keeps the bit sets of the rows under the window while it
// moves down the image, and hands each row of positions to the kernel (wave_walk.hpp).
//
// Cost: a spike sets window² bits in window rows' worth of sets, a position with too few spikes costs one comparison.
// Memory: window · positions_x · max_spikes / 8 bytes of sets. All of it is allocated at construction.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "aligned_buffer.hpp"
#include "wave_encoder.hpp"
#include "wave_params.hpp"
#include "wave_walk.hpp"

namespace spikeline {

// Weights and thresholds as the kernel reads them: maps padded to `stride`, integers.
template <typename Potential>
struct WaveFilters {
  WaveFilters(const WaveParams& p, std::uint32_t thresholds, std::uint32_t levels_of_one) noexcept;
  [[nodiscard]] bool ok() const noexcept { return weights.ok() && threshold.ok(); }

  // Rounds a weight of [0, 1], or a threshold in weights, to levels.
  void SetWeight(std::size_t tap, std::size_t map, float weight) noexcept;
  void SetThreshold(std::uint32_t t, std::size_t map, float in_weights) noexcept;
  // To be called when thresholds were set: fewer spikes than `least` cannot cross.
  void FindLeast() noexcept;

  std::uint32_t levels;
  std::uint32_t maps;
  std::size_t stride;
  std::uint32_t threshold_count;
  AlignedBuffer<Potential> weights;    // [taps + 1][stride]; the last row is 0
  AlignedBuffer<Potential> threshold;  // [threshold_count][stride]
  std::array<std::uint32_t, kMostThresholds> least{};
};

extern template struct WaveFilters<std::uint8_t>;
extern template struct WaveFilters<std::uint16_t>;

class WaveConvolution {
 public:
  explicit WaveConvolution(const WaveParams& params) noexcept;
  [[nodiscard]] bool ok() const noexcept;

  // The feature spikes of an encoded image, by position (row by row) and threshold; valid until the next call.
  template <typename Potential>
  std::span<const WaveHit> Run(const WaveEncoder& image, const WaveFilters<Potential>& filters,
                               std::uint32_t (*walk)(const WaveRow<Potential>&) noexcept) noexcept;

 private:
  void Enter(const WaveEncoder& image, std::uint32_t row) noexcept;
  void Leave(const WaveEncoder& image, std::uint32_t row) noexcept;
  void CountWindows() noexcept;
  [[nodiscard]] std::uint32_t FirstPosition(std::uint32_t x) const noexcept;
  [[nodiscard]] std::uint32_t EndPosition(std::uint32_t x) const noexcept;

  std::uint32_t height_;
  std::uint32_t channels_;
  std::uint32_t window_;
  std::uint32_t pad_;
  std::uint32_t positions_x_;
  std::uint32_t positions_y_;
  std::size_t words_ = 0;                       // of this image's sets
  AlignedBuffer<std::uint64_t> sets_;           // [window][positions_x][words]: ring of rows
  std::array<std::uint8_t, kMostWindow> in_use_{};  // rows of the ring with any spike
  AlignedBuffer<std::uint16_t> in_column_;      // [width + 2 · pad], spikes in the window's rows
  AlignedBuffer<std::uint16_t> in_window_;      // [positions_x]
  AlignedBuffer<std::uint32_t> place_;          // [max_spikes + 1]
  AlignedBuffer<std::uint32_t> ranks_;          // [window² + kRankRoom]
  AlignedBuffer<WaveHit> hits_;                 // [positions][thresholds]
};

}  // namespace spikeline
