// The 16-byte kernels: NEON, or SSE4.2 with POPCNT (x86-64-v2, every x86 CPU since 2009). Every header of the library
// comes before the pragma.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include "drive.hpp"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#pragma GCC target("sse4.2,popcnt")
#endif
#include "drive_inl.hpp"

namespace spikeline {
extern constexpr Kernels kKernelsBase = vec::MakeKernels<16>("base");
}  // namespace spikeline
