#include "drive.hpp"

#include <cstring>

namespace spikeline {

namespace {

bool Wanted(const Kernels& kernels, const char* name) noexcept {
  return name == nullptr || std::strcmp(name, kernels.name) == 0;
}

}  // namespace

const Kernels* ChooseKernels(const char* name) noexcept {
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
  __builtin_cpu_init();
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("popcnt");
  const bool avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  if (avx512 && Wanted(kKernelsAvx512, name)) return &kKernelsAvx512;
  if (avx2 && Wanted(kKernelsAvx2, name)) return &kKernelsAvx2;
#endif
  return Wanted(kKernelsBase, name) ? &kKernelsBase : nullptr;
}

}  // namespace spikeline
