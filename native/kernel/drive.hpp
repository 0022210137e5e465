// One time step of the synaptic drive and the membranes, for neurons with contiguous weight rows.
//
//   d_j = Σ_rows w[row][j]                                  rows four a pass: d += (r0 + r1) + (r2 + r3)
//   u_j = v_j · decay
//   v_j = u_j + min(d_j · gain_j, 1) · (v_exc − u_j)        conductance-style: never past the reversal potential
//   over_j = v_j > threshold_j                              strictly
//
// Plain vector-extension templates, stamped out once per instruction set (drive_*.cpp) and chosen once per CPU;
// every version does the same operations in the same order on each neuron, so all give the same bits.
// Cost: one pass over the named rows. Thread rule: no state; any thread.
#pragma once

#include <cstddef>
#include <cstdint>

namespace spikeline {

// Every array is kAlignment-aligned and padded to a multiple of kLanePad neurons; padding neurons have weight 0
// and threshold +infinity, so they never fire.
inline constexpr std::size_t kLanePad = 32;
// The unit of SumAll's reads, in floats.
inline constexpr std::size_t kReadPad = 64;

template <typename Weight>
struct DriveArgs {
  const Weight* weights;        // [inputs][stride]
  std::size_t stride;           // padded neurons
  const std::uint32_t* rows;    // inputs that spiked in this step, in order
  std::size_t row_count;
  const float* gain;            // [stride], conductance per unit of stored weight
  const float* threshold;       // [stride]
  float* membrane;              // [stride], relative to the leak potential, in and out
  
  float decay;                  // exp(-dt/tau), to the power of the steps since the last call
  float v_exc;
};

// True if any neuron is over its threshold.
using DriveF32 = bool (*)(const DriveArgs<float>&) noexcept;
using DriveU8 = bool (*)(const DriveArgs<std::uint8_t>&) noexcept;

// Draws Poisson spikes: see poisson.hpp.
struct PoissonArgs {
  std::uint32_t* lanes;               // [4][16] generator state, in and out
  const std::uint16_t* threshold;     // [groups·32]
  const std::uint32_t* input;         // [groups·32]
  std::size_t groups;
  std::size_t steps;
  std::uint32_t* rows;                // out, room for groups·32·steps + kLanePad: whole vectors are written
  std::uint32_t* step_start;          // out, [steps + 1]
};
using PoissonDraw = void (*)(const PoissonArgs&) noexcept;

// Reads `size` floats (a multiple of kReadPad) `repeats` times and returns their sum, so that no read can be left out:
// what the memory gives to the access the drive makes. The caller has the clock.
using SumAll = float (*)(const float* data, std::size_t size, std::uint32_t repeats) noexcept;

struct Kernels {
  DriveF32 drive_f32;
  DriveU8 drive_u8;
  PoissonDraw poisson;
  SumAll sum_all;
  const char* name;
};

extern const Kernels kKernelsBase;
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
extern const Kernels kKernelsAvx2;
extern const Kernels kKernelsAvx512;
#endif

// The fastest set this CPU runs. `name` picks one by name instead ("base", "avx2", "avx512") and gives null if the
// CPU or the compiler lacks it; null means automatic.
[[nodiscard]] const Kernels* ChooseKernels(const char* name) noexcept;

}  // namespace spikeline
