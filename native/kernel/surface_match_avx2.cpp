// The 32-byte kernels. Every header of the library comes before the pragma, so that only our code is built for AVX2.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include "surface_match.hpp"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#pragma GCC target("avx2")
#include "surface_match_inl.hpp"

namespace spikeline {
extern constexpr SurfaceKernels kSurfaceKernelsAvx2 = surface::MakeSurfaceKernels<32>("avx2");
}  // namespace spikeline
#endif
