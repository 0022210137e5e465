// The JavaScript class around one EventConvolution. Every method reads its arguments, calls the kernel, maps the result.
// All methods are synchronous and block for their frame; use one object from one thread.
#pragma once

#include <napi.h>

#include <memory>

#include "../kernel/event_convolution.hpp"

namespace spikeline::addon {

class EventConvolutionWrap : public Napi::ObjectWrap<EventConvolutionWrap> {
 public:
  static Napi::Function Define(Napi::Env env);
  explicit EventConvolutionWrap(const Napi::CallbackInfo& info);

 private:
  using Run = Status (EventConvolution::*)(const EventFrame& frame, std::uint32_t& spikes) noexcept;

  Napi::Value Present(const Napi::CallbackInfo& info);
  Napi::Value Learn(const Napi::CallbackInfo& info);
  Napi::Value ReadState(const Napi::CallbackInfo& info);
  Napi::Value WriteState(const Napi::CallbackInfo& info);
  Napi::Value KernelName(const Napi::CallbackInfo& info);
  Napi::Value Dispose(const Napi::CallbackInfo& info);
  Napi::Value RunFrame(const Napi::CallbackInfo& info, Run run);
  // False, with a JavaScript error set, once dispose() was called or if creation failed.
  [[nodiscard]] bool Alive(Napi::Env env);

  std::unique_ptr<EventConvolution> network_;
};

}  // namespace spikeline::addon
