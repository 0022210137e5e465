#include "class_scores.hpp"

#include <algorithm>

#include "exponential.hpp"

namespace spikeline {

BestTwo FindBestTwo(std::span<const float> score) noexcept {
  std::uint32_t best = score[1] > score[0] ? 1 : 0;
  std::uint32_t second = 1 - best;
  for (std::uint32_t c = 2; c < score.size(); ++c) {
    if (score[c] > score[best]) {
      second = best;
      best = c;
    } else if (score[c] > score[second]) {
      second = c;
    }
  }
  return {.best = best, .second = second, .margin = score[best] - score[second]};
}

void Softmax(std::span<const float> score, std::span<double> share) noexcept {
  const double highest = *std::max_element(score.begin(), score.end());
  double sum = 0;
  for (std::size_t c = 0; c < score.size(); ++c) {
    share[c] = ExpNonPositive(score[c] - highest);
    sum += share[c];
  }
  for (double& value : share) value /= sum;
}

}  // namespace spikeline
