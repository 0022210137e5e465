// What every layer of a wave network learns with: weights in 0 … 1 shared by all positions, and a learning threshold a
// map (after Kheradpisheh et al. 2018).
//
//   STDP         of a winner's map, each synapse: w += A+ · w(1 − w) if its input spoke before or with the winner,
//                w −= A− · w(1 − w) if later or never; w stays in [0, 1]
//                A+ = min(a_plus · 2^(frames learned / doubling_frames), a_plus_max), A− = a_ratio · A+
//   homeostasis  theta += theta_plus for winners, then theta −= theta_plus · winners / maps for all; at least 1
//
// float32, in fixed order. Memory is allocated at construction.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "aligned_buffer.hpp"
#include "status.hpp"

namespace spikeline {

inline constexpr std::uint16_t kNoMap = 0xffff;

// What is the same of every layer's learning. Thresholds are in weights: 1 is one spike over a full synapse.
struct WavePlasticity {
  double initial_mean = 0.8;
  double initial_std = 0.05;
  double learning_threshold = 20;
  double theta_plus = 0.1;           // homeostasis: what a win adds to its map's learning threshold; 0: none
  double a_plus = 0.004;
  double a_plus_max = 0.15;
  double a_ratio = 0.75;             // a_minus = a_ratio · a_plus
  std::uint32_t doubling_frames = 500;
  std::uint32_t winners = 5;         // neurons that learn from a frame, at most
  std::uint32_t inhibition_radius = 2;

  // Are all in their ranges? At most so many winners, and thresholds so high.
  [[nodiscard]] bool Sound(std::uint32_t most_winners, double most_threshold) const noexcept;
};

// The complete state between frames, dense.
struct WaveStateView {
  std::span<float> weights;                  // [channel][window y][window x][maps], 0 to 1
  std::span<float> theta;                    // [maps] learning thresholds, in weights
  std::span<std::uint32_t> counters;         // [2]: frames learned, low and high
};

class WaveSynapses {
 public:
  struct Rates {
    float a_plus;
    float a_minus;
  };

  WaveSynapses(const WavePlasticity& plasticity, std::size_t taps, std::size_t maps, float most_theta) noexcept;
  [[nodiscard]] bool ok() const noexcept { return weights_.ok() && theta_.ok(); }
  // Fresh weights and thresholds.
  void Initialise(std::uint32_t seed) noexcept;

  [[nodiscard]] float weight(std::size_t tap, std::size_t map) const noexcept { return weights_[tap * maps_ + map]; }
  [[nodiscard]] float theta(std::size_t map) const noexcept { return theta_[map]; }
  // Those of the next frame that is learned.
  [[nodiscard]] Rates NextRates() const noexcept;
  void Learn(std::size_t tap, std::size_t map, bool spoke, const Rates& rates) noexcept;
  // Ends a frame in which these maps won, all different.
  void EndFrame(std::span<const std::uint16_t> won) noexcept;

  // Σ w(1 − w) / synapses: 0 when every weight has decided; learning is usually ended at 0.01.
  [[nodiscard]] double Convergence() const noexcept;
  [[nodiscard]] Status Read(const WaveStateView& view) const noexcept;
  // Refuses what is not a state of these synapses and then changes nothing.
  [[nodiscard]] Status Write(const WaveStateView& view) noexcept;

 private:
  [[nodiscard]] bool Fits(const WaveStateView& view) const noexcept;

  WavePlasticity plasticity_;
  std::size_t maps_;
  float most_theta_;
  AlignedBuffer<float> weights_;             // [taps][maps]
  AlignedBuffer<float> theta_;               // [maps]
  std::uint64_t frames_ = 0;                 // learned
};

}  // namespace spikeline
