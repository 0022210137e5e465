#include "wave_walk.hpp"

#include <cstring>

#include "drive.hpp"

namespace spikeline {

const WaveKernels* ChooseWaveKernels(const char* name) noexcept {
  const Kernels* chosen = ChooseKernels(name);
  if (chosen == nullptr) return nullptr;
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
  if (std::strcmp(chosen->name, kWaveKernelsAvx512.name) == 0) return &kWaveKernelsAvx512;
  if (std::strcmp(chosen->name, kWaveKernelsAvx2.name) == 0) return &kWaveKernelsAvx2;
#endif
  return &kWaveKernelsBase;
}

}  // namespace spikeline
