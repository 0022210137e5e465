#include "augmentation.hpp"

#include <cmath>

namespace spikeline {

namespace {

constexpr double kOne = 65536.0;

std::int32_t Fixed(double value) noexcept { return static_cast<std::int32_t>(std::floor(value * kOne + 0.5)); }

bool UpTo(double value, double most) noexcept { return value >= 0 && value <= most; }

}  // namespace

Status AugmentParams::Check() const noexcept {
  const bool sound = UpTo(shift_px, 64) && UpTo(rotation_rad, 0.5) && UpTo(shear, 0.5) && UpTo(scale, 0.5) &&
                     UpTo(dropout, 0.95);
  return sound ? Status::kOk : Status::kBadParameter;
}

bool AugmentParams::MovesAnything() const noexcept {
  return shift_px > 0 || rotation_rad > 0 || shear > 0 || scale > 0 || dropout > 0;
}

Warp DrawWarp(const AugmentParams& params, std::uint32_t width, std::uint32_t height, std::uint32_t key) noexcept {
  Random random(key);
  const auto within = [&](double range) { return (2.0 * static_cast<double>(random.NextUnit()) - 1.0) * range; };
  const double shift_x = within(params.shift_px);
  const double shift_y = within(params.shift_px);
  const double angle = within(params.rotation_rad);
  const double slant = within(params.shear);
  const double wider = 1.0 + within(params.scale);
  const double taller = 1.0 + within(params.scale);
  // Taylor series: within 2e-6 up to 0.5, a ninth of the rounding below, and the same bits everywhere.
  const double square = angle * angle;
  const double sine = angle * (1.0 - square / 6.0 * (1.0 - square / 20.0));
  const double cosine = 1.0 - square / 2.0 * (1.0 - square / 12.0 * (1.0 - square / 30.0));
  const double xx = wider * cosine;
  const double xy = slant - taller * sine;
  const double yx = slant + wider * sine;
  const double yy = taller * cosine;
  const double centre_x = (static_cast<double>(width) - 1.0) / 2.0;
  const double centre_y = (static_cast<double>(height) - 1.0) / 2.0;
  return {.xx = Fixed(xx),
          .xy = Fixed(xy),
          .x0 = Fixed(centre_x - xx * centre_x - xy * centre_y + shift_x + 0.5),
          .yx = Fixed(yx),
          .yy = Fixed(yy),
          .y0 = Fixed(centre_y - yx * centre_x - yy * centre_y + shift_y + 0.5),
          .drop_below = static_cast<std::uint32_t>(params.dropout * kOne + 0.5),
          .random = random};
}

}  // namespace spikeline
