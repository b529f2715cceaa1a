#pragma once

#include <napi.h>

#include <cstdint>

namespace lobule {

template <typename T>
struct ArrayKind;
template <>
struct ArrayKind<uint8_t> {
  static constexpr napi_typedarray_type kType = napi_uint8_array;
  static constexpr const char* kOther = "not a Uint8Array";
};
template <>
struct ArrayKind<int32_t> {
  static constexpr napi_typedarray_type kType = napi_int32_array;
  static constexpr const char* kOther = "not an Int32Array";
};
template <>
struct ArrayKind<float> {
  static constexpr napi_typedarray_type kType = napi_float32_array;
  static constexpr const char* kOther = "not a Float32Array";
};
template <>
struct ArrayKind<double> {
  static constexpr napi_typedarray_type kType = napi_float64_array;
  static constexpr const char* kOther = "not a Float64Array";
};

/** The typed array of these elements that JavaScript gave. Throws a TypeError for anything else. [main thread] */
template <typename T>
Napi::TypedArrayOf<T> ArrayOf(const Napi::Value& value) {
  using Kind = ArrayKind<T>;
  if (!value.IsTypedArray() || value.As<Napi::TypedArray>().TypedArrayType() != Kind::kType) {
    throw Napi::TypeError::New(value.Env(), Kind::kOther);
  }
  return value.As<Napi::TypedArrayOf<T>>();
}

}  // namespace lobule
