// An image becomes strengths of oriented edges, as simple and complex cells have it (after Mozafari et al. 2018, IEEE
// TNNLS): Gabor filters, pooling by the strongest, lateral inhibition, and the strongest orientation of each place.
//
//   filter k     g = e^(−(X² + 0.09 Y²) / 2σ²) cos(2πX / λ), X and Y turned by (k + ½) / n of half a turn, λ = size / 2,
//                σ = 0.8 λ; less its mean, over its highest; taps of 12 bits that sum to 0
//   S1           |Σ tap · pixel|; the edge pixel is repeated
//   C1           the strongest of pool × pool pixels, every `stride`, from −(pool / 2) on, of each orientation
//   inhibition   times 1 − share_d for every stronger place of the same orientation at Chebyshev distance d
//   place        its strongest orientation; ties to the lowest
//
// Integers, and doubles in a fixed order, with own cosine: the same bits everywhere. No allocation after construction.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "aligned_buffer.hpp"
#include "wave_params.hpp"
#include "wave_walk.hpp"

namespace spikeline {

// Cosine of so many turns, within 1e-15; exactly the same for −turns.
[[nodiscard]] double CosOfTurns(double turns) noexcept;

// The taps of filter k of n, [size][size]; `out` has room for them. They are the same seen from the other end.
void MakeGabor(std::uint32_t k, std::uint32_t n, std::uint32_t size, std::span<std::int32_t> out) noexcept;

class GaborBank {
 public:
  GaborBank(const WaveParams& params, const WaveKernels& kernels) noexcept;
  [[nodiscard]] bool ok() const noexcept;
  void Run(std::span<const std::uint8_t> pixels) noexcept;

  // Of the last image, [wave_height][wave_width].
  [[nodiscard]] std::span<const std::int32_t> strength() const noexcept { return strength_.span(); }
  [[nodiscard]] std::span<const std::uint8_t> orientation() const noexcept { return orientation_.span(); }
  [[nodiscard]] std::int32_t least() const noexcept { return least_; }
  // The strongest that any image can give.
  [[nodiscard]] std::int32_t full_scale() const noexcept { return full_scale_; }

 private:
  void Pad(std::span<const std::uint8_t> pixels) noexcept;
  void Filter(std::uint32_t k) noexcept;
  void Pool() noexcept;
  [[nodiscard]] std::int32_t Inhibited(std::uint32_t x, std::uint32_t y) const noexcept;
  void Keep(std::uint32_t k) noexcept;

  WaveParams params_;
  AddPair add_pair_;
  std::uint32_t reach_;                       // of a filter, pixels
  std::size_t stride_;                        // of a padded row
  std::int32_t least_;                        // strength that spikes; weaker places are not looked at
  std::int32_t full_scale_ = 0;
  AlignedBuffer<std::int32_t> taps_;          // [orientations][size][size]
  AlignedBuffer<double> left_;                // [distances][8 · distance + 1]: what is left after so many stronger ones
  AlignedBuffer<std::int32_t> pixels_;        // [height + 2 reach][stride], and reach on both ends
  AlignedBuffer<std::int32_t> response_;      // [height][stride]
  AlignedBuffer<std::int32_t> pooled_;        // [wave_height][wave_width]
  AlignedBuffer<std::int32_t> strength_;      // [wave_height][wave_width]
  AlignedBuffer<std::uint8_t> orientation_;   // [wave_height][wave_width]
};

}  // namespace spikeline
