// Creation, presentation and state. Learning is in wave_learning.cpp.
#include "wave_network.hpp"

#include <algorithm>
#include <new>
#include <utility>

namespace spikeline {

WaveNetwork::WaveNetwork(const WaveParams& p, const WaveKernels* kernels) noexcept
    : params_(p),
      kernels_(kernels),
      encoder_(p, *kernels),
      convolution_(p),
      use_(p, p.threshold_count, p.UseLevels()),
      learning_(p, 1, p.LearningLevels()),
      synapses_(p, p.taps(), p.maps, kMostTheta),
      next_of_rank_(p.max_spikes),
      spike_at_(std::size_t{p.wave_width()} * p.wave_height()),
      channel_at_(spike_at_.size()),
      winners_(p.winners),
      won_maps_(p.winners) {}

bool WaveNetwork::ok() const noexcept {
  return encoder_.ok() && convolution_.ok() && use_.ok() && learning_.ok() && synapses_.ok() &&
         next_of_rank_.ok() && spike_at_.ok() && channel_at_.ok() && winners_.ok() && won_maps_.ok();
}

Status WaveNetwork::Create(const WaveParams& params, const WaveKernels* kernels,
                           std::unique_ptr<WaveNetwork>& out) noexcept {
  if (const Status status = params.Check(); status != Status::kOk) return status;
  if (kernels == nullptr) kernels = ChooseWaveKernels(nullptr);
  std::unique_ptr<WaveNetwork> made(new (std::nothrow) WaveNetwork(params, kernels));
  if (made == nullptr || !made->ok()) return Status::kOutOfMemory;
  made->Initialise();
  out = std::move(made);
  return Status::kOk;
}

void WaveNetwork::Initialise() noexcept {
  synapses_.Initialise(params_.seed);
  RefreshWeights();
  for (std::size_t map = 0; map < params_.maps; ++map) {
    for (std::uint32_t t = 0; t < params_.threshold_count; ++t) {
      use_.SetThreshold(t, map, static_cast<float>(params_.thresholds[t]));
    }
  }
  use_.FindLeast();
  std::fill_n(spike_at_.data(), spike_at_.size(), kNoRank);
}

void WaveNetwork::RefreshWeights() noexcept {
  for (std::size_t tap = 0; tap < params_.taps(); ++tap) {
    for (std::size_t map = 0; map < params_.maps; ++map) RefreshWeight(tap, map);
  }
}

void WaveNetwork::RefreshWeight(std::size_t tap, std::size_t map) noexcept {
  const float weight = synapses_.weight(tap, map);
  use_.SetWeight(tap, map, weight);
  learning_.SetWeight(tap, map, weight);
}

std::span<const std::uint8_t> WaveNetwork::Image(std::span<const std::uint8_t> pixels, std::size_t frame) const noexcept {
  const std::size_t size = std::size_t{params_.width} * params_.height;
  return pixels.subspan(frame * size, size);
}

Status WaveNetwork::PresentImages(const WaveBatch& b) noexcept {
  const std::size_t frames = b.input_spikes.size();
  const std::size_t room = frames * params_.most_features();
  const bool lists = !b.feature.empty() || !b.x.empty() || !b.y.empty() || !b.rank.empty();
  const bool fits = b.pixels.size() == frames * params_.width * params_.height && b.offsets.size() == frames + 1 &&
                    (b.counts.empty() || b.counts.size() == frames * params_.counts());
  const bool lists_fit = b.feature.size() == room && b.x.size() == room && b.y.size() == room && b.rank.size() == room;
  if (!fits || (lists && !lists_fit)) return Status::kBadSize;
  std::uint32_t end = 0;
  for (std::size_t f = 0; f < frames; ++f) {
    encoder_.Encode(Image(b.pixels, f));
    const auto hits = convolution_.Run(encoder_, use_, kernels_->walk_u8);
    b.input_spikes[f] = encoder_.count();
    b.offsets[f] = end;
    if (lists) ListByRank(hits, b, end);
    if (!b.counts.empty()) Count(hits, b.counts.subspan(f * params_.counts(), params_.counts()));
    end += static_cast<std::uint32_t>(hits.size());
  }
  b.offsets[frames] = end;
  return Status::kOk;
}

void WaveNetwork::Count(std::span<const WaveHit> hits, std::span<std::uint8_t> counts) const noexcept {
  std::fill(counts.begin(), counts.end(), std::uint8_t{0});
  for (const WaveHit& hit : hits) {
    const std::size_t cell = std::size_t{hit.y / params_.cell} * params_.cells_x() + hit.x / params_.cell;
    std::uint8_t& count = counts[cell * params_.features() + hit.threshold * params_.maps + hit.map];
    if (count < UINT8_MAX) ++count;
  }
}

// Counting sort: the kernel's order, by position, becomes the order of the wave.
void WaveNetwork::ListByRank(std::span<const WaveHit> hits, const WaveBatch& b, std::uint32_t begin) noexcept {
  const std::size_t ranks = encoder_.count();
  std::fill_n(next_of_rank_.data(), ranks, 0U);
  for (const WaveHit& hit : hits) ++next_of_rank_[hit.rank];
  std::uint32_t end = begin;
  for (std::size_t rank = 0; rank < ranks; ++rank) end += std::exchange(next_of_rank_[rank], end);
  for (const WaveHit& hit : hits) {
    const std::uint32_t at = next_of_rank_[hit.rank]++;
    b.feature[at] = static_cast<std::uint16_t>(hit.threshold * params_.maps + hit.map);
    b.x[at] = hit.x;
    b.y[at] = hit.y;
    b.rank[at] = hit.rank;
  }
}

Status WaveNetwork::EncodeImages(const WaveInputBatch& b) noexcept {
  if (b.offsets.empty()) return Status::kBadSize;
  const std::size_t frames = b.offsets.size() - 1;
  const std::size_t room = frames * params_.max_spikes;
  const bool fits = b.pixels.size() == frames * params_.width * params_.height && b.x.size() == room &&
                    b.y.size() == room && b.channel.size() == room;
  if (!fits) return Status::kBadSize;
  std::uint32_t end = 0;
  for (std::size_t f = 0; f < frames; ++f) {
    encoder_.Encode(Image(b.pixels, f));
    b.offsets[f] = end;
    for (const InputSpike& spike : encoder_.spikes()) {
      if (spike.rank == kNoRank) continue;
      b.x[end + spike.rank] = spike.x;
      b.y[end + spike.rank] = spike.y;
      b.channel[end + spike.rank] = static_cast<std::uint8_t>(spike.channel);
    }
    end += encoder_.count();
  }
  b.offsets[frames] = end;
  return Status::kOk;
}

Status WaveNetwork::WriteState(const WaveStateView& v) noexcept {
  const Status status = synapses_.Write(v);
  if (status == Status::kOk) RefreshWeights();
  return status;
}

}  // namespace spikeline
