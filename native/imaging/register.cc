// The JavaScript side of the imaging part. electron/engine/stain/kernels.ts is its only caller and says what each
// function does; the checks here keep a mistake from reaching memory. Everything here: [main thread].
#include "register.h"

#include "stain_kernels.h"

namespace lobule {

namespace {

template <typename T>
T Array(const Napi::Value& value, napi_typedarray_type type) {
  if (!value.IsTypedArray() || value.As<Napi::TypedArray>().TypedArrayType() != type) {
    throw Napi::TypeError::New(value.Env(), "not an array of this kind");
  }
  return value.As<T>();
}

Napi::Uint8Array Bytes(const Napi::Value& value) { return Array<Napi::Uint8Array>(value, napi_uint8_array); }

/** Of at least 0 pixels. */
Napi::Uint8Array Pixels(const Napi::Value& value) {
  auto bytes = Bytes(value);
  if (bytes.ElementLength() % 3 != 0) throw Napi::RangeError::New(value.Env(), "not a whole number of pixels");
  return bytes;
}

Napi::Float64Array Numbers(const Napi::Value& value) {
  return Array<Napi::Float64Array>(value, napi_float64_array);
}

Napi::Float64Array Numbers(const Napi::Value& value, size_t length) {
  auto numbers = Numbers(value);
  if (numbers.ElementLength() != length) throw Napi::RangeError::New(value.Env(), "not as many numbers as needed");
  return numbers;
}

void MapLevelsOf(const Napi::CallbackInfo& info) {
  const auto from = Pixels(info[0]);
  const auto factors = Numbers(info[1], kLevelFactors);
  const double shift = info[2].As<Napi::Number>().DoubleValue();
  auto to = Pixels(info[3]);
  if (to.ElementLength() != from.ElementLength()) throw Napi::RangeError::New(info.Env(), "not as long");
  MapLevels(from.Data(), to.Data(), from.ElementLength() / 3, factors.Data(), shift);
}

Napi::Value GatherTissueOf(const Napi::CallbackInfo& info) {
  const auto from = Pixels(info[0]);
  const int highest = info[1].As<Napi::Number>().Int32Value();
  auto to = Pixels(info[2]);
  if (to.ElementLength() != from.ElementLength()) throw Napi::RangeError::New(info.Env(), "not as long");
  const size_t kept = GatherTissue(from.Data(), from.ElementLength() / 3, highest, to.Data());
  return Napi::Number::New(info.Env(), static_cast<double>(3 * kept));
}

void SumDensitiesOf(const Napi::CallbackInfo& info) {
  const auto pixels = Pixels(info[0]);
  const auto density = Numbers(info[1], 256);
  auto sums = Numbers(info[2], 9);
  SumDensities(pixels.Data(), pixels.ElementLength() / 3, density.Data(), sums.Data());
}

void FindTailsOf(const Napi::CallbackInfo& info) {
  const auto pixels = Pixels(info[0]);
  const auto parts = Numbers(info[1], kProjectionParts);
  const int64_t step = info[2].As<Napi::Number>().Int64Value();
  if (step < 1) throw Napi::RangeError::New(info.Env(), "not a step");
  const bool as_angle = info[3].As<Napi::Boolean>().Value();
  const auto bounds = Numbers(info[4], 4);
  auto first_values = Numbers(info[5]);
  auto second_values = Numbers(info[6]);
  auto counts = Numbers(info[7], 4);
  Tail first{bounds[0], bounds[1], first_values.Data(), first_values.ElementLength()};
  Tail second{bounds[2], bounds[3], second_values.Data(), second_values.ElementLength()};
  FindTails(pixels.Data(), pixels.ElementLength() / 3, static_cast<size_t>(step), parts.Data(), as_angle, first,
            second);
  counts[0] = static_cast<double>(first.above);
  counts[1] = static_cast<double>(first.kept);
  counts[2] = static_cast<double>(second.above);
  counts[3] = static_cast<double>(second.kept);
}

}  // namespace

Napi::Object RegisterImaging(Napi::Env env) {
  auto imaging = Napi::Object::New(env);
  imaging.Set("mapLevels", Napi::Function::New(env, MapLevelsOf, "mapLevels"));
  imaging.Set("gatherTissue", Napi::Function::New(env, GatherTissueOf, "gatherTissue"));
  imaging.Set("sumDensities", Napi::Function::New(env, SumDensitiesOf, "sumDensities"));
  imaging.Set("findTails", Napi::Function::New(env, FindTailsOf, "findTails"));
  return imaging;
}

}  // namespace lobule
