#include "wave_layer_params.hpp"

namespace spikeline {

Status WaveLayerParams::Check() const noexcept {
  const bool sides = width > 0 && width <= kMostLayerSide && height > 0 && height <= kMostLayerSide;
  const bool pools = pool > 0 && pool <= kMostLayerSide && pool_stride > 0 && pool_stride <= pool;
  const bool windows = window > 0 && window <= kMostWindow && pad < window;
  if (!sides || !pools || !windows) return Status::kBadSize;
  if (cells_x() + 2 * pad < window || cells_y() + 2 * pad < window) return Status::kBadSize;
  const bool counted = maps > 0 && maps <= kMostLayerMaps && channels > 0 && channels <= kMostLayerMaps &&
                       threshold_count > 0 && threshold_count <= kMostThresholds && first_only <= 1;
  // A feature is said in 16 bits: 1024 maps and four thresholds fit.
  if (!counted || taps() * stride() > kMostLayerWeights || positions() * stride() > kMostPotentials) {
    return Status::kBadSize;
  }
  double last = 1;
  for (std::uint32_t t = 0; t < threshold_count; ++t) {
    if (!(thresholds[t] >= last && thresholds[t] <= static_cast<double>(kMostLayerTheta))) return Status::kBadParameter;
    last = thresholds[t];
  }
  return Sound(kMostLayerMaps, static_cast<double>(kMostLayerTheta)) ? Status::kOk : Status::kBadParameter;
}

}  // namespace spikeline
