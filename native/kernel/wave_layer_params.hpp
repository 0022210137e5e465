// What a further layer of a wave network is made of: one that takes the spikes of the layer before it.
// Thresholds are in weights: 1 is one spike over a full synapse. Check() refuses what would break the kernel.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "status.hpp"
#include "wave_params.hpp"
#include "wave_synapses.hpp"

namespace spikeline {

inline constexpr std::uint32_t kMostLayerMaps = 1024;
inline constexpr std::uint32_t kMostLayerSide = 1024;           // of the map before
inline constexpr std::size_t kMostLayerWeights = std::size_t{1} << 24;
inline constexpr std::size_t kMostPotentials = std::size_t{1} << 24;
inline constexpr float kMostLayerTheta = 4096;
// Maps are padded to a multiple of this; a padding map has weights 0 and so never crosses.
inline constexpr std::size_t kLayerPad = 16;

struct WaveLayerParams : WavePlasticity {
  std::uint32_t width = 0;           // of the map before, positions
  std::uint32_t height = 0;
  std::uint32_t channels = 0;        // features of the layer before
  std::uint32_t seed = 0;
  std::uint32_t maps = 100;
  std::uint32_t pool = 2;            // side of a pooling cell, positions of the map before; 1: none
  std::uint32_t pool_stride = 2;     // between cells, at most their side
  std::uint32_t window = 5;          // side of the square that a neuron sees, cells
  std::uint32_t pad = 2;             // positions beyond the edge, on each side
  std::uint32_t first_only = 1;      // 1: in use, the first map to cross at a position silences the others there
  std::uint32_t threshold_count = 1;
  std::array<double, kMostThresholds> thresholds = {10, 0, 0, 0};  // of use, rising

  [[nodiscard]] Status Check() const noexcept;

  // Cells cover the whole map; the last may reach beyond it.
  [[nodiscard]] std::uint32_t cells_x() const noexcept { return Cells(width); }
  [[nodiscard]] std::uint32_t cells_y() const noexcept { return Cells(height); }
  [[nodiscard]] std::uint32_t positions_x() const noexcept { return cells_x() + 2 * pad - window + 1; }
  [[nodiscard]] std::uint32_t positions_y() const noexcept { return cells_y() + 2 * pad - window + 1; }
  [[nodiscard]] std::size_t positions() const noexcept { return std::size_t{positions_x()} * positions_y(); }
  [[nodiscard]] std::size_t taps() const noexcept { return std::size_t{channels} * window * window; }
  [[nodiscard]] std::size_t stride() const noexcept { return (maps + kLayerPad - 1) / kLayerPad * kLayerPad; }
  [[nodiscard]] std::uint32_t features() const noexcept { return threshold_count * maps; }
  // Feature spikes of a frame, at most: one a threshold and position, or of every map.
  [[nodiscard]] std::size_t most_features() const noexcept {
    return positions() * threshold_count * (first_only != 0 ? 1 : maps);
  }

 private:
  [[nodiscard]] std::uint32_t Cells(std::uint32_t side) const noexcept {
    return side <= pool ? 1 : (side - pool + pool_stride - 1) / pool_stride + 1;
  }
};

}  // namespace spikeline
