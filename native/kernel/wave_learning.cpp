// The learning of WaveNetwork: who wins a frame, and what the winners' synapses do.
#include <algorithm>
#include <cstdlib>

#include "wave_network.hpp"

namespace spikeline {

Status WaveNetwork::LearnImages(const WaveLearningBatch& b) noexcept {
  const std::size_t frames = b.input_spikes.size();
  const bool fits = b.pixels.size() == frames * params_.width * params_.height &&
                    b.winner_map.size() == frames * params_.winners;
  if (!fits) return Status::kBadSize;
  for (std::size_t f = 0; f < frames; ++f) {
    encoder_.Encode(Image(b.pixels, f));
    b.input_spikes[f] = encoder_.count();
    LearnFrame(b.winner_map.subspan(f * params_.winners, params_.winners));
  }
  return Status::kOk;
}

void WaveNetwork::LearnFrame(std::span<std::uint16_t> winner_map) noexcept {
  for (std::size_t map = 0; map < params_.maps; ++map) learning_.SetThreshold(0, map, synapses_.theta(map));
  learning_.FindLeast();
  const auto hits = convolution_.Run(encoder_, learning_, kernels_->walk_u16);
  std::fill(winner_map.begin(), winner_map.end(), kNoMap);
  std::size_t won = 0;
  while (won < params_.winners) {
    const WaveHit* next = EarliestLeft(hits, won);
    if (next == nullptr) break;
    winners_[won] = *next;
    winner_map[won] = won_maps_[won] = next->map;
    ++won;
  }
  const std::span<const std::uint16_t> maps = won_maps_.span().first(won);
  if (won == 0) return synapses_.EndFrame(maps);
  for (const InputSpike& spike : encoder_.spikes()) {
    const std::size_t pixel = std::size_t{spike.y} * params_.wave_width() + spike.x;
    spike_at_[pixel] = spike.rank;
    channel_at_[pixel] = static_cast<std::uint8_t>(spike.channel);
  }
  const WaveSynapses::Rates rates = synapses_.NextRates();
  for (std::size_t k = 0; k < won; ++k) Learn(winners_[k], rates);
  for (const InputSpike& spike : encoder_.spikes()) spike_at_[std::size_t{spike.y} * params_.wave_width() + spike.x] = kNoRank;
  synapses_.EndFrame(maps);
}

// The earliest candidate that no winner inhibits, or null.
const WaveHit* WaveNetwork::EarliestLeft(std::span<const WaveHit> hits, std::size_t won) const noexcept {
  const auto radius = static_cast<int>(params_.inhibition_radius);
  const WaveHit* best = nullptr;
  for (const WaveHit& hit : hits) {
    const bool earlier = best == nullptr || hit.rank < best->rank ||
                         (hit.rank == best->rank && hit.potential > best->potential);
    if (!earlier) continue;
    const bool inhibited = std::any_of(winners_.data(), winners_.data() + won, [&](const WaveHit& winner) {
      return winner.map == hit.map || (std::abs(winner.x - hit.x) <= radius && std::abs(winner.y - hit.y) <= radius);
    });
    if (!inhibited) best = &hit;
  }
  return best;
}

void WaveNetwork::Learn(const WaveHit& winner, const WaveSynapses::Rates& rates) noexcept {
  const std::uint32_t side = params_.window;
  for (std::uint32_t wy = 0; wy < side; ++wy) {
    for (std::uint32_t wx = 0; wx < side; ++wx) {
      // Pixels beyond the edge come out too large: unsigned.
      const std::uint32_t x = winner.x + wx - params_.pad;
      const std::uint32_t y = winner.y + wy - params_.pad;
      const bool inside = x < params_.wave_width() && y < params_.wave_height();
      const std::size_t pixel = inside ? std::size_t{y} * params_.wave_width() + x : 0;
      const bool spoke = inside && spike_at_[pixel] <= winner.rank;
      for (std::uint32_t channel = 0; channel < params_.channels(); ++channel) {
        const std::size_t tap = (channel * std::size_t{side} + wy) * side + wx;
        synapses_.Learn(tap, winner.map, spoke && channel_at_[pixel] == channel, rates);
        RefreshWeight(tap, winner.map);
      }
    }
  }
}

}  // namespace spikeline
