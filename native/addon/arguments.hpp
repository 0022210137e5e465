// Reads JavaScript arguments into plain C++ values. Every reader sets a JavaScript TypeError and returns false when
// the argument is not what is named; the caller returns at once. Typed arrays are borrowed for the call only.
#pragma once

#include <napi.h>

#include <cstdint>
#include <span>

#include "../kernel/status.hpp"

namespace spikeline::addon {

// Sets a TypeError with the given stable code.
void ThrowTypeError(Napi::Env env, const char* code, const char* expected, const char* name);
// Sets an Error whose code is SPIKELINE_KERNEL and whose message is the status' sentence; true if status is kOk.
bool CheckStatus(Napi::Env env, Status status);

bool ReadNumber(Napi::Env env, const Napi::Value& value, const char* name, double& out);
bool ReadFlag(Napi::Env env, const Napi::Value& value, const char* name, bool& out);
bool ReadNumberField(Napi::Env env, const Napi::Object& object, const char* name, double& out);
// A number field that holds an unsigned 32-bit integer.
bool ReadUint32Field(Napi::Env env, const Napi::Object& object, const char* name, std::uint32_t& out);

template <typename T>
struct ArrayType;
template <> struct ArrayType<float> { static constexpr napi_typedarray_type kType = napi_float32_array; static constexpr const char* kName = "a Float32Array"; };
template <> struct ArrayType<double> { static constexpr napi_typedarray_type kType = napi_float64_array; static constexpr const char* kName = "a Float64Array"; };
template <> struct ArrayType<std::uint8_t> { static constexpr napi_typedarray_type kType = napi_uint8_array; static constexpr const char* kName = "a Uint8Array"; };
template <> struct ArrayType<std::uint16_t> { static constexpr napi_typedarray_type kType = napi_uint16_array; static constexpr const char* kName = "a Uint16Array"; };
template <> struct ArrayType<std::uint32_t> { static constexpr napi_typedarray_type kType = napi_uint32_array; static constexpr const char* kName = "a Uint32Array"; };
template <> struct ArrayType<std::int32_t> { static constexpr napi_typedarray_type kType = napi_int32_array; static constexpr const char* kName = "an Int32Array"; };

// Works for arrays over SharedArrayBuffer too: asks only for data and length, never for the buffer. A detached array
// reads as empty.
template <typename T>
bool ReadArray(Napi::Env env, const Napi::Value& value, const char* name, std::span<T>& out) {
  if (value.IsTypedArray()) {
    napi_typedarray_type type = napi_int8_array;
    std::size_t length = 0;
    void* data = nullptr;
    const napi_status got = napi_get_typedarray_info(env, value, &type, &length, &data, nullptr, nullptr);
    if (got == napi_ok && type == ArrayType<T>::kType) {
      out = {static_cast<T*>(data), data == nullptr ? 0 : length};
      return true;
    }
  }
  ThrowTypeError(env, "SPIKELINE_ARGUMENT", ArrayType<T>::kName, name);
  return false;
}

}  // namespace spikeline::addon
