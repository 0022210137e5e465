// Reading and writing the complete state of RewardReadout.
#include <algorithm>

#include "readout_state.hpp"
#include "reward_readout.hpp"

namespace spikeline {

namespace {

struct Sizes {
  std::size_t weights;
  std::size_t behind;
  std::size_t tired;
};

Status CheckSizes(const RewardState& v, const Sizes& is) noexcept {
  const bool sizes = v.weights.size() == is.weights && v.behind.size() == is.behind && v.tired.size() == is.tired &&
                     v.counters.size() == 4;
  return sizes ? Status::kOk : Status::kBadSize;
}

bool IsLowering(std::span<const float> lowered, float most) noexcept {
  return AllWithin(lowered, most) && std::none_of(lowered.begin(), lowered.end(), [](float value) { return value < 0; });
}

}  // namespace

Status RewardReadout::ReadState(const RewardState& v) noexcept {
  const std::size_t neurons = std::size_t{params_.classes} * params_.neurons_per_class;
  if (const Status status = CheckSizes(v, {inputs_ * neurons, params_.classes, TiredClasses()}); status != Status::kOk) return status;
  UnpadRows(v.weights, weights_.data(), neurons, stride_);
  std::copy_n(behind_.data(), params_.classes, v.behind.data());
  std::copy_n(tired_.data(), v.tired.size(), v.tired.data());
  v.counters[0] = static_cast<std::uint32_t>(decisions_);
  v.counters[1] = static_cast<std::uint32_t>(decisions_ >> 32);
  v.counters[2] = static_cast<std::uint32_t>(rewards_);
  v.counters[3] = static_cast<std::uint32_t>(rewards_ >> 32);
  return Status::kOk;
}

Status RewardReadout::WriteState(const RewardState& v) noexcept {
  const std::size_t neurons = std::size_t{params_.classes} * params_.neurons_per_class;
  if (const Status status = CheckSizes(v, {inputs_ * neurons, params_.classes, TiredClasses()}); status != Status::kOk) return status;
  const bool is_lowered = IsLowering(v.behind, kFurthestBehind) && IsLowering(v.tired, kMostTired);
  // Ids of decisions travel as JavaScript numbers, which are whole up to 2^53.
  if (!is_lowered || !AllWithin(v.weights, kMostWeight) || v.counters[1] >= (1U << 20)) return Status::kBadState;
  PadRows(weights_.data(), std::span<const float>(v.weights), neurons, stride_);
  std::copy_n(v.behind.data(), params_.classes, behind_.data());
  std::copy_n(v.tired.data(), v.tired.size(), tired_.data());
  decisions_ = static_cast<std::uint64_t>(v.counters[1]) << 32 | v.counters[0];
  rewards_ = static_cast<std::uint64_t>(v.counters[3]) << 32 | v.counters[2];
  std::fill_n(waiting_.data(), params_.memory, std::uint64_t{0});
  return Status::kOk;
}

}  // namespace spikeline
