#include "kernel/wave_encoder.hpp"

#include <algorithm>
#include <vector>

#include "tests.hpp"
#include "wave_world.hpp"

namespace spikeline::test {

namespace {

std::vector<InputSpike> Encoded(const WaveParams& p, const std::vector<std::uint8_t>& pixels) {
  WaveEncoder encoder(p, *ChooseWaveKernels(nullptr));
  encoder.Encode(pixels);
  std::vector<InputSpike> spikes;
  for (const InputSpike& spike : encoder.spikes()) {
    if (spike.rank != kNoRank) spikes.push_back(spike);
  }
  std::sort(spikes.begin(), spikes.end(), [](const InputSpike& a, const InputSpike& b) { return a.rank < b.rank; });
  return spikes;
}

}  // namespace

void TestWaveEncoder(Checks& t) {
  t.Test("the taps of every width sum to 4096 and fall from the middle", [&] {
    for (const double sigma : {0.1, 0.5, 1.0, 2.0, 3.7, 8.0}) {
      const GaussianTaps taps = MakeTaps(sigma);
      std::int32_t sum = taps.tap[0];
      for (std::uint32_t d = 1; d <= taps.radius; ++d) {
        sum += 2 * taps.tap[d];
        t.Expect(taps.tap[d] >= 0 && taps.tap[d] <= taps.tap[d - 1] + static_cast<std::int32_t>(taps.radius), "it falls");
      }
      t.Expect(sum == 4096, "the sum");
    }
  });
  t.Test("an even image is silent at every brightness, up to its edges", [&] {
    WaveParams p = SmallWave();
    p.contrast = 1e-6;
    for (const int value : {0, 1, 77, 255}) {
      const std::vector<std::uint8_t> even(120, static_cast<std::uint8_t>(value));
      t.Expect(Encoded(p, even).empty(), "no spike");
    }
  });
  t.Test("a bright dot speaks on first, then off around it; a dark dot the other way round", [&] {
    WaveParams p = SmallWave();
    p.contrast = 0.005;
    for (const std::uint32_t dark : {0U, 1U}) {
      std::vector<std::uint8_t> pixels(120, dark == 0 ? 0 : 255);
      pixels[5 * 12 + 6] = dark == 0 ? 255 : 0;
      const auto spikes = Encoded(p, pixels);
      if (!t.Expect(spikes.size() > 1, "it speaks")) return;
      t.Expect(spikes[0].x == 6 && spikes[0].y == 5 && spikes[0].channel == dark, "the dot is first");
      const auto other = std::find_if(spikes.begin(), spikes.end(), [&](const auto& s) { return s.channel != dark; });
      t.Expect(other != spikes.end(), "the surround speaks too");
    }
  });
  t.Test("only the strongest stay, in the order they had among all", [&] {
    WaveParams p = SmallWave();
    const auto pixels = WavePictures(p, 1, 3);
    const auto all = Encoded(p, pixels);
    p.max_spikes = 9;
    const auto few = Encoded(p, pixels);
    if (!t.Expect(all.size() > 9 && few.size() == 9, "nine of more")) return;
    for (std::size_t k = 0; k < few.size(); ++k) {
      t.Expect(few[k].x == all[k].x && few[k].y == all[k].y && few[k].rank == k, "the first nine");
    }
  });
  t.Test("latency bins keep the spikes, and within a bin the order of the pixels; fewer bins mix more", [&] {
    WaveParams p = SmallWave();
    p.contrast = 0.005;
    const auto pixels = WavePictures(p, 1, 3);
    const std::size_t all = Encoded(p, pixels).size();
    std::size_t last = all;
    for (const std::uint32_t bins : {256U, 64U, 8U, 1U}) {
      p.latency_bins = bins;
      const auto spikes = Encoded(p, pixels);
      std::size_t begun = spikes.empty() ? 0 : 1;  // stretches in order of the pixels, at most one a bin
      for (std::size_t k = 1; k < spikes.size(); ++k) {
        const bool is_after = spikes[k].y * p.width + spikes[k].x > spikes[k - 1].y * p.width + spikes[k - 1].x;
        begun += is_after ? 0 : 1;
      }
      t.Expect(spikes.size() == all && begun <= bins && begun <= last, "stretches");
      last = begun;
    }
    t.Expect(all > 20 && last == 1, "one bin is a walk over the pixels");
  });
}

}  // namespace spikeline::test
