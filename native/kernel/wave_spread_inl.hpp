// The body of wave_spread.hpp as a template over the vector width. As wave_walk_inl.hpp, include it only after a target
// pragma.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "wave_spread.hpp"
#include "wave_vectors_inl.hpp"

namespace spikeline::wave {

// Adds a row of weights; is any potential at or over its threshold then?
template <int Bytes>
inline __attribute__((always_inline)) bool AddRow(float* potential, const float* weight, const float* threshold,
                                                  std::size_t stride) noexcept {
  using V = Vector<Bytes, float>;
  constexpr std::size_t kLanes = Bytes / sizeof(float);
  auto* u = reinterpret_cast<V*>(potential);
  const auto* w = reinterpret_cast<const V*>(weight);
  const auto* t = reinterpret_cast<const V*>(threshold);
  Words<Bytes> over = {};
  for (std::size_t v = 0; v < stride / kLanes; ++v) {
    u[v] += w[v];
    over |= (Words<Bytes>)(u[v] >= t[v]);
  }
  return Any<Bytes>(over);
}

template <int Bytes>
void Spread(WaveSpread& a) noexcept {
  for (std::uint32_t y = a.y0; y < a.y1; ++y) {
    const std::size_t tap = std::size_t{a.wy - (y - a.y0)} * a.window + a.wx;
    for (std::uint32_t x = a.x0; x < a.x1; ++x) {
      const std::uint32_t p = y * a.width + x;
      if (a.stage[p] == kDone) continue;
      float* potential = a.potentials + p * a.stride;
      if (a.stage[p] == kSilent) {
        std::memset(potential, 0, a.stride * sizeof(float));
        a.stage[p] = 0;
        a.heard[a.heard_count++] = p;
      }
      const float* weight = a.weights + (tap - (x - a.x0)) * a.stride;
      const float* threshold = a.thresholds + (a.own_thresholds != 0 ? p : a.stage[p]) * a.stride;
      if (!AddRow<Bytes>(potential, weight, threshold, a.stride)) continue;
      if (a.is_crossing[p] != 0) continue;
      a.is_crossing[p] = 1;
      a.crossing[a.crossing_count++] = p;
    }
  }
}

}  // namespace spikeline::wave
