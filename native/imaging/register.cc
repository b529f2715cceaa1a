// The JavaScript side of the imaging part. electron/engine/stain/ is its only caller; the checks here keep a
// mistake from reaching memory.
#include "register.h"

#include "map_levels.h"

namespace lobule {

namespace {

template <typename T>
T Array(const Napi::Value& value, napi_typedarray_type type) {
  if (!value.IsTypedArray() || value.As<Napi::TypedArray>().TypedArrayType() != type) {
    throw Napi::TypeError::New(value.Env(), "not an array of this kind");
  }
  return value.As<T>();
}

/** mapLevels(from: Uint8Array, factors: Float64Array, shift: number, to: Uint8Array): void [main thread] */
void MapLevelsOf(const Napi::CallbackInfo& info) {
  const auto from = Array<Napi::Uint8Array>(info[0], napi_uint8_array);
  const auto factors = Array<Napi::Float64Array>(info[1], napi_float64_array);
  const double shift = info[2].As<Napi::Number>().DoubleValue();
  auto to = Array<Napi::Uint8Array>(info[3], napi_uint8_array);
  if (from.ElementLength() % 3 != 0 || to.ElementLength() != from.ElementLength() ||
      factors.ElementLength() != kLevelFactors) {
    throw Napi::RangeError::New(info.Env(), "the lengths do not belong together");
  }
  MapLevels(from.Data(), to.Data(), from.ElementLength() / 3, factors.Data(), shift);
}

}  // namespace

Napi::Object RegisterImaging(Napi::Env env) {
  auto imaging = Napi::Object::New(env);
  imaging.Set("mapLevels", Napi::Function::New(env, MapLevelsOf, "mapLevels"));
  return imaging;
}

}  // namespace lobule
