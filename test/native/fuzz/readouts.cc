// libFuzzer target: bytes become a readout's parameters, feature spikes and a list of calls. Whatever they are, the
// kernel answers with a status; what it accepts leaves weights in their range and shares that sum to 1, and a second
// readout given its state decides the same.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <span>
#include <vector>

#include "bytes.hpp"
#include "kernel/feature_rows.hpp"
#include "kernel/linear_readout.hpp"
#include "kernel/reward_readout.hpp"

namespace {

using spikeline::Decision;
using spikeline::FeatureRows;
using spikeline::FeatureSpikes;
using spikeline::LinearParams;
using spikeline::LinearReadout;
using spikeline::LinearState;
using spikeline::Outcome;
using spikeline::RewardParams;
using spikeline::RewardReadout;
using spikeline::RewardState;
using spikeline::Status;
using spikeline::fuzz::Bytes;

constexpr std::size_t kMostSpikes = 64;

// A broken promise ends the run, and the fuzzer keeps the bytes.
void Demand(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", what);
  std::abort();
}

// The parameters both have; some are out of range and refused.
template <typename Params>
Params TakeParams(Bytes& bytes) {
  Params p;
  p.pool = {.features = bytes.Below(9), .width = bytes.Below(30), .height = bytes.Below(30), .grid = bytes.Below(5),
            .value = static_cast<spikeline::PoolValue>(bytes.Below(2)), .norm = static_cast<spikeline::Norm>(bytes.Below(2))};
  p.augment = {.shift_px = bytes.Between(0, 65), .rotation_rad = bytes.Between(0, 0.55), .shear = bytes.Between(0, 0.55),
               .scale = bytes.Between(0, 0.55), .dropout = bytes.Between(0, 1)};
  if (bytes.Below(3) == 0) p.augment = {};
  p.rate = {.first = bytes.Between(0, 1), .last = bytes.Between(0, 1), .frames = bytes.Between(0, 100)};
  p.classes = bytes.Below(14);
  p.seed = bytes.Take<std::uint32_t>();
  return p;
}

struct Batch {
  std::vector<std::uint32_t> start{0};
  std::vector<std::uint16_t> feature;
  std::vector<std::uint8_t> x, y;
  std::vector<std::uint16_t> label;
  std::vector<std::uint32_t> order;

  // Mostly on the map; sometimes anything.
  template <typename Params>
  Batch(Bytes& bytes, const Params& p) {
    const bool wild = bytes.Below(8) == 0;
    const std::size_t frames = bytes.Below(4);
    for (std::size_t f = 0; f < frames; ++f) {
      for (std::size_t k = bytes.Below(kMostSpikes); k > 0; --k) {
        feature.push_back(static_cast<std::uint16_t>(wild ? bytes.Below(65536) : bytes.Take<std::uint8_t>() % p.pool.features));
        x.push_back(static_cast<std::uint8_t>(wild ? bytes.Below(256) : bytes.Take<std::uint8_t>() % p.pool.width));
        y.push_back(static_cast<std::uint8_t>(wild ? bytes.Below(256) : bytes.Take<std::uint8_t>() % p.pool.height));
      }
      start.push_back(wild ? bytes.Below(256) : static_cast<std::uint32_t>(feature.size()));
      label.push_back(static_cast<std::uint16_t>(bytes.Below(wild ? 99 : p.classes)));
      order.push_back(bytes.Below(wild ? 9 : static_cast<std::uint32_t>(frames)));
    }
  }
  [[nodiscard]] FeatureSpikes View() const { return {.start = start, .feature = feature, .x = x, .y = y}; }
};

struct Answers {
  bool operator==(const Answers&) const = default;
  std::vector<std::uint16_t> label, early;
  std::vector<float> margin, share;
  std::vector<std::uint32_t> spikes;
};

template <typename Readout>
Answers Judge(Readout& readout, const Batch& batch, double enough) {
  const std::size_t frames = batch.label.size();
  const std::size_t classes = readout.params().classes;
  Answers a{std::vector<std::uint16_t>(frames), std::vector<std::uint16_t>(frames), std::vector<float>(frames),
            std::vector<float>(frames * classes), std::vector<std::uint32_t>(frames)};
  if (readout.Judge(batch.View(), {.label = a.label, .margin = a.margin, .share = a.share}) != Status::kOk) return a;
  for (std::size_t f = 0; f < frames; ++f) {
    float sum = 0;
    for (const float s : std::span(a.share).subspan(f * classes, classes)) sum += s;
    Demand(a.label[f] < classes && a.margin[f] >= 0 && std::abs(sum - 1) < 1e-3F, "a decision, shares that sum to 1");
  }
  if (readout.JudgeEarly(batch.View(), enough, {.label = a.early, .spikes = a.spikes}) != Status::kOk) return a;
  for (std::size_t f = 0; f < frames; ++f) {
    Demand(a.early[f] < classes && a.spikes[f] <= batch.start[f + 1] - batch.start[f], "no more spikes than there are");
  }
  return a;
}

// Rows are filled for what readouts judge, and only for that; with a norm no row is longer than 1.
void FillRows(FeatureRows& rows, const Batch& batch, const spikeline::PoolParams& pool, bool judged) {
  const std::size_t inputs = pool.Inputs();
  std::vector<float> out(batch.label.size() * inputs);
  Demand((rows.Fill(batch.View(), out) == Status::kOk) == judged, "rows for what is judged");
  for (std::size_t f = 0; f < batch.label.size(); ++f) {
    float square = 0;
    for (const float value : std::span(out).subspan(f * inputs, inputs)) square += value * value;
    Demand(square >= 0 && (pool.norm == spikeline::Norm::kNone || square < 1.001F), "rows of their length");
  }
}

template <typename Readout, typename State, typename Call>
void Run(Bytes& bytes, const decltype(std::declval<Readout&>().params())& params, State& state, Call call) {
  std::unique_ptr<Readout> readout;
  std::unique_ptr<Readout> copy;
  std::unique_ptr<FeatureRows> rows;
  Demand(Readout::Create(params, readout) == Status::kOk && Readout::Create(params, copy) == Status::kOk, "made");
  Demand(FeatureRows::Create(params.pool, rows) == Status::kOk, "rows made");
  while (!bytes.empty()) {
    const Batch batch(bytes, params);
    call(*readout, batch);
    Demand(readout->ReadState(state) == Status::kOk && copy->WriteState(state) == Status::kOk, "a state it takes itself");
    const double enough = bytes.Between(0, 3);
    const Answers answers = Judge(*readout, batch, enough);
    Demand(answers == Judge(*copy, batch, enough), "the copy decides the same");
    const bool judged = std::ranges::any_of(answers.share, [](float share) { return share > 0; });
    if (judged || !batch.label.empty()) FillRows(*rows, batch, params.pool, judged);
  }
}

void RunLinear(Bytes& bytes) {
  auto p = TakeParams<LinearParams>(bytes);
  p.batch = bytes.Below(5);
  p.weight_decay = bytes.Between(0, 1.01);
  if (p.Check() != Status::kOk) return;
  std::vector<float> weights(std::size_t{p.pool.Inputs()} * p.classes);
  std::vector<float> mean(weights.size());
  std::vector<float> bias(p.classes);
  std::vector<float> mean_bias(p.classes);
  std::vector<std::uint32_t> counters(4);
  LinearState state{weights, bias, mean, mean_bias, counters};
  Run<LinearReadout>(bytes, p, state, [&](LinearReadout& readout, const Batch& batch) {
    std::uint32_t right = 0;
    const Status status = readout.Learn(batch.View(), batch.label, batch.order, right);
    Demand(status != Status::kOk || right <= batch.order.size(), "no more right than were learned");
    if (bytes.Below(3) == 0) readout.KeepMean();
    if (bytes.Below(3) == 0) readout.UseMean();
  });
}

void RunReward(Bytes& bytes) {
  auto p = TakeParams<RewardParams>(bytes);
  p.rule = {.rule = static_cast<spikeline::RewardRule>(bytes.Below(3)), .margin_gate = bytes.Between(0, 5),
            .runner_up_share = bytes.Between(0, 1), .recency_penalty = bytes.Between(0, 1)};
  if (bytes.Below(2) == 0) {
    p.rule.fatigue = bytes.Between(0, 3);
    p.rule.fatigue_kept = bytes.Between(0, 1.01);
  }
  p.neurons_per_class = bytes.Below(4);
  p.memory = bytes.Below(4);
  p.initial_max = bytes.Between(0, 0.5);
  if (p.Check() != Status::kOk) return;
  std::vector<float> weights(std::size_t{p.pool.Inputs()} * p.classes * p.neurons_per_class);
  std::vector<float> behind(p.classes);
  std::vector<std::uint32_t> counters(4);
  std::vector<float> tired(p.rule.fatigue > 0 ? p.classes : 0);
  RewardState state{weights, behind, tired, counters};
  std::vector<float> share(p.classes);
  Run<RewardReadout>(bytes, p, state, [&](RewardReadout& readout, const Batch& batch) {
    std::uint32_t right = 0;
    (void)readout.Learn(batch.View(), batch.label, batch.order, static_cast<spikeline::Told>(bytes.Below(2)), right);
    Decision decision{};
    if (readout.Present(batch.View(), share, decision) != Status::kOk) return;
    Demand(decision.label < p.classes && decision.neuron / p.neurons_per_class == decision.label, "a neuron of its class");
    (void)readout.Reward(decision.id - bytes.Below(3), static_cast<Outcome>(bytes.Below(2)), bytes.Below(p.classes + 1));
    (void)readout.Reward(decision.id, Outcome::kWrong, spikeline::kNotTold);
    Demand(readout.Reward(decision.id, Outcome::kRight, spikeline::kNotTold) == Status::kUnknownDecision, "only once");
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Bytes bytes({data, size});
  if (bytes.Below(2) == 0) RunLinear(bytes);
  else RunReward(bytes);
  return 0;
}
