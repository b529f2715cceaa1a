#pragma once

#include <napi.h>

#include <cstdint>

namespace lobule {

/** How Node-API names an array, and the error for anything else. */
struct ArrayKind {
  napi_typedarray_type type;
  const char* other;
};
template <typename T>
constexpr ArrayKind kArrayKind{};
template <>
inline constexpr ArrayKind kArrayKind<uint8_t>{napi_uint8_array, "not a Uint8Array"};
template <>
inline constexpr ArrayKind kArrayKind<int32_t>{napi_int32_array, "not an Int32Array"};
template <>
inline constexpr ArrayKind kArrayKind<float>{napi_float32_array, "not a Float32Array"};
template <>
inline constexpr ArrayKind kArrayKind<double>{napi_float64_array, "not a Float64Array"};

/** The typed array of these elements that JavaScript gave. Throws a TypeError for anything else. [main thread] */
template <typename T>
Napi::TypedArrayOf<T> ArrayOf(const Napi::Value& value) {
  const auto& [type, other] = kArrayKind<T>;
  if (!value.IsTypedArray() || value.As<Napi::TypedArray>().TypedArrayType() != type) {
    throw Napi::TypeError::New(value.Env(), other);
  }
  return value.As<Napi::TypedArrayOf<T>>();
}

}  // namespace lobule
