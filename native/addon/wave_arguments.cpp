#include "wave_arguments.hpp"

#include <algorithm>
#include <span>
#include <string>

#include "arguments.hpp"

namespace spikeline::addon {

bool ReadThresholds(Napi::Env env, const Napi::Object& o, std::array<double, kMostThresholds>& out,
                    std::uint32_t& count) {
  const Napi::Value value = o.Get("thresholds");
  std::span<double> thresholds;
  if (env.IsExceptionPending() || !ReadArray(env, value, "thresholds", thresholds)) return false;
  if (thresholds.empty() || thresholds.size() > out.size()) {
    ThrowTypeError(env, "SPIKELINE_ARGUMENT", "1 to 4 numbers", "thresholds");
    return false;
  }
  count = static_cast<std::uint32_t>(thresholds.size());
  std::copy(thresholds.begin(), thresholds.end(), out.begin());
  return true;
}

bool ReadPlasticity(Napi::Env env, const Napi::Object& o, WavePlasticity& p) {
  const auto integer = [&](const char* name, std::uint32_t& out) { return ReadUint32Field(env, o, name, out); };
  const auto number = [&](const char* name, double& out) { return ReadNumberField(env, o, name, out); };
  return number("initialMean", p.initial_mean) && number("initialStd", p.initial_std) &&
         number("learningThreshold", p.learning_threshold) && number("thetaPlus", p.theta_plus) &&
         number("aPlus", p.a_plus) && number("aPlusMax", p.a_plus_max) && number("aRatio", p.a_ratio) &&
         integer("doublingFrames", p.doubling_frames) && integer("winners", p.winners) &&
         integer("inhibitionRadius", p.inhibition_radius);
}

// All fields are fetched before the first array is read: a getter may run any JavaScript, also such that frees an array.
bool ReadStateView(Napi::Env env, const Napi::Value& value, WaveStateView& v) {
  if (!value.IsObject()) {
    ThrowTypeError(env, "SPIKELINE_ARGUMENT", "an object of typed arrays", "state");
    return false;
  }
  const Napi::Object object = value.As<Napi::Object>();
  const Napi::Value weights = object.Get("weights");
  if (env.IsExceptionPending()) return false;
  const Napi::Value theta = object.Get("theta");
  if (env.IsExceptionPending()) return false;
  const Napi::Value counters = object.Get("counters");
  if (env.IsExceptionPending()) return false;
  return ReadArray(env, weights, "weights", v.weights) && ReadArray(env, theta, "theta", v.theta) &&
         ReadArray(env, counters, "counters", v.counters);
}

bool ReadKernels(Napi::Env env, const Napi::Value& value, const WaveKernels*& out) {
  out = nullptr;
  if (value.IsUndefined()) return true;
  if (value.IsString()) out = ChooseWaveKernels(value.As<Napi::String>().Utf8Value().c_str());
  if (out == nullptr) ThrowTypeError(env, "SPIKELINE_ARGUMENT", "the name of a kernel this CPU runs", "kernel");
  return out != nullptr;
}

}  // namespace spikeline::addon
