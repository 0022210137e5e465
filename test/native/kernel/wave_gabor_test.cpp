#include "kernel/wave_gabor.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numeric>
#include <vector>

#include "tests.hpp"
#include "wave_world.hpp"

namespace spikeline::test {

namespace {

// Four orientations of 5 × 5 pixels over 20 × 20, no pooling.
WaveParams Oriented() {
  WaveParams p = SmallWave();
  p.width = p.height = 20;
  p.orientations = 4;
  p.contrast = 0.05;
  return p;
}

std::vector<std::uint8_t> Even(const WaveParams& p, std::uint8_t value) {
  return std::vector<std::uint8_t>(std::size_t{p.width} * p.height, value);
}

void Taps(Checks& t) {
  for (const std::uint32_t size : {3U, 5U, 9U, 15U}) {
    std::vector<std::int32_t> taps(std::size_t{size} * size), mirrored(taps.size()), turned(taps.size());
    for (std::uint32_t k = 0; k < 4; ++k) {
      MakeGabor(k, 4, size, taps);
      t.Expect(std::accumulate(taps.begin(), taps.end(), 0) == 0, "the taps sum to 0");
      mirrored.assign(taps.rbegin(), taps.rend());
      t.Expect(mirrored == taps, "they are the same from the other end");
    }
    MakeGabor(0, 4, size, taps);
    MakeGabor(2, 4, size, turned);
    std::int32_t farthest = 0;
    for (std::size_t i = 0; i < taps.size(); ++i) {
      const std::size_t x = i % size, y = i / size;
      farthest = std::max(farthest, std::abs(turned[x * size + (size - 1 - y)] - taps[i]));
    }
    t.Expect(farthest <= 2 * static_cast<std::int32_t>(taps.size()), "a quarter of a turn later they are turned, but for rounding");
  }
  double widest = 0;
  for (int k = -3000; k <= 3000; ++k) {
    const double turns = k / 1000.0;
    widest = std::max(widest, std::abs(CosOfTurns(turns) - std::cos(6.283185307179586 * turns)));
  }
  t.Expect(widest < 1e-14, "the cosine is one");
}

void Edges(Checks& t) {
  const WaveParams p = Oriented();
  GaborBank bank(p, *ChooseWaveKernels(nullptr));
  for (const std::uint8_t value : {std::uint8_t{0}, std::uint8_t{255}}) {
    bank.Run(Even(p, value));
    t.Expect(std::all_of(bank.strength().begin(), bank.strength().end(), [](std::int32_t s) { return s == 0; }), "even is silent");
  }
  // A line that climbs to the right and one that falls excite different orientations.
  std::vector<std::uint8_t> orientations;
  for (const bool falls : {false, true}) {
    auto pixels = Even(p, 0);
    for (std::uint32_t k = 0; k < 20; ++k) pixels[k * 20 + (falls ? k : 19 - k)] = 255;
    bank.Run(pixels);
    const std::size_t middle = 10 * 20 + (falls ? 10 : 9);
    t.Expect(bank.strength()[middle] > bank.least(), "the line is seen");
    orientations.push_back(bank.orientation()[middle]);
  }
  t.Expect(orientations[0] != orientations[1], "in different orientations");
}

void Inhibits(Checks& t) {
  WaveParams p = Oriented();
  const auto pixels = WavePictures(p, 1, 4);
  GaborBank free(p, *ChooseWaveKernels(nullptr));
  free.Run(pixels);
  p.inhibition_count = 5;
  p.inhibition = {0.15, 0.12, 0.1, 0.07, 0.05};
  GaborBank inhibited(p, *ChooseWaveKernels(nullptr));
  inhibited.Run(pixels);
  std::size_t weaker = 0;
  std::int32_t before = 0, after = 0;
  for (std::size_t i = 0; i < free.strength().size(); ++i) {
    // Weaker places are left out of the second, whatever they were.
    t.Expect(inhibited.strength()[i] <= free.strength()[i], "nothing gets stronger");
    weaker += inhibited.strength()[i] < free.strength()[i] ? 1U : 0U;
    before = std::max(before, free.strength()[i]);
    after = std::max(after, inhibited.strength()[i]);
  }
  t.Expect(weaker > 20 && before == after, "neighbours of the strong get weaker, the strongest stays");
}

}  // namespace

void TestWaveGabor(Checks& t) {
  t.Test("Gabor filters are balanced, symmetric and turned", [&] { Taps(t); });
  t.Test("oriented lines are seen, even images are not", [&] { Edges(t); });
  t.Test("stronger places weaken their neighbours", [&] { Inhibits(t); });
  t.Test("no picture is stronger than full scale", [&] {
    WaveParams p = Oriented();
    for (const std::uint32_t size : {3U, 15U}) {
      p.gabor_size = size;
      GaborBank bank(p, *ChooseWaveKernels(nullptr));
      Random random(size);
      auto pixels = Even(p, 0);
      for (auto& pixel : pixels) pixel = random.Next() % 2 == 0 ? 0 : 255;
      bank.Run(pixels);
      for (const std::int32_t strength : bank.strength()) t.Expect(strength <= bank.full_scale(), "at most full scale");
    }
  });
}

}  // namespace spikeline::test
