#include "kernel/reward_rules.hpp"

#include <array>
#include <cmath>

#include "kernel/class_scores.hpp"
#include "tests.hpp"

namespace spikeline::test {

namespace {

using Four = std::array<float, 4>;

Four Push(const RuleParams& params, const Four& score, Outcome outcome, std::uint32_t truth) {
  const std::uint32_t decided = FindBestTwo(score).best;
  std::array<double, 4> share{};
  Four push{};
  PushClasses(params, {.decided = decided, .outcome = outcome, .known = outcome == Outcome::kRight ? decided : truth},
              score, share, push);
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
  t.Test("classes fall behind with each reward in which they are not known to be there", [&] {
    const RuleParams p{.recency_penalty = 2};
    Four behind{0, 3, 999, 0};
    FallBehind(p, {.decided = 1, .outcome = Outcome::kRight, .known = 1}, behind);
    t.Expect(behind == Four{2, 0, 1000, 2}, "all but the known, up to the furthest");
    FallBehind(p, {.decided = 1, .outcome = Outcome::kWrong, .known = kNotTold}, behind);
    t.Expect(behind == Four{4, 2, 1000, 4}, "nothing is known after a wrong decision");
    FallBehind({}, {.decided = 1, .outcome = Outcome::kRight, .known = 3}, behind);
    t.Expect(behind == Four{4, 2, 1000, 0}, "no penalty");
  });
  t.Test("a decided class that fell behind is left alone, and the known one competes with the recent", [&] {
    // Class 1 decided by a score of 3, but lags 6 behind for learning.
    const Four gated{0, -3, 2, -1};
    const auto push = [&](RewardRule rule, std::uint32_t known) {
      std::array<double, 4> share{};
      Four out{};
      PushClasses({.rule = rule, .margin_gate = 5}, {.decided = 1, .outcome = Outcome::kWrong, .known = known}, gated,
                  share, out);
      return out;
    };
    t.Expect(push(RewardRule::kRunnerUp, kNotTold) == Four{}, "left alone");
    t.Expect(push(RewardRule::kRunnerUp, 0) == Four{1, 0, -1, 0}, "0 against 2, not against 1");
    t.Expect(push(RewardRule::kSoft, kNotTold)[1] > -0.01F, "softly");
  });
}

}  // namespace spikeline::test
