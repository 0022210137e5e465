#include "surface_params.hpp"

namespace spikeline {

namespace {

bool Between(double x, double low, double high) noexcept { return x >= low && x <= high; }
bool Whole(std::uint32_t x, std::uint32_t low, std::uint32_t high) noexcept { return x >= low && x <= high; }

constexpr double kLeastTauUs = 100;
constexpr double kMostTauUs = 10e6;  // the tables of the decay then take 600 kB

}  // namespace

Status SurfaceParams::Check() const noexcept {
  const bool sizes = Whole(width, 1, kMostSurfaceSide) && Whole(height, 1, kMostSurfaceSide) &&
                     Whole(prototypes, 1, kMostPrototypes) && Whole(radius, 1, kMostSurfaceRadius) &&
                     Whole(planes, 1, kSurfacePolarities) && Whole(bins, 1, kMostBins);
  if (!sizes) return Status::kBadSize;
  const bool sound = Between(tau_us, kLeastTauUs, kMostTauUs) && bin_us > 0 && centre <= 1 && Between(vigilance, 0, 1) &&
                     Between(rate, 0, 1);
  return sound ? Status::kOk : Status::kBadParameter;
}

}  // namespace spikeline
