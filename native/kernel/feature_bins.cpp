#include "feature_bins.hpp"

#include <algorithm>

namespace spikeline {

namespace {

// How far places must move so that their mean comes to the middle of 0 … side − 1, rounded.
std::int64_t ShiftToMiddle(std::uint64_t sum, std::size_t count, std::uint32_t side) noexcept {
  const auto n = static_cast<std::int64_t>(count);
  const std::int64_t twice = (static_cast<std::int64_t>(side) - 1) * n - 2 * static_cast<std::int64_t>(sum) + n;
  const std::int64_t whole = twice / (2 * n);
  return twice % (2 * n) < 0 ? whole - 1 : whole;
}

}  // namespace

FeatureBins::FeatureBins(const FeatureBinsParams& params) noexcept : params_(params), bins_(params.bins) {}

void FeatureBins::Begin() noexcept {
  std::fill_n(bins_.data(), bins_.size(), Bin{});
  end_ = 0;
  bin_ = 0;
  bin_end_us_ = params_.bin_us;
}

std::uint32_t FeatureBins::End(const EventFrame& out) noexcept {
  for (std::uint32_t later = bin_ + 1; later < params_.bins; ++later) bins_[later].end = end_;
  return static_cast<std::uint32_t>(params_.centre ? Centre(out) : end_);
}

// Moves each bin's spikes and closes the gaps of those that leave the map; returns how many stay.
std::size_t FeatureBins::Centre(const EventFrame& out) const noexcept {
  std::size_t kept = 0;
  std::size_t k = 0;
  for (const Bin& bin : bins_.span()) {
    if (k == bin.end) continue;
    const auto dx = static_cast<std::uint32_t>(ShiftToMiddle(bin.x_sum, bin.events, params_.width));
    const auto dy = static_cast<std::uint32_t>(ShiftToMiddle(bin.y_sum, bin.events, params_.height));
    for (; k < bin.end; ++k) {
      const std::uint32_t x = out.x[k] + dx;
      const std::uint32_t y = out.y[k] + dy;
      out.out_offset_us[kept] = out.out_offset_us[k];
      out.feature[kept] = out.feature[k];
      out.x[kept] = static_cast<std::uint8_t>(x);
      out.y[kept] = static_cast<std::uint8_t>(y);
      kept += x < params_.width && y < params_.height ? 1 : 0;
    }
  }
  return kept;
}

}  // namespace spikeline
