// Reads what the classes of wave networks have in common. As the readers of arguments.hpp, each sets a JavaScript error
// and returns false when the argument is not what is named.
#pragma once

#include <napi.h>

#include <array>
#include <cstdint>

#include "../kernel/wave_params.hpp"
#include "../kernel/wave_synapses.hpp"
#include "../kernel/wave_walk.hpp"

namespace spikeline::addon {

bool ReadThresholds(Napi::Env env, const Napi::Object& object, std::array<double, kMostThresholds>& thresholds,
                    std::uint32_t& count);
bool ReadPlasticity(Napi::Env env, const Napi::Object& object, WavePlasticity& out);
bool ReadStateView(Napi::Env env, const Napi::Value& value, WaveStateView& out);
// The name of a kernel, or undefined for null: the fastest.
bool ReadKernels(Napi::Env env, const Napi::Value& value, const WaveKernels*& out);

}  // namespace spikeline::addon
