#include "event_convolution_wrap.hpp"

#include "arguments.hpp"

namespace spikeline::addon {

namespace {

bool ReadParams(Napi::Env env, const Napi::Object& o, EventConvolutionParams& p) {
  const auto integer = [&](const char* name, std::uint32_t& out) { return ReadUint32Field(env, o, name, out); };
  const auto number = [&](const char* name, double& out) { return ReadNumberField(env, o, name, out); };
  return integer("width", p.width) && integer("height", p.height) && integer("maps", p.maps) &&
         integer("radius", p.radius) && integer("lateral", p.lateral) && integer("seed", p.seed) &&
         integer("binUs", p.bin_us) && integer("bins", p.bins) && integer("centre", p.centre) &&
         integer("windowUs", p.window_us) && number("tauUs", p.tau_us) && number("threshold", p.threshold) &&
         number("reset", p.reset) && number("initialLow", p.initial_low) && number("initialHigh", p.initial_high) &&
         number("rise", p.rise) && number("fall", p.fall) && number("thresholdRate", p.threshold_rate);
}

// All fields are fetched before the first array is read: a getter may run any JavaScript, also such that frees an array.
bool ReadStateView(Napi::Env env, const Napi::Value& value, EventConvolutionStateView& v) {
  if (!value.IsObject()) {
    ThrowTypeError(env, "SPIKELINE_ARGUMENT", "an object of typed arrays", "state");
    return false;
  }
  const Napi::Object object = value.As<Napi::Object>();
  const Napi::Value weights = object.Get("weights");
  if (env.IsExceptionPending()) return false;
  const Napi::Value thresholds = object.Get("thresholds");
  if (env.IsExceptionPending()) return false;
  const Napi::Value counters = object.Get("counters");
  if (env.IsExceptionPending()) return false;
  return ReadArray(env, weights, "weights", v.weights) && ReadArray(env, thresholds, "thresholds", v.thresholds) &&
         ReadArray(env, counters, "counters", v.counters);
}

}  // namespace

Napi::Function EventConvolutionWrap::Define(Napi::Env env) {
  return DefineClass(env, "EventConvolution",
                     {
                         InstanceMethod<&EventConvolutionWrap::Present>("present"),
                         InstanceMethod<&EventConvolutionWrap::Learn>("learn"),
                         InstanceMethod<&EventConvolutionWrap::ReadState>("readState"),
                         InstanceMethod<&EventConvolutionWrap::WriteState>("writeState"),
                         InstanceMethod<&EventConvolutionWrap::KernelName>("kernelName"),
                         InstanceMethod<&EventConvolutionWrap::Dispose>("dispose"),
                     });
}

// new EventConvolution(params, kernelName | undefined)
EventConvolutionWrap::EventConvolutionWrap(const Napi::CallbackInfo& info) : Napi::ObjectWrap<EventConvolutionWrap>(info) {
  const Napi::Env env = info.Env();
  if (!info[0].IsObject()) {
    ThrowTypeError(env, "SPIKELINE_ARGUMENT", "an object", "params");
    return;
  }
  EventConvolutionParams params;
  if (!ReadParams(env, info[0].As<Napi::Object>(), params)) return;
  const EventKernels* kernels = nullptr;
  if (!info[1].IsUndefined()) {
    if (info[1].IsString()) kernels = ChooseEventKernels(info[1].As<Napi::String>().Utf8Value().c_str());
    if (kernels == nullptr) {
      ThrowTypeError(env, "SPIKELINE_ARGUMENT", "the name of a kernel this CPU runs", "kernel");
      return;
    }
  }
  (void)CheckStatus(env, EventConvolution::Create(params, kernels, network_));
}

bool EventConvolutionWrap::Alive(Napi::Env env) {
  if (network_ == nullptr) ThrowTypeError(env, "SPIKELINE_DISPOSED", "a network that was not disposed of", "this call");
  return network_ != nullptr;
}

// present(offsetUs, input, outOffsetUs: Uint32Array, feature: Uint16Array, x, y: Uint8Array): spikes
Napi::Value EventConvolutionWrap::Present(const Napi::CallbackInfo& info) { return RunFrame(info, &EventConvolution::Present); }

// learn(…): as present
Napi::Value EventConvolutionWrap::Learn(const Napi::CallbackInfo& info) { return RunFrame(info, &EventConvolution::Learn); }

Napi::Value EventConvolutionWrap::RunFrame(const Napi::CallbackInfo& info, Run run) {
  const Napi::Env env = info.Env();
  std::span<std::uint32_t> offset_us;
  std::span<std::uint32_t> input;
  EventFrame frame;
  const bool read = Alive(env) && ReadArray(env, info[0], "offsetUs", offset_us) &&
                    ReadArray(env, info[1], "input", input) &&
                    ReadArray(env, info[2], "outOffsetUs", frame.out_offset_us) &&
                    ReadArray(env, info[3], "feature", frame.feature) && ReadArray(env, info[4], "x", frame.x) &&
                    ReadArray(env, info[5], "y", frame.y);
  if (!read) return env.Undefined();
  frame.offset_us = offset_us;
  frame.input = input;
  std::uint32_t spikes = 0;
  if (!CheckStatus(env, (network_.get()->*run)(frame, spikes))) return env.Undefined();
  return Napi::Number::New(env, spikes);
}

// readState(view): fills the arrays
Napi::Value EventConvolutionWrap::ReadState(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  EventConvolutionStateView view;
  // Alive is asked last: reading the arguments may have disposed of the network.
  if (ReadStateView(env, info[0], view) && Alive(env)) (void)CheckStatus(env, network_->ReadState(view));
  return env.Undefined();
}

// writeState(view): takes the arrays' contents over
Napi::Value EventConvolutionWrap::WriteState(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  EventConvolutionStateView view;
  if (ReadStateView(env, info[0], view) && Alive(env)) (void)CheckStatus(env, network_->WriteState(view));
  return env.Undefined();
}

// kernelName(): "base", "avx2" or "avx512"
Napi::Value EventConvolutionWrap::KernelName(const Napi::CallbackInfo& info) {
  if (!Alive(info.Env())) return info.Env().Undefined();
  return Napi::String::New(info.Env(), network_->kernel_name());
}

// dispose(): frees the memory now; idempotent
Napi::Value EventConvolutionWrap::Dispose(const Napi::CallbackInfo& info) {
  network_.reset();
  return info.Env().Undefined();
}

}  // namespace spikeline::addon
