#include "clocked_network_wrap.hpp"

#include <string>

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

bool ReadStateView(Napi::Env env, const Napi::Value& value, StateView& v) {
  if (!value.IsObject()) {
    ThrowTypeError(env, "SPIKELINE_ARGUMENT", "an object of typed arrays", "state");
    return false;
  }
  const Napi::Object o = value.As<Napi::Object>();
  return ReadArrayField(env, o, "weightsF32", v.weights_f32) && ReadArrayField(env, o, "weightsU8", v.weights_u8) &&
         ReadArrayField(env, o, "scale", v.scale) && ReadArrayField(env, o, "sum", v.sum) &&
         ReadArrayField(env, o, "theta", v.theta) && ReadArrayField(env, o, "membrane", v.membrane) &&
         ReadArrayField(env, o, "refractory", v.refractory) && ReadArrayField(env, o, "preAge", v.pre_age) &&
         ReadArrayField(env, o, "postAge", v.post_age) && ReadArrayField(env, o, "counters", v.counters);
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
  frame.offset_us = offset_us;
  frame.input = input;
  frame.duration_us = static_cast<std::uint32_t>(duration_us);
  if (!CheckStatus(env, network_->PresentSpikes(frame, LearningOf(learn)))) return env.Undefined();
  return Napi::Number::New(env, frame.output_spikes);
}

// readState(view): fills the arrays
Napi::Value ClockedNetworkWrap::ReadState(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  StateView view;
  if (Alive(env) && ReadStateView(env, info[0], view)) (void)CheckStatus(env, network_->ReadState(view));
  return env.Undefined();
}

// writeState(view): takes the arrays' contents over
Napi::Value ClockedNetworkWrap::WriteState(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  StateView view;
  if (Alive(env) && ReadStateView(env, info[0], view)) (void)CheckStatus(env, network_->WriteState(view));
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
