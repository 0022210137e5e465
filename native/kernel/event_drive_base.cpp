// The 16-byte kernels: NEON, or SSE4.2. Every header of the library comes before the pragma.
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "event_drive.hpp"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#pragma GCC target("sse4.2")
#endif
#include "event_drive_inl.hpp"

namespace spikeline {
extern constexpr EventKernels kEventKernelsBase = events::MakeEventKernels<16>("base");
}  // namespace spikeline
