// What the scores of classes say: the best and the second, and shares that sum to 1.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace spikeline {

struct BestTwo {
  std::uint32_t best;
  std::uint32_t second;
  float margin;  // score of the best less that of the second, >= 0
};

// Of equal scores the lower class comes first. Precondition: at least two classes, no NaN.
[[nodiscard]] BestTwo FindBestTwo(std::span<const float> score) noexcept;

// share_c = exp(score_c − highest) / Σ, summed in the order of the classes. Same size, one class or more.
void Softmax(std::span<const float> score, std::span<double> share) noexcept;

}  // namespace spikeline
