// The 16-byte kernels: NEON, or SSE4.2 with POPCNT. Every header of the library comes before the pragma.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include "wave_walk.hpp"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#include <immintrin.h>

#pragma GCC target("sse4.2,popcnt")
#endif
#include "wave_walk_inl.hpp"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
namespace spikeline::wave {

// One instruction each, where the plain version takes several.
template <>
inline __attribute__((always_inline)) std::uint64_t ByteMask<16>(const Words<16>& mask) noexcept {
  return static_cast<std::uint32_t>(_mm_movemask_epi8((__m128i)mask));
}

template <>
inline __attribute__((always_inline)) bool Any<16>(const Words<16>& mask) noexcept {
  return _mm_testz_si128((__m128i)mask, (__m128i)mask) == 0;
}

template <>
inline __attribute__((always_inline)) Vector<16, std::uint8_t> AddSaturating<16, std::uint8_t>(
    const Vector<16, std::uint8_t>& u, const Vector<16, std::uint8_t>& by) noexcept {
  return (Vector<16, std::uint8_t>)_mm_adds_epu8((__m128i)u, (__m128i)by);
}

template <>
inline __attribute__((always_inline)) Vector<16, std::uint16_t> AddSaturating<16, std::uint16_t>(
    const Vector<16, std::uint16_t>& u, const Vector<16, std::uint16_t>& by) noexcept {
  return (Vector<16, std::uint16_t>)_mm_adds_epu16((__m128i)u, (__m128i)by);
}

}  // namespace spikeline::wave
#endif

namespace spikeline {
extern constexpr WaveKernels kWaveKernelsBase = wave::MakeWaveKernels<16>("base");
}  // namespace spikeline
