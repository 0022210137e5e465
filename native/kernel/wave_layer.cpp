// Creation, presentation and state. Learning is in wave_layer_learning.cpp.
#include "wave_layer.hpp"

#include <algorithm>
#include <limits>
#include <new>
#include <utility>

namespace spikeline {

namespace {

constexpr float kNever = std::numeric_limits<float>::infinity();

}  // namespace

WaveLayer::WaveLayer(const WaveLayerParams& p, const WaveKernels* kernels) noexcept
    : params_(p),
      kernels_(kernels),
      synapses_(p, p.taps(), p.maps, kMostLayerTheta),
      rows_(p.taps() * p.stride()),
      thresholds_(p.threshold_count * p.stride()),
      own_thresholds_(p.first_only != 0 ? 0 : p.positions() * p.stride()),
      own_stage_(p.first_only != 0 ? 0 : p.positions() * p.maps),
      learning_(p.stride()),
      spread_{},
      potentials_(p.positions() * p.stride()),
      stage_(p.positions()),
      is_crossing_(p.positions()),
      heard_(p.positions()),
      crossing_(p.positions()),
      first_at_(std::size_t{p.channels} * p.cells_y() * p.cells_x()),
      spoken_(first_at_.size()),
      candidates_(p.positions()),
      winners_(p.winners),
      won_maps_(p.winners) {}

bool WaveLayer::ok() const noexcept {
  return synapses_.ok() && rows_.ok() && thresholds_.ok() && own_thresholds_.ok() && own_stage_.ok() && learning_.ok() &&
         potentials_.ok() && stage_.ok() && is_crossing_.ok() && heard_.ok() && crossing_.ok() && first_at_.ok() &&
         spoken_.ok() && candidates_.ok() && winners_.ok() && won_maps_.ok();
}

Status WaveLayer::Create(const WaveLayerParams& params, const WaveKernels* kernels,
                         std::unique_ptr<WaveLayer>& out) noexcept {
  if (const Status status = params.Check(); status != Status::kOk) return status;
  if (kernels == nullptr) kernels = ChooseWaveKernels(nullptr);
  std::unique_ptr<WaveLayer> made(new (std::nothrow) WaveLayer(params, kernels));
  if (made == nullptr || !made->ok()) return Status::kOutOfMemory;
  made->Initialise();
  out = std::move(made);
  return Status::kOk;
}

void WaveLayer::Initialise() noexcept {
  synapses_.Initialise(params_.seed);
  RefreshRows();
  const std::size_t stride = params_.stride();
  std::fill_n(thresholds_.data(), thresholds_.size(), kNever);
  std::fill_n(learning_.data(), stride, kNever);
  for (std::uint32_t t = 0; t < params_.threshold_count; ++t) {
    std::fill_n(thresholds_.data() + t * stride, params_.maps, static_cast<float>(params_.thresholds[t]));
  }
  for (std::size_t at = 0; at < own_thresholds_.size(); at += stride) {
    std::copy_n(thresholds_.data(), stride, own_thresholds_.data() + at);
  }
  std::fill_n(stage_.data(), stage_.size(), kSilent);
  std::fill_n(first_at_.data(), first_at_.size(), kNeverSpoke);
  spread_ = {};
  spread_.stride = stride;
  spread_.window = params_.window;
  spread_.width = params_.positions_x();
  spread_.potentials = potentials_.data();
  spread_.stage = stage_.data();
  spread_.heard = heard_.data();
  spread_.is_crossing = is_crossing_.data();
  spread_.crossing = crossing_.data();
}

void WaveLayer::RefreshRows() noexcept {
  for (std::size_t tap = 0; tap < params_.taps(); ++tap) {
    for (std::size_t map = 0; map < params_.maps; ++map) {
      rows_[tap * params_.stride() + map] = synapses_.weight(tap, map);
    }
  }
}

Status WaveLayer::WriteState(const WaveStateView& view) noexcept {
  const Status status = synapses_.Write(view);
  if (status == Status::kOk) RefreshRows();
  return status;
}

Status WaveLayer::Check(const WaveSpikesIn& in) const noexcept {
  const std::size_t spikes = in.feature.size();
  if (in.offsets.empty() || in.x.size() != spikes || in.y.size() != spikes || in.rank.size() != spikes) {
    return Status::kBadSize;
  }
  if (!std::is_sorted(in.offsets.begin(), in.offsets.end()) || in.offsets.back() > spikes) return Status::kBadSize;
  for (std::size_t f = 0; f + 1 < in.offsets.size(); ++f) {
    const auto rank = in.rank.subspan(in.offsets[f], in.offsets[f + 1] - in.offsets[f]);
    if (!std::is_sorted(rank.begin(), rank.end())) return Status::kUnsorted;
    for (std::size_t k = in.offsets[f]; k < in.offsets[f + 1]; ++k) {
      const bool known = in.feature[k] < params_.channels && in.x[k] < params_.width && in.y[k] < params_.height;
      if (!known || in.rank[k] == kNeverSpoke) return Status::kOutOfRange;
    }
  }
  return Status::kOk;
}

WaveLayer::Part WaveLayer::PartOf(const WaveSpikesIn& in, std::size_t frame) const noexcept {
  return {.next = in.offsets[frame], .end = std::min<std::size_t>(in.offsets[frame + 1], in.feature.size())};
}

// Check has seen the spikes, but a caller's outputs may lie over them: what has become none is passed over.
std::uint16_t WaveLayer::Step(const WaveSpikesIn& in, Part& part) noexcept {
  const std::uint16_t rank = in.rank[part.next];
  do {
    const std::size_t k = part.next++;
    const std::uint32_t channel = in.feature[k], x = in.x[k], y = in.y[k];
    const bool known = channel < params_.channels && x < params_.width && y < params_.height;
    if (known && rank != kNeverSpoke) Pool(channel, x, y, rank);
  } while (part.next < part.end && in.rank[part.next] == rank);
  std::sort(crossing_.data(), crossing_.data() + spread_.crossing_count);
  return rank;
}

// The cells over a position: cell c has the positions from c · stride up to c · stride + pool.
void WaveLayer::Pool(std::uint32_t channel, std::uint32_t x, std::uint32_t y, std::uint16_t rank) noexcept {
  const std::uint32_t pool = params_.pool, stride = params_.pool_stride;
  const auto first = [&](std::uint32_t at) { return at < pool ? 0 : (at - pool) / stride + 1; };
  const std::uint32_t last_x = std::min(x / stride, params_.cells_x() - 1);
  const std::uint32_t last_y = std::min(y / stride, params_.cells_y() - 1);
  for (std::uint32_t cy = first(y); cy <= last_y; ++cy) {
    for (std::uint32_t cx = first(x); cx <= last_x; ++cx) {
      const Cell cell{.channel = channel, .x = cx, .y = cy};
      std::uint16_t& first_at = first_at_[CellAt(cell)];
      if (first_at != kNeverSpoke) continue;
      first_at = rank;
      spoken_[spoken_count_++] = cell;
      Spread(cell);
    }
  }
}

void WaveLayer::Spread(const Cell& cell) noexcept {
  const std::uint32_t window = params_.window, pad = params_.pad;
  // Position p has the cells p − pad … p − pad + window − 1.
  const auto first = [&](std::uint32_t at) { return at + pad + 1 < window ? 0 : at + pad + 1 - window; };
  spread_.weights = rows_.data() + std::size_t{cell.channel} * window * window * params_.stride();
  spread_.x0 = first(cell.x);
  spread_.y0 = first(cell.y);
  spread_.x1 = std::min(cell.x + pad + 1, params_.positions_x());
  spread_.y1 = std::min(cell.y + pad + 1, params_.positions_y());
  spread_.wx = cell.x + pad - spread_.x0;
  spread_.wy = cell.y + pad - spread_.y0;
  kernels_->spread(spread_);
}

std::span<const std::uint32_t> WaveLayer::crossing() const noexcept {
  return crossing_.span().first(spread_.crossing_count);
}

void WaveLayer::Forget() noexcept {
  for (const std::uint32_t position : crossing()) is_crossing_[position] = 0;
  spread_.crossing_count = 0;
}

void WaveLayer::Clear() noexcept {
  Forget();
  for (const std::uint32_t position : heard_.span().first(spread_.heard_count)) {
    stage_[position] = kSilent;
    if (own_thresholds_.size() == 0) continue;
    std::copy_n(thresholds_.data(), params_.stride(), own_thresholds_.data() + position * params_.stride());
    std::fill_n(own_stage_.data() + std::size_t{position} * params_.maps, params_.maps, std::uint8_t{0});
  }
  spread_.heard_count = 0;
  for (const Cell& cell : spoken_.span().first(spoken_count_)) first_at_[CellAt(cell)] = kNeverSpoke;
  spoken_count_ = 0;
}

Status WaveLayer::PresentSpikes(const WaveSpikesIn& in, const WaveSpikesOut& out) noexcept {
  if (const Status status = Check(in); status != Status::kOk) return status;
  const std::size_t frames = in.offsets.size() - 1;
  const std::size_t room = frames * params_.most_features();
  const bool fits = out.offsets.size() == frames + 1 && out.feature.size() == room && out.x.size() == room &&
                    out.y.size() == room && out.rank.size() == room;
  if (!fits) return Status::kBadSize;
  const bool first_only = params_.first_only != 0;
  spread_.thresholds = first_only ? thresholds_.data() : own_thresholds_.data();
  spread_.own_thresholds = first_only ? 0 : 1;
  std::uint32_t end = 0;
  for (std::size_t f = 0; f < frames; ++f) {
    Part part = PartOf(in, f);
    out.offsets[f] = end;
    while (part.next < part.end) {
      const std::uint16_t rank = Step(in, part);
      end = first_only ? SpeakFirst(rank, out, end) : SpeakAll(rank, out, end);
      Forget();
    }
    Clear();
  }
  out.offsets[frames] = end;
  return Status::kOk;
}

std::uint16_t WaveLayer::HighestOver(const float* potential, const float* threshold) const noexcept {
  std::size_t best = params_.maps;
  for (std::size_t map = 0; map < params_.maps; ++map) {
    if (potential[map] >= threshold[map] && (best == params_.maps || potential[map] > potential[best])) best = map;
  }
  return static_cast<std::uint16_t>(best);
}

std::uint32_t WaveLayer::SpeakFirst(std::uint16_t rank, const WaveSpikesOut& out, std::uint32_t at) noexcept {
  const std::size_t stride = params_.stride();
  for (const std::uint32_t position : crossing()) {
    const float* potential = potentials_.data() + position * stride;
    std::uint8_t& stage = stage_[position];
    // One step may cross several thresholds.
    for (; stage < params_.threshold_count; ++stage, ++at) {
      const std::uint16_t map = HighestOver(potential, thresholds_.data() + stage * stride);
      if (map == params_.maps) break;
      Say(out, at, std::size_t{stage} * params_.maps + map, position, rank);
    }
    if (stage == params_.threshold_count) stage = kDone;
  }
  return at;
}

std::uint32_t WaveLayer::SpeakAll(std::uint16_t rank, const WaveSpikesOut& out, std::uint32_t at) noexcept {
  const std::size_t stride = params_.stride();
  for (const std::uint32_t position : crossing()) {
    const float* potential = potentials_.data() + position * stride;
    float* next = own_thresholds_.data() + position * stride;
    for (std::size_t map = 0; map < params_.maps; ++map) {
      std::uint8_t& stage = own_stage_[std::size_t{position} * params_.maps + map];
      for (; potential[map] >= next[map]; ++at) {
        Say(out, at, std::size_t{stage} * params_.maps + map, position, rank);
        ++stage;
        next[map] = stage < params_.threshold_count ? thresholds_[stage * stride + map] : kNever;
      }
    }
  }
  return at;
}

void WaveLayer::Say(const WaveSpikesOut& out, std::uint32_t at, std::size_t feature, std::uint32_t position,
                    std::uint16_t rank) const noexcept {
  out.feature[at] = static_cast<std::uint16_t>(feature);
  out.x[at] = static_cast<std::uint16_t>(position % params_.positions_x());
  out.y[at] = static_cast<std::uint16_t>(position / params_.positions_x());
  out.rank[at] = rank;
}

}  // namespace spikeline
