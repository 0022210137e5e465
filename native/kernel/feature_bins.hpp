// The parts of a frame in time that speak as features of their own, and the centring of each.
//
//   bin       min(bins − 1, ⌊offset / bin_us⌋)
//   feature   bin · features + k
//   centring  the spikes of each bin are moved together, by whole pixels, so that the centroid of the bin's events comes
//             to the middle of the map; what leaves the map is left out
// All memory is allocated when it is made.
#pragma once

#include <cstddef>
#include <cstdint>

#include "aligned_buffer.hpp"
#include "event_frame.hpp"

namespace spikeline {

struct FeatureBinsParams {
  std::uint32_t width;     // of the map
  std::uint32_t height;
  std::uint32_t features;  // of one bin
  std::uint32_t bin_us;
  std::uint32_t bins;      // the last has no end
  bool centre;
};

class FeatureBins {
 public:
  explicit FeatureBins(const FeatureBinsParams& params) noexcept;
  [[nodiscard]] bool ok() const noexcept { return bins_.ok(); }

  // A new frame.
  void Begin() noexcept;

  // The next event: time moves on, and its place counts for the centroid of its bin.
  void Event(std::uint32_t offset_us, std::uint32_t x, std::uint32_t y) noexcept {
    for (; offset_us >= bin_end_us_ && bin_ + 1 < params_.bins; bin_end_us_ += params_.bin_us) bins_[++bin_].end = end_;
    Bin& bin = bins_[bin_];
    ++bin.events;
    bin.x_sum += x;
    bin.y_sum += y;
  }

  // A spike of that event. Precondition: at most one after each Event.
  void Spike(const EventFrame& out, std::uint32_t offset_us, std::uint32_t feature, std::uint32_t x,
             std::uint32_t y) noexcept {
    out.out_offset_us[end_] = offset_us;
    out.feature[end_] = static_cast<std::uint16_t>(bin_ * params_.features + feature);
    out.x[end_] = static_cast<std::uint8_t>(x);
    out.y[end_] = static_cast<std::uint8_t>(y);
    bins_[bin_].end = ++end_;
  }

  // The frame is over: centres. Returns how many spikes there are.
  [[nodiscard]] std::uint32_t End(const EventFrame& out) noexcept;

 private:
  struct Bin {
    std::size_t end;  // of its spikes
    std::size_t events;
    std::uint64_t x_sum;
    std::uint64_t y_sum;
  };

  [[nodiscard]] std::size_t Centre(const EventFrame& out) const noexcept;

  FeatureBinsParams params_;
  AlignedBuffer<Bin> bins_;
  std::size_t end_ = 0;
  std::uint32_t bin_ = 0;
  std::uint64_t bin_end_us_ = 0;
};

}  // namespace spikeline
