// The bodies of wave_walk.hpp as templates over the vector width. Include it only from wave_walk_<set>.cpp, after that
// file's target pragma: a width is instantiated in exactly one file, so no code for one CPU leaks into another's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include "wave_spread_inl.hpp"
#include "wave_vectors_inl.hpp"
#include "wave_walk.hpp"

namespace spikeline::wave {

// Bit i of the result: byte i of a mask, whose bytes are 0 or all ones. One bit is kept of each byte, and a
// multiplication sums them.
template <int Bytes>
inline __attribute__((always_inline)) std::uint64_t ByteMask(const Words<Bytes>& mask) noexcept {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < Bytes / 8; ++i) {
    bits |= ((mask[i] & 0x8040201008040201ULL) * 0x0101010101010101ULL >> 56) << (i * 8);
  }
  return bits;
}

// Is any of the potentials at or over its threshold?
template <int Bytes, typename T, std::size_t Vectors>
inline __attribute__((always_inline)) bool Crossed(const Vector<Bytes, T>* u, const Vector<Bytes, T>* threshold) noexcept {
  Words<Bytes> over = {};
  for (std::size_t v = 0; v < Vectors; ++v) over |= (Words<Bytes>)(u[v] >= threshold[v]);
  return Any<Bytes>(over);
}

// u += by, saturating: a sum below a summand went over.
template <int Bytes, typename T>
inline __attribute__((always_inline)) Vector<Bytes, T> AddSaturating(const Vector<Bytes, T>& u,
                                                                     const Vector<Bytes, T>& by) noexcept {
  const Vector<Bytes, T> sum = u + by;
  return sum | (Vector<Bytes, T>)(sum < by);
}

template <std::size_t By, typename V, std::size_t... I>
inline __attribute__((always_inline)) V Rotated(const V& v, std::index_sequence<I...>) noexcept {
  return __builtin_shufflevector(v, v, ((I + By) % sizeof...(I))...);
}

template <std::size_t By, std::size_t Lanes, typename V>
inline __attribute__((always_inline)) V HighestOfRotated(V v) noexcept {
  const V other = Rotated<By>(v, std::make_index_sequence<Lanes>{});
  v = other > v ? other : v;
  if constexpr (By > 1) return HighestOfRotated<By / 2, Lanes>(v);
  else return v;
}

// The highest element: halves against each other down to 16 bytes, then rotations.
template <int Bytes, typename T>
inline __attribute__((always_inline)) T Highest(const Vector<Bytes, T>& v) noexcept {
  if constexpr (Bytes > 16) {
    Vector<Bytes / 2, T> half[2];
    std::memcpy(half, &v, sizeof half);
    return Highest<Bytes / 2, T>(half[0] > half[1] ? half[0] : half[1]);
  } else {
    constexpr std::size_t kLanes = 16 / sizeof(T);
    return HighestOfRotated<kLanes / 2, kLanes>(v)[0];
  }
}

// The lowest map with the highest potential among those over their threshold; there is one.
template <int Bytes, typename T, std::size_t Vectors>
inline __attribute__((always_inline)) std::uint16_t Winner(const Vector<Bytes, T>* u, const Vector<Bytes, T>* threshold,
                                                           T& highest) noexcept {
  using V = Vector<Bytes, T>;
  V over[Vectors];
  V best = {};
  for (std::size_t v = 0; v < Vectors; ++v) {
    over[v] = u[v] & (V)(u[v] >= threshold[v]);
    best = over[v] > best ? over[v] : best;
  }
  highest = Highest<Bytes, T>(best);
  const V wanted = V{} + highest;
  std::size_t map = 0;
  for (std::size_t v = Vectors; v-- > 0;) {
    const std::uint64_t bits = ByteMask<Bytes>((Words<Bytes>)(over[v] == wanted));
    const std::size_t here = v * (Bytes / sizeof(T)) + static_cast<std::size_t>(__builtin_ctzll(bits | 1ULL << 63)) / sizeof(T);
    map = bits != 0 ? here : map;
  }
  return static_cast<std::uint16_t>(map);
}

// Appends first + i for every set bit i, ascending; returns the end. No bit is set for `most` or beyond: an image of
// fewer spikes leaves the last words empty, and those may be passed over. A word of 64 ranks rarely has more than eight:
// eight are written whether they are there or not (the next write covers what is not), so that no branch has to guess.
template <int Bytes>
inline __attribute__((always_inline)) std::uint32_t* Append(std::uint32_t* out, const Words<Bytes>& set,
                                                            std::uint32_t first, std::uint32_t /*most*/) noexcept {
  for (std::size_t i = 0; i < Bytes / 8; ++i, first += 64) {
    std::uint64_t bits = set[i];
    std::uint32_t* const end = out + __builtin_popcountll(bits);
    for (std::uint32_t k = 0; k < 8; ++k, bits &= bits - 1) {
      out[k] = first + static_cast<std::uint32_t>(__builtin_ctzll(bits | 1ULL << 63));
    }
    for (out += 8; bits != 0; bits &= bits - 1) *out++ = first + static_cast<std::uint32_t>(__builtin_ctzll(bits));
    out = end;
  }
  return out;
}

// The ranks of the spikes in the window at x, ascending, then four times the silent one.
template <int Bytes, typename T>
inline __attribute__((always_inline)) std::uint32_t Collect(const WaveRow<T>& a, std::uint32_t x) noexcept {
  constexpr std::size_t kWords = Bytes / 8;
  std::uint32_t* end = a.ranks;
  for (std::size_t w = 0; w < a.words; w += kWords) {
    Words<Bytes> set = {};
    for (std::uint32_t r = 0; r < a.row_count; ++r) {
      set |= *reinterpret_cast<const Words<Bytes>*>(a.rows[r] + x * a.words + w);
    }
    end = Append<Bytes>(end, set, static_cast<std::uint32_t>(w * 64), a.silent);
  }
  for (std::uint32_t k = 0; k < 4; ++k) end[k] = a.silent;
  return static_cast<std::uint32_t>(end - a.ranks);
}

// Adds rows one by one up to the first that crosses a threshold, which one of the four does; `next` is the sum with all
// four. Returns how many rows came before it: counted, not branched on.
template <int Bytes, typename T, std::size_t Vectors>
inline __attribute__((always_inline)) std::uint32_t AddUntilCrossed(Vector<Bytes, T>* now, const Vector<Bytes, T>* const* rows,
                                                                    const Vector<Bytes, T>* next,
                                                                    const Vector<Bytes, T>* threshold) noexcept {
  Vector<Bytes, T> after[3][Vectors];
  std::uint32_t before = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t v = 0; v < Vectors; ++v) {
      now[v] = AddSaturating<Bytes, T>(now[v], rows[i][v]);
      after[i][v] = now[v];
    }
    before += Crossed<Bytes, T, Vectors>(now, threshold) ? 0U : 1U;
  }
  const Vector<Bytes, T>* crossing = before < 3 ? after[before] : next;
  for (std::size_t v = 0; v < Vectors; ++v) now[v] = crossing[v];
  return before;
}

template <int Bytes, typename T, std::size_t Vectors>
inline __attribute__((always_inline)) WaveHit* WalkPosition(const WaveRow<T>& a, std::uint32_t x, std::uint32_t n,
                                                            WaveHit* hit) noexcept {
  using V = Vector<Bytes, T>;
  const std::int32_t origin = a.origin + static_cast<std::int32_t>(x * a.stride);
  a.place[a.silent] = static_cast<std::uint32_t>(origin + a.silent_place);
  // As a number: the row at place 0 lies outside the weights.
  const auto corner = static_cast<std::uintptr_t>(static_cast<std::intptr_t>(origin)) * sizeof(T);
  const std::uintptr_t base = reinterpret_cast<std::uintptr_t>(a.weights) - corner;
  const auto row = [&](std::uint32_t k) { return reinterpret_cast<const V*>(base + a.place[a.ranks[k]] * sizeof(T)); };
  V now[Vectors] = {};
  std::uint32_t k = 0;
  // Too few spikes to cross, so also too few to saturate.
  for (; k + 4 < a.least_spikes[0]; k += 4) {
    const V *r0 = row(k), *r1 = row(k + 1), *r2 = row(k + 2), *r3 = row(k + 3);
    for (std::size_t v = 0; v < Vectors; ++v) now[v] += (r0[v] + r1[v]) + (r2[v] + r3[v]);
  }
  std::uint32_t t = 0;
  while (k < n && n >= a.least_spikes[t]) {
    const auto* threshold = reinterpret_cast<const V*>(a.threshold + t * a.stride);
    const V* r[4] = {row(k), row(k + 1), row(k + 2), row(k + 3)};
    V next[Vectors];
    for (std::size_t v = 0; v < Vectors; ++v) {
      next[v] = AddSaturating<Bytes, T>(now[v], (r[0][v] + r[1][v]) + (r[2][v] + r[3][v]));
    }
    if (k + 4 < a.least_spikes[t] || !Crossed<Bytes, T, Vectors>(next, threshold)) {
      for (std::size_t v = 0; v < Vectors; ++v) now[v] = next[v];
      k += 4;
      continue;
    }
    k += AddUntilCrossed<Bytes, T, Vectors>(now, r, next, threshold);
    // One spike may cross several thresholds.
    do {
      T potential = 0;
      const std::uint16_t map = Winner<Bytes, T, Vectors>(now, threshold, potential);
      *hit++ = {.x = static_cast<std::uint16_t>(x), .y = a.y, .rank = static_cast<std::uint16_t>(a.ranks[k]),
                .map = map, .potential = potential, .threshold = static_cast<std::uint16_t>(t)};
      if (++t == a.threshold_count) return hit;
      threshold = reinterpret_cast<const V*>(a.threshold + t * a.stride);
    } while (Crossed<Bytes, T, Vectors>(now, threshold));
    ++k;
  }
  return hit;
}

template <int Bytes, typename T, std::size_t Vectors>
std::uint32_t WalkWith(const WaveRow<T>& a) noexcept {
  WaveHit* hit = a.hits;
  for (std::uint32_t x = 0; x < a.width; ++x) {
    if (a.in_window[x] < a.least_spikes[0]) continue;
    const std::uint32_t n = Collect<Bytes>(a, x);
    hit = WalkPosition<Bytes, T, Vectors>(a, x, n, hit);
  }
  return static_cast<std::uint32_t>(hit - a.hits);
}

template <int Bytes, typename T>
std::uint32_t Walk(const WaveRow<T>& a) noexcept {
  constexpr std::size_t kVectors = kMapPad * sizeof(T) / Bytes;
  switch (a.stride / kMapPad) {
    case 1: return WalkWith<Bytes, T, kVectors>(a);
    case 2: return WalkWith<Bytes, T, 2 * kVectors>(a);
    case 3: return WalkWith<Bytes, T, 3 * kVectors>(a);
    default: return WalkWith<Bytes, T, 4 * kVectors>(a);
  }
}

template <int Bytes>
void AddPairs(std::int32_t* out, const std::int32_t* a, const std::int32_t* b, std::int32_t tap, std::size_t size) noexcept {
  using V = Vector<Bytes, std::int32_t>;
  constexpr std::size_t kLanes = Bytes / sizeof(std::int32_t);
  std::size_t i = 0;
  for (; i + kLanes <= size; i += kLanes) {
    V sum, left, right;
    std::memcpy(&sum, out + i, Bytes);
    std::memcpy(&left, a + i, Bytes);
    std::memcpy(&right, b + i, Bytes);
    sum += tap * (left + right);
    std::memcpy(out + i, &sum, Bytes);
  }
  for (; i < size; ++i) out[i] += tap * (a[i] + b[i]);
}

template <int Bytes>
constexpr WaveKernels MakeWaveKernels(const char* name) noexcept {
  return {&Walk<Bytes, std::uint8_t>, &Walk<Bytes, std::uint16_t>, &AddPairs<Bytes>, &Spread<Bytes>, name};
}

}  // namespace spikeline::wave
