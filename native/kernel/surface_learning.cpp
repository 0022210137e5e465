// The learning of SurfaceNetwork: who answers a surface, and how the winner moves towards it.
#include <algorithm>
#include <cmath>

#include "surface_network.hpp"

namespace spikeline {

std::uint32_t SurfaceNetwork::LearnSurface(const float* window) noexcept {
  const float length = Measure(window);
  ++events_;
  const SurfaceMatch nearest = match_(Prototypes(), window);
  const bool is_new = used_ == 0 || nearest.value < static_cast<float>(params_.vigilance) * length;
  if (used_ < params_.prototypes && is_new) {
    Recruit(used_);
    return used_++;
  }
  Move(nearest.prototype, std::min(nearest.value / length, 1.0F));
  return nearest.prototype;
}

// Copies the window, divided by its length, into `seen_`; returns the length. Summed as the kernels sum.
float SurfaceNetwork::Measure(const float* window) noexcept {
  const std::size_t side = params_.side();
  float sum[4] = {};
  std::size_t tap = 0;
  for (std::size_t plane = 0; plane < params_.planes; ++plane) {
    for (std::size_t row = 0; row < side; ++row) {
      const float* values = window + plane * surface_.plane_stride() + row * surface_.row_stride();
      for (std::size_t k = 0; k < side; ++k, ++tap) {
        seen_[tap] = values[k];
        sum[k % 4] += values[k] * values[k];
      }
    }
  }
  const float length = std::sqrt((sum[0] + sum[1]) + (sum[2] + sum[3]));
  const float scale = 1.0F / length;
  for (float& value : seen_.span()) value *= scale;
  return length;
}

void SurfaceNetwork::Recruit(std::uint32_t prototype) noexcept {
  for (std::size_t tap = 0; tap < seen_.size(); ++tap) {
    weights_[tap * stride_ + prototype] = std::min(seen_[tap], 1.0F);
  }
  wins_[prototype] = 1;
}

// Both have length 1, so the length of what lies between them follows from their similarity.
void SurfaceNetwork::Move(std::uint32_t prototype, float similarity) noexcept {
  std::uint32_t& wins = wins_[prototype];
  const float a = std::max(static_cast<float>(params_.rate), 1.0F / static_cast<float>(wins + 1.0));
  if (wins < UINT32_MAX) ++wins;
  const float rest = 1.0F - a;
  const float square = (rest * rest + a * a) + 2.0F * (a * rest) * similarity;
  const float scale = 1.0F / std::sqrt(square);
  const float keep = rest * scale;
  const float take = a * scale;
  float* weight = weights_.data() + prototype;
  for (std::size_t tap = 0; tap < seen_.size(); ++tap, weight += stride_) {
    *weight = std::min(keep * *weight + take * seen_[tap], 1.0F);
  }
}

}  // namespace spikeline
