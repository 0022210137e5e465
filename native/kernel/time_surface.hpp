// The decaying memory of when each pixel last spoke, OFF and ON: S(p, y, x) = exp(−(now − last) / tau), 0 before.
//
// Time is inflated instead of every pixel decayed: an event stores exp((t − base) / tau), so that all stored values
// have the same factor to the true surface, which no comparison of similarity sees. `base` moves on by an epoch of
// 16 tau when t would reach past it; only then all pixels are scaled down. exp comes from the product of two tables
// made by exponential.hpp, in float: the same bits on every machine.
// Cost of an event: one store; of an epoch: one pass over the pixels. All memory is allocated when it is made.
#pragma once

#include <cstddef>
#include <cstdint>

#include "aligned_buffer.hpp"
#include "surface_params.hpp"

namespace spikeline {

// Where an input of the sensor lies.
struct SurfacePlace {
  std::uint32_t pixel;   // of its stored value
  std::uint32_t corner;  // of the first value of its window: in its own plane, or in the first if both are looked at
  std::uint8_t x;
  std::uint8_t y;
};

class TimeSurface {
 public:
  // Precondition: checked parameters.
  explicit TimeSurface(const SurfaceParams& params) noexcept;
  [[nodiscard]] bool ok() const noexcept { return values_.ok() && places_.ok() && fine_.ok() && coarse_.ok(); }

  // Nothing has spoken yet; time begins at 0.
  void Forget() noexcept;

  // An event: returns the window around it. Precondition: input < inputs. Time that falls is safe, but forgets all.
  const float* Mark(std::uint32_t offset_us, const SurfacePlace& place) noexcept {
    std::uint32_t since = offset_us - base_us_;
    if (since >= epoch_us_) since = NextEpoch(since);
    values_[place.pixel] = coarse_[since >> kFineBits] * fine_[since & kFineMask];
    return values_.data() + place.corner;
  }

  [[nodiscard]] const SurfacePlace& Place(std::uint32_t input) const noexcept { return places_[input]; }
  [[nodiscard]] std::size_t row_stride() const noexcept { return row_stride_; }
  [[nodiscard]] std::size_t plane_stride() const noexcept { return plane_stride_; }

 private:
  static constexpr std::uint32_t kFineBits = 10;
  static constexpr std::uint32_t kFineMask = (1U << kFineBits) - 1;

  std::uint32_t NextEpoch(std::uint32_t since) noexcept;

  std::size_t row_stride_;
  std::size_t plane_stride_;
  std::uint32_t epoch_us_;
  std::uint32_t base_us_ = 0;
  float shrink_;                        // exp(−epoch / tau)
  AlignedBuffer<float> values_;         // [2][height + 2 radius][width + 2 radius], 0 around the sensor
  AlignedBuffer<SurfacePlace> places_;  // [inputs]
  AlignedBuffer<float> fine_;           // exp(k µs / tau)
  AlignedBuffer<float> coarse_;         // exp(k · 1024 µs / tau)
};

}  // namespace spikeline
