// The JavaScript side of the slides part. electron/engine/slides/openslide.ts is its only caller and says what each
// function does; the checks here keep a mistake from reaching memory. Everything here, but for the work: [main thread].
#include "register.h"

#include <memory>
#include <string>
#include <vector>

#include "../jobs/handle.h"
#include "../jobs/job.h"
#include "../jobs/typed_array.h"
#include "openslide_library.h"
#include "slide.h"

namespace lobule {

template <>
constexpr napi_type_tag kTag<Slide> = {0x6c6f62756c65'0004, 0x91d3c5a07b2e468f};

namespace {

Napi::Error Wrong(Napi::Env env, const char* what) { return Napi::RangeError::New(env, what); }

std::string Text(const Napi::Value& value) {
  if (!value.IsString()) throw Napi::TypeError::New(value.Env(), "not a text");
  return value.As<Napi::String>().Utf8Value();
}

/** A whole number that JavaScript represents exactly. */
std::int64_t Whole(const Napi::Value& value, double least, double most) {
  if (!value.IsNumber()) throw Napi::TypeError::New(value.Env(), "not a number");
  const double number = value.As<Napi::Number>().DoubleValue();
  if (!(number >= least && number <= most) || number != static_cast<double>(static_cast<std::int64_t>(number))) {
    throw Wrong(value.Env(), "not such a number");
  }
  return static_cast<std::int64_t>(number);
}

std::shared_ptr<Slide> Opened(const Napi::Value& handle) {
  auto slide = HeldBy<Slide>(handle).value;
  if (!slide) throw Napi::Error::New(handle.Env(), "closed");
  return slide;
}

/** (file of the library) -> its version */
Napi::Value Load(const Napi::CallbackInfo& info) {
  try {
    return Napi::String::New(info.Env(), OpenSlideLibrary::Load(Text(info[0])).get_version());
  } catch (const std::runtime_error& failure) {
    throw Napi::Error::New(info.Env(), failure.what());
  }
}

/** (file of the library, path) -> Promise of the vendor's name, or null */
Napi::Value DetectVendor(const Napi::CallbackInfo& info) {
  return JobBoard::Start(info.Env(), Lane::kShort,
                         [file = Text(info[0]), path = Text(info[1])](Job&) -> Answer {
                           const char* vendor = OpenSlideLibrary::Load(file).detect_vendor(path.c_str());
                           const std::string name = vendor == nullptr ? "" : vendor;
                           return [name](Napi::Env env) -> Napi::Value {
                             if (name.empty()) return env.Null();
                             return Napi::String::New(env, name);
                           };
                         },
                         {})
      .promise;
}

Napi::Value Described(Napi::Env env, const std::shared_ptr<Slide>& slide, const std::vector<std::string>& names) {
  auto levels = Napi::Array::New(env);
  for (const auto& level : slide->levels()) {
    auto one = Napi::Object::New(env);
    one.Set("widthPx", static_cast<double>(level.width));
    one.Set("heightPx", static_cast<double>(level.height));
    one.Set("downsample", level.downsample);
    levels.Set(levels.Length(), one);
  }
  auto properties = Napi::Object::New(env);
  for (const auto& [name, value] : slide->Properties(names)) properties.Set(name, value);
  auto associated = Napi::Array::New(env);
  for (const auto& name : slide->AssociatedNames()) associated.Set(associated.Length(), name);
  auto answer = Napi::Object::New(env);
  answer.Set("handle", Hold(env, slide));
  answer.Set("levels", levels);
  answer.Set("properties", properties);
  answer.Set("associated", associated);
  const auto& profile = slide->profile();
  if (profile.empty()) {
    answer.Set("profile", env.Null());
  } else {
    answer.Set("profile", Napi::Buffer<std::uint8_t>::Copy(env, profile.data(), profile.size()));
  }
  return answer;
}

/** (file of the library, path, names of properties) -> Promise of { handle, levels, properties, associated, profile } */
Napi::Value Open(const Napi::CallbackInfo& info) {
  std::vector<std::string> names;
  const auto list = info[2].As<Napi::Array>();
  for (uint32_t index = 0; index < list.Length(); ++index) names.push_back(Text(list[index]));
  return JobBoard::Start(info.Env(), Lane::kShort,
                         [file = Text(info[0]), path = Text(info[1]), names](Job&) -> Answer {
                           auto slide = std::make_shared<Slide>(OpenSlideLibrary::Load(file), path);
                           return [slide, names](Napi::Env env) { return Described(env, slide, names); };
                         },
                         {})
      .promise;
}

/** (handle, level, x, y, width, height, background of 3 bytes, pixels to fill) -> Promise of nothing */
Napi::Value Read(const Napi::CallbackInfo& info) {
  const auto env = info.Env();
  auto slide = Opened(info[0]);
  const auto level = Whole(info[1], 0, static_cast<double>(slide->levels().size()) - 1);
  constexpr double kMostSide = 1099511627776.0;  // 2^40
  const auto x = Whole(info[2], -kMostSide, kMostSide), y = Whole(info[3], -kMostSide, kMostSide);
  constexpr double kMostEdge = 1 << 28;
  const auto width = Whole(info[4], 1, kMostEdge), height = Whole(info[5], 1, kMostEdge);
  auto background = ArrayOf<uint8_t>(info[6]);
  auto pixels = ArrayOf<uint8_t>(info[7]);
  if (background.ElementLength() != 3) throw Wrong(env, "not a colour");
  if (pixels.ElementLength() / 3 / static_cast<size_t>(width) != static_cast<size_t>(height) ||
      pixels.ElementLength() != static_cast<size_t>(width) * static_cast<size_t>(height) * 3) {
    throw Wrong(env, "not as many pixels as needed");
  }
  return JobBoard::Start(env, Lane::kShort,
                         [=, colour = background.Data(), to = pixels.Data()](Job&) -> Answer {
                           slide->Read(static_cast<std::int32_t>(level), x, y, width, height, colour, to);
                           return [](Napi::Env env) { return env.Undefined(); };
                         },
                         {background, pixels})
      .promise;
}

}  // namespace

Napi::Object RegisterSlides(Napi::Env env) {
  auto slides = Napi::Object::New(env);
  slides.Set("load", Napi::Function::New(env, Load, "load"));
  slides.Set("detectVendor", Napi::Function::New(env, DetectVendor, "detectVendor"));
  slides.Set("open", Napi::Function::New(env, Open, "open"));
  slides.Set("read", Napi::Function::New(env, Read, "read"));
  slides.Set("close", Napi::Function::New(env, [](const Napi::CallbackInfo& info) {
               HeldBy<Slide>(info[0]).value.reset();
             }, "close"));
  return slides;
}

}  // namespace lobule
