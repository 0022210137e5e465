// The bodies of drive.hpp as templates over the vector width. Include it only from drive_<set>.cpp, after that file's
// target pragma: a width is instantiated in exactly one file, so no code for one CPU leaks into another's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include "drive.hpp"

namespace spikeline::vec {

template <int Bytes>
struct Types {
  typedef float F32 __attribute__((vector_size(Bytes), may_alias));
  typedef std::int32_t I32 __attribute__((vector_size(Bytes), may_alias));
  typedef std::uint32_t U32 __attribute__((vector_size(Bytes), may_alias));
  typedef std::uint16_t U16 __attribute__((vector_size(Bytes), may_alias));
  typedef std::int16_t I16 __attribute__((vector_size(Bytes), may_alias));
  typedef std::uint8_t U8Half __attribute__((vector_size(Bytes / 2), may_alias));
  typedef std::uint16_t U16Half __attribute__((vector_size(Bytes / 2), may_alias));
};

template <int Bytes>
inline constexpr std::size_t kFloats = Bytes / sizeof(float);

// d += (r0 + r1) + (r2 + r3); a missing row of the last group is left out of the sum, not added as zero.
template <int Bytes, int Vectors, int Rows>
inline __attribute__((always_inline)) void AddRows(const DriveArgs<float>& a, std::size_t k, std::size_t j,
                                                   typename Types<Bytes>::F32* d) noexcept {
  using F32 = typename Types<Bytes>::F32;
  const float* row[Rows];
  for (int r = 0; r < Rows; ++r) row[r] = a.weights + a.rows[k + static_cast<std::size_t>(r)] * a.stride + j;
  for (int v = 0; v < Vectors; ++v) {
    const std::size_t at = static_cast<std::size_t>(v) * kFloats<Bytes>;
    F32 sum = *reinterpret_cast<const F32*>(row[0] + at);
    if constexpr (Rows > 1) sum += *reinterpret_cast<const F32*>(row[1] + at);
    if constexpr (Rows == 3) sum += *reinterpret_cast<const F32*>(row[2] + at);
    if constexpr (Rows == 4) {
      sum += *reinterpret_cast<const F32*>(row[2] + at) + *reinterpret_cast<const F32*>(row[3] + at);
    }
    d[v] += sum;
  }
}

// The drive of a tile of neurons stays in registers over all rows.
template <int Bytes, int Vectors>
inline __attribute__((always_inline)) void SumTile(const DriveArgs<float>& a, std::size_t j,
                                                   typename Types<Bytes>::F32* d) noexcept {
  std::size_t k = 0;
  for (; k + 4 <= a.row_count; k += 4) AddRows<Bytes, Vectors, 4>(a, k, j, d);
  switch (a.row_count - k) {
    case 3: return AddRows<Bytes, Vectors, 3>(a, k, j, d);
    case 2: return AddRows<Bytes, Vectors, 2>(a, k, j, d);
    case 1: return AddRows<Bytes, Vectors, 1>(a, k, j, d);
    default: return;
  }
}

// 8-bit rows: exact integer sums, at most 256 rows in 16 bits, then widened; the order cannot matter.
inline constexpr std::size_t kRowsPer16Bit = 256;

// Widens the picked elements of two vectors of 16-bit sums, laid end to end, to floats: exact.
template <int Bytes, std::size_t... Pick>
inline __attribute__((always_inline)) typename Types<Bytes>::F32 Widen(const typename Types<Bytes>::U16& first,
                                                                       const typename Types<Bytes>::U16& second,
                                                                       std::index_sequence<Pick...>) noexcept {
  using T = Types<Bytes>;
  const typename T::U16Half half = __builtin_shufflevector(first, second, Pick...);
  return __builtin_convertvector(__builtin_convertvector(half, typename T::I32), typename T::F32);
}

// Elements begin, begin + 1, … of one vector; and begin of the first, begin of the second, begin + 1 of the first, …
template <std::size_t Begin, std::size_t... I>
constexpr auto InOrder(std::index_sequence<I...>) noexcept {
  return std::index_sequence<(Begin + I)...>{};
}
template <std::size_t Begin, std::size_t Width, std::size_t... I>
constexpr auto InTurn(std::index_sequence<I...>) noexcept {
  return std::index_sequence<(Begin + I / 2 + (I % 2) * Width)...>{};
}

// Bytes neurons at once: the even ones are the low bytes of 16-bit lanes, the odd ones the high bytes.
template <int Bytes, std::size_t Quads>
inline __attribute__((always_inline)) void SumQuads(const DriveArgs<std::uint8_t>& a, std::size_t j, std::size_t begin,
                                                    std::size_t end, typename Types<Bytes>::F32* d) noexcept {
  using U16 = typename Types<Bytes>::U16;
  constexpr std::size_t kWidth = Bytes / 2;
  using Quarter = std::make_index_sequence<kWidth / 2>;
  U16 even[Quads] = {};
  U16 odd[Quads] = {};
  for (std::size_t r = begin; r < end; ++r) {
    const std::uint8_t* row = a.weights + a.rows[r] * a.stride + j;
    for (std::size_t q = 0; q < Quads; ++q) {
      U16 pair;
      std::memcpy(&pair, row + q * Bytes, sizeof pair);
      even[q] += pair & 0xff;
      odd[q] += pair >> 8;
    }
  }
  for (std::size_t q = 0; q < Quads; ++q) {
    d[4 * q] += Widen<Bytes>(even[q], odd[q], InTurn<0, kWidth>(Quarter{}));
    d[4 * q + 1] += Widen<Bytes>(even[q], odd[q], InTurn<kWidth / 4, kWidth>(Quarter{}));
    d[4 * q + 2] += Widen<Bytes>(even[q], odd[q], InTurn<kWidth / 2, kWidth>(Quarter{}));
    d[4 * q + 3] += Widen<Bytes>(even[q], odd[q], InTurn<3 * kWidth / 4, kWidth>(Quarter{}));
  }
}

// Half as many: what is left at the end of a row.
template <int Bytes>
inline __attribute__((always_inline)) void SumPair(const DriveArgs<std::uint8_t>& a, std::size_t j, std::size_t begin,
                                                   std::size_t end, typename Types<Bytes>::F32* d) noexcept {
  using T = Types<Bytes>;
  using Half = std::make_index_sequence<Bytes / 4>;
  typename T::U16 sum = {};
  for (std::size_t r = begin; r < end; ++r) {
    const auto* part = reinterpret_cast<const typename T::U8Half*>(a.weights + a.rows[r] * a.stride + j);
    sum += __builtin_convertvector(*part, typename T::U16);
  }
  d[0] += Widen<Bytes>(sum, sum, InOrder<0>(Half{}));
  d[1] += Widen<Bytes>(sum, sum, InOrder<Bytes / 4>(Half{}));
}

template <int Bytes, int Vectors>
inline __attribute__((always_inline)) void SumTile(const DriveArgs<std::uint8_t>& a, std::size_t j,
                                                   typename Types<Bytes>::F32* d) noexcept {
  static_assert(Vectors == 2 || Vectors % 4 == 0);
  for (std::size_t k = 0; k < a.row_count; k += kRowsPer16Bit) {
    const std::size_t end = k + kRowsPer16Bit < a.row_count ? k + kRowsPer16Bit : a.row_count;
    if constexpr (Vectors == 2) SumPair<Bytes>(a, j, k, end, d);
    else SumQuads<Bytes, Vectors / 4>(a, j, k, end, d);
  }
}

// Fits the 16 vector registers of SSE2 and AVX2; measured best of several for 400 neurons, on all three widths and for
// both kinds of weights.
inline constexpr int kTileVectors = 12;

// Drive and membranes of a tile; true bits where a neuron is over its threshold.
template <int Bytes, int Vectors, typename Weight>
inline __attribute__((always_inline)) typename Types<Bytes>::I32 DriveTile(const DriveArgs<Weight>& a,
                                                                           std::size_t j) noexcept {
  using F32 = typename Types<Bytes>::F32;
  const F32 one = F32{} + 1.0F;
  const F32 v_exc = F32{} + a.v_exc;
  F32 drive[Vectors] = {};
  SumTile<Bytes, Vectors>(a, j, drive);
  typename Types<Bytes>::I32 over = {};
  for (int v = 0; v < Vectors; ++v) {
    const std::size_t at = j + static_cast<std::size_t>(v) * kFloats<Bytes>;
    const F32 u = *reinterpret_cast<const F32*>(a.membrane + at) * a.decay;
    const F32 d = drive[v] * *reinterpret_cast<const F32*>(a.gain + at);
    const F32 g = d < one ? d : one;
    const F32 membrane = u + g * (v_exc - u);
    *reinterpret_cast<F32*>(a.membrane + at) = membrane;
    over |= membrane > *reinterpret_cast<const F32*>(a.threshold + at);
  }
  return over;
}

template <int Bytes, typename Weight>
bool Drive(const DriveArgs<Weight>& a) noexcept {
  constexpr std::size_t kTile = kTileVectors * kFloats<Bytes>;
  constexpr std::size_t kLast = 2 * kFloats<Bytes>;  // divides kLanePad for every width
  typename Types<Bytes>::I32 any = {};
  std::size_t j = 0;
  for (; j + kTile <= a.stride; j += kTile) any |= DriveTile<Bytes, kTileVectors>(a, j);
  for (; j + kLast <= a.stride; j += kLast) any |= DriveTile<Bytes, 2>(a, j);
  std::int32_t over = 0;
  for (std::size_t i = 0; i < kFloats<Bytes>; ++i) over |= any[i];
  return over != 0;
}

// One draw of all 16 lanes of xoshiro128++, as Bytes-wide vectors.
template <int Bytes>
struct Lanes {
  using U32 = typename Types<Bytes>::U32;
  static constexpr int kVectors = 64 / Bytes;
  U32 s[4][kVectors];

  inline __attribute__((always_inline)) static U32 Rotl(const U32& x, int k) noexcept { return (x << k) | (x >> (32 - k)); }

  inline __attribute__((always_inline)) void Next(U32* out) noexcept {
    for (int i = 0; i < kVectors; ++i) {
      out[i] = Rotl(s[0][i] + s[3][i], 7) + s[0][i];
      const U32 t = s[1][i] << 9;
      s[2][i] ^= s[0][i];
      s[3][i] ^= s[1][i];
      s[1][i] ^= s[2][i];
      s[0][i] ^= s[3][i];
      s[2][i] ^= t;
      s[3][i] = Rotl(s[3][i], 11);
    }
  }
};

// Bit q of the result: element q of 8 is not 0. Narrowed to bytes, one bit kept of each, summed by a multiplication.
template <int Bytes>
inline __attribute__((always_inline)) std::uint32_t HitMask(const typename Types<Bytes>::I16& hit) noexcept {
  typedef std::int8_t Narrow __attribute__((vector_size(Bytes / 2), may_alias));
  const Narrow narrow = __builtin_convertvector(hit, Narrow);
  std::uint64_t word[Bytes / 16];
  std::memcpy(word, &narrow, sizeof word);
  std::uint32_t mask = 0;
  for (int w = 0; w < Bytes / 16; ++w) {
    const std::uint64_t bits = ((word[w] & 0x8040201008040201ULL) * 0x0101010101010101ULL) >> 56;
    mask |= static_cast<std::uint32_t>(bits) << (w * 8);
  }
  return mask;
}

// Appends the inputs of one group that spike, in order; returns the new count.
template <int Bytes>
inline __attribute__((always_inline)) std::uint32_t EmitHits(const PoissonArgs& a, std::size_t group,
                                                             const typename Types<Bytes>::U32* draw,
                                                             std::uint32_t count) noexcept {
  using U16 = typename Types<Bytes>::U16;
  const std::uint32_t* input = a.input + group * 32;
  std::uint32_t mask = 0;
  for (int i = 0; i < Lanes<Bytes>::kVectors; ++i) {
    const U16 value = (U16)draw[i];  // the same bits, read as twice as many 16-bit numbers
    const typename Types<Bytes>::I16 hit =
        value < *reinterpret_cast<const U16*>(a.threshold + group * 32 + static_cast<std::size_t>(i) * (Bytes / 2));
    mask |= HitMask<Bytes>(hit) << (i * (Bytes / 2));
  }
  // Rarely more than four of 32 spike in a step: four are written whether they are there or not (the next write
  // covers what is not), so that no branch has to guess how many.
  const std::uint32_t end = count + static_cast<std::uint32_t>(__builtin_popcount(mask));
  for (std::uint32_t k = 0; k < 4; ++k, mask &= mask - 1) a.rows[count + k] = input[__builtin_ctz(mask | 1U << 31)];
  for (count += 4; mask != 0; mask &= mask - 1) a.rows[count++] = input[__builtin_ctz(mask)];
  return end;
}

template <int Bytes>
void Poisson(const PoissonArgs& a) noexcept {
  Lanes<Bytes> lanes;
  static_assert(sizeof lanes.s == 4 * 16 * sizeof(std::uint32_t));
  std::memcpy(lanes.s, a.lanes, sizeof lanes.s);
  std::uint32_t count = 0;
  for (std::size_t step = 0; step < a.steps; ++step) {
    a.step_start[step] = count;
    for (std::size_t group = 0; group < a.groups; ++group) {
      typename Types<Bytes>::U32 draw[Lanes<Bytes>::kVectors];
      lanes.Next(draw);
      count = EmitHits<Bytes>(a, group, draw, count);
    }
  }
  a.step_start[a.steps] = count;
  std::memcpy(a.lanes, lanes.s, sizeof lanes.s);
}

template <int Bytes>
float SumFloats(const float* data, std::size_t size, std::uint32_t repeats) noexcept {
  using F32 = typename Types<Bytes>::F32;
  constexpr std::size_t kSums = 4;  // independent, so that additions do not wait for each other
  F32 sum[kSums] = {};
  for (std::uint32_t r = 0; r < repeats; ++r) {
    for (std::size_t j = 0; j < size; j += kSums * kFloats<Bytes>) {
      for (std::size_t k = 0; k < kSums; ++k) sum[k] += *reinterpret_cast<const F32*>(data + j + k * kFloats<Bytes>);
    }
  }
  const F32 all = (sum[0] + sum[1]) + (sum[2] + sum[3]);
  float total = 0;
  for (std::size_t i = 0; i < kFloats<Bytes>; ++i) total += all[i];
  return total;
}

template <int Bytes>
constexpr Kernels MakeKernels(const char* name) noexcept {
  return {&Drive<Bytes, float>, &Drive<Bytes, std::uint8_t>, &Poisson<Bytes>, &SumFloats<Bytes>, name};
}

}  // namespace spikeline::vec
