#include "wave_network_wrap.hpp"

#include <algorithm>
#include <span>

#include "arguments.hpp"
#include "wave_arguments.hpp"

namespace spikeline::addon {

namespace {

// Oriented filters instead of the difference of Gaussians, if the field is there.
bool ReadGabor(Napi::Env env, const Napi::Object& object, WaveParams& p) {
  const Napi::Value value = object.Get("gabor");
  if (env.IsExceptionPending()) return false;
  if (value.IsUndefined()) return true;
  if (!value.IsObject()) {
    ThrowTypeError(env, "SPIKELINE_ARGUMENT", "an object", "gabor");
    return false;
  }
  const Napi::Object o = value.As<Napi::Object>();
  const auto integer = [&](const char* name, std::uint32_t& out) { return ReadUint32Field(env, o, name, out); };
  if (!integer("orientations", p.orientations) || !integer("size", p.gabor_size) || !integer("pool", p.gabor_pool) ||
      !integer("stride", p.gabor_stride)) {
    return false;
  }
  if (p.orientations == 0) {
    ThrowTypeError(env, "SPIKELINE_ARGUMENT", "1 to 8", "orientations");
    return false;
  }
  const Napi::Value shares = o.Get("inhibition");
  std::span<double> inhibition;
  if (env.IsExceptionPending() || !ReadArray(env, shares, "inhibition", inhibition)) return false;
  if (inhibition.size() > p.inhibition.size()) {
    ThrowTypeError(env, "SPIKELINE_ARGUMENT", "at most 8 numbers", "inhibition");
    return false;
  }
  p.inhibition_count = static_cast<std::uint32_t>(inhibition.size());
  std::copy(inhibition.begin(), inhibition.end(), p.inhibition.begin());
  return true;
}

// 0 if the field is not there.
bool ReadLatencyBins(Napi::Env env, const Napi::Object& object, std::uint32_t& out) {
  const Napi::Value value = object.Get("latencyBins");
  if (env.IsExceptionPending()) return false;
  return value.IsUndefined() || ReadUint32Field(env, object, "latencyBins", out);
}

bool ReadParams(Napi::Env env, const Napi::Object& o, WaveParams& p) {
  const auto integer = [&](const char* name, std::uint32_t& out) { return ReadUint32Field(env, o, name, out); };
  const auto number = [&](const char* name, double& out) { return ReadNumberField(env, o, name, out); };
  return integer("width", p.width) && integer("height", p.height) && integer("seed", p.seed) &&
         integer("maps", p.maps) && integer("window", p.window) && integer("pad", p.pad) &&
         integer("maxSpikes", p.max_spikes) && integer("cell", p.cell) && number("sigmaCentre", p.sigma_centre) &&
         number("sigmaSurround", p.sigma_surround) && number("contrast", p.contrast) && ReadThresholds(env, o, p.thresholds, p.threshold_count) &&
         ReadPlasticity(env, o, p) && ReadLatencyBins(env, o, p.latency_bins) && ReadGabor(env, o, p);
}

}  // namespace

Napi::Function WaveNetworkWrap::Define(Napi::Env env) {
  return DefineClass(env, "WaveNetwork",
                     {
                         InstanceMethod<&WaveNetworkWrap::PresentImages>("presentImages"),
                         InstanceMethod<&WaveNetworkWrap::LearnImages>("learnImages"),
                         InstanceMethod<&WaveNetworkWrap::EncodeImages>("encodeImages"),
                         InstanceMethod<&WaveNetworkWrap::ReadState>("readState"),
                         InstanceMethod<&WaveNetworkWrap::WriteState>("writeState"),
                         InstanceMethod<&WaveNetworkWrap::Convergence>("convergence"),
                         InstanceMethod<&WaveNetworkWrap::KernelName>("kernelName"),
                         InstanceMethod<&WaveNetworkWrap::Dispose>("dispose"),
                     });
}

// new WaveNetwork(params, kernelName | undefined)
WaveNetworkWrap::WaveNetworkWrap(const Napi::CallbackInfo& info) : Napi::ObjectWrap<WaveNetworkWrap>(info) {
  const Napi::Env env = info.Env();
  if (!info[0].IsObject()) {
    ThrowTypeError(env, "SPIKELINE_ARGUMENT", "an object", "params");
    return;
  }
  WaveParams params;
  if (!ReadParams(env, info[0].As<Napi::Object>(), params)) return;
  const WaveKernels* kernels = nullptr;
  if (!ReadKernels(env, info[1], kernels)) return;
  (void)CheckStatus(env, WaveNetwork::Create(params, kernels, network_));
}

bool WaveNetworkWrap::Alive(Napi::Env env) {
  if (network_ == nullptr) ThrowTypeError(env, "SPIKELINE_DISPOSED", "a network that was not disposed of", "this call");
  return network_ != nullptr;
}

// presentImages(pixels: Uint8Array, inputSpikes: Uint32Array, counts: Uint8Array, offsets: Uint32Array, feature, x, y,
// rank: Uint16Array)
Napi::Value WaveNetworkWrap::PresentImages(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  std::span<std::uint8_t> pixels;
  WaveBatch batch;
  const bool read = Alive(env) && ReadArray(env, info[0], "pixels", pixels) &&
                    ReadArray(env, info[1], "inputSpikes", batch.input_spikes) &&
                    ReadArray(env, info[2], "counts", batch.counts) && ReadArray(env, info[3], "offsets", batch.offsets) &&
                    ReadArray(env, info[4], "feature", batch.feature) && ReadArray(env, info[5], "x", batch.x) &&
                    ReadArray(env, info[6], "y", batch.y) && ReadArray(env, info[7], "rank", batch.rank);
  if (!read) return env.Undefined();
  batch.pixels = pixels;
  (void)CheckStatus(env, network_->PresentImages(batch));
  return env.Undefined();
}

// learnImages(pixels: Uint8Array, inputSpikes: Uint32Array, winnerMap: Uint16Array)
Napi::Value WaveNetworkWrap::LearnImages(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  std::span<std::uint8_t> pixels;
  WaveLearningBatch batch;
  const bool read = Alive(env) && ReadArray(env, info[0], "pixels", pixels) &&
                    ReadArray(env, info[1], "inputSpikes", batch.input_spikes) &&
                    ReadArray(env, info[2], "winnerMap", batch.winner_map);
  if (!read) return env.Undefined();
  batch.pixels = pixels;
  (void)CheckStatus(env, network_->LearnImages(batch));
  return env.Undefined();
}

// encodeImages(pixels: Uint8Array, offsets: Uint32Array, x, y: Uint16Array, channel: Uint8Array)
Napi::Value WaveNetworkWrap::EncodeImages(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  std::span<std::uint8_t> pixels;
  WaveInputBatch batch;
  const bool read = Alive(env) && ReadArray(env, info[0], "pixels", pixels) &&
                    ReadArray(env, info[1], "offsets", batch.offsets) && ReadArray(env, info[2], "x", batch.x) &&
                    ReadArray(env, info[3], "y", batch.y) && ReadArray(env, info[4], "channel", batch.channel);
  if (!read) return env.Undefined();
  batch.pixels = pixels;
  (void)CheckStatus(env, network_->EncodeImages(batch));
  return env.Undefined();
}

// readState(view): fills the arrays
Napi::Value WaveNetworkWrap::ReadState(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  WaveStateView view;
  // Alive is asked last: reading the arguments may have disposed of the network.
  if (ReadStateView(env, info[0], view) && Alive(env)) (void)CheckStatus(env, network_->ReadState(view));
  return env.Undefined();
}

// writeState(view): takes the arrays' contents over
Napi::Value WaveNetworkWrap::WriteState(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  WaveStateView view;
  if (ReadStateView(env, info[0], view) && Alive(env)) (void)CheckStatus(env, network_->WriteState(view));
  return env.Undefined();
}

// convergence(): mean w(1 − w)
Napi::Value WaveNetworkWrap::Convergence(const Napi::CallbackInfo& info) {
  if (!Alive(info.Env())) return info.Env().Undefined();
  return Napi::Number::New(info.Env(), network_->Convergence());
}

// kernelName(): "base", "avx2" or "avx512"
Napi::Value WaveNetworkWrap::KernelName(const Napi::CallbackInfo& info) {
  if (!Alive(info.Env())) return info.Env().Undefined();
  return Napi::String::New(info.Env(), network_->kernel_name());
}

// dispose(): frees the memory now; idempotent
Napi::Value WaveNetworkWrap::Dispose(const Napi::CallbackInfo& info) {
  network_.reset();
  return info.Env().Undefined();
}

}  // namespace spikeline::addon
