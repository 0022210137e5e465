// The 64-byte kernels. Every header of the library comes before the pragma, so that only our code is built for AVX-512.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include "drive.hpp"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#include <immintrin.h>

#pragma GCC target("avx2,popcnt,bmi,avx512f,avx512bw,avx512dq,avx512vl")
#include "drive_inl.hpp"

namespace spikeline::vec {

// Without a branch: both halves of the group are compressed and stored whole; the next store overwrites the rest.
template <>
inline __attribute__((always_inline)) std::uint32_t EmitHits<64>(const PoissonArgs& a, std::size_t group,
                                                                 const Types<64>::U32* draw,
                                                                 std::uint32_t count) noexcept {
  const __m512i threshold = _mm512_load_si512(a.threshold + group * 32);
  const std::uint32_t mask = _mm512_cmplt_epu16_mask((__m512i)draw[0], threshold);
  const std::uint32_t* input = a.input + group * 32;
  const auto low = static_cast<__mmask16>(mask);
  const auto high = static_cast<__mmask16>(mask >> 16);
  _mm512_storeu_si512(a.rows + count, _mm512_maskz_compress_epi32(low, _mm512_load_si512(input)));
  count += static_cast<std::uint32_t>(__builtin_popcount(low));
  _mm512_storeu_si512(a.rows + count, _mm512_maskz_compress_epi32(high, _mm512_load_si512(input + 16)));
  return count + static_cast<std::uint32_t>(__builtin_popcount(high));
}
}  // namespace spikeline::vec

namespace spikeline {
extern constexpr Kernels kKernelsAvx512 = vec::MakeKernels<64>("avx512");
}  // namespace spikeline
#endif
