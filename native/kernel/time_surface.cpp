#include "time_surface.hpp"

#include <algorithm>

namespace spikeline {

TimeSurface::TimeSurface(const SurfaceParams& p) noexcept
    : row_stride_(p.width + std::size_t{2} * p.radius),
      plane_stride_(row_stride_ * (p.height + std::size_t{2} * p.radius)),
      time_(p.tau_us),
      values_(kSurfacePolarities * plane_stride_),
      places_(p.inputs()) {
  if (!ok()) return;
  for (std::uint32_t input = 0; input < p.inputs(); ++input) {
    const std::uint32_t polarity = input / (p.width * p.height);
    const std::uint32_t y = input / p.width % p.height;
    const std::uint32_t x = input % p.width;
    const std::size_t plane = polarity * plane_stride_;
    const std::size_t looked_at = p.planes == kSurfacePolarities ? 0 : plane;
    places_[input] = {.pixel = static_cast<std::uint32_t>(plane + (y + p.radius) * row_stride_ + x + p.radius),
                      .corner = static_cast<std::uint32_t>(looked_at + y * row_stride_ + x),
                      .x = static_cast<std::uint8_t>(x),
                      .y = static_cast<std::uint8_t>(y)};
  }
}

void TimeSurface::Forget() noexcept {
  std::fill_n(values_.data(), values_.size(), 0.0F);
  time_.Begin();
}

void TimeSurface::Pass(std::uint32_t epochs) noexcept {
  if (epochs < InflatedTime::kEpochsToForget) time_.Shrink(values_.span(), epochs);
  else std::fill_n(values_.data(), values_.size(), 0.0F);
}

}  // namespace spikeline
