#include "reward_readout.hpp"

#include <algorithm>
#include <new>

#include "random.hpp"
#include "sparse_rows.hpp"

namespace spikeline {

Status RewardParams::Check() const noexcept {
  for (const Status status : {pool.Check(), augment.Check(), rate.Check(), rule.Check()}) {
    if (status != Status::kOk) return status;
  }
  if (classes < 2 || classes > kMostClasses || neurons_per_class == 0 || neurons_per_class > 256) return Status::kBadSize;
  if (memory == 0 || memory > 4096) return Status::kBadSize;
  // 2^26 weights and 2^24 remembered inputs: a quarter and an eighth of a gigabyte.
  if (std::uint64_t{pool.Inputs()} * PaddedRow(std::size_t{classes} * neurons_per_class) > (1U << 26)) return Status::kBadSize;
  if (std::uint64_t{pool.Inputs()} * memory > (1U << 24)) return Status::kBadSize;
  return initial_max >= 0 && initial_max <= 0.5 ? Status::kOk : Status::kBadParameter;
}

RewardReadout::RewardReadout(const RewardParams& params) noexcept
    : params_(params),
      inputs_(params.pool.Inputs()),
      stride_(PaddedRow(std::size_t{params.classes} * params.neurons_per_class)),
      pool_(params.pool),
      steps_(inputs_),
      weights_(inputs_ * stride_),
      behind_(params.classes),
      tired_(params.classes),
      potential_(stride_),
      score_(params.classes),
      speaker_(params.classes),
      share_(params.classes),
      push_(params.classes),
      index_((params.memory + std::size_t{1}) * ListRoom(inputs_)),
      value_((params.memory + std::size_t{1}) * ListRoom(inputs_)),
      listed_(params.memory + std::size_t{1}),
      waiting_(params.memory),
      decided_(params.memory),
      scores_(std::size_t{params.memory} * params.classes),
      speakers_(std::size_t{params.memory} * params.classes) {}

bool RewardReadout::ok() const noexcept {
  return pool_.ok() && steps_.ok() && weights_.ok() && behind_.ok() && tired_.ok() && potential_.ok() &&
         score_.ok() && speaker_.ok() && share_.ok() && push_.ok() && index_.ok() && value_.ok() && listed_.ok() &&
         waiting_.ok() && decided_.ok() && scores_.ok() && speakers_.ok();
}

Status RewardReadout::Create(const RewardParams& params, std::unique_ptr<RewardReadout>& out) noexcept {
  if (const Status status = params.Check(); status != Status::kOk) return status;
  std::unique_ptr<RewardReadout> made(new (std::nothrow) RewardReadout(params));
  if (made == nullptr || !made->ok()) return Status::kOutOfMemory;
  Random random(params.seed);
  const auto most = static_cast<float>(params.initial_max);
  const std::size_t neurons = std::size_t{params.classes} * params.neurons_per_class;
  for (std::size_t i = 0; i < made->inputs_; ++i) {
    float* row = made->weights_.data() + i * made->stride_;
    for (std::size_t n = 0; n < neurons; ++n) row[n] = (2.0F * random.NextUnit() - 1.0F) * most;
  }
  out = std::move(made);
  return Status::kOk;
}

SparseFrame RewardReadout::List(std::size_t slot) noexcept {
  const std::size_t room = ListRoom(inputs_);
  return {.index = index_.data() + slot * room, .value = value_.data() + slot * room, .count = listed_[slot]};
}

std::span<float> RewardReadout::Score(std::size_t slot) noexcept {
  return scores_.span().subspan(slot * params_.classes, params_.classes);
}

std::span<std::uint32_t> RewardReadout::Speaker(std::size_t slot) noexcept {
  return speakers_.span().subspan(slot * params_.classes, params_.classes);
}

// The neuron of the highest potential speaks for its class; of equal ones the lowest.
void RewardReadout::FindSpeakers(std::span<float> score, std::span<std::uint32_t> speaker) noexcept {
  for (std::uint32_t c = 0; c < params_.classes; ++c) {
    const std::uint32_t first = c * params_.neurons_per_class;
    std::uint32_t best = first;
    for (std::uint32_t n = first + 1; n < first + params_.neurons_per_class; ++n) {
      if (potential_[n] > potential_[best]) best = n;
    }
    score[c] = potential_[best];
    speaker[c] = best;
  }
}

void RewardReadout::Take(std::size_t slot, const FeatureSpikes& frame, const Warp* warp) noexcept {
  SparseFrame list = List(slot);
  pool_.Pool(frame, warp, list);
  listed_[slot] = list.count;
  std::fill_n(potential_.data(), stride_, 0.0F);
  SumRows(weights_.data(), stride_, list, potential_.data());
  FindSpeakers(Score(slot), Speaker(slot));
}

// Leaves what it decided by in score_.
Decision RewardReadout::Decide(const FeatureSpikes& frame, const Warp* warp) noexcept {
  const std::uint64_t id = ++decisions_;
  const std::size_t slot = SlotOf(id);
  Take(slot, frame, warp);
  waiting_[slot] = id;
  for (std::uint32_t c = 0; c < params_.classes; ++c) score_[c] = Score(slot)[c] - tired_[c];
  const BestTwo said = FindBestTwo(score_.span());
  decided_[slot] = said.best;
  Recover(params_.rule, tired_.span());
  return {.id = id, .label = said.best, .neuron = Speaker(slot)[said.best], .margin = said.margin};
}

Status RewardReadout::Present(const FeatureSpikes& batch, std::span<float> share, Decision& out) noexcept {
  if (const Status status = pool_.Check(batch); status != Status::kOk) return status;
  if (batch.frames() != 1 || share.size() != params_.classes) return Status::kBadSize;
  out = Decide(batch.Frame(0), nullptr);
  Softmax(score_.span(), share_.span());
  for (std::uint32_t c = 0; c < params_.classes; ++c) share[c] = static_cast<float>(share_[c]);
  return Status::kOk;
}

Status RewardReadout::Reward(std::uint64_t id, Outcome outcome, std::uint32_t truth) noexcept {
  if (truth != kNotTold && truth >= params_.classes) return Status::kOutOfRange;
  if (id == 0 || waiting_[SlotOf(id)] != id) return Status::kUnknownDecision;
  const std::size_t slot = SlotOf(id);
  const bool is_best = truth == decided_[slot];
  if (truth != kNotTold && is_best != (outcome == Outcome::kRight)) return Status::kBadParameter;
  Apply(slot, outcome, truth);
  return Status::kOk;
}

void RewardReadout::Apply(std::size_t slot, Outcome outcome, std::uint32_t truth) noexcept {
  waiting_[slot] = 0;
  const std::uint32_t decided = decided_[slot];
  const Lesson lesson{.decided = decided, .outcome = outcome, .known = outcome == Outcome::kRight ? decided : truth};
  const std::uint64_t before = rewards_++;
  if (OnlyTires(params_.rule, lesson, tired_.span())) return;
  FallBehind(params_.rule, lesson, behind_.span());
  for (std::uint32_t c = 0; c < params_.classes; ++c) score_[c] = Score(slot)[c] - behind_[c];
  PushClasses(params_.rule, lesson, score_.span(), share_.span(), push_.span());
  const auto rate = static_cast<float>(params_.rate.At(before));
  for (std::uint32_t c = 0; c < params_.classes; ++c) {
    const float amount = rate * push_[c];
    if (amount != 0) PushNeuron(List(slot), Speaker(slot)[c], amount);
  }
}

void RewardReadout::PushNeuron(const SparseFrame& list, std::uint32_t neuron, float amount) noexcept {
  for (std::size_t k = 0; k < list.count; ++k) {
    float& weight = weights_[list.index[k] * stride_ + neuron];
    const float pushed = weight + amount * list.value[k] * (1.0F - weight * weight);
    weight = std::clamp(pushed, -kMostWeight, kMostWeight);
  }
}

Status RewardReadout::Learn(const FeatureSpikes& batch, std::span<const std::uint16_t> label,
                            std::span<const std::uint32_t> order, Told told, std::uint32_t& right) noexcept {
  if (const Status status = pool_.Check(batch); status != Status::kOk) return status;
  if (label.size() != batch.frames()) return Status::kBadSize;
  if (!std::all_of(order.begin(), order.end(), [&](std::uint32_t f) { return f < label.size(); }) ||
      !std::all_of(label.begin(), label.end(), [&](std::uint16_t c) { return c < params_.classes; })) {
    return Status::kOutOfRange;
  }
  const bool moves = params_.augment.MovesAnything();
  const bool tires = params_.rule.fatigue > 0;
  right = 0;
  for (const std::uint32_t named : order) {
    const std::uint32_t f = std::min(named, static_cast<std::uint32_t>(label.size() - 1));
    const std::uint32_t truth = std::min<std::uint32_t>(label[f], params_.classes - 1);
    const std::uint32_t key =
        HashWords(params_.seed, static_cast<std::uint32_t>(rewards_), static_cast<std::uint32_t>(rewards_ >> 32));
    const Warp warp = DrawWarp(params_.augment, params_.pool.width, params_.pool.height, key);
    const Decision decision = Decide(batch.Frame(f), moves && !tires ? &warp : nullptr);
    if (moves && tires) Take(SlotOf(decision.id), batch.Frame(f), &warp);
    const Outcome outcome = decision.label == truth ? Outcome::kRight : Outcome::kWrong;
    Apply(SlotOf(decision.id), outcome, told == Told::kClass ? truth : kNotTold);
    right += outcome == Outcome::kRight ? 1 : 0;
  }
  return Status::kOk;
}

BestTwo RewardReadout::ScoreList(const SparseFrame& list) noexcept {
  std::fill_n(potential_.data(), stride_, 0.0F);
  SumRows(weights_.data(), stride_, list, potential_.data());
  FindSpeakers(score_.span(), speaker_.span());
  return FindBestTwo(score_.span());
}

Status RewardReadout::Judge(const FeatureSpikes& batch, const Judged& out) noexcept {
  if (const Status status = pool_.Check(batch); status != Status::kOk) return status;
  if (!out.Fits(batch.frames(), params_.classes)) return Status::kBadSize;
  for (std::size_t f = 0; f < batch.frames(); ++f) {
    SparseFrame list = List(params_.memory);
    pool_.Pool(batch.Frame(f), nullptr, list);
    const BestTwo said = ScoreList(list);
    out.label[f] = static_cast<std::uint16_t>(said.best);
    if (!out.margin.empty()) out.margin[f] = said.margin;
    if (out.share.empty()) continue;
    Softmax(score_.span(), share_.span());
    for (std::uint32_t c = 0; c < params_.classes; ++c) {
      out.share[f * params_.classes + c] = static_cast<float>(share_[c]);
    }
  }
  return Status::kOk;
}

Status RewardReadout::JudgeEarly(const FeatureSpikes& batch, double enough, const JudgedEarly& out) noexcept {
  if (const Status status = pool_.Check(batch); status != Status::kOk) return status;
  if (!out.Fits(batch.frames())) return Status::kBadSize;
  if (!(enough >= 0 && enough <= 1e12) || params_.pool.norm != Norm::kNone) return Status::kBadParameter;
  for (std::size_t f = 0; f < batch.frames(); ++f) {
    out.spikes[f] = SpikesUntil(batch.Frame(f), static_cast<float>(enough), out.label[f]);
  }
  return Status::kOk;
}

std::uint32_t RewardReadout::SpikesUntil(const FeatureSpikes& frame, float enough, std::uint16_t& label) noexcept {
  std::fill_n(potential_.data(), stride_, 0.0F);
  BestTwo said{.best = 0, .second = 1, .margin = 0};
  std::uint32_t spikes = 0;
  while (spikes < frame.feature.size() && (spikes == 0 || said.margin < enough)) {
    const std::uint32_t input = pool_.InputOf(frame.x[spikes], frame.y[spikes], frame.feature[spikes]);
    ++spikes;
    if (input >= inputs_) continue;
    AddRow(weights_.data() + input * stride_, stride_, steps_.Take(pool_, input), potential_.data());
    FindSpeakers(score_.span(), speaker_.span());
    said = FindBestTwo(score_.span());
  }
  steps_.Forget();
  label = static_cast<std::uint16_t>(said.best);
  return spikes;
}

}  // namespace spikeline
