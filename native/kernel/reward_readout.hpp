// A readout that learns by reward alone: several neurons a class see the pooled feature spikes, the one with the highest
// potential decides, and right or wrong is all it is told. For training in batches, and live by a click.
//
//   P_n = Σ_i v_i·w_in       score_c = the highest P_n of the neurons of class c       v: feature_pool.hpp
//   Present and Learn decide by score_c − tired_c, Judge by score_c
//   w_in += rate · push_c · v_i · (1 − w_in²), kept within ±kMostWeight       n: the neuron that spoke for class c
//
// push, tired: reward_rules.hpp. The neurons and scores are those of the moment of the decision: a reward may come later
// and out of turn, as long as its decision is among the last `memory`; each is rewarded at most once.
// Same parameters, frames and rewards give the same bits on every machine, however calls of Learn are cut.
// All memory is allocated by Create. One thread at a time; calls block for all their frames.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "aligned_buffer.hpp"
#include "augmentation.hpp"
#include "class_scores.hpp"
#include "feature_pool.hpp"
#include "judged.hpp"
#include "rate_schedule.hpp"
#include "reward_rules.hpp"
#include "spike_steps.hpp"
#include "status.hpp"

namespace spikeline {

// Short of 1, where the bound would hold a weight for ever.
inline constexpr float kMostWeight = 0.9990234375F;

struct RewardParams {
  PoolParams pool;
  AugmentParams augment;  // while learning in batches; what is presented live stays as it is
  RateSchedule rate;
  RuleParams rule;
  std::uint32_t classes = 0;  // 2 to kMostClasses
  std::uint32_t neurons_per_class = 1;
  std::uint32_t seed = 0;
  std::uint32_t memory = 1;  // decisions that can still be rewarded
  double initial_max = 0.01;  // weights begin uniform within ± this

  [[nodiscard]] Status Check() const noexcept;
};

struct Decision {
  std::uint64_t id;  // 1, 2, 3 …
  std::uint32_t label;
  std::uint32_t neuron;
  float margin;  // what the best class was decided by, less that of the second
};

// Whether learning in batches is told the right class after a wrong decision, or only that it was wrong.
enum class Told : std::uint8_t { kReward = 0, kClass = 1 };

// The complete state, as copies in dense layout. Decisions that wait for a reward are no part of it.
struct RewardState {
  std::span<float> weights;           // [inputs][classes · neurons_per_class]
  std::span<float> behind;            // [classes], by how much scores are lowered for learning, up to kFurthestBehind
  std::span<float> tired;             // [classes], by how much for deciding, up to kMostTired; empty without fatigue
  std::span<std::uint32_t> counters;  // [4]: decisions low, high; rewards low, high
};

class RewardReadout {
 public:
  [[nodiscard]] static Status Create(const RewardParams& params, std::unique_ptr<RewardReadout>& out) noexcept;

  // One frame, live: `batch` holds exactly one. Fills share[classes], softmax of what it decides by. Nothing is learned.
  [[nodiscard]] Status Present(const FeatureSpikes& batch, std::span<float> share, Decision& out) noexcept;
  // kUnknownDecision if it is too old, was rewarded before, or never fell; kBadParameter if truth contradicts outcome.
  [[nodiscard]] Status Reward(std::uint64_t id, Outcome outcome, std::uint32_t truth) noexcept;

  // Decides and rewards the frames named by `order`. `right`: how many decisions were right. What augmentation moves is
  // decided and learned as moved; with fatigue it is decided as it is, since a guess missed there would teach nothing.
  [[nodiscard]] Status Learn(const FeatureSpikes& batch, std::span<const std::uint16_t> label,
                             std::span<const std::uint32_t> order, Told told, std::uint32_t& right) noexcept;
  [[nodiscard]] Status Judge(const FeatureSpikes& batch, const Judged& out) noexcept;
  // Stops at the first spike after which the margin is at least `enough`. Precondition: no norm.
  [[nodiscard]] Status JudgeEarly(const FeatureSpikes& batch, double enough, const JudgedEarly& out) noexcept;

  [[nodiscard]] Status ReadState(const RewardState& view) noexcept;
  // Refuses state out of range and leaves the readout as it was. No decision waits for a reward afterwards.
  [[nodiscard]] Status WriteState(const RewardState& view) noexcept;

  [[nodiscard]] const RewardParams& params() const noexcept { return params_; }
  [[nodiscard]] std::size_t TiredClasses() const noexcept { return params_.rule.fatigue > 0 ? params_.classes : 0; }

 private:
  explicit RewardReadout(const RewardParams& params) noexcept;
  [[nodiscard]] bool ok() const noexcept;
  void FindSpeakers(std::span<float> score, std::span<std::uint32_t> speaker) noexcept;
  [[nodiscard]] std::size_t SlotOf(std::uint64_t id) const noexcept { return id % params_.memory; }
  [[nodiscard]] SparseFrame List(std::size_t slot) noexcept;
  [[nodiscard]] std::span<float> Score(std::size_t slot) noexcept;
  [[nodiscard]] std::span<std::uint32_t> Speaker(std::size_t slot) noexcept;
  void Take(std::size_t slot, const FeatureSpikes& frame, const Warp* warp) noexcept;
  [[nodiscard]] Decision Decide(const FeatureSpikes& frame, const Warp* warp) noexcept;
  [[nodiscard]] BestTwo ScoreList(const SparseFrame& list) noexcept;
  void Apply(std::size_t slot, Outcome outcome, std::uint32_t truth) noexcept;
  void PushNeuron(const SparseFrame& list, std::uint32_t neuron, float amount) noexcept;
  [[nodiscard]] std::uint32_t SpikesUntil(const FeatureSpikes& frame, float enough, std::uint16_t& label) noexcept;

  RewardParams params_;
  std::size_t inputs_;
  std::size_t stride_;  // neurons, padded
  std::uint64_t decisions_ = 0;
  std::uint64_t rewards_ = 0;
  FeaturePool pool_;
  SpikeSteps steps_;
  AlignedBuffer<float> weights_;         // [inputs][stride], neurons of one class side by side
  AlignedBuffer<float> behind_;          // [classes]
  AlignedBuffer<float> tired_;           // [classes]
  AlignedBuffer<float> potential_;       // [stride]
  AlignedBuffer<float> score_;           // [classes], of what is judged, decided or learned, and not remembered
  AlignedBuffer<std::uint32_t> speaker_; // [classes]
  AlignedBuffer<double> share_;          // [classes]
  AlignedBuffer<float> push_;            // [classes]
  AlignedBuffer<std::uint32_t> index_;   // [memory + 1][ListRoom]; the last is of what is not remembered
  AlignedBuffer<float> value_;
  AlignedBuffer<std::size_t> listed_;    // [memory + 1]
  AlignedBuffer<std::uint64_t> waiting_; // [memory], id of the decision that can be rewarded, or 0
  AlignedBuffer<std::uint32_t> decided_; // [memory], the class
  AlignedBuffer<float> scores_;          // [memory][classes]
  AlignedBuffer<std::uint32_t> speakers_;
};

}  // namespace spikeline
