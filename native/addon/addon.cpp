// The whole native surface. src/native/binding.ts declares it for TypeScript; nothing else may load it.
#include <napi.h>

#include <cstdint>
#include <span>

#include "../kernel/aligned_buffer.hpp"
#include "../kernel/drive.hpp"
#include "arguments.hpp"
#include "clocked_network_wrap.hpp"
#include "event_convolution_wrap.hpp"
#include "feature_rows_wrap.hpp"
#include "linear_readout_wrap.hpp"
#include "reward_readout_wrap.hpp"
#include "surface_network_wrap.hpp"
#include "wave_layer_wrap.hpp"
#include "wave_network_wrap.hpp"

namespace {

using spikeline::addon::ClockedNetworkWrap;
using spikeline::addon::EventConvolutionWrap;
using spikeline::addon::FeatureRowsWrap;
using spikeline::addon::LinearReadoutWrap;
using spikeline::addon::ReadArray;
using spikeline::addon::ReadNumber;
using spikeline::addon::RewardReadoutWrap;
using spikeline::addon::SurfaceNetworkWrap;
using spikeline::addon::ThrowTypeError;
using spikeline::addon::WaveLayerWrap;
using spikeline::addon::WaveNetworkWrap;

// sumAll(data: Float32Array, repeats: number): number. Reads the array so often; for bandwidth measurements. Reads
// whole aligned vectors only: up to 508 bytes at the ends are left out.
Napi::Value SumAll(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  std::span<float> data;
  double repeats = 0;
  if (!ReadArray(env, info[0], "data", data) || !ReadNumber(env, info[1], "repeats", repeats)) return env.Undefined();
  if (!(repeats >= 0 && repeats <= 1e9)) {
    ThrowTypeError(env, "SPIKELINE_ARGUMENT", "0 to 1e9", "repeats");
    return env.Undefined();
  }
  const auto misaligned = reinterpret_cast<std::uintptr_t>(data.data()) % spikeline::kAlignment;
  const std::size_t skip = misaligned == 0 ? 0 : (spikeline::kAlignment - misaligned) / sizeof(float);
  if (data.size() < skip + spikeline::kReadPad) return Napi::Number::New(env, 0);
  const std::size_t whole = (data.size() - skip) / spikeline::kReadPad * spikeline::kReadPad;
  const auto* kernels = spikeline::ChooseKernels(nullptr);
  return Napi::Number::New(env, kernels->sum_all(data.data() + skip, whole, static_cast<std::uint32_t>(repeats)));
}

// kernelNames(): the instruction sets this CPU runs, fastest first.
Napi::Value KernelNames(const Napi::CallbackInfo& info) {
  Napi::Array names = Napi::Array::New(info.Env());
  for (const char* name : {"avx512", "avx2", "base"}) {
    if (spikeline::ChooseKernels(name) != nullptr) names.Set(names.Length(), Napi::String::New(info.Env(), name));
  }
  return names;
}

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  exports.Set("ClockedNetwork", ClockedNetworkWrap::Define(env));
  exports.Set("EventConvolution", EventConvolutionWrap::Define(env));
  exports.Set("FeatureRows", FeatureRowsWrap::Define(env));
  exports.Set("LinearReadout", LinearReadoutWrap::Define(env));
  exports.Set("RewardReadout", RewardReadoutWrap::Define(env));
  exports.Set("SurfaceNetwork", SurfaceNetworkWrap::Define(env));
  exports.Set("WaveLayer", WaveLayerWrap::Define(env));
  exports.Set("WaveNetwork", WaveNetworkWrap::Define(env));
  exports.Set("sumAll", Napi::Function::New<&SumAll>(env, "sumAll"));
  exports.Set("kernelNames", Napi::Function::New<&KernelNames>(env, "kernelNames"));
  return exports;
}

}  // namespace

NODE_API_MODULE(NODE_GYP_MODULE_NAME, Init)
