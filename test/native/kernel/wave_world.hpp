// Small wave networks and pictures for the tests, and what their calls give back.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "kernel/random.hpp"
#include "kernel/wave_network.hpp"

namespace spikeline::test {

// A small network that speaks: 12 × 10 pixels, 5 maps, two thresholds.
inline WaveParams SmallWave() {
  WaveParams p;
  p.width = 12;
  p.height = 10;
  p.seed = 1;
  p.maps = 5;
  p.window = 5;
  p.pad = 2;
  p.max_spikes = 80;
  p.cell = 3;
  p.thresholds = {4, 6.5, 0, 0};
  p.learning_threshold = 5;
  p.theta_plus = 0.1;
  p.a_plus = 0.01;
  p.doubling_frames = 4;
  p.winners = 3;
  return p;
}

// Null if the network could not be made: the caller checks.
inline std::unique_ptr<WaveNetwork> MakeWave(const WaveParams& params, const char* kernel = nullptr) {
  std::unique_ptr<WaveNetwork> network;
  (void)WaveNetwork::Create(params, ChooseWaveKernels(kernel), network);
  return network;
}

// Bars on grey, brighter and darker than it.
inline std::vector<std::uint8_t> WavePictures(const WaveParams& p, std::size_t frames, std::uint32_t seed) {
  Random random(seed);
  const std::size_t size = std::size_t{p.width} * p.height;
  std::vector<std::uint8_t> pixels(frames * size, 90);
  for (std::size_t bar = 0; bar < frames * 4; ++bar) {
    std::size_t at = random.Next() % size;
    const std::size_t step = random.Next() % (p.width + 2);
    const auto value = static_cast<std::uint8_t>(random.Next() >> 24);
    for (int k = 0; k < 8; ++k, at = (at + step) % size) pixels[bar / 4 * size + at] = value;
  }
  return pixels;
}

// What one call of PresentImages gives back.
struct WaveRun {
  Status status = Status::kOk;
  std::vector<std::uint32_t> input_spikes;
  std::vector<std::uint8_t> counts;
  std::vector<std::uint32_t> offsets;
  std::vector<std::uint16_t> feature, x, y, rank;
  [[nodiscard]] bool operator==(const WaveRun&) const = default;
};

inline WaveRun Present(WaveNetwork& network, std::span<const std::uint8_t> pixels, std::size_t frames) {
  WaveRun run;
  const std::size_t room = frames * network.params().most_features();
  run.input_spikes.resize(frames);
  run.counts.resize(frames * network.params().counts());
  run.offsets.resize(frames + 1);
  for (auto* list : {&run.feature, &run.x, &run.y, &run.rank}) list->resize(room);
  run.status = network.PresentImages({.pixels = pixels, .input_spikes = run.input_spikes, .counts = run.counts,
                                      .offsets = run.offsets, .feature = run.feature, .x = run.x, .y = run.y,
                                      .rank = run.rank});
  return run;
}

// What one call of LearnImages gives back.
struct LearningRun {
  Status status = Status::kOk;
  std::vector<std::uint32_t> input_spikes;
  std::vector<std::uint16_t> winner_map;
  [[nodiscard]] bool operator==(const LearningRun&) const = default;
};

inline LearningRun LearnFrom(WaveNetwork& network, std::span<const std::uint8_t> pixels, std::size_t frames) {
  LearningRun run;
  run.input_spikes.resize(frames);
  run.winner_map.resize(frames * network.params().winners);
  run.status = network.LearnImages({.pixels = pixels, .input_spikes = run.input_spikes, .winner_map = run.winner_map});
  return run;
}

// Owns what a WaveStateView points to.
struct WaveStateCopy {
  explicit WaveStateCopy(const WaveParams& p) : weights(std::size_t{p.taps()} * p.maps), theta(p.maps), counters(2) {}
  [[nodiscard]] WaveStateView View() { return {.weights = weights, .theta = theta, .counters = counters}; }
  [[nodiscard]] bool operator==(const WaveStateCopy&) const = default;

  std::vector<float> weights;
  std::vector<float> theta;
  std::vector<std::uint32_t> counters;
};

inline WaveStateCopy StateOf(const WaveNetwork& network) {
  WaveStateCopy copy(network.params());
  (void)network.ReadState(copy.View());
  return copy;
}

// Null if all holds that must hold after any call, else the sentence that does not.
inline const char* BrokenWave(const WaveStateCopy& state) {
  for (const float w : state.weights) {
    if (!(w >= 0 && w <= 1)) return "a weight is from 0 to 1";
  }
  for (const float theta : state.theta) {
    if (!(theta >= 1 && theta <= kMostTheta)) return "a learning threshold is from 1 to 255";
  }
  return nullptr;
}

inline const char* BrokenRun(const WaveParams& p, const WaveRun& run) {
  std::uint64_t counted = 0;
  for (const std::uint8_t count : run.counts) counted += count;
  if (counted > run.offsets.back()) return "no more is counted than listed";
  if (p.cell * p.cell <= 255 && counted != run.offsets.back()) return "the counts add up to the feature spikes";
  for (std::size_t f = 0; f < run.input_spikes.size(); ++f) {
    if (run.input_spikes[f] > p.max_spikes) return "a frame has at most max_spikes input spikes";
    if (run.offsets[f + 1] - run.offsets[f] > p.most_features()) return "a threshold has one feature spike a position";
    for (std::uint32_t k = run.offsets[f]; k < run.offsets[f + 1]; ++k) {
      if (run.feature[k] >= p.features()) return "a feature spike names a feature";
      if (run.x[k] >= p.positions_x() || run.y[k] >= p.positions_y()) return "a feature spike has a position";
      if (run.rank[k] >= run.input_spikes[f]) return "an input spike caused it";
      if (k > run.offsets[f] && run.rank[k] < run.rank[k - 1]) return "feature spikes are sorted by rank";
    }
  }
  return nullptr;
}

inline const char* BrokenLearning(const WaveParams& p, const LearningRun& run) {
  for (std::size_t k = 0; k < run.winner_map.size(); ++k) {
    if (run.winner_map[k] == kNoMap) continue;
    if (run.winner_map[k] >= p.maps) return "a winner is a map";
    for (std::size_t other = k / p.winners * p.winners; other < k; ++other) {
      if (run.winner_map[other] == run.winner_map[k]) return "a map wins a frame once";
      if (run.winner_map[other] == kNoMap) return "winners come before the empty places";
    }
  }
  return nullptr;
}

}  // namespace spikeline::test
