#include "kernel/wave_layer.hpp"

#include <algorithm>
#include <cstdio>
#include <limits>

#include "tests.hpp"
#include "wave_layer_world.hpp"

namespace spikeline::test {

namespace {

template <typename Change>
Status CheckedAfter(Change change) {
  WaveLayerParams p = SmallLayer();
  change(p);
  return p.Check();
}

void Params(Checks& t) {
  t.Expect(SmallLayer().Check() == Status::kOk, "the small layer");
  t.Expect(CheckedAfter([](auto& p) { p.channels = 0; }) == Status::kBadSize, "no channels");
  t.Expect(CheckedAfter([](auto& p) { p.width = 1025; }) == Status::kBadSize, "too wide");
  t.Expect(CheckedAfter([](auto& p) { p.pool = 0; }) == Status::kBadSize, "no pool");
  t.Expect(CheckedAfter([](auto& p) { p.pool_stride = 3; }) == Status::kBadSize, "cells that leave positions out");
  t.Expect(CheckedAfter([](auto& p) { p.window = 9; p.pad = 0; }) == Status::kBadSize, "no position");
  t.Expect(CheckedAfter([](auto& p) { p.pad = 3; }) == Status::kBadSize, "a window beyond the edge");
  t.Expect(CheckedAfter([](auto& p) { p.first_only = 2; }) == Status::kBadSize, "neither first nor all");
  t.Expect(CheckedAfter([](auto& p) { p.maps = p.channels = 1024; p.window = 31; p.pad = 15; }) == Status::kBadSize, "too many weights");
  t.Expect(CheckedAfter([](auto& p) { p.thresholds = {5, 4, 0, 0}; }) == Status::kBadParameter, "falling thresholds");
  t.Expect(CheckedAfter([](auto& p) { p.learning_threshold = 0.5; }) == Status::kBadParameter, "a threshold below 1");
  t.Expect(CheckedAfter([](auto& p) { p.winners = 0; }) == Status::kBadParameter, "somebody may win");
}

void Cells(Checks& t) {
  WaveLayerParams p = SmallLayer();
  for (const auto& [pool, stride, side, cells] : {std::array<std::uint32_t, 4>{2, 2, 11, 6}, {2, 2, 10, 5}, {3, 2, 9, 4},
                                                  {3, 2, 10, 5}, {1, 1, 7, 7}, {7, 6, 3, 1}}) {
    p.pool = pool;
    p.pool_stride = stride;
    p.width = side;
    t.Expect(p.cells_x() == cells, "cells cover the map");
  }
}

void Sizes(Checks& t) {
  const auto layer = MakeLayer(SmallLayer());
  const SpikeLists right = DrawSpikes(SmallLayer(), 2, 60, 3);
  const LayerStateCopy before = StateOf(*layer);
  const auto refused = [&](auto change) {
    SpikeLists spikes = right;
    change(spikes);
    const Status status = Present(*layer, spikes).status;
    t.Expect(LearnFrom(*layer, spikes).status == status, "presenting and learning judge alike");
    return status;
  };
  t.Expect(refused([](auto& s) { s.x.pop_back(); }) == Status::kBadSize, "a shorter list");
  t.Expect(refused([](auto& s) { s.offsets[1] = s.offsets[2] + 1; }) == Status::kBadSize, "falling offsets");
  t.Expect(refused([](auto& s) { ++s.offsets[2]; }) == Status::kBadSize, "offsets past the end");
  t.Expect(refused([](auto& s) { s.feature[0] = 4; }) == Status::kOutOfRange, "another channel");
  t.Expect(refused([](auto& s) { s.y[0] = 9; }) == Status::kOutOfRange, "off the map");
  t.Expect(refused([](auto& s) { s.rank[s.offsets[1] - 1] = kNeverSpoke; }) == Status::kOutOfRange, "never");
  t.Expect(refused([](auto& s) { s.rank[0] = 1000; }) == Status::kUnsorted, "falling ranks");
  LayerRun run = Present(*layer, right);
  run.said.x.pop_back();
  t.Expect(layer->PresentSpikes(right.In(), run.said.Out()) == Status::kBadSize, "too little room");
  std::vector<std::uint16_t> winners(5);
  t.Expect(layer->LearnSpikes(right.In(), winners) == Status::kBadSize, "winners");
  t.Expect(StateOf(*layer) == before, "nothing has happened");
}

void States(Checks& t) {
  const auto layer = MakeLayer(SmallLayer());
  const LayerStateCopy before = StateOf(*layer);
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), -0.001F, 1.001F}) {
    LayerStateCopy state = before;
    state.weights.back() = bad;
    t.Expect(layer->WriteState(state.View()) == Status::kBadState, "a weight out of range");
  }
  LayerStateCopy state = before;
  state.theta[0] = 4097;
  t.Expect(layer->WriteState(state.View()) == Status::kBadState, "a threshold out of range");
  t.Expect(StateOf(*layer) == before, "nothing has changed");
}

// One spike of every channel in the middle, one after the other.
SpikeLists Middle(const WaveLayerParams& p) {
  SpikeLists spikes{.offsets = {0, p.channels}, .feature = {}, .x = {}, .y = {}, .rank = {}};
  for (std::uint16_t k = 0; k < p.channels; ++k) {
    spikes.feature.push_back(k);
    spikes.x.push_back(5);
    spikes.y.push_back(5);
    spikes.rank.push_back(k);
  }
  return spikes;
}

// A layer of one map that sees one cell and all channels with full weights.
WaveLayerParams OneMap() {
  WaveLayerParams p = SmallLayer();
  p.maps = p.window = p.pool = p.pool_stride = 1;
  p.pad = 0;
  p.initial_mean = 1;
  p.initial_std = 0;
  p.threshold_count = 1;
  p.thresholds = {3, 0, 0, 0};
  return p;
}

void Speaks(Checks& t) {
  const WaveLayerParams p = OneMap();
  const LayerRun run = Present(*MakeLayer(p), Middle(p));
  t.Expect(run.said.offsets[1] == 1, "one speaks, once");
  t.Expect(run.said.x[0] == 5 && run.said.y[0] == 5 && run.said.rank[0] == 2, "there, with the third spike");
}

void Learns(Checks& t) {
  WaveLayerParams p = OneMap();
  p.initial_mean = 0.8;
  p.learning_threshold = 1.5;
  p.theta_plus = 0;
  p.a_plus = p.a_plus_max = 0.15;
  const auto layer = MakeLayer(p);
  const double before = layer->Convergence();
  for (int k = 0; k < 300; ++k) (void)LearnFrom(*layer, Middle(p));
  const LayerStateCopy state = StateOf(*layer);
  t.Expect(state.weights[0] > 0.99F && state.weights[1] > 0.99F, "what spoke until it crossed is kept");
  t.Expect(state.weights[2] < 0.01F && state.weights[3] < 0.01F, "what came later is forgotten");
  t.Expect(before > 0.1 && layer->Convergence() < 0.01 && state.counters[0] == 300, "it has converged");
}

WaveLayerParams RandomLayer(Random& random) {
  const auto between = [&](double low, double high) { return low + (high - low) * static_cast<double>(random.NextUnit()); };
  WaveLayerParams p;
  p.window = 1 + random.Next() % 6;
  p.pad = random.Next() % p.window;
  p.pool = 1 + random.Next() % 4;
  p.pool_stride = 1 + random.Next() % p.pool;
  p.width = p.window * p.pool + random.Next() % 20;
  p.height = p.window * p.pool + random.Next() % 20;
  p.channels = 1 + random.Next() % 20;
  p.seed = random.Next();
  p.maps = 1 + random.Next() % 140;
  p.first_only = random.Next() % 2;
  p.threshold_count = 1 + random.Next() % 4;
  for (auto& threshold : p.thresholds) threshold = between(1, 9);
  std::sort(p.thresholds.begin(), p.thresholds.begin() + p.threshold_count);
  p.initial_mean = between(0, 1);
  p.initial_std = between(0, 0.4);
  p.learning_threshold = between(1, 8);
  p.theta_plus = random.Next() % 2 == 0 ? 0 : between(0, 40);
  p.a_plus = between(0, 1);
  p.a_plus_max = 1;
  p.a_ratio = between(0, 1);
  p.winners = 1 + random.Next() % 9;
  p.inhibition_radius = random.Next() % 5;
  return p;
}

void Walk(Checks& t, std::uint32_t seed) {
  Random random(seed);
  const WaveLayerParams p = RandomLayer(random);
  const auto base = MakeLayer(p, "base");
  if (!t.Expect(base != nullptr, "the layer is made")) return;
  for (int k = 0; k < 4; ++k) {
    const SpikeLists spikes = DrawSpikes(p, random.Next() % 3, 200, random.Next());
    LayerStateCopy before = StateOf(*base);
    const LayerRun shown = Present(*base, spikes);
    const LayerLesson learned = LearnFrom(*base, spikes);
    for (const char* broken : {BrokenRun(p, shown), BrokenLesson(p, learned), BrokenLayer(StateOf(*base))}) {
      if (!t.Expect(broken == nullptr, broken)) std::printf("  walk %u, step %d\n", seed, k);
    }
    for (const char* name : {"avx2", "avx512"}) {
      if (ChooseWaveKernels(name) == nullptr) continue;
      const auto other = MakeLayer(p, name);
      t.Expect(other->WriteState(before.View()) == Status::kOk, "its own state is always taken");
      t.Expect(Present(*other, spikes) == shown, "the same feature spikes");
      t.Expect(LearnFrom(*other, spikes) == learned, "the same winners");
      t.Expect(StateOf(*other) == StateOf(*base), "the same state");
    }
  }
}

// Outputs over the inputs: what is read may be anything then, but nothing breaks.
void Overlaps(Checks& t) {
  const WaveLayerParams p = SmallLayer();
  const auto layer = MakeLayer(p);
  SpikeLists spikes = DrawSpikes(p, 3, 60, 9);
  const LayerRun expected = Present(*layer, spikes);
  SpikeLists over = spikes;
  for (auto* list : {&over.feature, &over.x, &over.y, &over.rank}) list->resize(3 * p.most_features());
  (void)layer->PresentSpikes(over.In(), over.Out());
  t.Expect(Present(*layer, spikes) == expected, "the layer is as it was");
}

}  // namespace

void TestWaveLayer(Checks& t) {
  t.Test("parameters that would break the kernel are refused", [&] { Params(t); });
  t.Test("cells of pooling cover the map and no more", [&] { Cells(t); });
  t.Test("wrong sizes and spikes are refused and change nothing", [&] { Sizes(t); });
  t.Test("a state out of range is refused and changes nothing", [&] { States(t); });
  t.Test("a map speaks once, where and when its threshold is crossed", [&] { Speaks(t); });
  t.Test("learning keeps what spoke before the winner and forgets the rest", [&] { Learns(t); });
  t.Test("outputs over the inputs break nothing", [&] { Overlaps(t); });
  t.Test("60 random layers keep their invariants, and every kernel their bits", [&] {
    for (std::uint32_t seed = 1; seed <= 60; ++seed) Walk(t, seed);
  });
}

}  // namespace spikeline::test
