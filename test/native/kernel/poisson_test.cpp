#include "kernel/poisson.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernel/aligned_buffer.hpp"
#include "tests.hpp"

namespace spikeline::test {

namespace {

struct Drawn {
  std::vector<std::uint32_t> rows;
  std::vector<std::uint32_t> step_start;
  [[nodiscard]] bool operator==(const Drawn&) const = default;
};

Drawn Draw(const std::vector<std::uint8_t>& pixels, double max_rate_hz, std::uint32_t steps, const Kernels& kernels) {
  const std::size_t padded = PaddedInputs(pixels.size());
  AlignedBuffer<std::uint16_t> rate(padded);
  AlignedBuffer<std::uint32_t> input(padded);
  AlignedBuffer<std::uint32_t> rows(padded * steps + kLanePad);
  AlignedBuffer<std::uint32_t> step_start(steps + 1);
  AlignedBuffer<std::uint32_t> lanes(kPoissonLaneWords);
  DrawPoisson({.pixels = pixels, .max_rate_hz = max_rate_hz, .dt_ms = 1, .steps = steps, .key = 77}, kernels,
              {.rate = rate.span(), .input = input.span(), .rows = rows.span(), .step_start = step_start.span(),
               .lanes = lanes.span()});
  return {{rows.data(), rows.data() + step_start[steps]}, {step_start.data(), step_start.data() + steps + 1}};
}

}  // namespace

void TestPoisson(Checks& t) {
  const Kernels& base = *ChooseKernels("base");
  t.Test("a pixel spikes at its rate", [&] {
    // 100 pixels at half of 100 Hz for 10 s: 50,000 spikes of 1,000,000 chances, standard deviation 218.
    const std::vector<std::uint8_t> pixels(100, 128);
    const double mean = 100 * 10000 * 0.1 * 128 / 255;
    const auto count = static_cast<double>(Draw(pixels, 100, 10000, base).rows.size());
    t.Expect(std::abs(count - mean) < 5 * std::sqrt(mean), "within five standard deviations");
  });
  t.Test("dark pixels never spike, and within a step inputs ascend", [&] {
    std::vector<std::uint8_t> pixels(77, 200);
    for (std::size_t i = 0; i < pixels.size(); i += 3) pixels[i] = 0;
    const Drawn drawn = Draw(pixels, 300, 500, base);
    t.Expect(!drawn.rows.empty(), "there are spikes");
    for (const std::uint32_t i : drawn.rows) t.Expect(i < 77 && i % 3 != 0, "a spike comes from a bright pixel");
    for (std::size_t s = 0; s < 500; ++s) {
      const auto first = drawn.rows.begin() + drawn.step_start[s];
      const auto last = drawn.rows.begin() + drawn.step_start[s + 1];
      t.Expect(std::adjacent_find(first, last, std::greater_equal<>()) == last, "strictly ascending");
    }
  });
  t.Test("a rate beyond one spike a step is one spike a step, nearly always", [&] {
    const Drawn drawn = Draw(std::vector<std::uint8_t>(32, 255), 1e9, 1000, base);
    t.Expect(drawn.rows.size() > 31990 && drawn.rows.size() <= 32000, "65,535 of 65,536 chances");
  });
  t.Test("all kernels of this CPU draw the same spikes", [&] {
    for (const std::size_t size : {1U, 31U, 32U, 33U, 784U}) {
      std::vector<std::uint8_t> pixels(size);
      for (std::size_t i = 0; i < size; ++i) pixels[i] = static_cast<std::uint8_t>(i * 37);
      const Drawn drawn = Draw(pixels, 200, 100, base);
      for (const char* name : {"avx2", "avx512"}) {
        const Kernels* kernels = ChooseKernels(name);
        if (kernels != nullptr) t.Expect(Draw(pixels, 200, 100, *kernels) == drawn, "the same spikes");
      }
    }
  });
}

}  // namespace spikeline::test
