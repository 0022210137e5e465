// Creation, presentation and state. Learning is in event_convolution_learning.cpp.
#include "event_convolution.hpp"

#include <algorithm>
#include <limits>
#include <new>
#include <utility>

#include "random.hpp"

namespace spikeline {

namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

std::size_t Padded(std::uint32_t maps) noexcept { return (maps + kEventMapPad - 1) / kEventMapPad * kEventMapPad; }

}  // namespace

EventConvolution::EventConvolution(const EventConvolutionParams& p, const EventKernels* kernels) noexcept
    : params_(p),
      kernels_(kernels),
      drive_(kernels->drive[p.radius]),
      stride_(Padded(p.maps)),
      columns_(p.width + std::size_t{2} * p.radius),
      rows_(p.height + std::size_t{2} * p.radius),
      time_(p.tau_us),
      bins_({.width = p.width, .height = p.height, .features = p.maps, .bin_us = p.bin_us, .bins = p.bins,
             .centre = p.centre != 0}),
      places_(p.inputs()),
      weights_(p.taps() * stride_),
      thresholds_(stride_),
      potentials_(rows_ * columns_ * stride_),
      last_(kEventPolarities * rows_ * columns_) {}

bool EventConvolution::ok() const noexcept {
  return time_.ok() && bins_.ok() && places_.ok() && weights_.ok() && thresholds_.ok() && potentials_.ok() &&
         last_.ok();
}

Status EventConvolution::Create(const EventConvolutionParams& params, const EventKernels* kernels,
                                std::unique_ptr<EventConvolution>& out) noexcept {
  if (const Status status = params.Check(); status != Status::kOk) return status;
  if (kernels == nullptr) kernels = ChooseEventKernels(nullptr);
  std::unique_ptr<EventConvolution> made(new (std::nothrow) EventConvolution(params, kernels));
  if (made == nullptr || !made->ok()) return Status::kOutOfMemory;
  made->MakePlaces();
  made->DrawWeights();
  std::fill_n(made->potentials_.data(), made->potentials_.size(), -kInfinity);
  std::fill_n(made->thresholds_.data(), made->stride_, kInfinity);
  std::fill_n(made->thresholds_.data(), params.maps, static_cast<float>(params.threshold));
  out = std::move(made);
  return Status::kOk;
}

void EventConvolution::MakePlaces() noexcept {
  const auto& p = params_;
  for (std::uint32_t input = 0; input < p.inputs(); ++input) {
    const std::uint32_t polarity = input / (p.width * p.height);
    const std::uint32_t y = input / p.width % p.height;
    const std::uint32_t x = input % p.width;
    places_[input] = {
        .potential = static_cast<std::uint32_t>((y * columns_ + x) * stride_),
        .weights = static_cast<std::uint32_t>(polarity * p.side() * p.side() * stride_),
        .last = static_cast<std::uint32_t>((polarity * rows_ + y + p.radius) * columns_ + x + p.radius),
        .x = static_cast<std::uint8_t>(x),
        .y = static_cast<std::uint8_t>(y)};
  }
}

void EventConvolution::DrawWeights() noexcept {
  Random random(params_.seed);
  const auto low = static_cast<float>(params_.initial_low);
  const float span = static_cast<float>(params_.initial_high) - low;
  for (std::size_t tap = 0; tap < params_.taps(); ++tap) {
    float* weights = weights_.data() + WeightAt(tap);
    for (std::size_t map = 0; map < params_.maps; ++map) {
      weights[map] = std::min(low + span * random.NextUnit(), 1.0F);
    }
  }
}

// A tap's weights, by its index in the order of the field. The neuron to the left of an event has it to its right: the
// order of the positions around an event is the field's, turned by half.
std::size_t EventConvolution::WeightAt(std::size_t tap) const noexcept {
  const std::size_t plane = std::size_t{params_.side()} * params_.side();
  return (tap / plane * plane + (plane - 1 - tap % plane)) * stride_;
}

// All potentials at rest, and no event came yet. The margin stays as it was made.
void EventConvolution::Forget() noexcept {
  const std::size_t margin = params_.radius;
  for (std::size_t y = margin; y < margin + params_.height; ++y) {
    std::fill_n(potentials_.data() + (y * columns_ + margin) * stride_, params_.width * stride_, 0.0F);
  }
  std::fill_n(last_.data(), last_.size(), std::uint64_t{0});
}

void EventConvolution::Pass(std::uint32_t epochs) noexcept {
  if (epochs < InflatedTime::kEpochsToForget) {
    time_.Shrink(potentials_.span(), epochs);
    return;
  }
  for (float& potential : potentials_.span()) potential = potential == -kInfinity ? potential : 0.0F;
}

Status EventConvolution::Present(const EventFrame& frame, std::uint32_t& spikes) noexcept {
  if (const Status status = frame.Check(params_.inputs()); status != Status::kOk) return status;
  spikes = Run<false>(frame);
  return Status::kOk;
}

Status EventConvolution::Learn(const EventFrame& frame, std::uint32_t& spikes) noexcept {
  if (const Status status = frame.Check(params_.inputs()); status != Status::kOk) return status;
  spikes = Run<true>(frame);
  return Status::kOk;
}

// The arrays may be shared with a thread that writes into them: what was checked is read again and must stay harmless.
template <bool kLearns>
std::uint32_t EventConvolution::Run(const EventFrame& f) noexcept {
  const std::uint32_t side = params_.side();
  const auto stride = static_cast<std::uint32_t>(stride_);
  EventDrive drive{.weights = nullptr, .threshold = thresholds_.data(), .stride = stride_,
                   .row_stride = columns_ * stride_};
  Forget();
  time_.Begin();
  bins_.Begin();
  for (std::size_t k = 0; k < f.offset_us.size(); ++k) {
    const std::uint32_t offset_us = f.offset_us[k];
    const std::uint32_t input = f.input[k];
    if (input >= params_.inputs()) continue;
    const Place& place = places_[input];
    bins_.Event(offset_us, place.x, place.y);
    const float gain = time_.At(offset_us, [&](std::uint32_t epochs) { Pass(epochs); });
    if constexpr (kLearns) last_[place.last] = std::uint64_t{offset_us} + 1;
    drive.weights = weights_.data() + place.weights;
    const std::uint32_t spike = drive_(drive, potentials_.data() + place.potential, gain);
    if (spike == kNoSpike) continue;
    const std::uint32_t position = spike / stride;
    const std::uint32_t map = spike % stride;
    const std::uint32_t x = place.x + position % side - params_.radius;
    const std::uint32_t y = place.y + position / side - params_.radius;
    bins_.Spike(f, offset_us, map, x, y);
    Inhibit(x, y, gain);
    if constexpr (kLearns) LearnSpike(map, x, y, offset_us);
  }
  return bins_.End(f);
}

void EventConvolution::Inhibit(std::uint32_t x, std::uint32_t y, float gain) noexcept {
  const std::size_t reach = params_.lateral;
  const float reset = static_cast<float>(params_.reset) * gain;
  const std::size_t left = x + params_.radius - reach;
  for (std::size_t row = y + params_.radius - reach; row <= y + params_.radius + reach; ++row) {
    float* potential = potentials_.data() + (row * columns_ + left) * stride_;
    for (std::size_t k = 0; k < (2 * reach + 1) * stride_; ++k) potential[k] = std::min(potential[k], reset);
  }
}

Status EventConvolution::ReadState(const EventConvolutionStateView& v) const noexcept {
  const std::size_t n = params_.maps;
  if (v.weights.size() != params_.taps() * n || v.thresholds.size() != n || v.counters.size() != 2) {
    return Status::kBadSize;
  }
  for (std::size_t tap = 0; tap < params_.taps(); ++tap) {
    std::copy_n(weights_.data() + WeightAt(tap), n, v.weights.data() + tap * n);
  }
  std::copy_n(thresholds_.data(), n, v.thresholds.data());
  v.counters[0] = static_cast<std::uint32_t>(spikes_);
  v.counters[1] = static_cast<std::uint32_t>(spikes_ >> 32);
  return Status::kOk;
}

Status EventConvolution::WriteState(const EventConvolutionStateView& v) noexcept {
  const std::size_t n = params_.maps;
  if (v.weights.size() != params_.taps() * n || v.thresholds.size() != n || v.counters.size() != 2) {
    return Status::kBadSize;
  }
  const auto between = [](float low, float high) { return [=](float x) { return x >= low && x <= high; }; };
  const bool sound = std::all_of(v.weights.begin(), v.weights.end(), between(0.0F, 1.0F)) &&
                     std::all_of(v.thresholds.begin(), v.thresholds.end(),
                                 between(params_.least_threshold(), params_.most_threshold()));
  if (!sound) return Status::kBadState;
  for (std::size_t tap = 0; tap < params_.taps(); ++tap) {
    std::copy_n(v.weights.data() + tap * n, n, weights_.data() + WeightAt(tap));
  }
  std::copy_n(v.thresholds.data(), n, thresholds_.data());
  spikes_ = static_cast<std::uint64_t>(v.counters[1]) << 32 | v.counters[0];
  return Status::kOk;
}

}  // namespace spikeline
