// Reading and writing the complete state of ClockedNetwork between frames.
#include <algorithm>
#include <cmath>

#include "clocked_network.hpp"

namespace spikeline {

namespace {

bool InRange(std::span<const float> values, float low, float high) noexcept {
  return std::all_of(values.begin(), values.end(), [=](float v) { return v >= low && v <= high; });
}

bool InRange(std::span<const std::int32_t> values, std::int32_t low, std::int32_t high) noexcept {
  return std::all_of(values.begin(), values.end(), [=](std::int32_t v) { return v >= low && v <= high; });
}

constexpr std::int32_t kLongestAge = 1 << 24;
// Beyond all that a network with checked parameters comes to, and so far from a float's end that no product overflows.
constexpr float kHuge = 1e20F;

// Rows of `stride` padded to rows of `width` dense, or back.
template <typename T>
void Unpad(std::span<T> dense, const T* padded, std::size_t width, std::size_t stride) noexcept {
  for (std::size_t row = 0; row * width < dense.size(); ++row) {
    std::copy_n(padded + row * stride, width, dense.data() + row * width);
  }
}

template <typename T>
void Pad(T* padded, std::span<const T> dense, std::size_t width, std::size_t stride) noexcept {
  for (std::size_t row = 0; row * width < dense.size(); ++row) {
    std::copy_n(dense.data() + row * width, width, padded + row * stride);
  }
}

}  // namespace

Status ClockedNetwork::CheckState(const StateView& v) const noexcept {
  const std::size_t n = params_.neurons;
  const std::size_t all = n * params_.inputs;
  const bool u8 = params_.weights == WeightKind::kUint8;
  const bool sizes = v.weights_u8.size() == (u8 ? all : 0) && v.weights_f32.size() == (u8 ? 0 : all) &&
                     v.scale.size() == n && v.sum.size() == n && v.theta.size() == n && v.membrane.size() == n &&
                     v.refractory.size() == n && v.post_age.size() == n && v.pre_age.size() == params_.inputs &&
                     v.counters.size() == 8;
  return sizes ? Status::kOk : Status::kBadSize;
}

Status ClockedNetwork::ReadState(const StateView& v) noexcept {
  if (const Status status = CheckState(v); status != Status::kOk) return status;
  const std::size_t n = params_.neurons;
  Unpad(v.weights_f32, synapses_.weights_f32(), n, stride_);
  Unpad(v.weights_u8, synapses_.weights_u8(), n, stride_);
  std::copy_n(synapses_.scale().data(), n, v.scale.data());
  std::copy_n(synapses_.sum().data(), n, v.sum.data());
  std::copy_n(theta_.data(), n, v.theta.data());
  std::copy_n(membrane_.data(), n, v.membrane.data());
  const std::int32_t post_horizon = std::max(post_trace_.horizon(), post2_trace_.horizon());
  for (std::size_t j = 0; j < n; ++j) {
    v.refractory[j] = std::max(release_[j] - now_ + 1, 0);
    const std::int32_t age = now_ - last_post_[j];
    v.post_age[j] = age < post_horizon ? age : -1;
  }
  for (std::size_t i = 0; i < params_.inputs; ++i) {
    const std::int32_t age = now_ - last_pre_[i];
    v.pre_age[i] = age < pre_trace_.horizon() ? age : -1;
  }
  std::copy_n(random_.state().data(), 4, v.counters.data());
  v.counters[4] = static_cast<std::uint32_t>(frames_);
  v.counters[5] = static_cast<std::uint32_t>(frames_ >> 32);
  v.counters[6] = 0;
  v.counters[7] = 0;
  return Status::kOk;
}

Status ClockedNetwork::WriteState(const StateView& v) noexcept {
  if (const Status status = CheckState(v); status != Status::kOk) return status;
  const bool sound = InRange(v.weights_f32, 0.0F, kHuge) && InRange(v.scale, 1.0F / kHuge, kHuge) &&
                     InRange(v.theta, 0.0F, kHuge) && InRange(v.membrane, -kHuge, kHuge) &&
                     InRange(v.refractory, 0, 65536) && InRange(v.post_age, -1, kLongestAge) &&
                     InRange(v.pre_age, -1, kLongestAge) &&
                     std::all_of(v.sum.begin(), v.sum.end(), [](double s) { return s >= 0 && s < 1e30; }) &&
                     (v.counters[0] | v.counters[1] | v.counters[2] | v.counters[3]) != 0;
  if (!sound) return Status::kBadState;
  const std::size_t n = params_.neurons;
  Pad(synapses_.f32().data(), std::span<const float>(v.weights_f32), n, stride_);
  Pad(synapses_.u8().data(), std::span<const std::uint8_t>(v.weights_u8), n, stride_);
  std::copy_n(v.scale.data(), n, synapses_.scale().data());
  std::copy_n(v.sum.data(), n, synapses_.sum().data());
  std::copy_n(v.theta.data(), n, theta_.data());
  std::copy_n(v.membrane.data(), n, membrane_.data());
  now_ = 0;
  pending_ = 0;
  last_release_ = kNever;
  refractory_count_ = 0;
  recent_count_ = 0;
  for (std::uint32_t j = 0; j < n; ++j) {
    synapses_.RefreshGain(j);
    RefreshThreshold(j);
    last_post_[j] = v.post_age[j] < 0 ? kNever : -v.post_age[j];
    release_[j] = v.refractory[j] > 0 ? v.refractory[j] - 1 : kNever;
    last_release_ = std::max(last_release_, release_[j]);
    if (v.refractory[j] > 0) refractory_list_[refractory_count_++] = j;
    is_recent_[j] = 0;
    if (learns_pre_ && v.post_age[j] >= 0) NoteRecent(j);
  }
  for (std::uint32_t i = 0; i < params_.inputs; ++i) last_pre_[i] = v.pre_age[i] < 0 ? kNever : -v.pre_age[i];
  random_.set_state({v.counters[0], v.counters[1], v.counters[2], v.counters[3]});
  frames_ = static_cast<std::uint64_t>(v.counters[5]) << 32 | v.counters[4];
  return Status::kOk;
}

}  // namespace spikeline
