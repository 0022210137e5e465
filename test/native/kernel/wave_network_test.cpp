#include "kernel/wave_network.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

#include "tests.hpp"
#include "wave_world.hpp"

namespace spikeline::test {

namespace {

// Weights of 1 in map 0 where `image` has its first spikes in the window at (x, y), 0 elsewhere.
WaveStateCopy TunedTo(WaveNetwork& network, const std::vector<std::uint8_t>& image, std::uint32_t x, std::uint32_t y,
                      std::size_t ones) {
  const WaveParams& p = network.params();
  std::vector<std::uint32_t> offsets(2);
  std::vector<std::uint16_t> ex(p.max_spikes), ey(p.max_spikes);
  std::vector<std::uint8_t> channel(p.max_spikes);
  (void)network.EncodeImages({.pixels = image, .offsets = offsets, .x = ex, .y = ey, .channel = channel});
  WaveStateCopy state = StateOf(network);
  std::fill(state.weights.begin(), state.weights.end(), 0.0F);
  for (std::uint32_t k = 0; k < offsets[1] && ones > 0; ++k) {
    const std::uint32_t wx = ex[k] + p.pad - x;
    const std::uint32_t wy = ey[k] + p.pad - y;
    if (wx >= p.window || wy >= p.window) continue;
    state.weights[((channel[k] * p.window + wy) * p.window + wx) * p.maps] = 1;
    --ones;
  }
  return state;
}

void Sizes(Checks& t) {
  const auto network = MakeWave(SmallWave());
  const auto pixels = WavePictures(SmallWave(), 2, 1);
  const WaveStateCopy before = StateOf(*network);
  std::vector<std::uint32_t> inputs(2), offsets(3);
  std::vector<std::uint16_t> lists(2 * SmallWave().most_features()), winners(6), none;
  std::vector<std::uint8_t> counts(2 * SmallWave().counts()), no_counts;
  const WaveBatch right{.pixels = pixels, .input_spikes = inputs, .counts = counts, .offsets = offsets, .feature = lists,
                        .x = lists, .y = lists, .rank = lists};
  WaveBatch batch = right;
  batch.counts = no_counts;
  batch.feature = batch.x = batch.y = batch.rank = none;
  t.Expect(network->PresentImages(batch) == Status::kOk && offsets[2] > 0, "outputs may be left out");
  batch.x = lists;
  t.Expect(network->PresentImages(batch) == Status::kBadSize, "all lists or none");
  batch = right;
  batch.offsets = batch.offsets.first(2);
  t.Expect(network->PresentImages(batch) == Status::kBadSize, "offsets");
  batch = right;
  batch.counts = batch.counts.subspan(1);
  t.Expect(network->PresentImages(batch) == Status::kBadSize, "counts");
  batch = right;
  batch.pixels = batch.pixels.subspan(1);
  t.Expect(network->PresentImages(batch) == Status::kBadSize, "pixels");
  winners.resize(5);
  t.Expect(network->LearnImages({.pixels = pixels, .input_spikes = inputs, .winner_map = winners}) == Status::kBadSize,
           "winners");
  t.Expect(network->EncodeImages({.pixels = pixels, .offsets = {}, .x = lists, .y = lists, .channel = counts}) ==
               Status::kBadSize, "no offsets");
  t.Expect(StateOf(*network) == before, "nothing has happened");
}

void States(Checks& t) {
  const auto network = MakeWave(SmallWave());
  const WaveStateCopy before = StateOf(*network);
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  for (const float bad : {kNan, -0.001F, 1.001F}) {
    WaveStateCopy state = before;
    state.weights.back() = bad;
    t.Expect(network->WriteState(state.View()) == Status::kBadState, "a weight out of range");
  }
  for (const float bad : {kNan, 0.5F, 256.0F}) {
    WaveStateCopy state = before;
    state.theta[0] = bad;
    t.Expect(network->WriteState(state.View()) == Status::kBadState, "a threshold out of range");
  }
  WaveStateCopy state = before;
  state.counters.resize(1);
  t.Expect(network->WriteState(state.View()) == Status::kBadSize, "a missing counter");
  t.Expect(network->ReadState(state.View()) == Status::kBadSize, "a missing counter, read");
  t.Expect(StateOf(*network) == before, "nothing has changed");
}

WaveParams RandomWave(Random& random) {
  const auto between = [&](double low, double high) { return low + (high - low) * static_cast<double>(random.NextUnit()); };
  WaveParams p;
  p.window = 1 + random.Next() % 9;
  p.pad = random.Next() % p.window;
  p.width = p.window + random.Next() % 40;
  p.height = p.window + random.Next() % 30;
  p.seed = random.Next();
  p.maps = 1 + random.Next() % 256;
  p.max_spikes = 1 + random.Next() % (random.Next() % 2 == 0 ? 1200 : 100);
  p.cell = 1 + random.Next() % 20;
  if (random.Next() % 3 == 0) {
    p.width += 4;
    p.height += 4;
    p.orientations = 1 + random.Next() % kMostOrientations;
    p.gabor_size = 3 + 2 * (random.Next() % 4);
    p.gabor_pool = 1 + random.Next() % 4;
    p.gabor_stride = 1;
    p.inhibition_count = random.Next() % 6;
    p.inhibition = {0.15, 0.12, 0.1, 0.07, 0.05};
  }
  p.sigma_centre = between(0.1, 3);
  p.sigma_surround = between(0.1, 8);
  p.contrast = between(1e-6, 0.05);
  p.threshold_count = 1 + random.Next() % 4;
  for (auto& threshold : p.thresholds) threshold = between(1, random.Next() % 4 == 0 ? 60 : 10);
  std::sort(p.thresholds.begin(), p.thresholds.begin() + p.threshold_count);
  p.initial_mean = between(0, 1);
  p.initial_std = between(0, 0.4);
  p.learning_threshold = between(1, 12);
  p.theta_plus = random.Next() % 2 == 0 ? 0 : between(0, 40);
  p.a_plus = between(0, 1);
  p.a_plus_max = 1;
  p.a_ratio = between(0, 1);
  p.doubling_frames = 1 + random.Next() % 5;
  p.winners = 1 + random.Next() % 9;
  p.inhibition_radius = random.Next() % 5;
  return p;
}

void Walk(Checks& t, std::uint32_t seed) {
  Random random(seed);
  const WaveParams p = RandomWave(random);
  const auto base = MakeWave(p, "base");
  if (!t.Expect(base != nullptr, "the network is made")) return;
  for (int k = 0; k < 4; ++k) {
    const std::size_t frames = random.Next() % 3;
    const auto pixels = WavePictures(p, frames, random.Next());
    WaveStateCopy before = StateOf(*base);
    const WaveRun shown = Present(*base, pixels, frames);
    const LearningRun learned = LearnFrom(*base, pixels, frames);
    for (const char* broken : {BrokenRun(p, shown), BrokenLearning(p, learned), BrokenWave(StateOf(*base))}) {
      if (!t.Expect(broken == nullptr, broken)) std::printf("  walk %u, step %d\n", seed, k);
    }
    for (const char* name : {"avx2", "avx512"}) {
      if (ChooseWaveKernels(name) == nullptr) continue;
      const auto other = MakeWave(p, name);
      t.Expect(other->WriteState(before.View()) == Status::kOk, "its own state is always taken");
      t.Expect(Present(*other, pixels, frames) == shown, "the same feature spikes");
      t.Expect(LearnFrom(*other, pixels, frames) == learned, "the same winners");
      t.Expect(StateOf(*other) == StateOf(*base), "the same state");
    }
  }
}

}  // namespace

void TestWaveNetwork(Checks& t) {
  t.Test("wrong sizes are refused and change nothing; outputs may be left out", [&] { Sizes(t); });
  t.Test("a state out of range is refused and changes nothing", [&] { States(t); });
  t.Test("a map tuned to a patch speaks at its position, as soon as the threshold's spikes are there", [&] {
    WaveParams p = SmallWave();
    p.threshold_count = 1;
    p.thresholds = {6, 0, 0, 0};
    const auto network = MakeWave(p);
    const auto image = WavePictures(p, 1, 5);
    WaveStateCopy tuned = TunedTo(*network, image, 6, 5, 6);
    t.Expect(network->WriteState(tuned.View()) == Status::kOk, "the weights are taken");
    const WaveRun run = Present(*network, image, 1);
    bool there = false;
    for (std::uint32_t k = 0; k < run.offsets[1]; ++k) {
      t.Expect(run.feature[k] == 0, "only the tuned map speaks");
      there = there || (run.x[k] == 6 && run.y[k] == 5);
    }
    t.Expect(there, "the patch is found where it was taken");
  });
  t.Test("a cell's count stops at 255", [&] {
    WaveParams p = SmallWave();
    p.width = p.height = 40;
    p.max_spikes = 4096;
    p.cell = 40;
    p.maps = 1;
    p.thresholds = {1, 1, 0, 0};
    p.initial_mean = 1;
    p.initial_std = 0;
    p.contrast = 1e-6;
    const auto network = MakeWave(p);
    const WaveRun run = Present(*network, WavePictures(p, 1, 2), 1);
    t.Expect(run.offsets[1] > 2000, "thousands speak");
    t.Expect(run.counts[0] == 255 && run.counts[1] == 255, "the count stays");
  });
  t.Test("learning on one picture lets its weights decide, and the convergence falls to 0", [&] {
    WaveParams p = SmallWave();
    p.a_plus = p.a_plus_max = 0.15;
    p.theta_plus = 0;
    const auto network = MakeWave(p);
    const auto image = WavePictures(p, 1, 5);
    const double before = network->Convergence();
    for (int k = 0; k < 400; ++k) (void)LearnFrom(*network, image, 1);
    t.Expect(before > 0.1 && before < 0.2, "0.8 · 0.2 at first");
    WaveStateCopy state = StateOf(*network);
    const bool ones = std::count_if(state.weights.begin(), state.weights.end(), [](float w) { return w > 0.99F; }) > 5;
    t.Expect(ones && network->Convergence() < 0.15, "some are decided");
    t.Expect(state.counters[0] == 400 && BrokenWave(state) == nullptr, "counted and in range");
  });
  t.Test("60 random networks keep their invariants, and every kernel their bits", [&] {
    for (std::uint32_t seed = 1; seed <= 60; ++seed) Walk(t, seed);
  });
}

}  // namespace spikeline::test
