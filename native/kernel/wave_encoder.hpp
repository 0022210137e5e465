// An image becomes a wave of spikes: difference of Gaussians, or oriented edges (wave_gabor.hpp), then rank order by
// strength.
//
//   centre, surround   separable, taps of 12 bits that sum to 4096, radius ceil(3 sigma), the edge pixel repeated
//   d = Σ_dy c_dy · ((Σ_dx c_dx · pixel) >> 6)  −  the same of the surround       full scale: 255 · 64 · 4096
//   with orientations, d is a place's strength and the channel its orientation
//   spike if |d| >= contrast · full scale; channel on for d > 0, off for d < 0, so at most one spike a pixel or place
//   rank: strongest |d| first, in 1,024 steps of strength; ties in order of the pixels; the first max_spikes stay
//   with latency bins, steps of one bin are as one: bin = ⌊step · bins / (the highest step of any image + 1)⌋
//
// Integers only, so the same bits everywhere. Cost: a pass over the pixels. No allocation after construction.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "aligned_buffer.hpp"
#include "wave_gabor.hpp"
#include "wave_params.hpp"
#include "wave_walk.hpp"

namespace spikeline {

inline constexpr std::uint32_t kNoRank = 0xffffffff;
inline constexpr std::uint32_t kMostRadius = 24;  // 3 times the widest sigma

// One side of a symmetric kernel: tap[d] weighs the two pixels at distance d.
struct GaussianTaps {
  std::array<std::int32_t, kMostRadius + 1> tap{};
  std::uint32_t radius = 0;
};
[[nodiscard]] GaussianTaps MakeTaps(double sigma) noexcept;

struct InputSpike {
  std::uint16_t x;
  std::uint16_t y;
  std::uint32_t channel;  // 0 on, 1 off; or the orientation
  std::uint32_t rank;     // kNoRank: one too many, left out
};

class WaveEncoder {
 public:
  WaveEncoder(const WaveParams& params, const WaveKernels& kernels) noexcept;
  [[nodiscard]] bool ok() const noexcept;

  // Encodes width·height pixels.
  void Encode(std::span<const std::uint8_t> pixels) noexcept;

  // Of the last image, in order of the pixels; those of row y are [row_begin(y), row_begin(y + 1)).
  [[nodiscard]] std::span<const InputSpike> spikes() const noexcept { return {spikes_.data(), found_}; }
  [[nodiscard]] std::uint32_t row_begin(std::uint32_t y) const noexcept { return row_begin_[y]; }
  // How many have a rank.
  [[nodiscard]] std::uint32_t count() const noexcept { return count_; }

 private:
  void Pad(std::span<const std::uint8_t> pixels) noexcept;
  void BlurAcross(const GaussianTaps& taps, std::int32_t* out) noexcept;
  void RepeatEdgeRows(std::int32_t* rows) noexcept;
  void FindContrast(std::span<const std::uint8_t> pixels) noexcept;
  void FindRow(std::uint32_t y) noexcept;
  void FindOriented(std::span<const std::uint8_t> pixels) noexcept;
  void Add(std::uint32_t x, std::uint32_t y, std::uint32_t channel, std::int32_t strength) noexcept;
  void Rank() noexcept;

  std::optional<GaborBank> gabor_;
  AddPair add_pair_;
  std::uint32_t width_;
  std::uint32_t height_;
  std::uint32_t max_spikes_;
  GaussianTaps centre_;
  GaussianTaps surround_;
  std::uint32_t reach_;      // the wider radius: columns and rows beyond each edge
  std::size_t stride_;       // width and the columns beyond
  std::int32_t least_;       // |d| that spikes
  std::uint32_t shift_;      // |d| to steps of strength
  std::uint32_t found_ = 0;
  std::uint32_t count_ = 0;

  // Whole images, rows of stride_: what a pass computes in the columns beyond the edges is never read.
  AlignedBuffer<std::int32_t> pixels_;        // [height], and reach_ on both ends
  AlignedBuffer<std::int32_t> centre_rows_;   // [reach + height + reach]
  AlignedBuffer<std::int32_t> surround_rows_;
  AlignedBuffer<std::int32_t> difference_;    // [height]
  AlignedBuffer<InputSpike> spikes_;
  AlignedBuffer<std::uint32_t> row_begin_;
  AlignedBuffer<std::uint32_t> bin_;        // [steps of strength], or empty
  AlignedBuffer<std::uint32_t> next_rank_;  // [steps of strength]
};

}  // namespace spikeline
