// The JavaScript class around one ClockedNetwork. Every method reads its arguments, calls the kernel, maps the result.
// All methods are synchronous and block for their batch; use one object from one thread.
#pragma once

#include <napi.h>

#include <memory>

#include "../kernel/clocked_network.hpp"

namespace spikeline::addon {

class ClockedNetworkWrap : public Napi::ObjectWrap<ClockedNetworkWrap> {
 public:
  static Napi::Function Define(Napi::Env env);
  explicit ClockedNetworkWrap(const Napi::CallbackInfo& info);

 private:
  Napi::Value PresentImages(const Napi::CallbackInfo& info);
  Napi::Value PresentSpikes(const Napi::CallbackInfo& info);
  Napi::Value ReadState(const Napi::CallbackInfo& info);
  Napi::Value WriteState(const Napi::CallbackInfo& info);
  Napi::Value SynapticEvents(const Napi::CallbackInfo& info);
  Napi::Value KernelName(const Napi::CallbackInfo& info);
  // False, with a JavaScript error set, once dispose() was called or if creation failed.
  [[nodiscard]] bool Alive(Napi::Env env);
  Napi::Value Dispose(const Napi::CallbackInfo& info);

  std::unique_ptr<ClockedNetwork> network_;
};

}  // namespace spikeline::addon
