#include "kernel/reward_rules.hpp"

#include <array>
#include <cmath>

#include "kernel/class_scores.hpp"
#include "tests.hpp"

namespace spikeline::test {

namespace {

using Four = std::array<float, 4>;

Four Push(const RuleParams& params, const Four& score, Outcome outcome, std::uint32_t truth) {
  const BestTwo two = FindBestTwo(score);
  std::array<double, 4> share{};
  Four push{};
  PushClasses(params, {.score = score, .best = two.best, .second = two.second, .margin = two.margin}, outcome, truth,
              share, push);
  return push;
}

double Sum(const Four& push) {
  double sum = 0;
  for (const float p : push) sum += static_cast<double>(p);
  return sum;
}

}  // namespace

void TestRewardRules(Checks& t) {
  const Four score{0, 3, 2, -1};  // class 1 before class 2, margin 1
  t.Test("the winner's rule moves the winner alone, unless the right class is told", [&] {
    const RuleParams p{.rule = RewardRule::kWinner, .margin_gate = 5};
    t.Expect(Push(p, score, Outcome::kRight, kNotTold) == Four{0, 1, 0, 0}, "right");
    t.Expect(Push(p, score, Outcome::kWrong, kNotTold) == Four{0, -1, 0, 0}, "wrong");
    t.Expect(Push(p, score, Outcome::kWrong, 3) == Four{0, -1, 0, 1}, "told");
  });
  t.Test("the runner-up is pushed down by a right decision and up a little by a wrong one", [&] {
    const RuleParams p{.rule = RewardRule::kRunnerUp, .margin_gate = 5, .runner_up_share = 0.25};
    t.Expect(Push(p, score, Outcome::kRight, kNotTold) == Four{0, 1, -1, 0}, "right");
    t.Expect(Push(p, score, Outcome::kRight, 1) == Four{0, 1, -1, 0}, "right and told");
    t.Expect(Push(p, score, Outcome::kWrong, kNotTold) == Four{0, -1, 0.25F, 0}, "wrong");
    t.Expect(Push(p, score, Outcome::kWrong, 0) == Four{1, -1, 0, 0}, "told");
  });
  t.Test("a margin as large as the gate ends learning from right decisions, not from wrong ones", [&] {
    const RuleParams p{.rule = RewardRule::kRunnerUp, .margin_gate = 1};
    t.Expect(Push(p, score, Outcome::kRight, kNotTold) == Four{}, "right");
    t.Expect(Push(p, score, Outcome::kWrong, kNotTold)[1] == -1, "wrong");
  });
  t.Test("soft sharing takes from one class what it gives to the others, most to the most believed", [&] {
    const RuleParams p{.rule = RewardRule::kSoft};
    for (const Outcome outcome : {Outcome::kRight, Outcome::kWrong}) {
      const Four push = Push(p, score, outcome, kNotTold);
      t.Expect(std::abs(Sum(push)) < 1e-6, "sum 0");
      const float sign = outcome == Outcome::kRight ? 1.0F : -1.0F;
      t.Expect(sign * push[1] > 0 && sign * push[2] < sign * push[0] && sign * push[0] < sign * push[3], "order");
    }
  });
  t.Test("soft sharing is the gradient of what the reward says of the winner", [&] {
    const RuleParams p{.rule = RewardRule::kSoft};
    const auto log_likelihood = [](const Four& s, Outcome outcome) {
      double sum = 0;
      for (const float v : s) sum += std::exp(static_cast<double>(v));
      const double share = std::exp(static_cast<double>(s[1])) / sum;
      return std::log(outcome == Outcome::kRight ? share : 1 - share);
    };
    for (const Outcome outcome : {Outcome::kRight, Outcome::kWrong}) {
      const Four push = Push(p, score, outcome, kNotTold);
      for (std::size_t c = 0; c < 4; ++c) {
        Four up = score;
        Four down = score;
        up[c] += 0.03125F;
        down[c] -= 0.03125F;
        const double slope = (log_likelihood(up, outcome) - log_likelihood(down, outcome)) / 0.0625;
        t.Expect(std::abs(slope - static_cast<double>(push[c])) < 1e-3, "slope");
      }
    }
  });
  t.Test("soft sharing bears a winner that has everything", [&] {
    const Four push = Push({.rule = RewardRule::kSoft}, {0, 2000, -2000, 0}, Outcome::kWrong, kNotTold);
    t.Expect(push == Four{0.5F, -1, 0, 0.5F}, "shared by the others");
  });
  t.Test("recency holds back what pushes down classes not seen of late", [&] {
    const RuleParams p{.rule = RewardRule::kRunnerUp, .margin_gate = 5, .recency_keep = 0.5};
    const BestTwo two = FindBestTwo(score);
    const Belief belief{.score = score, .best = two.best, .second = two.second, .margin = two.margin};
    Four trace{1, 0.5F, 0.25F, 0};
    Four push{0, 1, -1, 0};
    GateByRecency(p, belief, Outcome::kRight, kNotTold, trace, push);
    t.Expect(trace == Four{0.5F, 1, 0.125F, 0} && push == Four{0, 1, -0.125F, 0}, "after a right decision");
    push = {0, -1, 0.5F, 0};
    GateByRecency(p, belief, Outcome::kWrong, kNotTold, trace, push);
    t.Expect(trace == Four{0.25F, 0.5F, 0.0625F, 0} && push == Four{0, -0.5F, 0.5F, 0}, "after a wrong one");
    GateByRecency(p, belief, Outcome::kWrong, 3, trace, push);
    t.Expect(trace[3] == 1, "the class that was told is there");
  });
}

}  // namespace spikeline::test
