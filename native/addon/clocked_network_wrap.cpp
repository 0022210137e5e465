#include "clocked_network_wrap.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "../kernel/aligned_buffer.hpp"
#include "arguments.hpp"

namespace spikeline::addon {

namespace {

bool ReadChoice(Napi::Env env, const Napi::Object& object, const char* name, std::uint32_t choices, std::uint32_t& out) {
  if (!ReadUint32Field(env, object, name, out)) return false;
  if (out >= choices) ThrowTypeError(env, "SPIKELINE_ARGUMENT", "a known choice", name);
  return out < choices;
}

bool ReadParams(Napi::Env env, const Napi::Object& o, ClockedParams& p) {
  std::uint32_t weights = 0, rule = 0, competition = 0, bound = 0;
  const bool choices = ReadChoice(env, o, "weights", 2, weights) && ReadChoice(env, o, "rule", 3, rule) &&
                       ReadChoice(env, o, "competition", 2, competition) && ReadChoice(env, o, "bound", 2, bound);
  if (!choices) return false;
  p.weights = static_cast<WeightKind>(weights);
  p.rule = static_cast<Rule>(rule);
  p.competition = static_cast<Competition>(competition);
  p.bound = static_cast<Bound>(bound);
  const auto number = [&](const char* name, double& out) { return ReadNumberField(env, o, name, out); };
  return ReadUint32Field(env, o, "inputs", p.inputs) && ReadUint32Field(env, o, "neurons", p.neurons) &&
         ReadUint32Field(env, o, "seed", p.seed) && ReadUint32Field(env, o, "minSpikes", p.min_spikes) &&
         ReadUint32Field(env, o, "maxRepeats", p.max_repeats) && number("dtMs", p.dt_ms) &&
         number("tauMemMs", p.tau_mem_ms) && number("vReset", p.v_reset) && number("vThreshold", p.v_threshold) &&
         number("vExcitatory", p.v_exc) && number("vInhibitory", p.v_inh) &&
         number("refractoryMs", p.refractory_ms) && number("thetaPlus", p.theta_plus) &&
         number("thetaInitial", p.theta_initial) && number("tauThetaMs", p.tau_theta_ms) &&
         number("wMax", p.w_max) && number("initialMax", p.initial_max) && number("gain", p.gain) &&
         number("normalisedSum", p.normalised_sum) && number("etaPre", p.eta_pre) &&
         number("etaPost", p.eta_post) && number("xTarget", p.x_target) && number("tauPreMs", p.tau_pre_ms) &&
         number("tauPostMs", p.tau_post_ms) && number("tauPost2Ms", p.tau_post2_ms) &&
         number("inhibition", p.inhibition) && number("durationMs", p.duration_ms) && number("restMs", p.rest_ms) &&
         number("maxRateHz", p.max_rate_hz) && number("brighterHz", p.brighter_hz);
}

// All fields are fetched before the first array is read: a getter may run any JavaScript, also such that frees an array.
bool ReadStateView(Napi::Env env, const Napi::Value& value, StateView& v) {
  if (!value.IsObject()) {
    ThrowTypeError(env, "SPIKELINE_ARGUMENT", "an object of typed arrays", "state");
    return false;
  }
  constexpr std::array<const char*, 10> kNames = {"weightsF32", "weightsU8", "scale",  "sum",     "theta",
                                                  "membrane",   "refractory", "preAge", "postAge", "counters"};
  const Napi::Object object = value.As<Napi::Object>();
  std::array<Napi::Value, kNames.size()> field;
  for (std::size_t k = 0; k < kNames.size(); ++k) {
    field[k] = object.Get(kNames[k]);
    if (env.IsExceptionPending()) return false;
  }
  std::size_t next = 0;
  const auto read = [&](auto& out) {
    const std::size_t k = next++;
    return ReadArray(env, field[k], kNames[k], out);
  };
  return read(v.weights_f32) && read(v.weights_u8) && read(v.scale) && read(v.sum) && read(v.theta) &&
         read(v.membrane) && read(v.refractory) && read(v.pre_age) && read(v.post_age) && read(v.counters);
}

// The kernel checks spikes once and trusts them then; a copy stays as it was checked, even if an output array lies over
// the same memory or another thread writes into it.
bool Copy(Napi::Env env, std::span<const std::uint32_t> from, AlignedBuffer<std::uint32_t>& to) {
  to = AlignedBuffer<std::uint32_t>(from.size());
  if (!to.ok()) return CheckStatus(env, Status::kOutOfMemory);
  std::copy_n(from.data(), from.size(), to.data());
  return true;
}

Learning LearningOf(bool learn) { return learn ? Learning::kOn : Learning::kOff; }

}  // namespace

Napi::Function ClockedNetworkWrap::Define(Napi::Env env) {
  return DefineClass(env, "ClockedNetwork",
                     {
                         InstanceMethod<&ClockedNetworkWrap::PresentImages>("presentImages"),
                         InstanceMethod<&ClockedNetworkWrap::PresentSpikes>("presentSpikes"),
                         InstanceMethod<&ClockedNetworkWrap::ReadState>("readState"),
                         InstanceMethod<&ClockedNetworkWrap::WriteState>("writeState"),
                         InstanceMethod<&ClockedNetworkWrap::SynapticEvents>("synapticEvents"),
                         InstanceMethod<&ClockedNetworkWrap::KernelName>("kernelName"),
                         InstanceMethod<&ClockedNetworkWrap::Dispose>("dispose"),
                     });
}

// new ClockedNetwork(params, kernelName | undefined)
ClockedNetworkWrap::ClockedNetworkWrap(const Napi::CallbackInfo& info)
    : Napi::ObjectWrap<ClockedNetworkWrap>(info) {
  const Napi::Env env = info.Env();
  if (!info[0].IsObject()) {
    ThrowTypeError(env, "SPIKELINE_ARGUMENT", "an object", "params");
    return;
  }
  ClockedParams params;
  if (!ReadParams(env, info[0].As<Napi::Object>(), params)) return;
  const Kernels* kernels = nullptr;
  if (!info[1].IsUndefined()) {
    if (info[1].IsString()) kernels = ChooseKernels(info[1].As<Napi::String>().Utf8Value().c_str());
    if (kernels == nullptr) {
      ThrowTypeError(env, "SPIKELINE_ARGUMENT", "the name of a kernel this CPU runs", "kernel");
      return;
    }
  }
  (void)CheckStatus(env, ClockedNetwork::Create(params, kernels, network_));
}

bool ClockedNetworkWrap::Alive(Napi::Env env) {
  if (network_ == nullptr) ThrowTypeError(env, "SPIKELINE_DISPOSED", "a network that was not disposed of", "this call");
  return network_ != nullptr;
}

// presentImages(pixels: Uint8Array, counts: Uint16Array, inputSpikes: Uint32Array, repeats: Uint8Array, learn: boolean)
Napi::Value ClockedNetworkWrap::PresentImages(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  std::span<std::uint8_t> pixels;
  std::span<std::uint16_t> counts;
  std::span<std::uint32_t> input_spikes;
  std::span<std::uint8_t> repeats;
  bool learn = false;
  const bool read = Alive(env) && ReadArray(env, info[0], "pixels", pixels) && ReadArray(env, info[1], "counts", counts) &&
                    ReadArray(env, info[2], "inputSpikes", input_spikes) &&
                    ReadArray(env, info[3], "repeats", repeats) && ReadFlag(env, info[4], "learn", learn);
  if (!read) return env.Undefined();
  (void)CheckStatus(env, network_->PresentImages({.pixels = pixels, .counts = counts, .input_spikes = input_spikes,
                                                  .repeats = repeats},
                                                 LearningOf(learn)));
  return env.Undefined();
}

// presentSpikes(offsetUs, input: Uint32Array, durationUs: number, counts: Uint16Array, outOffsetUs, outNeuron:
// Uint32Array, learn: boolean): number of output spikes; those beyond the out arrays are counted, not listed
Napi::Value ClockedNetworkWrap::PresentSpikes(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  std::span<std::uint32_t> offset_us;
  std::span<std::uint32_t> input;
  SpikeFrame frame;
  double duration_us = 0;
  bool learn = false;
  const bool read = Alive(env) && ReadArray(env, info[0], "offsetUs", offset_us) && ReadArray(env, info[1], "input", input) &&
                    ReadNumber(env, info[2], "durationUs", duration_us) && ReadArray(env, info[3], "counts", frame.counts) &&
                    ReadArray(env, info[4], "outOffsetUs", frame.out_offset_us) &&
                    ReadArray(env, info[5], "outNeuron", frame.out_neuron) && ReadFlag(env, info[6], "learn", learn);
  if (!read) return env.Undefined();
  if (!(duration_us >= 1 && duration_us <= 4294967295.0)) {
    ThrowTypeError(env, "SPIKELINE_ARGUMENT", "1 to 4294967295 microseconds", "durationUs");
    return env.Undefined();
  }
  AlignedBuffer<std::uint32_t> offset_copy;
  AlignedBuffer<std::uint32_t> input_copy;
  if (!Copy(env, offset_us, offset_copy) || !Copy(env, input, input_copy)) return env.Undefined();
  frame.offset_us = offset_copy.span();
  frame.input = input_copy.span();
  frame.duration_us = static_cast<std::uint32_t>(duration_us);
  if (!CheckStatus(env, network_->PresentSpikes(frame, LearningOf(learn)))) return env.Undefined();
  return Napi::Number::New(env, frame.output_spikes);
}

// readState(view): fills the arrays
Napi::Value ClockedNetworkWrap::ReadState(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  StateView view;
  // Alive is asked last: reading the arguments may have disposed of the network.
  if (ReadStateView(env, info[0], view) && Alive(env)) (void)CheckStatus(env, network_->ReadState(view));
  return env.Undefined();
}

// writeState(view): takes the arrays' contents over
Napi::Value ClockedNetworkWrap::WriteState(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  StateView view;
  if (ReadStateView(env, info[0], view) && Alive(env)) (void)CheckStatus(env, network_->WriteState(view));
  return env.Undefined();
}

// synapticEvents(): weight reads of the drive so far
Napi::Value ClockedNetworkWrap::SynapticEvents(const Napi::CallbackInfo& info) {
  if (!Alive(info.Env())) return info.Env().Undefined();
  return Napi::Number::New(info.Env(), static_cast<double>(network_->synaptic_events()));
}

// kernelName(): "base", "avx2" or "avx512"
Napi::Value ClockedNetworkWrap::KernelName(const Napi::CallbackInfo& info) {
  if (!Alive(info.Env())) return info.Env().Undefined();
  return Napi::String::New(info.Env(), network_->kernel_name());
}

// dispose(): frees the memory now; idempotent
Napi::Value ClockedNetworkWrap::Dispose(const Napi::CallbackInfo& info) {
  network_.reset();
  return info.Env().Undefined();
}

}  // namespace spikeline::addon
