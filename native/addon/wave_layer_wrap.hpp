// The JavaScript class around one WaveLayer. Every method reads its arguments, calls the kernel, maps the result.
// All methods are synchronous and block for their batch; use one object from one thread.
#pragma once

#include <napi.h>

#include <memory>

#include "../kernel/wave_layer.hpp"

namespace spikeline::addon {

class WaveLayerWrap : public Napi::ObjectWrap<WaveLayerWrap> {
 public:
  static Napi::Function Define(Napi::Env env);
  explicit WaveLayerWrap(const Napi::CallbackInfo& info);

 private:
  Napi::Value PresentSpikes(const Napi::CallbackInfo& info);
  Napi::Value LearnSpikes(const Napi::CallbackInfo& info);
  Napi::Value ReadState(const Napi::CallbackInfo& info);
  Napi::Value WriteState(const Napi::CallbackInfo& info);
  Napi::Value Convergence(const Napi::CallbackInfo& info);
  Napi::Value KernelName(const Napi::CallbackInfo& info);
  Napi::Value Dispose(const Napi::CallbackInfo& info);
  // False, with a JavaScript error set, once dispose() was called or if creation failed.
  [[nodiscard]] bool Alive(Napi::Env env);

  std::unique_ptr<WaveLayer> layer_;
};

}  // namespace spikeline::addon
