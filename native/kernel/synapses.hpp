// The weights of a dense layer with a lazy scale per neuron: W_ij = scale_j · w_ij, stored row-major by input.
// Scaling a neuron's weights to a given sum is one division: O(1), no weight is touched.
//
// float32: w is any number >= 0. uint8: w is an integer 0..255, written with stochastic rounding (the expectation is
// exact), and rescaled into the integer range when a neuron's scale has drifted out of its band.
// Plasticity rules speak through Column, which hides the storage. Not thread safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "aligned_buffer.hpp"
#include "clocked_params.hpp"
#include "random.hpp"
#include "status.hpp"

namespace spikeline {

class Synapses {
 public:
  // Allocates everything; weights stay 0 until Initialise or a state is read in. `ok()` tells of missing memory.
  Synapses(const ClockedParams& params, std::size_t stride) noexcept;
  [[nodiscard]] bool ok() const noexcept;

  // Uniform weights in [0, initial_max) from one generator, input by input, then normalised.
  void Initialise(Random& random) noexcept;

  // Δw += delta[i] · (mu 0: 1; mu 1: w_max − W) for every input; refreshes the sum. Cost: one strided column.
  void UpdateColumn(std::uint32_t neuron, std::span<const float> delta, Bound bound, Random& random) noexcept;
  // W += delta for one synapse, clipped to [0, w_max]. Leaves the sum to Normalise: kept up by differences, it would
  // drift away from weights that shrink towards 0. Cost: one synapse.
  void UpdateOne(std::uint32_t input, std::uint32_t neuron, float delta, Random& random) noexcept;
  // Scales the neuron's weights to the normalised sum, if there is one and the sum is positive. O(1), except after
  // UpdateOne (one column is summed) and for weights about to leave their range.
  void Normalise(std::uint32_t neuron, Random& random) noexcept;
  // gain_j = gain · scale_j for the drive; call after a scale was set from outside.
  void RefreshGain(std::uint32_t neuron) noexcept { gain_[neuron] = params_gain_ * scale_[neuron]; }

  [[nodiscard]] const float* weights_f32() const noexcept { return f32_.data(); }
  [[nodiscard]] const std::uint8_t* weights_u8() const noexcept { return u8_.data(); }
  [[nodiscard]] const float* gain() const noexcept { return gain_.data(); }
  [[nodiscard]] std::size_t stride() const noexcept { return stride_; }

  [[nodiscard]] std::span<float> f32() noexcept { return f32_.span(); }
  [[nodiscard]] std::span<std::uint8_t> u8() noexcept { return u8_.span(); }
  [[nodiscard]] std::span<float> scale() noexcept { return scale_.span(); }
  [[nodiscard]] std::span<double> sum() noexcept { return sum_.span(); }

 private:
  void Resum(std::uint32_t neuron) noexcept;
  void Requantise(std::uint32_t neuron, Random& random) noexcept;
  void Rebase(std::uint32_t neuron) noexcept;

  std::uint32_t inputs_;
  std::uint32_t neurons_;
  std::size_t stride_;
  bool is_u8_;
  float w_max_;
  float initial_max_;
  float params_gain_;
  double normalised_sum_;
  AlignedBuffer<float> f32_;
  AlignedBuffer<std::uint8_t> u8_;
  AlignedBuffer<float> scale_;
  AlignedBuffer<float> gain_;
  AlignedBuffer<double> sum_;  // Σ_i of the stored weights
  AlignedBuffer<std::uint8_t> is_stale_;  // 1: a weight changed since the sum was taken
};

}  // namespace spikeline
