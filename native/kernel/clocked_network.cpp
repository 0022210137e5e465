// Creation, presentation of frames, and the order of a step. The pieces of a step are in clocked_step.cpp, the state
// in clocked_state.cpp.
#include "clocked_network.hpp"

#include <algorithm>
#include <limits>
#include <new>
#include <utility>

#include "poisson.hpp"

namespace spikeline {

namespace {

constexpr std::uint32_t kDecayPowers = 1024;

std::size_t Padded(std::uint32_t neurons) noexcept { return (neurons + kLanePad - 1) / kLanePad * kLanePad; }

// The images encoder draws at most one spike a step and pixel; spike frames need no such room.
std::size_t ImageRows(const ClockedParams& p) noexcept {
  if (p.max_rate_hz <= 0) return 0;
  return PaddedInputs(p.inputs) * p.Steps(p.duration_ms) + kLanePad;
}

float DecayOver(double ms, double tau_ms) noexcept { return static_cast<float>(ExpNonPositive(-ms / tau_ms)); }

}  // namespace

ClockedNetwork::ClockedNetwork(const ClockedParams& p, const Kernels* kernels) noexcept
    : params_(p),
      kernels_(kernels),
      stride_(Padded(p.neurons)),
      random_(HashWords(p.seed, 1)),
      synapses_(p, stride_),
      pre_trace_(p.tau_pre_ms / p.dt_ms),
      post_trace_(p.tau_post_ms / p.dt_ms),
      post2_trace_(p.tau_post2_ms / p.dt_ms),
      v_reset_(static_cast<float>(p.v_reset)),
      v_exc_(static_cast<float>(p.v_exc)),
      v_inh_(static_cast<float>(p.v_inh)),
      v_threshold_(static_cast<float>(p.v_threshold)),
      theta_plus_(static_cast<float>(p.theta_plus)),
      steps_(p.Steps(p.duration_ms)),
      rest_steps_(p.Steps(p.rest_ms)),
      refractory_steps_(static_cast<std::int32_t>(p.Steps(p.refractory_ms))),
      rest_decay_(DecayOver(p.rest_ms, p.tau_mem_ms)),
      learns_pre_(p.rule != Rule::kPostTarget && p.eta_pre > 0),
      decay_power_(kDecayPowers),
      keep_power_(p.neurons + std::size_t{1}),
      membrane_(stride_),
      threshold_(stride_),
      theta_(stride_),
      last_pre_(p.inputs),
      last_post_(p.neurons),
      release_(p.neurons),
      counts_(p.neurons),
      delta_(p.inputs),
      pre_now_(p.inputs),
      is_touched_(p.neurons),
      is_recent_(p.neurons),
      refractory_list_(p.neurons),
      recent_list_(p.neurons),
      fired_list_(p.neurons),
      touched_list_(p.neurons),
      rate_(PaddedInputs(p.inputs)),
      rate_input_(PaddedInputs(p.inputs)),
      rows_(ImageRows(p)),
      step_start_(steps_ + std::size_t{1}),
      lanes_(kPoissonLaneWords) {}

bool ClockedNetwork::ok() const noexcept {
  return synapses_.ok() && pre_trace_.ok() && post_trace_.ok() && post2_trace_.ok() && decay_power_.ok() &&
         keep_power_.ok() && membrane_.ok() && threshold_.ok() && theta_.ok() && last_pre_.ok() &&
         last_post_.ok() && release_.ok() && counts_.ok() && delta_.ok() && pre_now_.ok() && is_touched_.ok() && is_recent_.ok() &&
         refractory_list_.ok() && recent_list_.ok() && fired_list_.ok() && touched_list_.ok() && rate_.ok() &&
         rate_input_.ok() && rows_.ok() && step_start_.ok() && lanes_.ok();
}

Status ClockedNetwork::Create(const ClockedParams& params, const Kernels* kernels,
                              std::unique_ptr<ClockedNetwork>& out) noexcept {
  if (const Status status = params.Check(); status != Status::kOk) return status;
  if (kernels == nullptr) kernels = ChooseKernels(nullptr);
  std::unique_ptr<ClockedNetwork> made(new (std::nothrow) ClockedNetwork(params, kernels));
  if (made == nullptr || !made->ok()) return Status::kOutOfMemory;
  ClockedNetwork& n = *made;
  const double step = -params.dt_ms / params.tau_mem_ms;
  for (std::uint32_t k = 0; k < kDecayPowers; ++k) n.decay_power_[k] = static_cast<float>(ExpNonPositive(step * k));
  const float keep = 1.0F - static_cast<float>(params.inhibition);
  n.keep_power_[0] = 1.0F;
  for (std::uint32_t k = 1; k <= params.neurons; ++k) n.keep_power_[k] = n.keep_power_[k - 1] * keep;
  std::fill_n(n.threshold_.data(), n.stride_, std::numeric_limits<float>::infinity());
  for (std::uint32_t j = 0; j < params.neurons; ++j) {
    n.theta_[j] = static_cast<float>(params.theta_initial);
    n.RefreshThreshold(j);
    n.last_post_[j] = kNever;
    n.release_[j] = kNever;
  }
  for (std::uint32_t i = 0; i < params.inputs; ++i) n.last_pre_[i] = kNever;
  n.synapses_.Initialise(n.random_);
  out = std::move(made);
  return Status::kOk;
}

Status ClockedNetwork::PresentImages(const ImageBatch& batch, Learning learning) noexcept {
  const std::size_t frames = batch.repeats.size();
  if (params_.max_rate_hz <= 0) return Status::kBadParameter;
  if (batch.pixels.size() != frames * params_.inputs || batch.counts.size() != frames * params_.neurons ||
      batch.input_spikes.size() != frames) {
    return Status::kBadSize;
  }
  for (std::size_t f = 0; f < frames; ++f) {
    const auto pixels = batch.pixels.subspan(f * params_.inputs, params_.inputs);
    std::uint32_t attempt = 0;
    for (;; ++attempt) {
      EncodeImage(pixels, attempt);
      BeginPresentation();
      for (std::uint32_t s = 0; s < steps_; ++s) {
        Step({rows_.data() + step_start_[s], rows_.data() + step_start_[s + 1]}, learning);
      }
      Rest(learning);
      if (spikes_ >= params_.min_spikes || attempt == params_.max_repeats) break;
    }
    batch.repeats[f] = static_cast<std::uint8_t>(std::min<std::uint32_t>(attempt, 255));
    batch.input_spikes[f] = step_start_[steps_];
    std::copy_n(counts_.data(), params_.neurons, batch.counts.data() + f * params_.neurons);
    EndFrame();
  }
  return Status::kOk;
}

Status ClockedNetwork::PresentSpikes(SpikeFrame& frame, Learning learning) noexcept {
  const double dt_us = params_.dt_ms * 1000.0;
  if (frame.offset_us.size() != frame.input.size() || frame.counts.size() != params_.neurons) return Status::kBadSize;
  if (frame.out_offset_us.size() != frame.out_neuron.size()) return Status::kBadSize;
  if (frame.duration_us == 0 || frame.duration_us / dt_us > 1048576.0) return Status::kBadParameter;
  std::uint32_t last = 0;
  for (std::size_t k = 0; k < frame.input.size(); ++k) {
    if (frame.offset_us[k] < last || frame.offset_us[k] >= frame.duration_us) return Status::kUnsorted;
    if (frame.input[k] >= params_.inputs) return Status::kOutOfRange;
    last = frame.offset_us[k];
  }
  BeginPresentation();
  frame.output_spikes = 0;
  std::size_t next = 0;
  for (std::uint32_t s = 0; s * dt_us < frame.duration_us; ++s) {
    const std::size_t begin = next;
    const double end_us = (s + 1) * dt_us;
    while (next < frame.input.size() && frame.offset_us[next] < end_us) ++next;
    Step(frame.input.subspan(begin, next - begin), learning);
    for (std::size_t k = 0; k < fired_count_; ++k, ++frame.output_spikes) {
      if (frame.output_spikes >= frame.out_neuron.size()) continue;
      frame.out_offset_us[frame.output_spikes] = static_cast<std::uint32_t>(s * dt_us);
      frame.out_neuron[frame.output_spikes] = fired_list_[k];
    }
  }
  Rest(learning);
  std::copy_n(counts_.data(), params_.neurons, frame.counts.data());
  EndFrame();
  return Status::kOk;
}

void ClockedNetwork::EncodeImage(std::span<const std::uint8_t> pixels, std::uint32_t attempt) noexcept {
  const PoissonImage image{
      .pixels = pixels,
      .max_rate_hz = params_.max_rate_hz + attempt * params_.brighter_hz,
      .dt_ms = params_.dt_ms,
      .steps = steps_,
      .key = HashWords(params_.seed, static_cast<std::uint32_t>(frames_), static_cast<std::uint32_t>(frames_ >> 32),
                       attempt),
  };
  DrawPoisson(image, *kernels_,
              {.rate = rate_.span(), .input = rate_input_.span(), .rows = rows_.span(),
               .step_start = step_start_.span(), .lanes = lanes_.span()});
}

void ClockedNetwork::Step(std::span<const std::uint32_t> rows, Learning learning) noexcept {
  fired_count_ = 0;
  pre_now_fresh_ = false;
  if (rows.empty() && last_release_ < now_ && !is_over_) {
    ++pending_;
    ++now_;
    return;
  }
  const bool over = Drive(rows);
  if (learning == Learning::kOn && learns_pre_) DepressPre(rows);
  MarkPre(rows);
  if (over) {
    Compete();
    if (fired_count_ > 0) Fire(learning);
  }
  is_over_ = over && AnyOver();
  ++now_;
}

}  // namespace spikeline
