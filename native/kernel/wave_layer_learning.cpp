// The learning of WaveLayer: who wins a frame, and what the winners' synapses do.
#include <algorithm>
#include <cstdlib>

#include "wave_layer.hpp"

namespace spikeline {

Status WaveLayer::LearnSpikes(const WaveSpikesIn& in, std::span<std::uint16_t> winner_map) noexcept {
  if (const Status status = Check(in); status != Status::kOk) return status;
  const std::size_t frames = in.offsets.size() - 1;
  if (winner_map.size() != frames * params_.winners) return Status::kBadSize;
  spread_.thresholds = learning_.data();
  spread_.own_thresholds = 0;
  for (std::size_t f = 0; f < frames; ++f) {
    LearnFrame(in, f);
    const auto out = winner_map.subspan(f * params_.winners, params_.winners);
    std::fill(out.begin(), out.end(), kNoMap);
    std::copy_n(won_maps_.data(), won_, out.begin());
  }
  return Status::kOk;
}

void WaveLayer::LearnFrame(const WaveSpikesIn& in, std::size_t frame) noexcept {
  for (std::size_t map = 0; map < params_.maps; ++map) learning_[map] = synapses_.theta(map);
  won_ = 0;
  for (Part part = PartOf(in, frame); part.next < part.end && won_ < params_.winners;) {
    FindWinners(Step(in, part));
    Forget();
  }
  const WaveSynapses::Rates rates = synapses_.NextRates();
  for (const Winner& winner : winners_.span().first(won_)) Learn(winner, rates);
  Clear();
  synapses_.EndFrame(won_maps_.span().first(won_));
}

void WaveLayer::FindWinners(std::uint16_t rank) noexcept {
  const auto candidates = candidates_.span().first(spread_.crossing_count);
  for (std::size_t k = 0; k < candidates.size(); ++k) {
    const std::uint32_t position = crossing_[k];
    const float* potential = potentials_.data() + position * params_.stride();
    const std::uint16_t map = HighestOver(potential, learning_.data());
    candidates[k] = {.position = position, .map = map, .rank = rank, .potential = potential[map]};
    stage_[position] = kDone;
  }
  while (won_ < params_.winners) {
    const Winner* best = nullptr;
    for (const Winner& candidate : candidates) {
      const bool better = best == nullptr || candidate.potential > best->potential;
      if (better && !IsInhibited(candidate)) best = &candidate;
    }
    if (best == nullptr) return;
    won_maps_[won_] = best->map;
    winners_[won_++] = *best;
  }
}

bool WaveLayer::IsInhibited(const Winner& candidate) const noexcept {
  const auto radius = static_cast<int>(params_.inhibition_radius);
  const auto x = [&](const Winner& w) { return static_cast<int>(w.position % params_.positions_x()); };
  const auto y = [&](const Winner& w) { return static_cast<int>(w.position / params_.positions_x()); };
  const auto won = winners_.span().first(won_);
  return std::any_of(won.begin(), won.end(), [&](const Winner& winner) {
    const int distance = std::max(std::abs(x(winner) - x(candidate)), std::abs(y(winner) - y(candidate)));
    return winner.map == candidate.map || distance <= radius;
  });
}

void WaveLayer::Learn(const Winner& winner, const WaveSynapses::Rates& rates) noexcept {
  const std::uint32_t side = params_.window;
  const std::uint32_t left = winner.position % params_.positions_x() - params_.pad;
  const std::uint32_t top = winner.position / params_.positions_x() - params_.pad;
  std::size_t tap = 0;
  for (std::uint32_t channel = 0; channel < params_.channels; ++channel) {
    for (std::uint32_t wy = 0; wy < side; ++wy) {
      for (std::uint32_t wx = 0; wx < side; ++wx, ++tap) {
        // Cells beyond the edge come out too large: unsigned.
        const Cell cell{.channel = channel, .x = left + wx, .y = top + wy};
        const bool inside = cell.x < params_.cells_x() && cell.y < params_.cells_y();
        synapses_.Learn(tap, winner.map, inside && first_at_[CellAt(cell)] <= winner.rank, rates);
        rows_[tap * params_.stride() + winner.map] = synapses_.weight(tap, winner.map);
      }
    }
  }
}

}  // namespace spikeline
