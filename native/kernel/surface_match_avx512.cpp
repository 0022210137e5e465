// The 64-byte kernels. Every header of the library comes before the pragma, so that only our code is built for AVX-512.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include "surface_match.hpp"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#pragma GCC target("avx2,avx512f,avx512bw,avx512dq,avx512vl")
#include "surface_match_inl.hpp"

namespace spikeline {
extern constexpr SurfaceKernels kSurfaceKernelsAvx512 = surface::MakeSurfaceKernels<64>("avx512");
}  // namespace spikeline
#endif
