// The bodies of surface_match.hpp as templates over the vector width and the window's side. Include it only from
// surface_match_<set>.cpp, after that file's target pragma: a width is instantiated in exactly one file, so no code for
// one CPU leaks into another's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include "surface_match.hpp"

namespace spikeline::surface {

template <int Bytes, typename T>
struct Types {
  typedef T Vector __attribute__((vector_size(Bytes), may_alias));
};
template <int Bytes, typename T>
using Vector = typename Types<Bytes, T>::Vector;

template <std::size_t By, typename V, std::size_t... I>
inline __attribute__((always_inline)) V Rotated(const V& v, std::index_sequence<I...>) noexcept {
  return __builtin_shufflevector(v, v, ((I + By) % sizeof...(I))...);
}

template <std::size_t By, std::size_t Lanes, typename F, typename I>
inline __attribute__((always_inline)) void TakeBetterOfRotated(F& value, I& index) noexcept {
  const F other = Rotated<By>(value, std::make_index_sequence<Lanes>{});
  const I of_other = Rotated<By>(index, std::make_index_sequence<Lanes>{});
  const I better = (I)(other > value) | ((I)(other == value) & (I)(of_other < index));
  value = better ? other : value;
  index = better ? of_other : index;
  if constexpr (By > 1) TakeBetterOfRotated<By / 2, Lanes>(value, index);
}

// The highest value and its index, the lowest among equals: halves against each other down to 16 bytes, then rotations.
template <int Bytes>
inline __attribute__((always_inline)) SurfaceMatch Best(const Vector<Bytes, float>& value,
                                                        const Vector<Bytes, std::int32_t>& index) noexcept {
  if constexpr (Bytes > 16) {
    using F = Vector<Bytes / 2, float>;
    using I = Vector<Bytes / 2, std::int32_t>;
    F values[2];
    I indices[2];
    std::memcpy(values, &value, sizeof values);
    std::memcpy(indices, &index, sizeof indices);
    const I better = (I)(values[1] > values[0]) | ((I)(values[1] == values[0]) & (I)(indices[1] < indices[0]));
    return Best<Bytes / 2>(better ? values[1] : values[0], better ? indices[1] : indices[0]);
  } else {
    Vector<16, float> v = value;
    Vector<16, std::int32_t> i = index;
    TakeBetterOfRotated<2, 4>(v, i);
    return {.prototype = static_cast<std::uint32_t>(i[0]), .value = v[0]};
  }
}

template <int Bytes, std::size_t Side>
SurfaceMatch Match(const SurfacePrototypes& a, const float* window) noexcept {
  using F = Vector<Bytes, float>;
  using I = Vector<Bytes, std::int32_t>;
  constexpr std::size_t kLanes = Bytes / sizeof(float);
  static_assert(kPrototypePad % (2 * kLanes) == 0);
  I lane;
  for (std::size_t k = 0; k < kLanes; ++k) lane[k] = static_cast<std::int32_t>(k);
  F best = F{} - 1.0F;
  I at = {};
  for (std::size_t first = 0; first < a.stride; first += 2 * kLanes) {
    F sum[4][2] = {};
    const float* weights = a.weights + first;
    for (std::uint32_t plane = 0; plane < a.planes; ++plane) {
      const float* values = window + plane * a.plane_stride;
      for (std::size_t row = 0; row < Side; ++row, values += a.row_stride) {
#pragma GCC unroll 15
        for (std::size_t k = 0; k < Side; ++k, weights += a.stride) {
          sum[k % 4][0] += *reinterpret_cast<const F*>(weights) * values[k];
          sum[k % 4][1] += *reinterpret_cast<const F*>(weights + kLanes) * values[k];
        }
      }
    }
    for (std::size_t v = 0; v < 2; ++v) {
      const F value = (sum[0][v] + sum[1][v]) + (sum[2][v] + sum[3][v]);
      const I over = (I)(value > best);
      best = over ? value : best;
      at = over ? lane + static_cast<std::int32_t>(first + v * kLanes) : at;
    }
  }
  return Best<Bytes>(best, at);
}

template <int Bytes>
constexpr SurfaceKernels MakeSurfaceKernels(const char* name) noexcept {
  return {{nullptr, &Match<Bytes, 3>, &Match<Bytes, 5>, &Match<Bytes, 7>, &Match<Bytes, 9>, &Match<Bytes, 11>,
           &Match<Bytes, 13>, &Match<Bytes, 15>}, name};
}

}  // namespace spikeline::surface
