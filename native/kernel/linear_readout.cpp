#include "linear_readout.hpp"

#include <algorithm>
#include <new>

#include "class_scores.hpp"
#include "random.hpp"
#include "sparse_rows.hpp"

namespace spikeline {

Status LinearParams::Check() const noexcept {
  for (const Status status : {pool.Check(), augment.Check(), rate.Check()}) {
    if (status != Status::kOk) return status;
  }
  if (classes < 2 || classes > kMostClasses || batch == 0 || batch > 256) return Status::kBadSize;
  // 2^26 weights and 2^24 listed inputs: a quarter and an eighth of a gigabyte.
  if (std::uint64_t{pool.Inputs()} * PaddedRow(classes) > (1U << 26)) return Status::kBadSize;
  if (std::uint64_t{pool.Inputs()} * batch > (1U << 24)) return Status::kBadSize;
  return weight_decay >= 0 && weight_decay <= 1 ? Status::kOk : Status::kBadParameter;
}

LinearReadout::LinearReadout(const LinearParams& params) noexcept
    : params_(params),
      inputs_(params.pool.Inputs()),
      stride_(PaddedRow(params.classes)),
      pool_(params.pool),
      weights_(inputs_ * stride_),
      bias_(stride_),
      mean_weights_(inputs_ * stride_),
      mean_bias_(stride_),
      score_(stride_),
      share_(params.classes),
      delta_(params.batch * stride_),
      index_(params.batch * ListRoom(inputs_)),
      value_(params.batch * ListRoom(inputs_)),
      listed_(params.batch),
      steps_(inputs_) {}

bool LinearReadout::ok() const noexcept {
  return pool_.ok() && weights_.ok() && bias_.ok() && mean_weights_.ok() && mean_bias_.ok() && score_.ok() &&
         share_.ok() && delta_.ok() && index_.ok() && value_.ok() && listed_.ok() && steps_.ok();
}

Status LinearReadout::Create(const LinearParams& params, std::unique_ptr<LinearReadout>& out) noexcept {
  if (const Status status = params.Check(); status != Status::kOk) return status;
  std::unique_ptr<LinearReadout> made(new (std::nothrow) LinearReadout(params));
  if (made == nullptr || !made->ok()) return Status::kOutOfMemory;
  out = std::move(made);
  return Status::kOk;
}

SparseFrame LinearReadout::Slot(std::size_t k) noexcept {
  const std::size_t room = ListRoom(inputs_);
  return {.index = index_.data() + k * room, .value = value_.data() + k * room, .count = listed_[k]};
}

Status LinearReadout::Learn(const FeatureSpikes& batch, std::span<const std::uint16_t> label,
                            std::span<const std::uint32_t> order, std::uint32_t& right) noexcept {
  if (const Status status = pool_.Check(batch); status != Status::kOk) return status;
  if (label.size() != batch.frames()) return Status::kBadSize;
  if (!std::all_of(order.begin(), order.end(), [&](std::uint32_t f) { return f < label.size(); }) ||
      !std::all_of(label.begin(), label.end(), [&](std::uint16_t c) { return c < params_.classes; })) {
    return Status::kOutOfRange;
  }
  right = 0;
  for (std::size_t k = 0; k < order.size(); k += params_.batch) {
    const std::size_t frames = std::min<std::size_t>(params_.batch, order.size() - k);
    const double rate = params_.rate.At(frames_);
    for (std::size_t i = 0; i < frames; ++i) {
      const std::uint32_t f = std::min(order[k + i], static_cast<std::uint32_t>(label.size() - 1));
      right += JudgeForStep(batch.Frame(f), label[f], frames_ + i, rate / static_cast<double>(frames), i) ? 1 : 0;
    }
    Step(frames);
    if ((frames_ + frames) / kDecayFrames != frames_ / kDecayFrames && params_.weight_decay > 0) Decay(rate);
    frames_ += frames;
  }
  return Status::kOk;
}

// Leaves the frame's list and its errors times the rate in a slot; true if the frame was judged right.
bool LinearReadout::JudgeForStep(const FeatureSpikes& frame, std::uint32_t truth, std::uint64_t number, double rate,
                                 std::size_t slot) noexcept {
  SparseFrame list = Slot(slot);
  if (params_.augment.MovesAnything()) {
    const std::uint32_t key =
        HashWords(params_.seed, static_cast<std::uint32_t>(number), static_cast<std::uint32_t>(number >> 32));
    const Warp warp = DrawWarp(params_.augment, params_.pool.width, params_.pool.height, key);
    pool_.Pool(frame, &warp, list);
  } else {
    pool_.Pool(frame, nullptr, list);
  }
  listed_[slot] = list.count;
  std::copy_n(bias_.data(), stride_, score_.data());
  SumRows(weights_.data(), stride_, list, score_.data());
  Softmax(Score(), share_.span());
  float* delta = delta_.data() + slot * stride_;
  for (std::uint32_t c = 0; c < params_.classes; ++c) {
    delta[c] = static_cast<float>(rate * ((c == truth ? 1.0 : 0.0) - share_[c]));
  }
  return FindBestTwo(Score()).best == truth;
}

void LinearReadout::Step(std::size_t frames) noexcept {
  for (std::size_t i = 0; i < frames; ++i) {
    const float* delta = delta_.data() + i * stride_;
    AddRows(weights_.data(), stride_, Slot(i), delta);
    for (std::size_t c = 0; c < stride_; ++c) bias_[c] += delta[c];
  }
}

void LinearReadout::Decay(double rate) noexcept {
  const auto keep = static_cast<float>(std::max(0.0, 1.0 - rate * params_.weight_decay * kDecayFrames));
  for (std::size_t k = 0; k < weights_.size(); ++k) weights_[k] *= keep;
}

Status LinearReadout::Judge(const FeatureSpikes& batch, const Judged& out) noexcept {
  if (const Status status = pool_.Check(batch); status != Status::kOk) return status;
  const std::size_t frames = batch.frames();
  if (!out.Fits(frames, params_.classes)) return Status::kBadSize;
  for (std::size_t f = 0; f < frames; ++f) {
    SparseFrame list = Slot(0);
    pool_.Pool(batch.Frame(f), nullptr, list);
    std::copy_n(bias_.data(), stride_, score_.data());
    SumRows(weights_.data(), stride_, list, score_.data());
    const BestTwo said = FindBestTwo(Score());
    out.label[f] = static_cast<std::uint16_t>(said.best);
    if (!out.margin.empty()) out.margin[f] = said.margin;
    if (out.share.empty()) continue;
    Softmax(Score(), share_.span());
    for (std::uint32_t c = 0; c < params_.classes; ++c) {
      out.share[f * params_.classes + c] = static_cast<float>(share_[c]);
    }
  }
  return Status::kOk;
}

Status LinearReadout::JudgeEarly(const FeatureSpikes& batch, double enough, const JudgedEarly& out) noexcept {
  if (const Status status = pool_.Check(batch); status != Status::kOk) return status;
  if (!out.Fits(batch.frames())) return Status::kBadSize;
  if (!(enough >= 0 && enough <= 1e12) || params_.pool.norm != Norm::kNone) return Status::kBadParameter;
  for (std::size_t f = 0; f < batch.frames(); ++f) {
    out.spikes[f] = SpikesUntil(batch.Frame(f), static_cast<float>(enough), out.label[f]);
  }
  return Status::kOk;
}

std::uint32_t LinearReadout::SpikesUntil(const FeatureSpikes& frame, float enough, std::uint16_t& label) noexcept {
  std::copy_n(bias_.data(), stride_, score_.data());
  BestTwo said = FindBestTwo(Score());
  std::uint32_t spikes = 0;
  while (spikes < frame.feature.size() && (spikes == 0 || said.margin < enough)) {
    const std::uint32_t input = pool_.InputOf(frame.x[spikes], frame.y[spikes], frame.feature[spikes]);
    ++spikes;
    if (input >= inputs_) continue;
    AddRow(weights_.data() + input * stride_, stride_, steps_.Take(pool_, input), score_.data());
    said = FindBestTwo(Score());
  }
  steps_.Forget();
  label = static_cast<std::uint16_t>(said.best);
  return spikes;
}

void LinearReadout::KeepMean() noexcept {
  const auto share = static_cast<float>(1.0 / ++in_mean_);
  for (std::size_t k = 0; k < weights_.size(); ++k) mean_weights_[k] += share * (weights_[k] - mean_weights_[k]);
  for (std::size_t c = 0; c < stride_; ++c) mean_bias_[c] += share * (bias_[c] - mean_bias_[c]);
}

void LinearReadout::UseMean() noexcept {
  if (in_mean_ == 0) return;
  std::copy_n(mean_weights_.data(), mean_weights_.size(), weights_.data());
  std::copy_n(mean_bias_.data(), stride_, bias_.data());
  std::fill_n(mean_weights_.data(), mean_weights_.size(), 0.0F);
  std::fill_n(mean_bias_.data(), stride_, 0.0F);
  in_mean_ = 0;
}

}  // namespace spikeline
