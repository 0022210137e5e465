// The 32-byte kernels. Every header of the library comes before the pragma, so that only our code is built for AVX2.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include "wave_walk.hpp"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#include <immintrin.h>

#pragma GCC target("avx2,popcnt,bmi")
#include "wave_walk_inl.hpp"

namespace spikeline::wave {

// One instruction each, where the plain version takes several.
template <>
inline __attribute__((always_inline)) bool Any<32>(const Words<32>& mask) noexcept {
  return _mm256_testz_si256((__m256i)mask, (__m256i)mask) == 0;
}

template <>
inline __attribute__((always_inline)) Vector<32, std::uint8_t> AddSaturating<32, std::uint8_t>(
    const Vector<32, std::uint8_t>& u, const Vector<32, std::uint8_t>& by) noexcept {
  return (Vector<32, std::uint8_t>)_mm256_adds_epu8((__m256i)u, (__m256i)by);
}

template <>
inline __attribute__((always_inline)) Vector<32, std::uint16_t> AddSaturating<32, std::uint16_t>(
    const Vector<32, std::uint16_t>& u, const Vector<32, std::uint16_t>& by) noexcept {
  return (Vector<32, std::uint16_t>)_mm256_adds_epu16((__m256i)u, (__m256i)by);
}


template <>
inline __attribute__((always_inline)) std::uint64_t ByteMask<32>(const Words<32>& mask) noexcept {
  return static_cast<std::uint32_t>(_mm256_movemask_epi8((__m256i)mask));
}

}  // namespace spikeline::wave

namespace spikeline {
extern constexpr WaveKernels kWaveKernelsAvx2 = wave::MakeWaveKernels<32>("avx2");
}  // namespace spikeline
#endif
