// The bodies of drive.hpp as templates over the vector width. Include it only from drive_<set>.cpp, after that file's
// target pragma: a width is instantiated in exactly one file, so no code for one CPU leaks into another's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

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

// d += (r0 + r1) + (r2 + r3) over the neurons; a missing row is left out of the sum, not added as zero.
template <int Bytes, int Rows, bool First>
inline __attribute__((always_inline)) void AddRows(const DriveArgs<float>& a, std::size_t k) noexcept {
  using F32 = typename Types<Bytes>::F32;
  const float* row[Rows];
  for (int r = 0; r < Rows; ++r) row[r] = a.weights + a.rows[k + static_cast<std::size_t>(r)] * a.stride;
  for (std::size_t j = 0; j < a.stride; j += kFloats<Bytes>) {
    F32 sum = *reinterpret_cast<const F32*>(row[0] + j);
    if constexpr (Rows > 1) sum += *reinterpret_cast<const F32*>(row[1] + j);
    if constexpr (Rows == 3) sum += *reinterpret_cast<const F32*>(row[2] + j);
    if constexpr (Rows == 4) {
      sum += *reinterpret_cast<const F32*>(row[2] + j) + *reinterpret_cast<const F32*>(row[3] + j);
    }
    auto* out = reinterpret_cast<F32*>(a.drive + j);
    if constexpr (First) *out = sum;
    else *out += sum;
  }
}

template <int Bytes, bool First>
inline __attribute__((always_inline)) void AddTail(const DriveArgs<float>& a, std::size_t k) noexcept {
  switch (a.row_count - k) {
    case 3: return AddRows<Bytes, 3, First>(a, k);
    case 2: return AddRows<Bytes, 2, First>(a, k);
    case 1: return AddRows<Bytes, 1, First>(a, k);
    default: return;
  }
}

template <int Bytes>
inline __attribute__((always_inline)) void SumRows(const DriveArgs<float>& a) noexcept {
  if (a.row_count == 0) {
    std::memset(a.drive, 0, a.stride * sizeof(float));
    return;
  }
  if (a.row_count < 4) return AddTail<Bytes, true>(a, 0);
  AddRows<Bytes, 4, true>(a, 0);
  std::size_t k = 4;
  for (; k + 4 <= a.row_count; k += 4) AddRows<Bytes, 4, false>(a, k);
  AddTail<Bytes, false>(a, k);
}

// 8-bit rows: exact integer sums, at most 256 rows in 16 bits, then widened; the order cannot matter.
inline constexpr std::size_t kRowsPer16Bit = 256;

template <int Bytes>
inline __attribute__((always_inline)) void SumTile(const DriveArgs<std::uint8_t>& a, std::size_t j) noexcept {
  using T = Types<Bytes>;
  constexpr std::size_t kWidth = Bytes / 2;  // neurons a vector of 16-bit sums holds
  typedef float Wide __attribute__((vector_size(Bytes * 2), may_alias));
  Wide total = {};
  for (std::size_t k = 0; k < a.row_count; k += kRowsPer16Bit) {
    const std::size_t end = k + kRowsPer16Bit < a.row_count ? k + kRowsPer16Bit : a.row_count;
    typename T::U16 sum = {};
    for (std::size_t r = k; r < end; ++r) {
      const auto* row = reinterpret_cast<const typename T::U8Half*>(a.weights + a.rows[r] * a.stride + j);
      sum += __builtin_convertvector(*row, typename T::U16);
    }
    total += __builtin_convertvector(sum, Wide);  // exact: below 2^24
  }
  static_assert(sizeof(Wide) == kWidth * sizeof(float));
  std::memcpy(a.drive + j, &total, sizeof total);
}

template <int Bytes>
inline __attribute__((always_inline)) void SumRows(const DriveArgs<std::uint8_t>& a) noexcept {
  for (std::size_t j = 0; j < a.stride; j += Bytes / 2) SumTile<Bytes>(a, j);
}

template <int Bytes, typename Weight>
bool Drive(const DriveArgs<Weight>& a) noexcept {
  using F32 = typename Types<Bytes>::F32;
  using I32 = typename Types<Bytes>::I32;
  SumRows<Bytes>(a);
  const F32 one = F32{} + 1.0F;
  const F32 v_exc = F32{} + a.v_exc;
  I32 any = {};
  for (std::size_t j = 0; j < a.stride; j += kFloats<Bytes>) {
    const F32 u = *reinterpret_cast<const F32*>(a.membrane + j) * a.decay;
    const F32 d = *reinterpret_cast<const F32*>(a.drive + j) * *reinterpret_cast<const F32*>(a.gain + j);
    const F32 g = d < one ? d : one;
    const F32 v = u + g * (v_exc - u);
    *reinterpret_cast<F32*>(a.membrane + j) = v;
    any |= v > *reinterpret_cast<const F32*>(a.threshold + j);
  }
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

template <int Bytes>
void Poisson(const PoissonArgs& a) noexcept {
  using T = Types<Bytes>;
  using U16 = typename T::U16;
  Lanes<Bytes> lanes;
  static_assert(sizeof lanes.s == 4 * 16 * sizeof(std::uint32_t));
  std::memcpy(lanes.s, a.lanes, sizeof lanes.s);
  std::uint32_t count = 0;
  for (std::size_t step = 0; step < a.steps; ++step) {
    a.step_start[step] = count;
    for (std::size_t group = 0; group < a.groups; ++group) {
      typename T::U32 draw[Lanes<Bytes>::kVectors];
      lanes.Next(draw);
      for (int i = 0; i < Lanes<Bytes>::kVectors; ++i) {
        const std::size_t base = group * 32 + static_cast<std::size_t>(i) * (Bytes / 2);
        const U16 value = (U16)draw[i];  // the same bits, read as twice as many 16-bit numbers
        const typename T::I16 hit = value < *reinterpret_cast<const U16*>(a.threshold + base);
        std::uint64_t word[Bytes / 8];
        std::memcpy(word, &hit, sizeof word);
        for (std::size_t w = 0; w < Bytes / 8; ++w) {
          while (word[w] != 0) {
            const int bit = __builtin_ctzll(word[w]);
            a.rows[count++] = a.input[base + w * 4 + static_cast<std::size_t>(bit) / 16];
            word[w] &= ~(0xffffULL << bit);
          }
        }
      }
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
