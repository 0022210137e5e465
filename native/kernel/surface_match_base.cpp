// The 16-byte kernels: NEON, or SSE4.2. Every header of the library comes before the pragma.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include "surface_match.hpp"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#pragma GCC target("sse4.2")
#endif
#include "surface_match_inl.hpp"

namespace spikeline {
extern constexpr SurfaceKernels kSurfaceKernelsBase = surface::MakeSurfaceKernels<16>("base");
}  // namespace spikeline
