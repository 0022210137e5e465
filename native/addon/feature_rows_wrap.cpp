#include "feature_rows_wrap.hpp"

#include "readout_arguments.hpp"

namespace spikeline::addon {

Napi::Function FeatureRowsWrap::Define(Napi::Env env) {
  return DefineClass(env, "FeatureRows",
                     {
                         InstanceMethod<&FeatureRowsWrap::Fill>("fill"),
                         InstanceMethod<&FeatureRowsWrap::Dispose>("dispose"),
                     });
}

// new FeatureRows(params)
FeatureRowsWrap::FeatureRowsWrap(const Napi::CallbackInfo& info) : Napi::ObjectWrap<FeatureRowsWrap>(info) {
  const Napi::Env env = info.Env();
  if (!info[0].IsObject()) {
    ThrowTypeError(env, "SPIKELINE_ARGUMENT", "an object", "params");
    return;
  }
  PoolParams params;
  if (!ReadPoolParams(env, info[0].As<Napi::Object>(), params)) return;
  (void)CheckStatus(env, FeatureRows::Create(params, rows_));
}

// fill(start, feature, x, y, rows: Float32Array)
Napi::Value FeatureRowsWrap::Fill(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (rows_ == nullptr) {
    ThrowTypeError(env, "SPIKELINE_DISPOSED", "rows that were not disposed of", "this call");
    return env.Undefined();
  }
  FeatureSpikes spikes;
  std::span<float> rows;
  if (!ReadFeatureSpikes(info, spikes) || !ReadArray(env, info[4], "rows", rows)) return env.Undefined();
  (void)CheckStatus(env, rows_->Fill(spikes, rows));
  return env.Undefined();
}

// dispose(): frees the memory now; idempotent
Napi::Value FeatureRowsWrap::Dispose(const Napi::CallbackInfo& info) {
  rows_.reset();
  return info.Env().Undefined();
}

}  // namespace spikeline::addon
