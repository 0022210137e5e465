#include "surface_match.hpp"

#include <cstring>

#include "drive.hpp"

namespace spikeline {

const SurfaceKernels* ChooseSurfaceKernels(const char* name) noexcept {
  const Kernels* chosen = ChooseKernels(name);
  if (chosen == nullptr) return nullptr;
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
  if (std::strcmp(chosen->name, kSurfaceKernelsAvx512.name) == 0) return &kSurfaceKernelsAvx512;
  if (std::strcmp(chosen->name, kSurfaceKernelsAvx2.name) == 0) return &kSurfaceKernelsAvx2;
#endif
  return &kSurfaceKernelsBase;
}

}  // namespace spikeline
