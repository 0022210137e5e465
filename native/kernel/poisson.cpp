#include "poisson.hpp"

#include <algorithm>
#include <array>

#include "random.hpp"

namespace spikeline {

void DrawPoisson(const PoissonImage& image, const Kernels& kernels, const PoissonBuffers& out) noexcept {
  std::array<std::uint16_t, 256> rate_of{};
  for (std::uint32_t p = 1; p < 256; ++p) {
    const double rate = p / 255.0 * image.max_rate_hz * image.dt_ms / 1000.0 * 65536.0 + 0.5;
    rate_of[p] = rate < 65535.0 ? static_cast<std::uint16_t>(rate) : std::uint16_t{65535};
  }
  std::size_t active = 0;
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    if (image.pixels[i] == 0) continue;
    out.rate[active] = rate_of[image.pixels[i]];
    out.input[active] = static_cast<std::uint32_t>(i);
    ++active;
  }
  const std::size_t padded = PaddedInputs(active);
  for (std::size_t i = active; i < padded; ++i) out.rate[i] = 0;

  for (std::uint32_t lane = 0; lane < 16; ++lane) {
    for (std::uint32_t k = 0; k < 4; ++k) {
      const std::uint32_t word = SeedWord(image.key, lane * 4 + k);
      out.lanes[k * 16 + lane] = k == 0 ? word | 1U : word;
    }
  }
  kernels.poisson({.lanes = out.lanes.data(),
                   .threshold = out.rate.data(),
                   .input = out.input.data(),
                   .groups = padded / kPoissonGroup,
                   .steps = image.steps,
                   .rows = out.rows.data(),
                   .step_start = out.step_start.data()});
}

}  // namespace spikeline
