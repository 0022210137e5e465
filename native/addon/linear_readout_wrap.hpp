// The JavaScript class around one LinearReadout. All methods are synchronous and block for their batch; use one object
// from one thread.
#pragma once

#include <napi.h>

#include <memory>

#include "../kernel/linear_readout.hpp"

namespace spikeline::addon {

class LinearReadoutWrap : public Napi::ObjectWrap<LinearReadoutWrap> {
 public:
  static Napi::Function Define(Napi::Env env);
  explicit LinearReadoutWrap(const Napi::CallbackInfo& info);

 private:
  Napi::Value Learn(const Napi::CallbackInfo& info);
  Napi::Value Judge(const Napi::CallbackInfo& info);
  Napi::Value JudgeEarly(const Napi::CallbackInfo& info);
  Napi::Value KeepMean(const Napi::CallbackInfo& info);
  Napi::Value UseMean(const Napi::CallbackInfo& info);
  Napi::Value ReadState(const Napi::CallbackInfo& info);
  Napi::Value WriteState(const Napi::CallbackInfo& info);
  Napi::Value Dispose(const Napi::CallbackInfo& info);
  // False, with a JavaScript error set, once dispose() was called or if creation failed.
  [[nodiscard]] bool Alive(Napi::Env env);

  std::unique_ptr<LinearReadout> readout_;
};

}  // namespace spikeline::addon
