// Arguments that both readouts of feature spikes take: read as in arguments.hpp.
#pragma once

#include <napi.h>

#include <cstdint>
#include <span>

#include "../kernel/augmentation.hpp"
#include "../kernel/feature_pool.hpp"
#include "../kernel/feature_spikes.hpp"
#include "../kernel/judged.hpp"
#include "../kernel/rate_schedule.hpp"
#include "arguments.hpp"

namespace spikeline::addon {

bool ReadChoiceField(Napi::Env env, const Napi::Object& object, const char* name, std::uint32_t choices,
                     std::uint32_t& out);
// features, width, height, grid, value, norm
bool ReadPoolParams(Napi::Env env, const Napi::Object& object, PoolParams& out);
// shiftPx, rotationRad, shear, scale, dropout
bool ReadAugmentParams(Napi::Env env, const Napi::Object& object, AugmentParams& out);
// rateFirst, rateLast, rateFrames
bool ReadRateSchedule(Napi::Env env, const Napi::Object& object, RateSchedule& out);

// The first four arguments: start: Uint32Array, feature: Uint16Array, x, y: Uint8Array.
bool ReadFeatureSpikes(const Napi::CallbackInfo& info, FeatureSpikes& out);
// The three after them: labels: Uint16Array, margins, shares: Float32Array.
bool ReadJudged(const Napi::CallbackInfo& info, Judged& out);
// The three after them: enough: number, labels: Uint16Array, spikes: Uint32Array.
bool ReadJudgedEarly(const Napi::CallbackInfo& info, double& enough, JudgedEarly& out);
// The two after them: labels: Uint16Array, order: Uint32Array.
bool ReadLesson(const Napi::CallbackInfo& info, std::span<std::uint16_t>& label, std::span<std::uint32_t>& order);

}  // namespace spikeline::addon
