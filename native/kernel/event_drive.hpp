// What one event does to the membranes around it, and which neuron it makes spike.
//
//   V_q,k += w_k,q · g          of every position q that sees the event and every map k, inflated by g
//   excess  V_q,k − θ_k · g     the neuron with the highest one spikes if that is above 0; among equals the lowest index
//
// Each potential gets one addition, without fused multiplication: every instruction set gives the same bits.
// Vector-extension templates as in drive.hpp. No state; any thread.
#pragma once

#include <cstddef>
#include <cstdint>

namespace spikeline {

// Maps are padded to a multiple of this; those of the padding have weights 0 and thresholds +infinity.
inline constexpr std::size_t kEventMapPad = 32;
inline constexpr std::uint32_t kNoSpike = UINT32_MAX;

struct EventDrive {
  const float* weights;    // [side][side][stride], aligned, in the order of the positions
  const float* threshold;  // [stride], aligned
  std::size_t stride;      // padded maps
  std::size_t row_stride;  // from one row of positions to the next
};

// Adds to `potential`, [side] rows of [side][stride]; returns (row · side + column) · stride + map, or kNoSpike.
using DriveEvent = std::uint32_t (*)(const EventDrive& drive, float* potential, float gain) noexcept;

struct EventKernels {
  DriveEvent drive[4];  // by radius, from 1
  const char* name;
};

extern const EventKernels kEventKernelsBase;
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
extern const EventKernels kEventKernelsAvx2;
extern const EventKernels kEventKernelsAvx512;
#endif

// As ChooseKernels of drive.hpp.
[[nodiscard]] const EventKernels* ChooseEventKernels(const char* name) noexcept;

}  // namespace spikeline
