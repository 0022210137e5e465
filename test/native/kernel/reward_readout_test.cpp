#include "kernel/reward_readout.hpp"

#include <cmath>
#include <vector>

#include "feature_world.hpp"
#include "tests.hpp"

namespace spikeline::test {

namespace {

RewardParams Params() {
  return {.pool = {.features = 5, .width = 9, .height = 8, .grid = 3}, .augment = {}, .rate = {.first = 0.02, .last = 0.02},
          .rule = {.margin_gate = 3}, .classes = 5, .neurons_per_class = 3, .seed = 3, .memory = 3};
}

struct Copy {
  explicit Copy(const RewardParams& p)
      : weights(p.pool.Inputs() * p.classes * p.neurons_per_class), behind(p.classes), tired(p.rule.fatigue > 0 ? p.classes : 0) {}
  RewardState View() { return {weights, behind, tired, counters}; }
  bool operator==(const Copy&) const = default;
  std::vector<float> weights, behind, tired;
  std::vector<std::uint32_t> counters = std::vector<std::uint32_t>(4);
};

std::unique_ptr<RewardReadout> Make(const RewardParams& p) {
  std::unique_ptr<RewardReadout> made;
  return RewardReadout::Create(p, made) == Status::kOk ? std::move(made) : nullptr;
}

Copy StateOf(RewardReadout& readout) {
  Copy state(readout.params());
  (void)readout.ReadState(state.View());
  return state;
}

FeatureBatch OneFrame(const FeatureBatch& batch, std::size_t f) {
  FeatureBatch one;
  for (std::size_t k = batch.start[f]; k < batch.start[f + 1]; ++k) one.Spike(batch.feature[k], batch.x[k], batch.y[k]);
  one.EndFrame(batch.label[f]);
  return one;
}

}  // namespace

void TestRewardReadout(Checks& t) {
  t.Test("every rule tells classes apart, by reward alone or told the right class", [&] {
    for (const RewardRule rule : {RewardRule::kWinner, RewardRule::kRunnerUp, RewardRule::kSoft}) {
      RewardParams p = Params();
      p.rule.rule = rule;
      for (const Told told : {Told::kReward, Told::kClass}) {
        auto readout = Make(p);
        const FeatureBatch lesson = DrawFeatures(p.pool, p.classes, 400, 30, 1);
        std::uint32_t right = 0;
        for (int pass = 0; pass < 8; ++pass) {
          t.Expect(readout->Learn(lesson.View(), lesson.label, InTurn(400), told, right) == Status::kOk, "learns");
        }
        t.Expect(right > (rule == RewardRule::kWinner ? 320U : 390U), "right ones of 400");
      }
    }
  });
  t.Test("live and in a batch, the same frames and rewards give the same weights", [&] {
    const RewardParams p = Params();
    const FeatureBatch lesson = DrawFeatures(p.pool, p.classes, 40, 30, 1);
    auto batch = Make(p);
    auto live = Make(p);
    std::uint32_t right = 0;
    t.Expect(batch->Learn(lesson.View(), lesson.label, InTurn(40), Told::kReward, right) == Status::kOk, "learns");
    std::vector<float> share(p.classes);
    std::uint32_t live_right = 0;
    for (std::size_t f = 0; f < 40; ++f) {
      Decision decision{};
      t.Expect(live->Present(OneFrame(lesson, f).View(), share, decision) == Status::kOk, "decides");
      const bool is_right = decision.label == lesson.label[f];
      live_right += is_right ? 1 : 0;
      t.Expect(live->Reward(decision.id, is_right ? Outcome::kRight : Outcome::kWrong, kNotTold) == Status::kOk, "learns");
    }
    t.Expect(right == live_right && StateOf(*batch) == StateOf(*live), "the same");
  });
  t.Test("presenting teaches nothing, and only a decision that waits is rewarded", [&] {
    const RewardParams p = Params();
    auto readout = Make(p);
    const Copy before = StateOf(*readout);
    const FeatureBatch lesson = DrawFeatures(p.pool, p.classes, 5, 30, 1);
    std::vector<float> share(p.classes);
    Decision decision{};
    for (std::size_t f = 0; f < 5; ++f) {
      t.Expect(readout->Present(OneFrame(lesson, f).View(), share, decision) == Status::kOk, "decides");
      t.Expect(decision.id == f + 1 && decision.neuron / 3 == decision.label, "counted");
    }
    t.Expect(StateOf(*readout).weights == before.weights, "nothing learned");
    for (const std::uint64_t id : {0U, 1U, 2U, 6U}) {
      t.Expect(readout->Reward(id, Outcome::kRight, kNotTold) == Status::kUnknownDecision, "too old or not yet");
    }
    t.Expect(readout->Reward(3, Outcome::kWrong, kNotTold) == Status::kOk, "the oldest that waits");
    t.Expect(readout->Reward(3, Outcome::kWrong, kNotTold) == Status::kUnknownDecision, "once");
    t.Expect(readout->Reward(5, Outcome::kWrong, decision.label) == Status::kBadParameter, "contradiction");
    t.Expect(readout->Reward(5, Outcome::kRight, (decision.label + 1) % 5) == Status::kBadParameter, "contradiction");
  });
  t.Test("with fatigue a wrong guess moves no weight, and every class comes to be tried until one is right", [&] {
    RewardParams p = Params();
    p.rule = {.rule = RewardRule::kSoft, .recency_penalty = 0.5, .fatigue = 2, .fatigue_kept = 0.99};
    auto readout = Make(p);
    const Copy before = StateOf(*readout);
    const FeatureBatch one = OneFrame(DrawFeatures(p.pool, p.classes, 1, 30, 1), 0);
    std::vector<float> share(p.classes);
    std::vector<bool> tried(p.classes);
    Decision decision{};
    for (std::uint32_t guess = 0; guess < p.classes; ++guess) {
      t.Expect(readout->Present(one.View(), share, decision) == Status::kOk && !tried[decision.label], "another class");
      tried[decision.label] = true;
      t.Expect(readout->Reward(decision.id, Outcome::kWrong, kNotTold) == Status::kOk, "tires");
    }
    const Copy after = StateOf(*readout);
    t.Expect(after.weights == before.weights && after.behind == before.behind && after.tired != before.tired, "only tires");
    t.Expect(readout->Present(one.View(), share, decision) == Status::kOk, "decides");
    t.Expect(readout->Reward(decision.id, Outcome::kRight, kNotTold) == Status::kOk, "learns");
    t.Expect(StateOf(*readout).weights != before.weights && StateOf(*readout).behind != before.behind, "learns");
  });
  t.Test("weights stay within their bound at any rate, and can leave it again", [&] {
    RewardParams p = Params();
    p.rate = {.first = 1, .last = 1};
    p.pool.value = PoolValue::kCount;
    p.rule.margin_gate = 1e9;
    auto readout = Make(p);
    const FeatureBatch lesson = DrawFeatures(p.pool, p.classes, 100, 60, 1);
    FeatureBatch other = lesson;
    for (std::uint16_t& label : other.label) label = static_cast<std::uint16_t>((label + 1) % 5);
    std::uint32_t right = 0;
    t.Expect(readout->Learn(lesson.View(), lesson.label, InTurn(100), Told::kClass, right) == Status::kOk, "learns");
    const Copy high = StateOf(*readout);
    t.Expect(readout->Learn(other.View(), other.label, InTurn(100), Told::kClass, right) == Status::kOk, "learns");
    const Copy after = StateOf(*readout);
    std::size_t left = 0;
    for (std::size_t k = 0; k < high.weights.size(); ++k) {
      t.Expect(std::abs(high.weights[k]) <= kMostWeight && std::abs(after.weights[k]) <= kMostWeight, "bound");
      left += high.weights[k] == kMostWeight && after.weights[k] < 0 ? 1 : 0;
    }
    t.Expect(left > 0, "some came back from the bound");
  });
}

}  // namespace spikeline::test
