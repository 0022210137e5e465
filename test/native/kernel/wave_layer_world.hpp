// Small further layers of wave networks and spikes for the tests, and what their calls give back.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "kernel/random.hpp"
#include "kernel/wave_layer.hpp"

namespace spikeline::test {

// A small layer that speaks: 11 × 9 positions of 4 features before it, 6 maps, two thresholds.
inline WaveLayerParams SmallLayer() {
  WaveLayerParams p;
  p.width = 11;
  p.height = 9;
  p.channels = 4;
  p.seed = 1;
  p.maps = 6;
  p.window = 3;
  p.pad = 1;
  p.threshold_count = 2;
  p.thresholds = {3.5, 5, 0, 0};
  p.learning_threshold = 4;
  p.a_plus = 0.01;
  p.doubling_frames = 4;
  p.winners = 3;
  p.inhibition_radius = 1;
  return p;
}

// Null if the layer could not be made: the caller checks.
inline std::unique_ptr<WaveLayer> MakeLayer(const WaveLayerParams& params, const char* kernel = nullptr) {
  std::unique_ptr<WaveLayer> layer;
  (void)WaveLayer::Create(params, ChooseWaveKernels(kernel), layer);
  return layer;
}

struct SpikeLists {
  std::vector<std::uint32_t> offsets;
  std::vector<std::uint16_t> feature, x, y, rank;
  [[nodiscard]] bool operator==(const SpikeLists&) const = default;
  [[nodiscard]] WaveSpikesIn In() const { return {.offsets = offsets, .feature = feature, .x = x, .y = y, .rank = rank}; }
  [[nodiscard]] WaveSpikesOut Out() { return {.offsets = offsets, .feature = feature, .x = x, .y = y, .rank = rank}; }
};

// Spikes at random places, up to `most` a frame, some at the same time.
inline SpikeLists DrawSpikes(const WaveLayerParams& p, std::size_t frames, std::uint32_t most, std::uint32_t seed) {
  Random random(seed);
  SpikeLists lists;
  lists.offsets.push_back(0);
  for (std::size_t f = 0; f < frames; ++f) {
    std::uint32_t now = 0;
    const std::uint32_t count = random.Next() % (most + 1);
    for (std::uint32_t k = 0; k < count; ++k) {
      now += random.Next() % 3;
      lists.feature.push_back(static_cast<std::uint16_t>(random.Next() % p.channels));
      lists.x.push_back(static_cast<std::uint16_t>(random.Next() % p.width));
      lists.y.push_back(static_cast<std::uint16_t>(random.Next() % p.height));
      lists.rank.push_back(static_cast<std::uint16_t>(now));
    }
    lists.offsets.push_back(static_cast<std::uint32_t>(lists.feature.size()));
  }
  return lists;
}

// What one call of PresentSpikes gives back.
struct LayerRun {
  Status status = Status::kOk;
  SpikeLists said;
  [[nodiscard]] bool operator==(const LayerRun&) const = default;
};

inline LayerRun Present(WaveLayer& layer, const SpikeLists& spikes) {
  LayerRun run;
  const std::size_t frames = spikes.offsets.size() - 1;
  run.said.offsets.resize(frames + 1);
  for (auto* list : {&run.said.feature, &run.said.x, &run.said.y, &run.said.rank}) {
    list->resize(frames * layer.params().most_features());
  }
  run.status = layer.PresentSpikes(spikes.In(), run.said.Out());
  return run;
}

// What one call of LearnSpikes gives back.
struct LayerLesson {
  Status status = Status::kOk;
  std::vector<std::uint16_t> winner_map;
  [[nodiscard]] bool operator==(const LayerLesson&) const = default;
};

inline LayerLesson LearnFrom(WaveLayer& layer, const SpikeLists& spikes) {
  LayerLesson lesson;
  lesson.winner_map.resize((spikes.offsets.size() - 1) * layer.params().winners);
  lesson.status = layer.LearnSpikes(spikes.In(), lesson.winner_map);
  return lesson;
}

// Owns what a WaveStateView points to.
struct LayerStateCopy {
  explicit LayerStateCopy(const WaveLayerParams& p) : weights(p.taps() * p.maps), theta(p.maps), counters(2) {}
  [[nodiscard]] WaveStateView View() { return {.weights = weights, .theta = theta, .counters = counters}; }
  [[nodiscard]] bool operator==(const LayerStateCopy&) const = default;

  std::vector<float> weights;
  std::vector<float> theta;
  std::vector<std::uint32_t> counters;
};

inline LayerStateCopy StateOf(const WaveLayer& layer) {
  LayerStateCopy copy(layer.params());
  (void)layer.ReadState(copy.View());
  return copy;
}

// Null if all holds that must hold after any call, else the sentence that does not.
inline const char* BrokenLayer(const LayerStateCopy& state) {
  for (const float w : state.weights) {
    if (!(w >= 0 && w <= 1)) return "a weight is from 0 to 1";
  }
  for (const float theta : state.theta) {
    if (!(theta >= 1 && theta <= kMostLayerTheta)) return "a learning threshold is from 1 to 4096";
  }
  return nullptr;
}

inline const char* BrokenRun(const WaveLayerParams& p, const LayerRun& run) {
  const SpikeLists& said = run.said;
  for (std::size_t f = 0; f + 1 < said.offsets.size(); ++f) {
    if (said.offsets[f + 1] - said.offsets[f] > p.most_features()) return "a frame has room for its feature spikes";
    for (std::uint32_t k = said.offsets[f]; k < said.offsets[f + 1]; ++k) {
      if (said.feature[k] >= p.features()) return "a feature spike names a feature";
      if (said.x[k] >= p.positions_x() || said.y[k] >= p.positions_y()) return "a feature spike has a position";
      if (k > said.offsets[f] && said.rank[k] < said.rank[k - 1]) return "feature spikes are sorted by rank";
    }
  }
  return nullptr;
}

inline const char* BrokenLesson(const WaveLayerParams& p, const LayerLesson& lesson) {
  for (std::size_t k = 0; k < lesson.winner_map.size(); ++k) {
    if (lesson.winner_map[k] == kNoMap) continue;
    if (lesson.winner_map[k] >= p.maps) return "a winner is a map";
    for (std::size_t other = k / p.winners * p.winners; other < k; ++other) {
      if (lesson.winner_map[other] == lesson.winner_map[k]) return "a map wins a frame once";
      if (lesson.winner_map[other] == kNoMap) return "winners come before the empty places";
    }
  }
  return nullptr;
}

}  // namespace spikeline::test
