// The decaying memory of when each pixel last spoke, OFF and ON: S(p, y, x) = exp(−(now − last) / tau), 0 before.
//
// Time is inflated (inflated_time.hpp) instead of every pixel decayed: all stored values have the same factor to the
// true surface, which no comparison of similarity sees.
// Cost of an event: one store; of an epoch: one pass over the pixels. All memory is allocated when it is made.
#pragma once

#include <cstddef>
#include <cstdint>

#include "aligned_buffer.hpp"
#include "inflated_time.hpp"
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
  [[nodiscard]] bool ok() const noexcept { return time_.ok() && values_.ok() && places_.ok(); }

  // Nothing has spoken yet; time begins at 0.
  void Forget() noexcept;

  // An event: returns the window around it. Precondition: input < inputs. Time that falls is safe, but forgets all.
  const float* Mark(std::uint32_t offset_us, const SurfacePlace& place) noexcept {
    values_[place.pixel] = time_.At(offset_us, [&](std::uint32_t epochs) { Pass(epochs); });
    return values_.data() + place.corner;
  }

  [[nodiscard]] const SurfacePlace& Place(std::uint32_t input) const noexcept { return places_[input]; }
  [[nodiscard]] std::size_t row_stride() const noexcept { return row_stride_; }
  [[nodiscard]] std::size_t plane_stride() const noexcept { return plane_stride_; }

 private:
  void Pass(std::uint32_t epochs) noexcept;

  std::size_t row_stride_;
  std::size_t plane_stride_;
  InflatedTime time_;
  AlignedBuffer<float> values_;         // [2][height + 2 radius][width + 2 radius], 0 around the sensor
  AlignedBuffer<SurfacePlace> places_;  // [inputs]
};

}  // namespace spikeline
