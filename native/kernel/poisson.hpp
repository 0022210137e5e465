// Poisson encoding of one image: a pixel of value p spikes in each step with probability p/255 · max_rate · dt,
// rounded to 1/65536. Equal bit for bit to src/encoders/poisson.ts, which states the order of the draws.
// Cost: one 16-bit compare a step and non-zero pixel, 32 at a time. No state but what is passed in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "drive.hpp"

namespace spikeline {

inline constexpr std::size_t kPoissonGroup = 32;       // pixels one draw of the 16 lanes decides
inline constexpr std::size_t kPoissonLaneWords = 64;   // 16 lanes of 4 words

[[nodiscard]] constexpr std::size_t PaddedInputs(std::size_t inputs) noexcept {
  return (inputs + kPoissonGroup - 1) / kPoissonGroup * kPoissonGroup;
}

struct PoissonImage {
  std::span<const std::uint8_t> pixels;
  double max_rate_hz;
  double dt_ms;
  std::uint32_t steps;
  std::uint32_t key;
};

// Scratch and result. rows[step_start[s] .. step_start[s + 1]) are the inputs that spike in step s, ascending.
struct PoissonBuffers {
  std::span<std::uint16_t> rate;         // [PaddedInputs]
  std::span<std::uint32_t> input;        // [PaddedInputs]
  std::span<std::uint32_t> rows;         // [PaddedInputs · steps + kLanePad]
  std::span<std::uint32_t> step_start;   // [steps + 1]
  std::span<std::uint32_t> lanes;        // [kPoissonLaneWords]
};

void DrawPoisson(const PoissonImage& image, const Kernels& kernels, const PoissonBuffers& out) noexcept;

}  // namespace spikeline
