#include "linear_readout_wrap.hpp"

#include <array>

#include "readout_arguments.hpp"

namespace spikeline::addon {

namespace {

bool ReadParams(Napi::Env env, const Napi::Object& o, LinearParams& p) {
  return ReadPoolParams(env, o, p.pool) && ReadAugmentParams(env, o, p.augment) && ReadRateSchedule(env, o, p.rate) &&
         ReadUint32Field(env, o, "classes", p.classes) && ReadUint32Field(env, o, "seed", p.seed) &&
         ReadUint32Field(env, o, "batch", p.batch) && ReadNumberField(env, o, "weightDecay", p.weight_decay);
}

// All fields are fetched before the first array is read: a getter may run any JavaScript, also such that frees an array.
bool ReadStateView(Napi::Env env, const Napi::Value& value, LinearState& v) {
  if (!value.IsObject()) {
    ThrowTypeError(env, "SPIKELINE_ARGUMENT", "an object of typed arrays", "state");
    return false;
  }
  constexpr std::array<const char*, 5> kNames = {"weights", "bias", "meanWeights", "meanBias", "counters"};
  const Napi::Object object = value.As<Napi::Object>();
  std::array<Napi::Value, kNames.size()> field;
  for (std::size_t k = 0; k < kNames.size(); ++k) {
    field[k] = object.Get(kNames[k]);
    if (env.IsExceptionPending()) return false;
  }
  return ReadArray(env, field[0], kNames[0], v.weights) && ReadArray(env, field[1], kNames[1], v.bias) &&
         ReadArray(env, field[2], kNames[2], v.mean_weights) && ReadArray(env, field[3], kNames[3], v.mean_bias) &&
         ReadArray(env, field[4], kNames[4], v.counters);
}

}  // namespace

Napi::Function LinearReadoutWrap::Define(Napi::Env env) {
  return DefineClass(env, "LinearReadout",
                     {
                         InstanceMethod<&LinearReadoutWrap::Learn>("learn"),
                         InstanceMethod<&LinearReadoutWrap::Judge>("judge"),
                         InstanceMethod<&LinearReadoutWrap::JudgeEarly>("judgeEarly"),
                         InstanceMethod<&LinearReadoutWrap::KeepMean>("keepMean"),
                         InstanceMethod<&LinearReadoutWrap::UseMean>("useMean"),
                         InstanceMethod<&LinearReadoutWrap::ReadState>("readState"),
                         InstanceMethod<&LinearReadoutWrap::WriteState>("writeState"),
                         InstanceMethod<&LinearReadoutWrap::Dispose>("dispose"),
                     });
}

// new LinearReadout(params)
LinearReadoutWrap::LinearReadoutWrap(const Napi::CallbackInfo& info) : Napi::ObjectWrap<LinearReadoutWrap>(info) {
  const Napi::Env env = info.Env();
  if (!info[0].IsObject()) {
    ThrowTypeError(env, "SPIKELINE_ARGUMENT", "an object", "params");
    return;
  }
  LinearParams params;
  if (!ReadParams(env, info[0].As<Napi::Object>(), params)) return;
  (void)CheckStatus(env, LinearReadout::Create(params, readout_));
}

bool LinearReadoutWrap::Alive(Napi::Env env) {
  if (readout_ == nullptr) ThrowTypeError(env, "SPIKELINE_DISPOSED", "a readout that was not disposed of", "this call");
  return readout_ != nullptr;
}

// learn(start, feature, x, y, labels: Uint16Array, order: Uint32Array): number of frames judged right before learning
Napi::Value LinearReadoutWrap::Learn(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  FeatureSpikes spikes;
  std::span<std::uint16_t> label;
  std::span<std::uint32_t> order;
  std::uint32_t right = 0;
  if (!Alive(env) || !ReadFeatureSpikes(info, spikes) || !ReadLesson(info, label, order)) return env.Undefined();
  if (!CheckStatus(env, readout_->Learn(spikes, label, order, right))) return env.Undefined();
  return Napi::Number::New(env, right);
}

// judge(start, feature, x, y, labels: Uint16Array, margins, shares: Float32Array)
Napi::Value LinearReadoutWrap::Judge(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  FeatureSpikes spikes;
  Judged out;
  if (!Alive(env) || !ReadFeatureSpikes(info, spikes) || !ReadJudged(info, out)) return env.Undefined();
  (void)CheckStatus(env, readout_->Judge(spikes, out));
  return env.Undefined();
}

// judgeEarly(start, feature, x, y, enough: number, labels: Uint16Array, spikes: Uint32Array)
Napi::Value LinearReadoutWrap::JudgeEarly(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  FeatureSpikes spikes;
  double enough = 0;
  JudgedEarly out;
  if (!Alive(env) || !ReadFeatureSpikes(info, spikes) || !ReadJudgedEarly(info, enough, out)) return env.Undefined();
  (void)CheckStatus(env, readout_->JudgeEarly(spikes, enough, out));
  return env.Undefined();
}

Napi::Value LinearReadoutWrap::KeepMean(const Napi::CallbackInfo& info) {
  if (Alive(info.Env())) readout_->KeepMean();
  return info.Env().Undefined();
}

Napi::Value LinearReadoutWrap::UseMean(const Napi::CallbackInfo& info) {
  if (Alive(info.Env())) readout_->UseMean();
  return info.Env().Undefined();
}

// readState(state): fills the arrays. Alive is asked last: reading the arguments may have disposed of the readout.
Napi::Value LinearReadoutWrap::ReadState(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  LinearState view;
  if (ReadStateView(env, info[0], view) && Alive(env)) (void)CheckStatus(env, readout_->ReadState(view));
  return env.Undefined();
}

// writeState(state): takes the arrays over, or throws and changes nothing
Napi::Value LinearReadoutWrap::WriteState(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  LinearState view;
  if (ReadStateView(env, info[0], view) && Alive(env)) (void)CheckStatus(env, readout_->WriteState(view));
  return env.Undefined();
}

// dispose(): frees the memory now; idempotent
Napi::Value LinearReadoutWrap::Dispose(const Napi::CallbackInfo& info) {
  readout_.reset();
  return info.Env().Undefined();
}

}  // namespace spikeline::addon
