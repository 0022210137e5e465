#include "reward_rules.hpp"

#include <algorithm>

#include "class_scores.hpp"
#include "exponential.hpp"

namespace spikeline {

namespace {

// The class with the highest score but one; of equal ones the lowest. Precondition: at least two classes.
std::uint32_t BestBut(std::uint32_t but, std::span<const float> score) noexcept {
  std::uint32_t best = but == 0 ? 1 : 0;
  for (std::uint32_t c = best + 1; c < score.size(); ++c) {
    if (c != but && score[c] > score[best]) best = c;
  }
  return best;
}

// The shares of all classes but one, as they would be without it: stable also where that one has nearly everything.
void SharesWithout(std::uint32_t without, std::span<const float> score, std::span<double> share) noexcept {
  const double highest = score[BestBut(without, score)];
  double sum = 0;
  for (std::uint32_t c = 0; c < score.size(); ++c) {
    share[c] = c == without ? 0.0 : ExpNonPositive(score[c] - highest);
    sum += share[c];
  }
  for (double& value : share) value /= sum;
}

void PushSoft(const Lesson& lesson, std::span<const float> score, std::span<double> share,
              std::span<float> push) noexcept {
  Softmax(score, share);
  if (lesson.known != kNotTold) {
    for (std::uint32_t c = 0; c < push.size(); ++c) {
      push[c] = static_cast<float>((c == lesson.known ? 1.0 : 0.0) - share[c]);
    }
    return;
  }
  const double lost = share[lesson.decided];
  SharesWithout(lesson.decided, score, share);
  for (std::uint32_t c = 0; c < push.size(); ++c) push[c] = static_cast<float>(lost * share[c]);
  push[lesson.decided] = static_cast<float>(-lost);
}

}  // namespace

Status RuleParams::Check() const noexcept {
  const bool sound = margin_gate >= 0 && margin_gate <= 1e12 && runner_up_share >= 0 && runner_up_share <= 1 &&
                     recency_penalty >= 0 && recency_penalty <= 1000 && fatigue >= 0 && fatigue <= 1000 &&
                     fatigue_kept >= 0 && fatigue_kept <= 1;
  return sound ? Status::kOk : Status::kBadParameter;
}

void FallBehind(const RuleParams& params, const Lesson& lesson, std::span<float> behind) noexcept {
  const auto penalty = static_cast<float>(params.recency_penalty);
  for (float& value : behind) value = std::min(value + penalty, kFurthestBehind);
  if (lesson.known != kNotTold) behind[lesson.known] = 0;
}

void Recover(const RuleParams& params, std::span<float> tired) noexcept {
  const auto kept = static_cast<float>(params.fatigue_kept);
  for (float& value : tired) value *= kept;
}

bool OnlyTires(const RuleParams& params, const Lesson& lesson, std::span<float> tired) noexcept {
  if (params.fatigue == 0 || lesson.known != kNotTold) return false;
  float& value = tired[lesson.decided];
  value = std::min(value + static_cast<float>(params.fatigue), kMostTired);
  return true;
}

void PushClasses(const RuleParams& params, const Lesson& lesson, std::span<const float> score, std::span<double> share,
                 std::span<float> push) noexcept {
  if (params.rule == RewardRule::kSoft) return PushSoft(lesson, score, share, push);
  std::fill(push.begin(), push.end(), 0.0F);
  const bool is_known = lesson.known != kNotTold;
  const std::uint32_t of = is_known ? lesson.known : lesson.decided;
  const std::uint32_t rival = BestBut(of, score);
  const float lead = score[of] - score[rival];
  if (is_known) {
    if (lead >= static_cast<float>(params.margin_gate)) return;
    push[of] = 1;
    if (params.rule == RewardRule::kRunnerUp || lesson.outcome == Outcome::kWrong) push[rival] = -1;
  } else if (lead >= 0) {
    push[of] = -1;
    if (params.rule == RewardRule::kRunnerUp) push[rival] = static_cast<float>(params.runner_up_share);
  }
}

}  // namespace spikeline
