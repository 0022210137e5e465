#include "arguments.hpp"

#include <string>

namespace spikeline::addon {

void ThrowTypeError(Napi::Env env, const char* code, const char* expected, const char* name) {
  if (env.IsExceptionPending()) return;
  const std::string message = std::string("Expected ") + expected + " for " + name + ".";
  const Napi::TypeError error = Napi::TypeError::New(env, message);
  error.Value().Set("code", Napi::String::New(env, code));
  error.ThrowAsJavaScriptException();
}

bool CheckStatus(Napi::Env env, Status status) {
  if (status == Status::kOk) return true;
  const Napi::Error error = Napi::Error::New(env, std::string("The network refused the call: ") + Message(status) + ".");
  error.Value().Set("code", Napi::String::New(env, "SPIKELINE_KERNEL"));
  error.ThrowAsJavaScriptException();
  return false;
}

bool ReadNumber(Napi::Env env, const Napi::Value& value, const char* name, double& out) {
  if (!value.IsNumber()) {
    ThrowTypeError(env, "SPIKELINE_ARGUMENT", "a number", name);
    return false;
  }
  out = value.As<Napi::Number>().DoubleValue();
  return true;
}

bool ReadFlag(Napi::Env env, const Napi::Value& value, const char* name, bool& out) {
  if (!value.IsBoolean()) {
    ThrowTypeError(env, "SPIKELINE_ARGUMENT", "a boolean", name);
    return false;
  }
  out = value.As<Napi::Boolean>().Value();
  return true;
}

bool ReadNumberField(Napi::Env env, const Napi::Object& object, const char* name, double& out) {
  const Napi::Value value = object.Get(name);
  return !env.IsExceptionPending() && ReadNumber(env, value, name, out);
}

bool ReadUint32Field(Napi::Env env, const Napi::Object& object, const char* name, std::uint32_t& out) {
  double number = 0;
  if (!ReadNumberField(env, object, name, number)) return false;
  if (!(number >= 0 && number <= 4294967295.0) || number != static_cast<double>(static_cast<std::uint32_t>(number))) {
    ThrowTypeError(env, "SPIKELINE_ARGUMENT", "an integer from 0 to 4294967295", name);
    return false;
  }
  out = static_cast<std::uint32_t>(number);
  return true;
}

}  // namespace spikeline::addon
