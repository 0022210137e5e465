// How a reward moves the classes of a decision: reward-modulated STDP (after Mozafari et al. 2018), in which the neurons
// that decided learn from nothing but whether the decision was right.
//
// push_c says how much, and in which direction, the neuron that spoke for class c is changed. k: the class known to be
// there, which is the decided class d after a right decision; r: the class with the highest score but k, or but d
//   winner      right: k +1                    wrong: d −1
//   runner-up   right: k +1, r −1              wrong: d −1, r +runner_up_share
//   soft        right: k +(1 − p_k), c −p_c    wrong: d −p_d, c +p_d·p_c/(1 − p_d)        p = softmax of the scores
// Soft is the gradient of log p_d and of log(1 − p_d): what a wrong guess loses is shared by the others as far as they
// were believed in. After a right answer all other classes are known to be wrong, so that pushing one down needs no
// more than the reward. If the right class is told after a wrong answer, it is k: k +1 and r −1, or k +(1 − p_k), c −p_c.
//
// Margin gate: with winner and runner-up nothing moves where k leads r by at least `margin_gate`.
// Recency gate: for learning, not for deciding, the score of a class is lowered by `recency_penalty` for each reward
// since it was last known to be there. Classes compete only with what was there of late, as with a prior, and what was
// learned long ago is left alone: so one group of classes can be learned after another. It lives on known classes: a
// wrong decision for a class that was long gone moves nothing unless the right class is told.
// Fatigue: with it, a wrong decision whose right class was not told teaches nothing and lets no class fall behind. It
// tires its class instead: tired_d grows by `fatigue`, scores are lowered by it for deciding while learning, not for
// what is learned, and `fatigue_kept` of it is left after each decision. So other classes come to be tried until one is
// right, and what is learned is learned of known classes alone.
#pragma once

#include <cstdint>
#include <span>

#include "status.hpp"

namespace spikeline {

enum class RewardRule : std::uint8_t { kWinner = 0, kRunnerUp = 1, kSoft = 2 };
enum class Outcome : std::uint8_t { kWrong = 0, kRight = 1 };

inline constexpr std::uint32_t kNotTold = 0xffffffffU;
// exp(−1000) is nothing: further back there is no difference.
inline constexpr float kFurthestBehind = 1000.0F;
inline constexpr float kMostTired = 1000.0F;

struct RuleParams {
  RewardRule rule = RewardRule::kRunnerUp;
  double margin_gate = 5;
  double runner_up_share = 0.5;
  double recency_penalty = 0;
  double fatigue = 0;  // 0: never tired
  double fatigue_kept = 0.99;

  [[nodiscard]] Status Check() const noexcept;
};

// What a reward says of a decision.
struct Lesson {
  std::uint32_t decided;
  Outcome outcome;
  std::uint32_t known;  // `decided` if the outcome is right, else the class that was told or kNotTold
};

// One reward further: all classes fall behind by the penalty, but the known one, which catches up.
void FallBehind(const RuleParams& params, const Lesson& lesson, std::span<float> behind) noexcept;

// One decision further: all classes recover.
void Recover(const RuleParams& params, std::span<float> tired) noexcept;

// True if the lesson only tires the decided class, which is done then.
[[nodiscard]] bool OnlyTires(const RuleParams& params, const Lesson& lesson, std::span<float> tired) noexcept;

// Fills push[classes] from score[classes]; `share`[classes] is scratch.
void PushClasses(const RuleParams& params, const Lesson& lesson, std::span<const float> score, std::span<double> share,
                 std::span<float> push) noexcept;

}  // namespace spikeline
