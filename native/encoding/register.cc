// The JavaScript side of the encoding part. electron/engine/encoders/native-encoding.ts has its types; the checks here
// keep a mistake from reaching memory. Everything here, but for the work: [main thread].
#include "register.h"

#include <memory>
#include <utility>
#include <vector>

#include "../jobs/job.h"
#include "../jobs/typed_array.h"
#include "arguments.h"
#include "convolution_chain.h"
#include "open_bottlenecks.h"
#include "open_graph.h"
#include "processor.h"

namespace lobule {

namespace {

/** { kernel, bias, inputs, outputs, tap } for a convolution, { inputs, outputs, tap } for a maximum. */
Layer LayerOf(const Napi::Object& object, size_t index, size_t inputs, std::vector<Napi::Object>& kept) {
  const auto env = object.Env();
  Layer layer{object.Has("kernel"), object.Get("tap").ToBoolean(), Count(object.Get("inputs"), kMostChannels),
              Count(object.Get("outputs"), kMostChannels), nullptr, nullptr};
  // What every kind of vector instructions can take: blocks of 64 outputs.
  const bool first = index == 0;
  if (layer.inputs != inputs || (first && inputs != 3)) throw Wrong(env, "a layer does not take what is above it");
  if (layer.outputs == 0 || layer.outputs % 64 != 0) throw Wrong(env, "outputs are counted in 64s");
  if (first && !layer.convolution) throw Wrong(env, "the first layer is a convolution");
  if (!layer.convolution) {
    if (layer.outputs != inputs) throw Wrong(env, "a maximum keeps its channels");
    return layer;
  }
  auto kernel = Floats(object.Get("kernel"), layer.outputs * layer.inputs * 9);
  auto bias = Floats(object.Get("bias"), layer.outputs);
  layer.kernel = kernel.Data();
  layer.bias = bias.Data();
  kept.push_back(kernel);
  kept.push_back(bias);
  return layer;
}

/** (layers, means of blue, green and red, threads, instructions) -> Promise of a handle */
Napi::Value Open(const Napi::CallbackInfo& info) {
  const auto list = info[0].As<Napi::Array>();
  std::vector<Napi::Object> kept;
  std::vector<Layer> layers;
  size_t channels = 3;
  for (uint32_t index = 0; index < list.Length(); ++index) {
    layers.push_back(LayerOf(Napi::Value(list[index]).As<Napi::Object>(), index, channels, kept));
    channels = layers.back().outputs;
  }
  if (layers.empty()) throw Wrong(info.Env(), "no layers");
  auto means = Floats(info[1], 3);
  const std::vector<float> shifts(means.Data(), means.Data() + 3);
  const size_t threads = Threads(info[2]);
  const Kernels* kernels = KernelsNamed(info[3]);
  return JobBoard::Start(
             info.Env(), Lane::kShort,
             [=](Job&) -> Answer {
               std::shared_ptr<Network> network =
                   std::make_shared<ConvolutionChain>(*kernels, layers, shifts.data(), threads);
               return [network](Napi::Env env) { return Hold(env, network); };
             },
             std::move(kept))
      .promise;
}

/** Pictures of one size for a network, and where what it makes of them goes. */
struct Pictures {
  std::shared_ptr<Network> network;
  const std::uint8_t* pixels;
  size_t count, rows, columns;
  /** Of a picture. */
  std::vector<MapSize> taps;
  /** Of a descriptor. */
  size_t length = 0;
  float* descriptors = nullptr;
  Wanted wanted;
  std::vector<Napi::Object> kept;
};

/** (handle, pixels of some pictures of one size, rows, columns, ...) */
Pictures PicturesOf(const Napi::CallbackInfo& info) {
  const auto env = info.Env();
  Pictures pictures;
  pictures.network = HeldBy<Network>(info[0]).value;
  if (!pictures.network) throw Napi::Error::New(env, "closed");
  auto pixels = ArrayOf<uint8_t>(info[1]);
  pictures.pixels = pixels.Data();
  pictures.kept.push_back(pixels);
  pictures.rows = Count(info[2], kMostPixels);
  pictures.columns = Count(info[3], kMostPixels);
  const size_t picture = pictures.rows * pictures.columns * 3;
  pictures.count = picture == 0 ? 1 : pixels.ElementLength() / picture;
  if (pictures.count == 0 || pixels.ElementLength() != pictures.count * picture)
    throw Wrong(env, "not pictures of this size");
  pictures.taps = pictures.network->TapSizes(pictures.rows, pictures.columns);
  for (const auto& size : pictures.taps) {
    if (size.rows == 0 || size.columns == 0) throw Wrong(env, "too small a picture");
    pictures.length += size.channels;
  }
  return pictures;
}

Napi::Value Run(Napi::Env env, Pictures pictures) {
  auto kept = std::move(pictures.kept);
  return JobBoard::Start(
             env, Lane::kShort,
             [pictures = std::move(pictures)](Job&) -> Answer {
               const auto& [network, pixels, count, rows, columns, taps, length, descriptors, wanted, none] = pictures;
               if (count == 1) {
                 network->Run(pixels, rows, columns, descriptors, wanted);
               } else {
                 network->RunAll(pixels, count, rows, columns, descriptors);
               }
               return [](Napi::Env env) { return env.Undefined(); };
             },
             std::move(kept))
      .promise;
}

/**
 * (handle, pixels of some pictures of one size, rows, columns, descriptors to fill, maps of one picture to fill or none) ->
 * Promise of nothing
 */
Napi::Value Encode(const Napi::CallbackInfo& info) {
  const auto env = info.Env();
  Pictures pictures = PicturesOf(info);
  auto descriptors = Floats(info[4], pictures.count * pictures.length);
  pictures.descriptors = descriptors.Data();
  pictures.kept.push_back(descriptors);
  const auto list = info[5].As<Napi::Array>();
  if (list.Length() != 0 && (pictures.count != 1 || list.Length() != pictures.taps.size()))
    throw Wrong(env, "not a map for each tap");
  for (uint32_t index = 0; index < list.Length(); ++index) {
    const auto& size = pictures.taps[index];
    auto map = Floats(list[index], size.channels * size.rows * size.columns);
    pictures.wanted.maps.push_back(map.Data());
    pictures.kept.push_back(map);
  }
  return Run(env, std::move(pictures));
}

/** Windows in a map, nine numbers each, that are all inside it. */
const Window* WindowsOf(const Napi::Value& value, size_t count, const MapSize& size) {
  const auto env = value.Env();
  auto numbers = ArrayOf<double>(value);
  if (numbers.ElementLength() != count * (sizeof(Window) / sizeof(double))) throw Wrong(env, "not nine numbers a window");
  const auto* windows = reinterpret_cast<const Window*>(numbers.Data());
  const auto inside = [](const Window::Edge& edge, size_t cells) {
    return edge.cell >= 0 && edge.cell < static_cast<double>(cells);
  };
  for (const Window* window = windows; window < windows + count; ++window) {
    const bool across = inside(window->left, size.columns) && inside(window->right, size.columns);
    if (!across || !inside(window->top, size.rows) || !inside(window->bottom, size.rows))
      throw Wrong(env, "a window outside the map");
  }
  return windows;
}

/** (handle, pixels of a picture, rows, columns, averages to fill, windows for each tap) -> Promise of nothing */
Napi::Value EncodeWindows(const Napi::CallbackInfo& info) {
  const auto env = info.Env();
  Pictures pictures = PicturesOf(info);
  if (pictures.count != 1) throw Wrong(env, "not one picture");
  if (!info[4].IsTypedArray() || pictures.length == 0) throw Wrong(env, "not averages");
  const size_t count = info[4].As<Napi::TypedArray>().ElementLength() / pictures.length;
  auto averages = Floats(info[4], count * pictures.length);
  pictures.kept.push_back(averages);
  const auto list = info[5].As<Napi::Array>();
  if (list.Length() != pictures.taps.size()) throw Wrong(env, "not windows for each tap");
  for (uint32_t index = 0; index < list.Length(); ++index) {
    pictures.wanted.windows.push_back(WindowsOf(list[index], count, pictures.taps[index]));
    pictures.kept.push_back(Napi::Value(list[index]).As<Napi::Object>());
  }
  pictures.wanted.count = count;
  pictures.wanted.averages = averages.Data();
  pictures.wanted.length = pictures.length;
  auto descriptor = Napi::Float32Array::New(env, pictures.length);
  pictures.descriptors = descriptor.Data();
  pictures.kept.push_back(descriptor);
  return Run(env, std::move(pictures));
}

/** The names of the vector instructions that `open` takes here, the fastest first. */
Napi::Value Instructions(const Napi::CallbackInfo& info) {
  auto names = Napi::Array::New(info.Env());
  for (const Kernels* kernels : UsableKernels()) names.Set(names.Length(), kernels->name);
  return names;
}

}  // namespace

Napi::Object RegisterEncoding(Napi::Env env) {
  auto encoding = Napi::Object::New(env);
  encoding.Set("instructions", Napi::Function::New(env, Instructions, "instructions"));
  encoding.Set("open", Napi::Function::New(env, Open, "open"));
  encoding.Set("openBottlenecks", Napi::Function::New(env, OpenBottlenecks, "openBottlenecks"));
  encoding.Set("openGraph", Napi::Function::New(env, OpenGraph, "openGraph"));
  encoding.Set("encode", Napi::Function::New(env, Encode, "encode"));
  encoding.Set("encodeWindows", Napi::Function::New(env, EncodeWindows, "encodeWindows"));
  encoding.Set("close", Napi::Function::New(env, [](const Napi::CallbackInfo& info) {
                 HeldBy<Network>(info[0]).value.reset();
               }, "close"));
  return encoding;
}

}  // namespace lobule
