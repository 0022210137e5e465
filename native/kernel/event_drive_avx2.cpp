// The 32-byte kernels. Every header of the library comes before the pragma, so that only our code is built for AVX2.
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "event_drive.hpp"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#pragma GCC target("avx2")
#include "event_drive_inl.hpp"

namespace spikeline {
extern constexpr EventKernels kEventKernelsAvx2 = events::MakeEventKernels<32>("avx2");
}  // namespace spikeline
#endif
