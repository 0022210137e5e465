// What a wave layer is made of, as plain numbers. Thresholds are in weights: 1 is one spike over a full synapse.
// Check() refuses what would break the kernel.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "status.hpp"
#include "wave_synapses.hpp"

namespace spikeline {

inline constexpr std::uint32_t kContrastChannels = 2;  // on, off
inline constexpr std::uint32_t kMostOrientations = 8;
inline constexpr std::uint32_t kMostGabor = 15;        // side of a filter, pixels
inline constexpr std::uint32_t kMostInhibition = 8;    // distances
inline constexpr std::uint32_t kMostMaps = 256;        // the potentials of a position stay in registers
inline constexpr std::uint32_t kMostThresholds = 4;
inline constexpr std::uint32_t kMostWindow = 31;
inline constexpr std::uint32_t kMostInputSpikes = 4096;
inline constexpr std::uint32_t kMostLatencyBins = 256;  // two steps of strength each, at least
inline constexpr float kMostTheta = 255;              // of learning thresholds, in weights

struct WaveParams : WavePlasticity {
  std::uint32_t width = 0;           // of the image, pixels
  std::uint32_t height = 0;
  std::uint32_t seed = 0;
  std::uint32_t maps = 128;
  std::uint32_t window = 7;          // side of the square that a neuron sees
  std::uint32_t pad = 3;             // positions beyond the image's edge, on each side
  std::uint32_t max_spikes = 512;    // the strongest input spikes of a frame; the rest is left out
  std::uint32_t latency_bins = 0;    // of strength, in whose order spikes come; 0: as fine as it goes
  std::uint32_t cell = 4;            // side of a pooling cell, positions

  double sigma_centre = 1;           // difference of Gaussians, pixels
  double sigma_surround = 2;
  double contrast = 0.02;            // least difference, or strength, that spikes, as a share of full scale

  // Instead of the difference of Gaussians, if there are any: wave_gabor.hpp.
  std::uint32_t orientations = 0;
  std::uint32_t gabor_size = 5;      // side of a filter, pixels; odd
  std::uint32_t gabor_pool = 1;      // side of the square whose strongest pixel stays
  std::uint32_t gabor_stride = 1;    // between these, at most their side
  std::uint32_t inhibition_count = 0;
  std::array<double, kMostInhibition> inhibition{};  // share taken by each stronger place at distance 1, 2, …

  std::uint32_t threshold_count = 2;
  std::array<double, kMostThresholds> thresholds = {17, 22.1, 0, 0};  // of use, rising

  [[nodiscard]] Status Check() const noexcept;

  // What the encoder's spikes are about: on and off of each pixel, or orientations of each place.
  [[nodiscard]] std::uint32_t channels() const noexcept { return orientations == 0 ? kContrastChannels : orientations; }
  [[nodiscard]] std::uint32_t wave_width() const noexcept { return Places(width); }
  [[nodiscard]] std::uint32_t wave_height() const noexcept { return Places(height); }
  [[nodiscard]] std::uint32_t positions_x() const noexcept { return wave_width() + 2 * pad - window + 1; }
  [[nodiscard]] std::uint32_t positions_y() const noexcept { return wave_height() + 2 * pad - window + 1; }
  [[nodiscard]] std::uint32_t taps() const noexcept { return channels() * window * window; }
  [[nodiscard]] std::uint32_t features() const noexcept { return threshold_count * maps; }
  [[nodiscard]] std::uint32_t cells_x() const noexcept { return (positions_x() + cell - 1) / cell; }
  [[nodiscard]] std::uint32_t cells_y() const noexcept { return (positions_y() + cell - 1) / cell; }
  // Feature spikes of a frame, at most: one a threshold and position.
  [[nodiscard]] std::size_t most_features() const noexcept {
    return std::size_t{positions_x()} * positions_y() * threshold_count;
  }
  [[nodiscard]] std::size_t counts() const noexcept { return std::size_t{cells_x()} * cells_y() * features(); }

  // What a weight of 1 adds to the 8-bit potential of use, and to the 16-bit potential of learning: as much as keeps
  // the highest threshold in range. Four weights must fit 8 bits: the kernels add four at once.
  [[nodiscard]] std::uint32_t UseLevels() const noexcept;
  [[nodiscard]] std::uint32_t LearningLevels() const noexcept;

 private:
  [[nodiscard]] bool HasSoundGabor() const noexcept;
  [[nodiscard]] std::uint32_t Places(std::uint32_t side) const noexcept {
    return orientations == 0 ? side : (side + gabor_pool / 2 * 2 - gabor_pool) / gabor_stride + 1;
  }
};

}  // namespace spikeline
