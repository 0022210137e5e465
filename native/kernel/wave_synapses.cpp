#include "wave_synapses.hpp"

#include <algorithm>

#include "random.hpp"

namespace spikeline {

namespace {

constexpr std::uint32_t kMostRadiusOfInhibition = 4096;

bool Between(double x, double low, double high) noexcept { return x >= low && x <= high; }

}  // namespace

bool WavePlasticity::Sound(std::uint32_t most_winners, double most_threshold) const noexcept {
  return Between(initial_mean, 0, 1) && Between(initial_std, 0, 1) && Between(learning_threshold, 1, most_threshold) &&
         Between(theta_plus, 0, most_threshold) && Between(a_plus, 0, 1) && Between(a_plus_max, a_plus, 1) &&
         Between(a_ratio, 0, 1) && doubling_frames > 0 && winners > 0 && winners <= most_winners &&
         inhibition_radius <= kMostRadiusOfInhibition;
}

WaveSynapses::WaveSynapses(const WavePlasticity& plasticity, std::size_t taps, std::size_t maps, float most_theta) noexcept
    : plasticity_(plasticity), maps_(maps), most_theta_(most_theta), weights_(taps * maps), theta_(maps) {}

// Normal weights without a library's logarithm: twelve uniform numbers have variance 1, and exact sums.
void WaveSynapses::Initialise(std::uint32_t seed) noexcept {
  Random random(HashWords(seed, 1));
  for (float& w : weights_.span()) {
    double sum = -6;
    for (int k = 0; k < 12; ++k) sum += static_cast<double>(random.NextUnit());
    w = std::clamp(static_cast<float>(plasticity_.initial_mean + plasticity_.initial_std * sum), 0.0F, 1.0F);
  }
  std::fill_n(theta_.data(), maps_, static_cast<float>(plasticity_.learning_threshold));
}

WaveSynapses::Rates WaveSynapses::NextRates() const noexcept {
  const WavePlasticity& p = plasticity_;
  double a = p.a_plus;
  for (std::uint64_t k = frames_ / p.doubling_frames; k > 0 && a < p.a_plus_max && a > 0; --k) a *= 2;
  a = std::min(a, p.a_plus_max);
  return {.a_plus = static_cast<float>(a), .a_minus = static_cast<float>(p.a_ratio * a)};
}

void WaveSynapses::Learn(std::size_t tap, std::size_t map, bool spoke, const Rates& rates) noexcept {
  float& w = weights_[tap * maps_ + map];
  const float bound = w * (1.0F - w);
  w += spoke ? rates.a_plus * bound : -(rates.a_minus * bound);
  w = std::clamp(w, 0.0F, 1.0F);
}

void WaveSynapses::EndFrame(std::span<const std::uint16_t> won) noexcept {
  ++frames_;
  if (won.empty() || plasticity_.theta_plus <= 0) return;
  const auto plus = static_cast<float>(plasticity_.theta_plus);
  const float minus = plus * static_cast<float>(won.size()) / static_cast<float>(maps_);
  for (const std::uint16_t map : won) theta_[map] += plus;
  for (float& theta : theta_.span()) theta = std::clamp(theta - minus, 1.0F, most_theta_);
}

double WaveSynapses::Convergence() const noexcept {
  double sum = 0;
  for (const float w : weights_.span()) sum += static_cast<double>(w * (1.0F - w));
  return sum / static_cast<double>(weights_.size());
}

bool WaveSynapses::Fits(const WaveStateView& v) const noexcept {
  return v.weights.size() == weights_.size() && v.theta.size() == theta_.size() && v.counters.size() == 2;
}

Status WaveSynapses::Read(const WaveStateView& v) const noexcept {
  if (!Fits(v)) return Status::kBadSize;
  std::copy_n(weights_.data(), weights_.size(), v.weights.data());
  std::copy_n(theta_.data(), theta_.size(), v.theta.data());
  v.counters[0] = static_cast<std::uint32_t>(frames_);
  v.counters[1] = static_cast<std::uint32_t>(frames_ >> 32);
  return Status::kOk;
}

Status WaveSynapses::Write(const WaveStateView& v) noexcept {
  if (!Fits(v)) return Status::kBadSize;
  const bool sound =
      std::all_of(v.weights.begin(), v.weights.end(), [](float w) { return w >= 0.0F && w <= 1.0F; }) &&
      std::all_of(v.theta.begin(), v.theta.end(), [this](float t) { return t >= 1.0F && t <= most_theta_; });
  if (!sound) return Status::kBadState;
  std::copy_n(v.weights.data(), weights_.size(), weights_.data());
  std::copy_n(v.theta.data(), theta_.size(), theta_.data());
  frames_ = static_cast<std::uint64_t>(v.counters[1]) << 32 | v.counters[0];
  return Status::kOk;
}

}  // namespace spikeline
