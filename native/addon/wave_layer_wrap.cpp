#include "wave_layer_wrap.hpp"

#include "arguments.hpp"
#include "wave_arguments.hpp"

namespace spikeline::addon {

namespace {

bool ReadParams(Napi::Env env, const Napi::Object& o, WaveLayerParams& p) {
  const auto integer = [&](const char* name, std::uint32_t& out) { return ReadUint32Field(env, o, name, out); };
  return integer("width", p.width) && integer("height", p.height) && integer("channels", p.channels) &&
         integer("seed", p.seed) && integer("maps", p.maps) && integer("pool", p.pool) &&
         integer("poolStride", p.pool_stride) && integer("window", p.window) && integer("pad", p.pad) &&
         integer("firstOnly", p.first_only) && ReadThresholds(env, o, p.thresholds, p.threshold_count) &&
         ReadPlasticity(env, o, p);
}

// offsets: Uint32Array, feature, x, y, rank: Uint16Array from argument `at` on.
bool ReadSpikes(const Napi::CallbackInfo& info, std::size_t at, WaveSpikesOut& spikes) {
  const Napi::Env env = info.Env();
  return ReadArray(env, info[at], "offsets", spikes.offsets) && ReadArray(env, info[at + 1], "feature", spikes.feature) &&
         ReadArray(env, info[at + 2], "x", spikes.x) && ReadArray(env, info[at + 3], "y", spikes.y) &&
         ReadArray(env, info[at + 4], "rank", spikes.rank);
}

WaveSpikesIn Borrowed(const WaveSpikesOut& spikes) {
  return {.offsets = spikes.offsets, .feature = spikes.feature, .x = spikes.x, .y = spikes.y, .rank = spikes.rank};
}

constexpr std::size_t kLists = 5;

}  // namespace

Napi::Function WaveLayerWrap::Define(Napi::Env env) {
  return DefineClass(env, "WaveLayer",
                     {
                         InstanceMethod<&WaveLayerWrap::PresentSpikes>("presentSpikes"),
                         InstanceMethod<&WaveLayerWrap::LearnSpikes>("learnSpikes"),
                         InstanceMethod<&WaveLayerWrap::ReadState>("readState"),
                         InstanceMethod<&WaveLayerWrap::WriteState>("writeState"),
                         InstanceMethod<&WaveLayerWrap::Convergence>("convergence"),
                         InstanceMethod<&WaveLayerWrap::KernelName>("kernelName"),
                         InstanceMethod<&WaveLayerWrap::Dispose>("dispose"),
                     });
}

// new WaveLayer(params, kernelName | undefined)
WaveLayerWrap::WaveLayerWrap(const Napi::CallbackInfo& info) : Napi::ObjectWrap<WaveLayerWrap>(info) {
  const Napi::Env env = info.Env();
  if (!info[0].IsObject()) {
    ThrowTypeError(env, "SPIKELINE_ARGUMENT", "an object", "params");
    return;
  }
  WaveLayerParams params;
  const WaveKernels* kernels = nullptr;
  if (!ReadParams(env, info[0].As<Napi::Object>(), params) || !ReadKernels(env, info[1], kernels)) return;
  (void)CheckStatus(env, WaveLayer::Create(params, kernels, layer_));
}

bool WaveLayerWrap::Alive(Napi::Env env) {
  if (layer_ == nullptr) ThrowTypeError(env, "SPIKELINE_DISPOSED", "a layer that was not disposed of", "this call");
  return layer_ != nullptr;
}

// presentSpikes(offsets, feature, x, y, rank of the layer before, offsets, feature, x, y, rank of this one)
Napi::Value WaveLayerWrap::PresentSpikes(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  WaveSpikesOut in;
  WaveSpikesOut out;
  const bool read = Alive(env) && ReadSpikes(info, 0, in) && ReadSpikes(info, kLists, out);
  if (read) (void)CheckStatus(env, layer_->PresentSpikes(Borrowed(in), out));
  return env.Undefined();
}

// learnSpikes(offsets, feature, x, y, rank of the layer before, winnerMap: Uint16Array)
Napi::Value WaveLayerWrap::LearnSpikes(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  WaveSpikesOut in;
  std::span<std::uint16_t> winner_map;
  const bool read = Alive(env) && ReadSpikes(info, 0, in) && ReadArray(env, info[kLists], "winnerMap", winner_map);
  if (read) (void)CheckStatus(env, layer_->LearnSpikes(Borrowed(in), winner_map));
  return env.Undefined();
}

// readState(view): fills the arrays
Napi::Value WaveLayerWrap::ReadState(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  WaveStateView view;
  // Alive is asked last: reading the arguments may have disposed of the layer.
  if (ReadStateView(env, info[0], view) && Alive(env)) (void)CheckStatus(env, layer_->ReadState(view));
  return env.Undefined();
}

// writeState(view): takes the arrays' contents over
Napi::Value WaveLayerWrap::WriteState(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  WaveStateView view;
  if (ReadStateView(env, info[0], view) && Alive(env)) (void)CheckStatus(env, layer_->WriteState(view));
  return env.Undefined();
}

// convergence(): mean w(1 − w)
Napi::Value WaveLayerWrap::Convergence(const Napi::CallbackInfo& info) {
  if (!Alive(info.Env())) return info.Env().Undefined();
  return Napi::Number::New(info.Env(), layer_->Convergence());
}

// kernelName(): "base", "avx2" or "avx512"
Napi::Value WaveLayerWrap::KernelName(const Napi::CallbackInfo& info) {
  if (!Alive(info.Env())) return info.Env().Undefined();
  return Napi::String::New(info.Env(), layer_->kernel_name());
}

// dispose(): frees the memory now; idempotent
Napi::Value WaveLayerWrap::Dispose(const Napi::CallbackInfo& info) {
  layer_.reset();
  return info.Env().Undefined();
}

}  // namespace spikeline::addon
