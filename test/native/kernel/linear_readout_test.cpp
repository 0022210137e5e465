#include "kernel/linear_readout.hpp"

#include <vector>

#include "feature_world.hpp"
#include "tests.hpp"

namespace spikeline::test {

namespace {

LinearParams Params() {
  return {.pool = {.features = 5, .width = 9, .height = 8, .grid = 3}, .augment = {}, .rate = {.first = 0.05, .last = 0.05},
          .classes = 5, .seed = 3};
}

struct Copy {
  explicit Copy(const LinearParams& p)
      : weights(p.pool.Inputs() * p.classes), bias(p.classes), mean(weights.size()), mean_bias(p.classes) {}
  LinearState View() { return {weights, bias, mean, mean_bias, counters}; }
  std::vector<float> weights, bias, mean, mean_bias;
  std::vector<std::uint32_t> counters = std::vector<std::uint32_t>(4);
};

std::unique_ptr<LinearReadout> Make(const LinearParams& p) {
  std::unique_ptr<LinearReadout> made;
  return LinearReadout::Create(p, made) == Status::kOk ? std::move(made) : nullptr;
}

std::size_t Right(LinearReadout& readout, const FeatureBatch& batch) {
  std::vector<std::uint16_t> label(batch.label.size());
  if (readout.Judge(batch.View(), {.label = label, .margin = {}, .share = {}}) != Status::kOk) return 0;
  std::size_t right = 0;
  for (std::size_t f = 0; f < label.size(); ++f) right += label[f] == batch.label[f] ? 1 : 0;
  return right;
}

}  // namespace

void TestLinearReadout(Checks& t) {
  t.Test("one step moves the weights along the gradient", [&] {
    LinearParams p = Params();
    p.pool = {.features = 1, .width = 2, .height = 2, .grid = 1};
    p.classes = 2;
    auto readout = Make(p);
    FeatureBatch batch;
    for (int k = 0; k < 4; ++k) batch.Spike(0, 0, 0);  // value √4 = 2
    batch.EndFrame(1);
    std::uint32_t right = 9;
    t.Expect(readout->Learn(batch.View(), batch.label, InTurn(1), right) == Status::kOk && right == 0, "ties are class 0");
    Copy state(p);
    t.Expect(readout->ReadState(state.View()) == Status::kOk, "state");
    const auto half = static_cast<float>(0.05 * 0.5);
    t.Expect(state.weights == std::vector<float>{-2 * half, 2 * half}, "weights: rate · (t − 1/2) · 2");
    t.Expect(state.bias == std::vector<float>{-half, half} && state.counters[0] == 1, "bias and count");
  });
  t.Test("a step of several frames judges all by the same weights", [&] {
    LinearParams p = Params();
    p.batch = 2;
    auto readout = Make(p);
    FeatureBatch same = DrawFeatures(p.pool, 1, 1, 20, 4);
    FeatureBatch twice = same;
    for (std::size_t k = 0; k < 20; ++k) twice.Spike(same.feature[k], same.x[k], same.y[k]);
    twice.EndFrame(same.label[0]);
    std::uint32_t right = 0;
    t.Expect(readout->Learn(twice.View(), twice.label, InTurn(2), right) == Status::kOk, "learns");
    p.batch = 1;
    auto single = Make(p);
    t.Expect(single->Learn(same.View(), same.label, InTurn(1), right) == Status::kOk, "learns");
    Copy a(p);
    Copy b(p);
    t.Expect(readout->ReadState(a.View()) == Status::kOk && single->ReadState(b.View()) == Status::kOk, "states");
    t.Expect(a.weights == b.weights, "two halves of the same step are that step");
  });
  t.Test("it tells classes apart, moved or not, and its mean does too", [&] {
    LinearParams p = Params();
    p.augment = {.shift_px = 1, .rotation_rad = 0.1, .shear = 0.1, .scale = 0.1, .dropout = 0.2};
    auto readout = Make(p);
    const FeatureBatch lesson = DrawFeatures(p.pool, p.classes, 400, 30, 1);
    const FeatureBatch fresh = DrawFeatures(p.pool, p.classes, 400, 30, 2);
    std::uint32_t right = 0;
    for (int pass = 0; pass < 6; ++pass) {
      t.Expect(readout->Learn(lesson.View(), lesson.label, InTurn(400), right) == Status::kOk, "learns");
      if (pass >= 3) readout->KeepMean();
    }
    t.Expect(right > 360, "on what it learned");
    t.Expect(Right(*readout, fresh) > 360, "on fresh frames");
    readout->UseMean();
    t.Expect(Right(*readout, fresh) > 360, "by the mean");
  });
  t.Test("a margin that is never reached takes all spikes, one of nothing takes the first", [&] {
    const LinearParams p = Params();
    auto readout = Make(p);
    const FeatureBatch lesson = DrawFeatures(p.pool, p.classes, 50, 30, 1);
    std::uint32_t right = 0;
    t.Expect(readout->Learn(lesson.View(), lesson.label, InTurn(50), right) == Status::kOk, "learns");
    std::vector<std::uint16_t> label(50);
    std::vector<std::uint32_t> spikes(50);
    t.Expect(readout->JudgeEarly(lesson.View(), 1e9, {.label = label, .spikes = spikes}) == Status::kOk, "judges");
    for (const std::uint32_t n : spikes) t.Expect(n == 30, "all");
    t.Expect(readout->JudgeEarly(lesson.View(), 0, {.label = label, .spikes = spikes}) == Status::kOk, "judges");
    for (const std::uint32_t n : spikes) t.Expect(n == 1, "one");
    LinearParams normed = p;
    normed.pool.norm = Norm::kL2;
    t.Expect(Make(normed)->JudgeEarly(lesson.View(), 1, {.label = label, .spikes = spikes}) == Status::kBadParameter,
             "a length is known only at the end");
  });
  t.Test("arrays that another writes into while they are read cost answers, not memory", [&] {
    // As if the checks had passed and then everything changed: frames and places are looked at again where used.
    const LinearParams p = Params();
    auto readout = Make(p);
    FeatureBatch batch = DrawFeatures(p.pool, p.classes, 4, 30, 1);
    std::span<std::uint16_t> over(reinterpret_cast<std::uint16_t*>(batch.start.data()), batch.start.size() * 2);
    t.Expect(readout->Judge(batch.View(), {.label = over.first(4), .margin = {}, .share = {}}) == Status::kOk, "judged");
    batch = DrawFeatures(p.pool, p.classes, 4, 30, 1);
    std::span<std::uint32_t> spikes(batch.start.data() + 1, 4);
    std::vector<std::uint16_t> label(4);
    t.Expect(readout->JudgeEarly(batch.View(), 1e9, {.label = label, .spikes = spikes}) == Status::kOk, "judged");
  });
}

}  // namespace spikeline::test
