#include "reward_rules.hpp"

#include <algorithm>

#include "class_scores.hpp"
#include "exponential.hpp"

namespace spikeline {

namespace {

// The shares of all but one class, as they would be without it: stable also where that one has nearly everything.
void SharesWithout(std::uint32_t without, std::span<const float> score, std::uint32_t highest,
                   std::span<double> share) noexcept {
  double sum = 0;
  for (std::uint32_t c = 0; c < score.size(); ++c) {
    const double below = static_cast<double>(score[c]) - static_cast<double>(score[highest]);
    share[c] = c == without ? 0.0 : ExpNonPositive(below);
    sum += share[c];
  }
  for (double& value : share) value /= sum;
}

void PushSoft(const Belief& belief, std::uint32_t known, std::span<double> share, std::span<float> push) noexcept {
  Softmax(belief.score, share);
  if (known != kNotTold) {
    for (std::uint32_t c = 0; c < push.size(); ++c) push[c] = static_cast<float>((c == known ? 1.0 : 0.0) - share[c]);
    return;
  }
  const double lost = share[belief.best];
  SharesWithout(belief.best, belief.score, belief.second, share);
  for (std::uint32_t c = 0; c < push.size(); ++c) push[c] = static_cast<float>(lost * share[c]);
  push[belief.best] = static_cast<float>(-lost);
}

}  // namespace

Status RuleParams::Check() const noexcept {
  const bool sound = margin_gate >= 0 && margin_gate <= 1e12 && runner_up_share >= 0 && runner_up_share <= 1 &&
                     recency_keep >= 0 && recency_keep <= 1;
  return sound ? Status::kOk : Status::kBadParameter;
}

void PushClasses(const RuleParams& params, const Belief& belief, Outcome outcome, std::uint32_t truth,
                 std::span<double> share, std::span<float> push) noexcept {
  const bool right = outcome == Outcome::kRight;
  if (params.rule == RewardRule::kSoft) return PushSoft(belief, right ? belief.best : truth, share, push);
  std::fill(push.begin(), push.end(), 0.0F);
  if (right && belief.margin >= static_cast<float>(params.margin_gate)) return;
  push[belief.best] = right ? 1.0F : -1.0F;
  if (!right && truth != kNotTold) push[truth] = 1.0F;
  else if (params.rule == RewardRule::kRunnerUp) {
    push[belief.second] = right ? -1.0F : static_cast<float>(params.runner_up_share);
  }
}

void GateByRecency(const RuleParams& params, const Belief& belief, Outcome outcome, std::uint32_t truth,
                   std::span<float> trace, std::span<float> push) noexcept {
  if (params.recency_keep == 0) return;
  const std::uint32_t known = outcome == Outcome::kRight ? belief.best : truth;
  const auto keep = static_cast<float>(params.recency_keep);
  for (float& value : trace) value *= keep;
  if (known != kNotTold) trace[known] = 1.0F;
  for (std::size_t c = 0; c < push.size(); ++c) {
    if (push[c] < 0) push[c] *= trace[c];
  }
}

}  // namespace spikeline
