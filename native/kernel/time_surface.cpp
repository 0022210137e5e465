#include "time_surface.hpp"

#include <algorithm>

#include "exponential.hpp"

namespace spikeline {

namespace {

// Epochs: long enough to be rare, short enough that exp(16), squared and summed, is far from overflow.
constexpr double kEpochTaus = 16;
// After so many epochs the largest value is below the smallest that is kept.
constexpr std::uint32_t kEpochsToForget = 4;
// exp(−46) of a fresh event: without a trace in any sum; kept out because subnormal numbers are slow.
constexpr float kForgotten = 1e-20F;

std::uint32_t EpochUs(const SurfaceParams& p) noexcept { return static_cast<std::uint32_t>(kEpochTaus * p.tau_us); }

}  // namespace

TimeSurface::TimeSurface(const SurfaceParams& p) noexcept
    : row_stride_(p.width + std::size_t{2} * p.radius),
      plane_stride_(row_stride_ * (p.height + std::size_t{2} * p.radius)),
      epoch_us_(EpochUs(p)),
      shrink_(static_cast<float>(ExpNonPositive(-static_cast<double>(epoch_us_) / p.tau_us))),
      values_(kSurfacePolarities * plane_stride_),
      places_(p.inputs()),
      fine_(kFineMask + std::size_t{1}),
      coarse_((epoch_us_ >> kFineBits) + std::size_t{1}) {
  if (!ok()) return;
  const auto grown = [&](double us) { return static_cast<float>(1.0 / ExpNonPositive(-us / p.tau_us)); };
  for (std::size_t k = 0; k < fine_.size(); ++k) fine_[k] = grown(static_cast<double>(k));
  for (std::size_t k = 0; k < coarse_.size(); ++k) coarse_[k] = grown(static_cast<double>(k << kFineBits));
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
  base_us_ = 0;
}

// Moves the base on so that `since` lies within the epoch; returns the new one.
std::uint32_t TimeSurface::NextEpoch(std::uint32_t since) noexcept {
  const std::uint32_t epochs = since / epoch_us_;
  base_us_ += epochs * epoch_us_;
  if (epochs >= kEpochsToForget) {
    std::fill_n(values_.data(), values_.size(), 0.0F);
    return since % epoch_us_;
  }
  for (std::uint32_t k = 0; k < epochs; ++k) {
    for (float& value : values_.span()) {
      const float less = value * shrink_;
      value = less < kForgotten ? 0.0F : less;
    }
  }
  return since % epoch_us_;
}

}  // namespace spikeline
