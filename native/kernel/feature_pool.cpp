#include "feature_pool.hpp"

#include <algorithm>
#include <cmath>

namespace spikeline {

namespace {

constexpr std::uint32_t kMostInputs = 1U << 20;
constexpr std::uint32_t kOffMap = 1U << 24;

template <typename T>
std::uint32_t Largest(std::span<const T> values) noexcept {
  T most = 0;
  for (const T value : values) most = std::max(most, value);
  return most;
}

}  // namespace

Status PoolParams::Check() const noexcept {
  const bool sides = width >= 1 && width <= 256 && height >= 1 && height <= 256 && grid >= 1 &&
                     grid <= std::min(width, height);
  if (!sides || features == 0 || features > 65536) return Status::kBadSize;
  const std::uint64_t inputs = std::uint64_t{features} * grid * grid;
  return inputs <= kMostInputs ? Status::kOk : Status::kBadSize;
}

FeaturePool::FeaturePool(const PoolParams& params) noexcept
    : params_(params), inputs_(params.Inputs()), count_(inputs_ + std::size_t{1}) {
  for (std::uint32_t k = 0; k < 256; ++k) {
    column_[k] = k < params.width ? k * params.grid / params.width * params.features : kOffMap;
    row_[k] = k < params.height ? k * params.grid / params.height * params.grid * params.features : kOffMap;
  }
  if (ok()) count_[inputs_] = 1;  // never 0, so that it is never listed
}

Status FeaturePool::Check(const FeatureSpikes& batch) const noexcept {
  const std::size_t spikes = batch.feature.size();
  if (batch.x.size() != spikes || batch.y.size() != spikes || batch.start.empty()) return Status::kBadSize;
  if (batch.start.front() != 0 || batch.start.back() != spikes) return Status::kBadSize;
  if (!std::is_sorted(batch.start.begin(), batch.start.end())) return Status::kBadSize;
  const bool on_map = spikes == 0 || (Largest(batch.feature) < params_.features && Largest(batch.x) < params_.width &&
                                      Largest(batch.y) < params_.height);
  return on_map ? Status::kOk : Status::kOutOfRange;
}

float FeaturePool::ValueOf(std::uint32_t count) const noexcept {
  const auto value = static_cast<float>(count);
  return params_.value == PoolValue::kSqrt ? std::sqrt(value) : value;
}

void FeaturePool::Pool(const FeatureSpikes& frame, const Warp* warp, SparseFrame& out) noexcept {
  out.count = 0;
  if (warp == nullptr) Gather(frame, out);
  else GatherMoved(frame, *warp, out);
  Evaluate(out);
}

void FeaturePool::Gather(const FeatureSpikes& frame, SparseFrame& out) noexcept {
  std::uint32_t* const count = count_.data();
  std::size_t listed = 0;
  for (std::size_t k = 0; k < frame.feature.size(); ++k) {
    const std::uint32_t input = InputOf(frame.x[k], frame.y[k], frame.feature[k]);
    out.index[listed] = input;
    listed += count[input]++ == 0 ? 1 : 0;
  }
  count[inputs_] = 1;
  out.count = listed;
}

void FeaturePool::GatherMoved(const FeatureSpikes& frame, const Warp& warp, SparseFrame& out) noexcept {
  std::uint32_t* const count = count_.data();
  const auto width = static_cast<std::int32_t>(params_.width);
  const auto height = static_cast<std::int32_t>(params_.height);
  Random random = warp.random;
  std::uint32_t bits = 0;
  std::size_t listed = 0;
  for (std::size_t k = 0; k < frame.feature.size(); ++k) {
    const std::int32_t x = (warp.xx * frame.x[k] + warp.xy * frame.y[k] + warp.x0) >> 16;
    const std::int32_t y = (warp.yx * frame.x[k] + warp.yy * frame.y[k] + warp.y0) >> 16;
    bits = k % 2 == 0 ? random.Next() : bits >> 16;
    const bool stays = (bits & 0xffffU) >= warp.drop_below && x >= 0 && x < width && y >= 0 && y < height;
    const std::uint32_t input = InputOf(static_cast<std::uint32_t>(x), static_cast<std::uint32_t>(y), frame.feature[k]);
    const std::uint32_t into = stays ? input : inputs_;
    out.index[listed] = into;
    listed += count[into]++ == 0 ? 1 : 0;
  }
  count[inputs_] = 1;
  out.count = listed;
}

void FeaturePool::Evaluate(SparseFrame& out) noexcept {
  std::uint64_t square = 0;
  for (std::size_t k = 0; k < out.count; ++k) {
    std::uint32_t& count = count_[out.index[k]];
    out.value[k] = ValueOf(count);
    square += params_.value == PoolValue::kSqrt ? count : std::uint64_t{count} * count;
    count = 0;
  }
  if (params_.norm == Norm::kL2 && out.count > 0) {
    const auto scale = static_cast<float>(1.0 / std::sqrt(static_cast<double>(square)));
    for (std::size_t k = 0; k < out.count; ++k) out.value[k] *= scale;
  }
  for (std::size_t k = out.count; k % kListPad != 0; ++k) {
    out.index[k] = 0;
    out.value[k] = 0;
  }
}

}  // namespace spikeline
