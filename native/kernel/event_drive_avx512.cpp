// The 64-byte kernels. Every header of the library comes before the pragma, so that only our code is built for AVX-512.
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "event_drive.hpp"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#pragma GCC target("avx2,avx512f,avx512bw,avx512dq,avx512vl")
#include "event_drive_inl.hpp"

namespace spikeline {
extern constexpr EventKernels kEventKernelsAvx512 = events::MakeEventKernels<64>("avx512");
}  // namespace spikeline
#endif
