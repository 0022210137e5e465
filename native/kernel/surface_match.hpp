// Which prototype a surface is most similar to.
//
//   β_k = Σ w_k,i · s_i over the taps of the window        all w_k have length 1: the order of β is that of the cosine
//   answer: the lowest k with the highest β_k
//
// The sum of each prototype is of four: the taps at columns 0, 4, 8, …, at 1, 5, 9, …, and so on, each in order of
// plane, row and column; then (c0 + c1) + (c2 + c3). Every instruction set sums so, without fused multiplication: the
// same bits. Vector-extension templates as in drive.hpp. No state; any thread.
#pragma once

#include <cstddef>
#include <cstdint>

namespace spikeline {

// Prototypes are padded to a multiple of this; those of the padding have weights 0 and come last, so they never win.
inline constexpr std::size_t kPrototypePad = 32;

struct SurfacePrototypes {
  const float* weights;  // [taps][stride], aligned; not negative
  std::size_t stride;    // padded prototypes
  std::uint32_t planes;
  std::uint32_t side;    // 3, 5, … 15
  std::size_t row_stride;    // of the window's values
  std::size_t plane_stride;
};

struct SurfaceMatch {
  std::uint32_t prototype;
  float value;  // β
};

using MatchSurface = SurfaceMatch (*)(const SurfacePrototypes& prototypes, const float* window) noexcept;

struct SurfaceKernels {
  MatchSurface match[8];  // by radius, from 1
  const char* name;
};

extern const SurfaceKernels kSurfaceKernelsBase;
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
extern const SurfaceKernels kSurfaceKernelsAvx2;
extern const SurfaceKernels kSurfaceKernelsAvx512;
#endif

// As ChooseKernels of drive.hpp.
[[nodiscard]] const SurfaceKernels* ChooseSurfaceKernels(const char* name) noexcept;

}  // namespace spikeline
