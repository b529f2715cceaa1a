// The JavaScript side of the imaging part. The kernels.ts of electron/engine/image, stain and tissue are
// its only callers and say what each function does; the checks here keep a mistake from reaching memory. Everything
// here: [main thread].
#include "register.h"

#include "../jobs/typed_array.h"
#include "resample_kernels.h"
#include "stain_kernels.h"
#include "tissue_kernels.h"

namespace lobule {

namespace {

/** Of at least 0 pixels. */
Napi::Uint8Array Pixels(const Napi::Value& value) {
  auto bytes = ArrayOf<uint8_t>(value);
  if (bytes.ElementLength() % 3 != 0) throw Napi::RangeError::New(value.Env(), "not a whole number of pixels");
  return bytes;
}

Napi::Float64Array Numbers(const Napi::Value& value, size_t length) {
  auto numbers = ArrayOf<double>(value);
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
  auto first_values = ArrayOf<double>(info[5]);
  auto second_values = ArrayOf<double>(info[6]);
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

/** How many rows of `width` items of `channels` bytes the bytes are. */
size_t RowsOf(const Napi::Uint8Array& bytes, size_t width, size_t channels) {
  const size_t row = width * channels;
  if (row == 0 || bytes.ElementLength() % row != 0) throw Napi::RangeError::New(bytes.Env(), "not whole rows");
  return bytes.ElementLength() / row;
}

size_t Width(const Napi::Value& value) {
  const int64_t width = value.As<Napi::Number>().Int64Value();
  if (width < 1 || width > (int64_t{1} << 32)) throw Napi::RangeError::New(value.Env(), "not a width");
  return static_cast<size_t>(width);
}

void AverageAreaOf(const Napi::CallbackInfo& info) {
  const auto from = ArrayOf<uint8_t>(info[0]);
  const size_t width = Width(info[1]);
  const size_t height = RowsOf(from, width, 3);
  const double step_x = info[2].As<Napi::Number>().DoubleValue();
  const double step_y = info[3].As<Napi::Number>().DoubleValue();
  const double start_y = info[4].As<Napi::Number>().DoubleValue();
  auto to = ArrayOf<uint8_t>(info[5]);
  const size_t to_width = Width(info[6]);
  const size_t to_height = RowsOf(to, to_width, 3);
  // Each new pixel has a part of the old ones under it, so that no area is 0.
  const double last_left = static_cast<double>(to_width - 1) * step_x;
  const double last_top = start_y + (static_cast<double>(to_height) - 1) * step_y;
  const bool is_inside = step_x > 0 && step_y > 0 && start_y >= 0 && last_left < static_cast<double>(width) &&
                         last_top < static_cast<double>(height);
  if (!is_inside) throw Napi::RangeError::New(info.Env(), "not inside");
  AverageArea(from.Data(), width, height, step_x, step_y, start_y, to.Data(), to_width, to_height);
}

void MeasureSquaresOf(const Napi::CallbackInfo& info) {
  const auto from = ArrayOf<uint8_t>(info[0]);
  const size_t width = Width(info[1]);
  const size_t height = RowsOf(from, width, 3);
  const auto squares = [](size_t edge) { return (edge + kSquareEdge - 1) / kSquareEdge; };
  auto figures = Numbers(info[3], kSquareFigures * squares(width) * squares(height));
  MeasureSquares(from.Data(), width, height, info[2].As<Napi::Number>().DoubleValue(), figures.Data());
}

void Median7Of(const Napi::CallbackInfo& info) {
  const auto from = ArrayOf<uint8_t>(info[0]);
  const size_t width = Width(info[1]);
  const size_t height = RowsOf(from, width, 1);
  auto to = ArrayOf<uint8_t>(info[2]);
  if (to.ElementLength() != from.ElementLength()) throw Napi::RangeError::New(info.Env(), "not as long");
  Median7(from.Data(), width, height, to.Data());
}

/** An axis whose neighbours are among `length` pixels. */
AxisPlan AxisOf(const Napi::Value& offsets, const Napi::Value& weights, size_t length) {
  const auto places = ArrayOf<int32_t>(offsets);
  const auto shares = ArrayOf<float>(weights);
  const size_t count = places.ElementLength();
  if (count % kTaps != 0 || shares.ElementLength() != count)
    throw Napi::RangeError::New(offsets.Env(), "not an axis");
  for (size_t at = 0; at < count; ++at) {
    const int32_t place = places[at];
    if (place < 0 || static_cast<size_t>(place) >= length) throw Napi::RangeError::New(offsets.Env(), "not inside");
  }
  return {places.Data(), shares.Data(), count / kTaps};
}

void ResampleOf(const Napi::CallbackInfo& info) {
  const auto from = Pixels(info[0]);
  const size_t width = Width(info[1]);
  const AxisPlan across = AxisOf(info[2], info[3], width);
  const AxisPlan down = AxisOf(info[4], info[5], RowsOf(from, width, 3));
  auto to = Pixels(info[6]);
  if (across.positions == 0 || to.ElementLength() % (3 * across.positions) != 0 ||
      to.ElementLength() / (3 * across.positions) != down.positions)
    throw Napi::RangeError::New(info.Env(), "not as long");
  Resample(from.Data(), width, across, down, to.Data());
}

}  // namespace

Napi::Object RegisterImaging(Napi::Env env) {
  auto imaging = Napi::Object::New(env);
  imaging.Set("mapLevels", Napi::Function::New(env, MapLevelsOf, "mapLevels"));
  imaging.Set("gatherTissue", Napi::Function::New(env, GatherTissueOf, "gatherTissue"));
  imaging.Set("sumDensities", Napi::Function::New(env, SumDensitiesOf, "sumDensities"));
  imaging.Set("findTails", Napi::Function::New(env, FindTailsOf, "findTails"));
  imaging.Set("averageArea", Napi::Function::New(env, AverageAreaOf, "averageArea"));
  imaging.Set("measureSquares", Napi::Function::New(env, MeasureSquaresOf, "measureSquares"));
  imaging.Set("resample", Napi::Function::New(env, ResampleOf, "resample"));
  imaging.Set("median7", Napi::Function::New(env, Median7Of, "median7"));
  return imaging;
}

}  // namespace lobule
