// Small networks, pictures and spike trains for the tests, and copies of a network's state that can be compared.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "kernel/clocked_network.hpp"
#include "kernel/random.hpp"

namespace spikeline::test {

// A small network that fires: 20 inputs, 7 neurons, 60 steps a frame.
inline ClockedParams SmallParams() {
  ClockedParams p;
  p.inputs = 20;
  p.neurons = 7;
  p.seed = 1;
  p.theta_initial = 0;
  p.gain = 0.05;
  p.normalised_sum = 5;
  p.duration_ms = 60;
  p.rest_ms = 20;
  p.min_spikes = 2;
  p.max_repeats = 3;
  p.max_rate_hz = 400;
  p.brighter_hz = 100;
  return p;
}

// Null if the network could not be made: the caller checks.
inline std::unique_ptr<ClockedNetwork> Make(const ClockedParams& params, const char* kernel = nullptr) {
  std::unique_ptr<ClockedNetwork> network;
  (void)ClockedNetwork::Create(params, ChooseKernels(kernel), network);
  return network;
}

// Owns what a StateView points to.
struct StateCopy {
  explicit StateCopy(const ClockedParams& p)
      : weights_f32(p.weights == WeightKind::kFloat32 ? std::size_t{p.inputs} * p.neurons : 0),
        weights_u8(p.weights == WeightKind::kUint8 ? std::size_t{p.inputs} * p.neurons : 0),
        scale(p.neurons),
        sum(p.neurons),
        theta(p.neurons),
        membrane(p.neurons),
        refractory(p.neurons),
        pre_age(p.inputs),
        post_age(p.neurons),
        counters(8) {}

  [[nodiscard]] StateView View() {
    return {.weights_f32 = weights_f32, .weights_u8 = weights_u8, .scale = scale, .sum = sum, .theta = theta,
            .membrane = membrane, .refractory = refractory, .pre_age = pre_age, .post_age = post_age,
            .counters = counters};
  }
  [[nodiscard]] bool operator==(const StateCopy&) const = default;

  // The weight that the network works with: stored times scale.
  [[nodiscard]] double Weight(std::size_t input, std::size_t neuron) const {
    const std::size_t at = input * scale.size() + neuron;
    const double stored = weights_u8.empty() ? static_cast<double>(weights_f32[at]) : static_cast<double>(weights_u8[at]);
    return stored * static_cast<double>(scale[neuron]);
  }

  std::vector<float> weights_f32;
  std::vector<std::uint8_t> weights_u8;
  std::vector<float> scale;
  std::vector<double> sum;
  std::vector<float> theta;
  std::vector<float> membrane;
  std::vector<std::int32_t> refractory;
  std::vector<std::int32_t> pre_age;
  std::vector<std::int32_t> post_age;
  std::vector<std::uint32_t> counters;
};

inline StateCopy StateOf(ClockedNetwork& network) {
  StateCopy copy(network.params());
  (void)network.ReadState(copy.View());
  return copy;
}

// What one call of PresentImages gives back.
struct ImageRun {
  Status status = Status::kOk;
  std::vector<std::uint16_t> counts;
  std::vector<std::uint32_t> input_spikes;
  std::vector<std::uint8_t> repeats;
  [[nodiscard]] bool operator==(const ImageRun&) const = default;
};

inline ImageRun PresentImages(ClockedNetwork& network, std::span<const std::uint8_t> pixels, std::size_t frames,
                              Learning learning) {
  ImageRun run;
  run.counts.resize(frames * network.params().neurons);
  run.input_spikes.resize(frames);
  run.repeats.resize(frames);
  run.status = network.PresentImages(
      {.pixels = pixels, .counts = run.counts, .input_spikes = run.input_spikes, .repeats = run.repeats}, learning);
  return run;
}

// Pictures with about a third of their pixels dark.
inline std::vector<std::uint8_t> Pictures(const ClockedParams& p, std::size_t frames, std::uint32_t seed) {
  Random random(seed);
  std::vector<std::uint8_t> pixels(frames * p.inputs);
  for (auto& pixel : pixels) {
    const std::uint32_t word = random.Next();
    pixel = word % 3 == 0 ? std::uint8_t{0} : static_cast<std::uint8_t>(word >> 24);
  }
  return pixels;
}

struct Spikes {
  std::vector<std::uint32_t> offset_us;
  std::vector<std::uint32_t> input;
};

// `count` spikes at random times below duration_us, sorted.
inline Spikes SpikeTrain(const ClockedParams& p, std::size_t count, std::uint32_t duration_us, std::uint32_t seed) {
  Random random(seed);
  Spikes spikes;
  for (std::size_t k = 0; k < count; ++k) {
    // Spread evenly, then moved a little: sorted by construction.
    const std::uint64_t slot = duration_us / (count + 1);
    spikes.offset_us.push_back(static_cast<std::uint32_t>(k * slot + (slot == 0 ? 0 : random.Next() % slot)));
    spikes.input.push_back(random.Next() % p.inputs);
  }
  return spikes;
}

// What one call of PresentSpikes gives back.
struct SpikeRun {
  Status status = Status::kOk;
  std::uint32_t output_spikes = 0;
  std::vector<std::uint16_t> counts;
  std::vector<std::uint32_t> out_offset_us;
  std::vector<std::uint32_t> out_neuron;
  [[nodiscard]] bool operator==(const SpikeRun&) const = default;
};

inline SpikeRun PresentSpikes(ClockedNetwork& network, const Spikes& spikes, std::uint32_t duration_us,
                              Learning learning, std::size_t room = 4096) {
  SpikeRun run;
  run.counts.resize(network.params().neurons);
  run.out_offset_us.resize(room);
  run.out_neuron.resize(room);
  SpikeFrame frame{.offset_us = spikes.offset_us, .input = spikes.input, .duration_us = duration_us,
                   .counts = run.counts, .out_offset_us = run.out_offset_us, .out_neuron = run.out_neuron};
  run.status = network.PresentSpikes(frame, learning);
  run.output_spikes = frame.output_spikes;
  return run;
}

}  // namespace spikeline::test
