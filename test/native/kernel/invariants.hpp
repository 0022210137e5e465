// What holds for every network between frames, whatever was presented. Shared by the random walk and the fuzzer.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>

#include "kernel/clocked_network.hpp"
#include "world.hpp"

namespace spikeline::test {

// float32 scales and weights: 24 bits each.
inline constexpr double kTolerance = 1e-5;

// Every function gives null if all holds, else the sentence that does not.
inline const char* BrokenWeights(const ClockedParams& p, const StateCopy& state) {
  const double cap = p.normalised_sum > 0 ? std::max(p.w_max, p.normalised_sum) : p.w_max;
  for (std::size_t j = 0; j < p.neurons; ++j) {
    double sum = 0;
    double stored = 0;
    for (std::size_t i = 0; i < p.inputs; ++i) {
      const double w = state.Weight(i, j);
      if (!std::isfinite(w)) return "every weight is finite";
      if (w < 0) return "no weight is negative";
      if (w > cap * (1 + kTolerance)) return "no weight is over its bound";
      sum += w;
      stored += w / static_cast<double>(state.scale[j]);
    }
    if (!(std::abs(stored - state.sum[j]) <= kTolerance * stored + 1e-300)) return "the kept sum is the sum of the weights";
    const bool normalised = p.normalised_sum <= 0 || sum == 0 || std::abs(sum / p.normalised_sum - 1) < kTolerance;
    if (!normalised) return "the weights of a neuron have the normalised sum, or are all 0";
  }
  return nullptr;
}

inline const char* BrokenNeurons(const ClockedParams& p, const StateCopy& state) {
  const double low = std::min({p.v_inh, p.v_reset, 0.0});
  const double slack = kTolerance * (std::abs(low) + p.v_exc);
  const auto held = static_cast<std::int32_t>(p.Steps(p.refractory_ms));
  for (std::size_t j = 0; j < p.neurons; ++j) {
    if (!(state.theta[j] >= 0) || !std::isfinite(state.theta[j])) return "theta is finite and not negative";
    const auto v = static_cast<double>(state.membrane[j]);
    if (!(v >= low - slack && v <= p.v_exc + slack)) return "a membrane stays between its reversal potentials";
    if (state.refractory[j] < 0 || state.refractory[j] > held) return "nobody is held longer than the refractory period";
    if (state.post_age[j] < -1) return "the age of a spike is -1 or more";
  }
  const bool ages = std::all_of(state.pre_age.begin(), state.pre_age.end(), [](std::int32_t age) { return age >= -1; });
  return ages ? nullptr : "the age of a spike is -1 or more";
}

inline const char* BrokenState(const ClockedParams& p, const StateCopy& state) {
  const char* weights = BrokenWeights(p, state);
  return weights != nullptr ? weights : BrokenNeurons(p, state);
}

inline const char* BrokenImages(const ClockedParams& p, const ImageRun& run) {
  for (std::size_t f = 0; f < run.repeats.size(); ++f) {
    if (run.repeats[f] > p.max_repeats) return "no frame is repeated more often than allowed";
    const auto* counts = run.counts.data() + f * p.neurons;
    const std::uint64_t spikes = std::accumulate(counts, counts + p.neurons, std::uint64_t{0});
    const bool spoke = spikes >= p.min_spikes || run.repeats[f] == std::min<std::uint32_t>(p.max_repeats, 255);
    if (!spoke) return "a frame with too few spikes is repeated";
    if (run.input_spikes[f] > std::uint64_t{p.inputs} * p.Steps(p.duration_ms)) return "an input spikes once a step";
  }
  return nullptr;
}

inline const char* BrokenSpikes(const ClockedParams& p, const SpikeRun& run, std::uint32_t duration_us) {
  const std::size_t listed = std::min<std::size_t>(run.output_spikes, run.out_neuron.size());
  std::vector<std::uint32_t> seen(p.neurons);
  for (std::size_t k = 0; k < listed; ++k) {
    if (run.out_neuron[k] >= p.neurons) return "an output spike names a neuron";
    ++seen[run.out_neuron[k]];
    if (run.out_offset_us[k] >= duration_us) return "an output spike lies in its frame";
    if (k == 0) continue;
    if (run.out_offset_us[k] < run.out_offset_us[k - 1]) return "output spikes are sorted by time";
    const bool one_winner = run.out_offset_us[k] > run.out_offset_us[k - 1] || p.dt_ms < 0.001;
    if (p.competition == Competition::kHard && !one_winner) return "hard competition lets one neuron fire a step";
  }
  const std::uint64_t counted = std::accumulate(run.counts.begin(), run.counts.end(), std::uint64_t{0});
  const bool saturated = std::find(run.counts.begin(), run.counts.end(), UINT16_MAX) != run.counts.end();
  if (!saturated && counted != run.output_spikes) return "the counts add up to the output spikes";
  const bool all_listed = listed == run.output_spikes && !saturated;
  if (all_listed && !std::equal(seen.begin(), seen.end(), run.counts.begin())) return "the list and the counts agree";
  return nullptr;
}

}  // namespace spikeline::test
