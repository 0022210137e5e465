// The 64-byte kernels. Every header of the library comes before the pragma, so that only our code is built for AVX-512.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include "wave_walk.hpp"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#include <immintrin.h>

#pragma GCC target("avx2,popcnt,bmi,avx512f,avx512bw,avx512dq,avx512vl")
#include "wave_walk_inl.hpp"

namespace spikeline::wave {

// One instruction each, where the plain version takes several.
template <>
inline __attribute__((always_inline)) bool Any<64>(const Words<64>& mask) noexcept {
  return _mm512_test_epi64_mask((__m512i)mask, (__m512i)mask) != 0;
}

template <>
inline __attribute__((always_inline)) Vector<64, std::uint8_t> AddSaturating<64, std::uint8_t>(
    const Vector<64, std::uint8_t>& u, const Vector<64, std::uint8_t>& by) noexcept {
  return (Vector<64, std::uint8_t>)_mm512_adds_epu8((__m512i)u, (__m512i)by);
}

template <>
inline __attribute__((always_inline)) Vector<64, std::uint16_t> AddSaturating<64, std::uint16_t>(
    const Vector<64, std::uint16_t>& u, const Vector<64, std::uint16_t>& by) noexcept {
  return (Vector<64, std::uint16_t>)_mm512_adds_epu16((__m512i)u, (__m512i)by);
}


template <>
inline __attribute__((always_inline)) std::uint64_t ByteMask<64>(const Words<64>& mask) noexcept {
  return _mm512_movepi8_mask((__m512i)mask);
}

// Without a branch: sixteen numbers are compressed and stored whole; the next store overwrites the rest.
template <>
inline __attribute__((always_inline)) std::uint32_t* Append<64>(std::uint32_t* out, const Words<64>& set,
                                                                std::uint32_t first, std::uint32_t most) noexcept {
  constexpr std::uint32_t kParts = 32;
  std::uint16_t part[kParts];
  std::memcpy(part, &set, sizeof part);
  __m512i numbers = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
  numbers = _mm512_add_epi32(numbers, _mm512_set1_epi32(static_cast<int>(first)));
  const std::uint32_t end = first + 16 * kParts < most ? kParts : (most - first + 15) / 16;
  for (std::uint32_t i = 0; i < end; i += 4) {
#pragma GCC unroll 4  // more, and all parts' ends are computed at once and spill
    for (std::uint32_t k = i; k < i + 4; ++k) {
      _mm512_storeu_si512(out, _mm512_maskz_compress_epi32(part[k], numbers));
      out += __builtin_popcount(part[k]);
      numbers = _mm512_add_epi32(numbers, _mm512_set1_epi32(16));
    }
  }
  return out;
}

}  // namespace spikeline::wave

namespace spikeline {
extern constexpr WaveKernels kWaveKernelsAvx512 = wave::MakeWaveKernels<64>("avx512");
}  // namespace spikeline
#endif
