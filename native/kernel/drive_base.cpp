// The 16-byte kernels: SSE2 or NEON, what every supported CPU has.
#include "drive_inl.hpp"

namespace spikeline {
extern constexpr Kernels kKernelsBase = vec::MakeKernels<16>("base");
}  // namespace spikeline
