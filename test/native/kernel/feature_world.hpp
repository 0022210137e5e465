// Batches of feature spikes for the tests of the readouts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernel/feature_pool.hpp"
#include "kernel/feature_spikes.hpp"
#include "kernel/random.hpp"

namespace spikeline::test {

struct FeatureBatch {
  std::vector<std::uint32_t> start{0};
  std::vector<std::uint16_t> feature;
  std::vector<std::uint8_t> x;
  std::vector<std::uint8_t> y;
  std::vector<std::uint16_t> label;

  void Spike(std::uint32_t of, std::uint32_t at_x, std::uint32_t at_y) {
    feature.push_back(static_cast<std::uint16_t>(of));
    x.push_back(static_cast<std::uint8_t>(at_x));
    y.push_back(static_cast<std::uint8_t>(at_y));
  }
  void EndFrame(std::uint32_t of_class) {
    start.push_back(static_cast<std::uint32_t>(feature.size()));
    label.push_back(static_cast<std::uint16_t>(of_class));
  }
  [[nodiscard]] FeatureSpikes View() const { return {.start = start, .feature = feature, .x = x, .y = y}; }
};

// Half of the spikes tell the class by feature and place, half are noise.
inline FeatureBatch DrawFeatures(const PoolParams& p, std::uint32_t classes, std::size_t frames, std::uint32_t spikes,
                                 std::uint32_t seed) {
  Random random(seed);
  FeatureBatch batch;
  for (std::size_t f = 0; f < frames; ++f) {
    const std::uint32_t label = random.Next() % classes;
    for (std::uint32_t k = 0; k < spikes; ++k) {
      const bool tells = random.Next() % 2 == 0;
      batch.Spike(tells ? label % p.features : random.Next() % p.features,
                  tells ? label * (p.width - 1) / classes : random.Next() % p.width, random.Next() % p.height);
    }
    batch.EndFrame(label);
  }
  return batch;
}

inline std::vector<std::uint32_t> InTurn(std::size_t frames) {
  std::vector<std::uint32_t> order(frames);
  for (std::uint32_t f = 0; f < frames; ++f) order[f] = f;
  return order;
}

}  // namespace spikeline::test
