// Small surface networks and events for the tests, and what their calls give back.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "kernel/random.hpp"
#include "kernel/surface_network.hpp"

namespace spikeline::test {

// A small network: 12 × 10 pixels, 6 prototypes of 5 × 5, three bins.
inline SurfaceParams SmallSurface() {
  SurfaceParams p;
  p.width = 12;
  p.height = 10;
  p.prototypes = 6;
  p.radius = 2;
  p.tau_us = 2000;
  p.bin_us = 3000;
  p.bins = 3;
  p.centre = 1;
  p.vigilance = 0.7;
  p.rate = 0.01;
  return p;
}

// Null if the network could not be made: the caller checks.
inline std::unique_ptr<SurfaceNetwork> MakeSurface(const SurfaceParams& params, const char* kernel = nullptr) {
  std::unique_ptr<SurfaceNetwork> network;
  (void)SurfaceNetwork::Create(params, ChooseSurfaceKernels(kernel), network);
  return network;
}

struct SurfaceEvents {
  std::vector<std::uint32_t> offset_us;
  std::vector<std::uint32_t> input;
};

// Dots that wander and now and then jump, OFF and ON; up to gap_us between two.
inline SurfaceEvents WanderingDots(const SurfaceParams& p, std::size_t events, std::uint32_t gap_us, std::uint32_t seed) {
  Random random(seed);
  SurfaceEvents out;
  std::uint32_t us = 0;
  std::uint32_t at = random.Next() % p.inputs();
  for (std::size_t k = 0; k < events; ++k) {
    const std::uint32_t gap = gap_us == 0 ? 0 : random.Next() % gap_us;
    us = us > UINT32_MAX - gap ? UINT32_MAX : us + gap;
    at = (random.Next() % 8 == 0 ? random.Next() : at + random.Next() % 3 * p.width + random.Next() % 2) % p.inputs();
    out.offset_us.push_back(us);
    out.input.push_back(at);
  }
  return out;
}

// What one call gives back.
struct SurfaceRun {
  Status status = Status::kOk;
  std::uint32_t spikes = 0;
  std::vector<std::uint32_t> offset_us;
  std::vector<std::uint16_t> feature;
  std::vector<std::uint8_t> x, y;
  [[nodiscard]] bool operator==(const SurfaceRun&) const = default;
};

enum class Lesson { kPresent, kLearn };

template <typename Network>
SurfaceRun RunSurface(Network& network, Lesson lesson, const SurfaceEvents& events) {
  SurfaceRun run;
  run.offset_us.resize(events.offset_us.size());
  run.feature.resize(events.offset_us.size());
  run.x.resize(events.offset_us.size());
  run.y.resize(events.offset_us.size());
  const EventFrame frame{.offset_us = events.offset_us, .input = events.input, .out_offset_us = run.offset_us,
                           .feature = run.feature, .x = run.x, .y = run.y};
  run.status = lesson == Lesson::kLearn ? network.Learn(frame, run.spikes) : network.Present(frame, run.spikes);
  return run;
}

// Owns what a SurfaceStateView points to.
struct SurfaceStateCopy {
  explicit SurfaceStateCopy(const SurfaceParams& p)
      : weights(std::size_t{p.taps()} * p.prototypes), wins(p.prototypes), counters(2) {}
  [[nodiscard]] SurfaceStateView View() {
    return {.weights = weights, .wins = wins, .counters = counters};
  }
  [[nodiscard]] bool operator==(const SurfaceStateCopy&) const = default;

  std::vector<float> weights;
  std::vector<std::uint32_t> wins;
  std::vector<std::uint32_t> counters;
};

inline SurfaceStateCopy StateOf(const SurfaceNetwork& network) {
  SurfaceStateCopy copy(network.params());
  (void)network.ReadState(copy.View());
  return copy;
}

// Null if all holds that must hold after any call, else the sentence that does not.
inline const char* BrokenSurface(const SurfaceStateCopy& state) {
  const std::size_t n = state.wins.size();
  for (std::size_t i = 0; i < state.weights.size(); ++i) {
    const float w = state.weights[i];
    if (!(w >= 0 && w <= 1)) return "a weight is from 0 to 1";
    if (state.wins[i % n] == 0 && w != 0) return "an unused prototype is 0";
  }
  for (std::size_t k = 1; k < n; ++k) {
    if (state.wins[k] > 0 && state.wins[k - 1] == 0) return "unused prototypes come last";
  }
  return nullptr;
}

inline const char* BrokenRun(const SurfaceParams& p, const SurfaceEvents& events, const SurfaceRun& run) {
  if (run.spikes > events.offset_us.size()) return "no more spikes than events";
  for (std::uint32_t k = 0; k < run.spikes; ++k) {
    if (run.feature[k] >= p.features()) return "a spike names a feature";
    if (run.x[k] >= p.width || run.y[k] >= p.height) return "a spike lies on the map";
    if (k > 0 && run.offset_us[k] < run.offset_us[k - 1]) return "spikes are sorted by time";
    const std::uint32_t bin = run.feature[k] / p.prototypes;
    if (bin < p.bins - 1 && run.offset_us[k] / p.bin_us != bin) return "a spike speaks in the bin of its time";
  }
  return nullptr;
}

}  // namespace spikeline::test
