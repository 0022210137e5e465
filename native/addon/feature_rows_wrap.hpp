// The JavaScript class around one FeatureRows. All methods are synchronous and block for their batch; use one object
// from one thread.
#pragma once

#include <napi.h>

#include <memory>

#include "../kernel/feature_rows.hpp"

namespace spikeline::addon {

class FeatureRowsWrap : public Napi::ObjectWrap<FeatureRowsWrap> {
 public:
  static Napi::Function Define(Napi::Env env);
  explicit FeatureRowsWrap(const Napi::CallbackInfo& info);

 private:
  Napi::Value Fill(const Napi::CallbackInfo& info);
  Napi::Value Dispose(const Napi::CallbackInfo& info);

  // Empty once dispose() was called or if creation failed.
  std::unique_ptr<FeatureRows> rows_;
};

}  // namespace spikeline::addon
