// Reading and writing the complete state of LinearReadout.
#include <algorithm>

#include "linear_readout.hpp"
#include "readout_state.hpp"

namespace spikeline {

namespace {

// Far more means than anyone takes, and far from the counter's end.
constexpr std::uint32_t kMostInMean = 1U << 20;

Status CheckSizes(const LinearState& v, std::size_t inputs, std::size_t classes) noexcept {
  const std::size_t all = inputs * classes;
  const bool sizes = v.weights.size() == all && v.mean_weights.size() == all && v.bias.size() == classes &&
                     v.mean_bias.size() == classes && v.counters.size() == 4;
  return sizes ? Status::kOk : Status::kBadSize;
}

}  // namespace

Status LinearReadout::ReadState(const LinearState& v) noexcept {
  const std::size_t classes = params_.classes;
  if (const Status status = CheckSizes(v, inputs_, classes); status != Status::kOk) return status;
  UnpadRows(v.weights, weights_.data(), classes, stride_);
  UnpadRows(v.mean_weights, mean_weights_.data(), classes, stride_);
  std::copy_n(bias_.data(), classes, v.bias.data());
  std::copy_n(mean_bias_.data(), classes, v.mean_bias.data());
  v.counters[0] = static_cast<std::uint32_t>(frames_);
  v.counters[1] = static_cast<std::uint32_t>(frames_ >> 32);
  v.counters[2] = in_mean_;
  v.counters[3] = 0;
  return Status::kOk;
}

Status LinearReadout::WriteState(const LinearState& v) noexcept {
  const std::size_t classes = params_.classes;
  if (const Status status = CheckSizes(v, inputs_, classes); status != Status::kOk) return status;
  if (v.counters[2] > kMostInMean) return Status::kBadState;
  for (const std::span<const float> values : {v.weights, v.mean_weights, v.bias, v.mean_bias}) {
    if (!AllWithin(values, kLargestWeight)) return Status::kBadState;
  }
  PadRows(weights_.data(), std::span<const float>(v.weights), classes, stride_);
  PadRows(mean_weights_.data(), std::span<const float>(v.mean_weights), classes, stride_);
  std::copy_n(v.bias.data(), classes, bias_.data());
  std::copy_n(v.mean_bias.data(), classes, mean_bias_.data());
  frames_ = static_cast<std::uint64_t>(v.counters[1]) << 32 | v.counters[0];
  in_mean_ = v.counters[2];
  return Status::kOk;
}

}  // namespace spikeline
