// The pieces of one step of ClockedNetwork, and what happens between frames.
#include <algorithm>

#include "clocked_network.hpp"

namespace spikeline {

namespace {

// Below this a membrane is at rest: keeps subnormal numbers, which are slow, out of the sums.
constexpr float kAtRestMv = 1e-20F;

}  // namespace

// Puts the frame's first step at 0, so that step numbers stay small for ever.
void ClockedNetwork::BeginPresentation() noexcept {
  const std::int32_t shift = now_;
  now_ = 0;
  spikes_ = 0;
  const auto rebase = [shift](std::int32_t& step) { step = std::max(step - shift, kNever); };
  std::for_each_n(last_pre_.data(), params_.inputs, rebase);
  std::for_each_n(last_post_.data(), params_.neurons, rebase);
  std::for_each_n(release_.data(), params_.neurons, rebase);
  rebase(last_release_);
  std::fill_n(counts_.data(), params_.neurons, std::uint16_t{0});
  is_over_ = AnyOver();
}

bool ClockedNetwork::AnyOver() const noexcept {
  bool any = false;
  for (std::size_t j = 0; j < stride_; ++j) any |= membrane_[j] > threshold_[j];
  return any;
}

bool ClockedNetwork::Drive(std::span<const std::uint32_t> rows) noexcept {
  if (pending_ + 1 >= decay_power_.size()) FlushDecay();
  const float decay = decay_power_[pending_ + 1];
  pending_ = 0;
  synaptic_events_ += rows.size() * params_.neurons;
  const auto run = [&](auto* weights, auto kernel) {
    return kernel({.weights = weights, .stride = stride_, .rows = rows.data(), .row_count = rows.size(),
                   .gain = synapses_.gain(), .threshold = threshold_.data(), .membrane = membrane_.data(),
                   .decay = decay, .v_exc = v_exc_});
  };
  const bool over = params_.weights == WeightKind::kUint8 ? run(synapses_.weights_u8(), kernels_->drive_u8)
                                                          : run(synapses_.weights_f32(), kernels_->drive_f32);
  if (refractory_count_ > 0) HoldRefractory();
  return over;
}

void ClockedNetwork::FlushDecay() noexcept {
  const std::size_t most = decay_power_.size() - 1;
  while (pending_ > 0) {
    const std::size_t k = std::min<std::size_t>(pending_, most);
    for (std::size_t j = 0; j < stride_; ++j) membrane_[j] *= decay_power_[k];
    pending_ -= static_cast<std::uint32_t>(k);
  }
}

void ClockedNetwork::HoldRefractory() noexcept {
  std::size_t kept = 0;
  for (std::size_t k = 0; k < refractory_count_; ++k) {
    const std::uint32_t j = refractory_list_[k];
    if (release_[j] < now_) continue;
    membrane_[j] = v_reset_;
    refractory_list_[kept++] = j;
  }
  refractory_count_ = kept;
}

void ClockedNetwork::DepressPre(std::span<const std::uint32_t> rows) noexcept {
  std::size_t kept = 0;
  for (std::size_t k = 0; k < recent_count_; ++k) {
    const std::uint32_t j = recent_list_[k];
    const float y = post_trace_.At(now_ - last_post_[j]);
    is_recent_[j] = y > 0.0F ? 1 : 0;
    if (is_recent_[j] == 0) continue;
    recent_list_[kept++] = j;
    const float delta = -(static_cast<float>(params_.eta_pre) * y);
    for (const std::uint32_t i : rows) synapses_.UpdateOne(i, j, delta, random_);
    if (!rows.empty()) TouchColumn(j);
  }
  recent_count_ = kept;
}

void ClockedNetwork::MarkPre(std::span<const std::uint32_t> rows) noexcept {
  for (const std::uint32_t i : rows) last_pre_[i] = now_;
}

void ClockedNetwork::Compete() noexcept {
  float best = 0.0F;
  for (std::uint32_t j = 0; j < params_.neurons; ++j) {
    const float over = membrane_[j] - threshold_[j];
    if (!(membrane_[j] > threshold_[j])) continue;
    if (params_.competition == Competition::kSoft) {
      fired_list_[fired_count_++] = j;
    } else if (fired_count_ == 0 || over > best) {
      fired_list_[0] = j;
      fired_count_ = 1;
      best = over;
    }
  }
}

void ClockedNetwork::Fire(Learning learning) noexcept {
  const float keep = keep_power_[fired_count_];
  for (std::uint32_t j = 0; j < params_.neurons; ++j) membrane_[j] = v_inh_ + (membrane_[j] - v_inh_) * keep;
  spikes_ += static_cast<std::uint32_t>(fired_count_);
  for (std::size_t k = 0; k < fired_count_; ++k) {
    const std::uint32_t j = fired_list_[k];
    membrane_[j] = v_reset_;
    if (counts_[j] != UINT16_MAX) ++counts_[j];
    if (learning == Learning::kOn) {
      LearnPost(j);
      theta_[j] += theta_plus_;
      RefreshThreshold(j);
    }
    last_post_[j] = now_;
    if (learns_pre_) NoteRecent(j);
    if (refractory_steps_ > 0) {
      release_[j] = now_ + refractory_steps_;
      last_release_ = release_[j];
      refractory_list_[refractory_count_++] = j;
    }
  }
  HoldRefractory();
}

void ClockedNetwork::LearnPost(std::uint32_t neuron) noexcept {
  const auto eta = static_cast<float>(params_.eta_post);
  if (!pre_now_fresh_) ReadPreTraces();
  TouchColumn(neuron);
  if (params_.rule == Rule::kPostTarget) {
    synapses_.UpdateColumn(neuron, {delta_.data(), params_.inputs}, params_.bound, random_);
    return;
  }
  float factor = eta;
  if (params_.rule == Rule::kTriplet) factor = eta * post2_trace_.At(now_ - last_post_[neuron]);
  if (factor == 0.0F) return;
  for (std::uint32_t i = 0; i < params_.inputs; ++i) {
    if (pre_now_[i] > 0.0F) synapses_.UpdateOne(i, neuron, factor * pre_now_[i], random_);
  }
}

// Once a step, however many neurons fire in it.
void ClockedNetwork::ReadPreTraces() noexcept {
  const auto eta = static_cast<float>(params_.eta_post);
  const auto target = static_cast<float>(params_.x_target);
  for (std::uint32_t i = 0; i < params_.inputs; ++i) {
    const float x = pre_trace_.At(now_ - last_pre_[i]);
    pre_now_[i] = x;
    delta_[i] = eta * (x - target);
  }
  pre_now_fresh_ = true;
}

void ClockedNetwork::TouchColumn(std::uint32_t neuron) noexcept {
  if (is_touched_[neuron] != 0) return;
  is_touched_[neuron] = 1;
  touched_list_[touched_count_++] = neuron;
}

void ClockedNetwork::RefreshThreshold(std::uint32_t neuron) noexcept {
  threshold_[neuron] = v_threshold_ + theta_[neuron];
}

void ClockedNetwork::Rest(Learning learning) noexcept {
  FlushDecay();
  now_ += static_cast<std::int32_t>(rest_steps_);
  for (std::uint32_t j = 0; j < params_.neurons; ++j) {
    const float v = membrane_[j] * rest_decay_;
    membrane_[j] = v < kAtRestMv && v > -kAtRestMv ? 0.0F : v;
  }
  if (learning == Learning::kOff) return;
  const double ms = static_cast<double>(now_) * params_.dt_ms;
  const auto decay = static_cast<float>(ExpNonPositive(-ms / params_.tau_theta_ms));
  for (std::uint32_t j = 0; j < params_.neurons; ++j) {
    theta_[j] *= decay;
    RefreshThreshold(j);
  }
}

// The order of the list decides the order of random draws, so it must follow from the state alone: ascending.
void ClockedNetwork::NoteRecent(std::uint32_t neuron) noexcept {
  if (is_recent_[neuron] != 0) return;
  is_recent_[neuron] = 1;
  std::uint32_t* end = recent_list_.data() + recent_count_;
  std::uint32_t* at = std::lower_bound(recent_list_.data(), end, neuron);
  std::move_backward(at, end, end + 1);
  *at = neuron;
  ++recent_count_;
}

void ClockedNetwork::EndFrame() noexcept {
  ++frames_;
  std::sort(touched_list_.data(), touched_list_.data() + touched_count_);
  for (std::size_t k = 0; k < touched_count_; ++k) {
    synapses_.Normalise(touched_list_[k], random_);
    is_touched_[touched_list_[k]] = 0;
  }
  touched_count_ = 0;
}

}  // namespace spikeline
