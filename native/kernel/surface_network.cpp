// Creation, presentation and state. Learning is in surface_learning.cpp.
#include "surface_network.hpp"

#include <algorithm>
#include <new>
#include <utility>

namespace spikeline {

namespace {

std::size_t Padded(std::uint32_t prototypes) noexcept {
  return (prototypes + kPrototypePad - 1) / kPrototypePad * kPrototypePad;
}

}  // namespace

SurfaceNetwork::SurfaceNetwork(const SurfaceParams& p, const SurfaceKernels* kernels) noexcept
    : params_(p),
      kernels_(kernels),
      match_(kernels->match[p.radius]),
      stride_(Padded(p.prototypes)),
      surface_(p),
      weights_(p.taps() * stride_),
      wins_(p.prototypes),
      seen_(p.taps()),
      bins_({.width = p.width, .height = p.height, .features = p.prototypes, .bin_us = p.bin_us, .bins = p.bins,
             .centre = p.centre != 0}) {}

bool SurfaceNetwork::ok() const noexcept {
  return surface_.ok() && weights_.ok() && wins_.ok() && seen_.ok() && bins_.ok();
}

Status SurfaceNetwork::Create(const SurfaceParams& params, const SurfaceKernels* kernels,
                              std::unique_ptr<SurfaceNetwork>& out) noexcept {
  if (const Status status = params.Check(); status != Status::kOk) return status;
  if (kernels == nullptr) kernels = ChooseSurfaceKernels(nullptr);
  std::unique_ptr<SurfaceNetwork> made(new (std::nothrow) SurfaceNetwork(params, kernels));
  if (made == nullptr || !made->ok()) return Status::kOutOfMemory;
  out = std::move(made);
  return Status::kOk;
}

SurfacePrototypes SurfaceNetwork::Prototypes() const noexcept {
  return {.weights = weights_.data(), .stride = stride_, .planes = params_.planes,
          .side = params_.side(), .row_stride = surface_.row_stride(), .plane_stride = surface_.plane_stride()};
}

Status SurfaceNetwork::Present(const SurfaceFrame& frame, std::uint32_t& spikes) noexcept {
  if (const Status status = frame.Check(params_.inputs()); status != Status::kOk) return status;
  spikes = 0;
  if (used_ == 0) return Status::kOk;
  const SurfacePrototypes prototypes = Prototypes();
  const MatchSurface match = match_;
  spikes = Run(frame, [&](const float* window) { return match(prototypes, window).prototype; });
  return Status::kOk;
}

Status SurfaceNetwork::Learn(const SurfaceFrame& frame, std::uint32_t& spikes) noexcept {
  if (const Status status = frame.Check(params_.inputs()); status != Status::kOk) return status;
  spikes = Run(frame, [&](const float* window) { return LearnSurface(window); });
  return Status::kOk;
}

// The arrays may be shared with a thread that writes into them: what was checked is read again and must stay harmless.
template <typename AnswerOf>
std::uint32_t SurfaceNetwork::Run(const SurfaceFrame& f, AnswerOf answer_of) noexcept {
  surface_.Forget();
  bins_.Begin();
  for (std::size_t k = 0; k < f.offset_us.size(); ++k) {
    const std::uint32_t offset_us = f.offset_us[k];
    const std::uint32_t input = f.input[k];
    if (input >= params_.inputs()) continue;
    const SurfacePlace& place = surface_.Place(input);
    bins_.Event(offset_us, place.x, place.y);
    bins_.Spike(f, offset_us, answer_of(surface_.Mark(offset_us, place)), place.x, place.y);
  }
  return bins_.End(f);
}

Status SurfaceNetwork::ReadState(const SurfaceStateView& v) const noexcept {
  const bool fits = v.weights.size() == std::size_t{params_.taps()} * params_.prototypes &&
                    v.wins.size() == params_.prototypes && v.counters.size() == 2;
  if (!fits) return Status::kBadSize;
  for (std::size_t tap = 0; tap < params_.taps(); ++tap) {
    std::copy_n(weights_.data() + tap * stride_, params_.prototypes, v.weights.data() + tap * params_.prototypes);
  }
  std::copy_n(wins_.data(), params_.prototypes, v.wins.data());
  v.counters[0] = static_cast<std::uint32_t>(events_);
  v.counters[1] = static_cast<std::uint32_t>(events_ >> 32);
  return Status::kOk;
}

Status SurfaceNetwork::WriteState(const SurfaceStateView& v) noexcept {
  const std::size_t n = params_.prototypes;
  const bool fits = v.weights.size() == params_.taps() * n && v.wins.size() == n && v.counters.size() == 2;
  if (!fits) return Status::kBadSize;
  const auto first_unused = std::find(v.wins.begin(), v.wins.end(), 0U);
  const auto used = static_cast<std::size_t>(first_unused - v.wins.begin());
  const auto unit = [](float value) { return value >= 0.0F && value <= 1.0F; };
  bool sound = std::all_of(first_unused, v.wins.end(), [](std::uint32_t wins) { return wins == 0; }) &&
               std::all_of(v.weights.begin(), v.weights.end(), unit);
  for (std::size_t i = 0; i < v.weights.size(); ++i) sound = sound && (i % n < used || v.weights[i] == 0.0F);
  if (!sound) return Status::kBadState;
  for (std::size_t tap = 0; tap < params_.taps(); ++tap) {
    std::copy_n(v.weights.data() + tap * n, n, weights_.data() + tap * stride_);
  }
  std::copy_n(v.wins.data(), n, wins_.data());
  used_ = static_cast<std::uint32_t>(used);
  events_ = static_cast<std::uint64_t>(v.counters[1]) << 32 | v.counters[0];
  return Status::kOk;
}

}  // namespace spikeline
