#include "wave_params.hpp"

#include <algorithm>

namespace spikeline {

namespace {

constexpr std::uint32_t kMostSide = 4096;
constexpr std::uint32_t kMostPixels = 1U << 21;  // 1920 × 1080; four thresholds on them take 100 MB
constexpr std::uint32_t kMostPool = 16;
constexpr double kMostSigma = 8;
constexpr double kMostThreshold = 255;
constexpr std::uint32_t kMostUseLevels = 63;
constexpr std::uint32_t kMostLearningLevels = 1024;

bool Between(double x, double low, double high) noexcept { return x >= low && x <= high; }

}  // namespace

std::uint32_t WaveParams::UseLevels() const noexcept {
  return std::min(kMostUseLevels, static_cast<std::uint32_t>(255.0 / thresholds[threshold_count - 1]));
}

std::uint32_t WaveParams::LearningLevels() const noexcept {
  // Homeostasis may lift a threshold; half of the range is left for that.
  return std::min(kMostLearningLevels, static_cast<std::uint32_t>(32767.0 / learning_threshold));
}

bool WaveParams::HasSoundGabor() const noexcept {
  if (orientations == 0) return true;
  return orientations <= kMostOrientations && gabor_size % 2 == 1 && gabor_size >= 3 && gabor_size <= kMostGabor &&
         gabor_pool > 0 && gabor_pool <= std::min({width, height, kMostPool}) && gabor_stride > 0 &&
         gabor_stride <= gabor_pool && inhibition_count <= kMostInhibition;
}

Status WaveParams::Check() const noexcept {
  const bool sides = width > 0 && width <= kMostSide && height > 0 && height <= kMostSide &&
                     width * height <= kMostPixels;
  const bool windows = window > 0 && window <= kMostWindow && pad < window;
  if (!sides || !windows || !HasSoundGabor()) return Status::kBadSize;
  if (wave_width() + 2 * pad < window || wave_height() + 2 * pad < window) return Status::kBadSize;
  const bool counted = maps > 0 && maps <= kMostMaps && max_spikes > 0 && max_spikes <= kMostInputSpikes &&
                       latency_bins <= kMostLatencyBins && cell > 0 && cell <= kMostSide && threshold_count > 0 &&
                       threshold_count <= kMostThresholds;
  if (!counted) return Status::kBadSize;
  double last = 1;
  for (std::uint32_t t = 0; t < threshold_count; ++t) {
    if (!Between(thresholds[t], last, kMostThreshold)) return Status::kBadParameter;
    last = thresholds[t];
  }
  const bool dog = Between(sigma_centre, 0.1, kMostSigma) && Between(sigma_surround, 0.1, kMostSigma) &&
                   Between(contrast, 1e-6, 1);
  const bool shares = std::all_of(inhibition.begin(), inhibition.end(), [](double share) { return Between(share, 0, 1); });
  return dog && shares && Sound(kMostMaps, kMostThreshold) ? Status::kOk : Status::kBadParameter;
}

}  // namespace spikeline
