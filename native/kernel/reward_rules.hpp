// How a reward moves the classes of a decision: reward-modulated STDP (after Mozafari et al. 2018), in which the neurons
// that decided learn from nothing but whether the decision was right.
//
// push_c says how much, and in which direction, the neuron that spoke for class c is changed:
//   winner      right: winner +1                              wrong: winner −1
//   runner-up   right: winner +1, second −1                   wrong: winner −1, second +runner_up_share
//   soft        right: winner +(1 − p_w), others −p_c         wrong: winner −p_w, others +p_w·p_c/(1 − p_w)
// p = softmax of the scores. Soft is the gradient of log p_w and of log(1 − p_w): what a wrong guess loses is shared by
// the others as far as they were believed in. After a right answer all other classes are known to be wrong, so that
// pushing the second down needs no more than the reward.
//
// Margin gate: winner and runner-up leave a right decision alone whose margin was at least `margin_gate`.
// If the right class is told as well, it takes the place of the second and of the shares: +1, or the gradient of log p.
// Recency gate: a class is pushed down only as far as it was seen of late: negative push_c times trace_c; traces fade by
// recency_keep a reward, and the class known to be there is set to 1. So one class after the other can be learned.
#pragma once

#include <cstdint>
#include <span>

#include "status.hpp"

namespace spikeline {

enum class RewardRule : std::uint8_t { kWinner = 0, kRunnerUp = 1, kSoft = 2 };
enum class Outcome : std::uint8_t { kWrong = 0, kRight = 1 };

inline constexpr std::uint32_t kNotTold = 0xffffffffU;

struct RuleParams {
  RewardRule rule = RewardRule::kRunnerUp;
  double margin_gate = 5;
  double runner_up_share = 0.5;
  double recency_keep = 0;  // 0: no gate

  [[nodiscard]] Status Check() const noexcept;
};

// What was believed when the decision fell.
struct Belief {
  std::span<const float> score;  // [classes]
  std::uint32_t best;
  std::uint32_t second;
  float margin;
};

// Fills push[classes]; `share`[classes] is scratch. `truth`: the class that was told, or kNotTold.
// Precondition: truth is the winner exactly if the outcome is right, or not told.
void PushClasses(const RuleParams& params, const Belief& belief, Outcome outcome, std::uint32_t truth,
                 std::span<double> share, std::span<float> push) noexcept;

// Fades the traces, notes the class that is known to be there, and weakens pushes down by them.
void GateByRecency(const RuleParams& params, const Belief& belief, Outcome outcome, std::uint32_t truth,
                   std::span<float> trace, std::span<float> push) noexcept;

}  // namespace spikeline
