#include "event_drive.hpp"

#include <cstring>

#include "drive.hpp"

namespace spikeline {

const EventKernels* ChooseEventKernels(const char* name) noexcept {
  const Kernels* chosen = ChooseKernels(name);
  if (chosen == nullptr) return nullptr;
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
  if (std::strcmp(chosen->name, kEventKernelsAvx512.name) == 0) return &kEventKernelsAvx512;
  if (std::strcmp(chosen->name, kEventKernelsAvx2.name) == 0) return &kEventKernelsAvx2;
#endif
  return &kEventKernelsBase;
}

}  // namespace spikeline
