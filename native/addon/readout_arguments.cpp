#include "readout_arguments.hpp"

namespace spikeline::addon {

bool ReadChoiceField(Napi::Env env, const Napi::Object& object, const char* name, std::uint32_t choices,
                     std::uint32_t& out) {
  if (!ReadUint32Field(env, object, name, out)) return false;
  if (out >= choices) ThrowTypeError(env, "SPIKELINE_ARGUMENT", "a known choice", name);
  return out < choices;
}

bool ReadPoolParams(Napi::Env env, const Napi::Object& object, PoolParams& out) {
  std::uint32_t value = 0;
  std::uint32_t norm = 0;
  const bool read = ReadUint32Field(env, object, "features", out.features) &&
                    ReadUint32Field(env, object, "width", out.width) &&
                    ReadUint32Field(env, object, "height", out.height) &&
                    ReadUint32Field(env, object, "grid", out.grid) &&
                    ReadChoiceField(env, object, "value", 2, value) && ReadChoiceField(env, object, "norm", 2, norm);
  out.value = static_cast<PoolValue>(value);
  out.norm = static_cast<Norm>(norm);
  return read;
}

bool ReadAugmentParams(Napi::Env env, const Napi::Object& object, AugmentParams& out) {
  return ReadNumberField(env, object, "shiftPx", out.shift_px) &&
         ReadNumberField(env, object, "rotationRad", out.rotation_rad) &&
         ReadNumberField(env, object, "shear", out.shear) && ReadNumberField(env, object, "scale", out.scale) &&
         ReadNumberField(env, object, "dropout", out.dropout);
}

bool ReadRateSchedule(Napi::Env env, const Napi::Object& object, RateSchedule& out) {
  return ReadNumberField(env, object, "rateFirst", out.first) && ReadNumberField(env, object, "rateLast", out.last) &&
         ReadNumberField(env, object, "rateFrames", out.frames);
}

bool ReadFeatureSpikes(const Napi::CallbackInfo& info, FeatureSpikes& out) {
  const Napi::Env env = info.Env();
  std::span<std::uint32_t> start;
  std::span<std::uint16_t> feature;
  std::span<std::uint8_t> x;
  std::span<std::uint8_t> y;
  const bool read = ReadArray(env, info[0], "start", start) && ReadArray(env, info[1], "feature", feature) &&
                    ReadArray(env, info[2], "x", x) && ReadArray(env, info[3], "y", y);
  out = {.start = start, .feature = feature, .x = x, .y = y};
  return read;
}

bool ReadJudged(const Napi::CallbackInfo& info, Judged& out) {
  const Napi::Env env = info.Env();
  return ReadArray(env, info[4], "labels", out.label) && ReadArray(env, info[5], "margins", out.margin) &&
         ReadArray(env, info[6], "shares", out.share);
}

bool ReadJudgedEarly(const Napi::CallbackInfo& info, double& enough, JudgedEarly& out) {
  const Napi::Env env = info.Env();
  return ReadNumber(env, info[4], "enough", enough) && ReadArray(env, info[5], "labels", out.label) &&
         ReadArray(env, info[6], "spikes", out.spikes);
}

bool ReadLesson(const Napi::CallbackInfo& info, std::span<std::uint16_t>& label, std::span<std::uint32_t>& order) {
  const Napi::Env env = info.Env();
  return ReadArray(env, info[4], "labels", label) && ReadArray(env, info[5], "order", order);
}

}  // namespace spikeline::addon
