// The JavaScript side of the encoding part. electron/engine/encoders/native-encoding.ts has its types; the checks here
// keep a mistake from reaching memory. Everything here, but for the work: [main thread].
#include "register.h"

#include <memory>
#include <utility>
#include <vector>

#include "../jobs/job.h"
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

/**
 * (handle, pixels of some pictures of one size, rows, columns, descriptors to fill, maps of one picture to fill or none) ->
 * Promise of nothing
 */
Napi::Value Encode(const Napi::CallbackInfo& info) {
  const auto env = info.Env();
  auto network = HeldBy<Network>(info[0]).value;
  if (!network) throw Napi::Error::New(env, "closed");
  if (!info[1].IsTypedArray() || info[1].As<Napi::TypedArray>().TypedArrayType() != napi_uint8_array) {
    throw Napi::TypeError::New(env, "not a Uint8Array");
  }
  auto pixels = info[1].As<Napi::Uint8Array>();
  const size_t rows = Count(info[2], kMostPixels), columns = Count(info[3], kMostPixels);
  const size_t picture = rows * columns * 3, count = picture == 0 ? 1 : pixels.ElementLength() / picture;
  if (count == 0 || pixels.ElementLength() != count * picture) throw Wrong(env, "not pictures of this size");
  const auto sizes = network->TapSizes(rows, columns);
  size_t length = 0;
  for (const auto& size : sizes) {
    if (size.rows == 0 || size.columns == 0) throw Wrong(env, "too small a picture");
    length += size.channels;
  }
  auto descriptors = Floats(info[4], count * length);
  std::vector<Napi::Object> kept = {pixels, descriptors};
  const auto list = info[5].As<Napi::Array>();
  std::vector<float*> maps;
  if (list.Length() != 0) {
    if (count != 1 || list.Length() != sizes.size()) throw Wrong(env, "not a map for each tap");
    for (uint32_t index = 0; index < list.Length(); ++index) {
      const auto& size = sizes[index];
      auto map = Floats(list[index], size.channels * size.rows * size.columns);
      maps.push_back(map.Data());
      kept.push_back(map);
    }
  }
  return JobBoard::Start(
             env, Lane::kShort,
             [network, from = pixels.Data(), count, rows, columns, to = descriptors.Data(), maps](Job&) -> Answer {
               if (count == 1) {
                 network->Run(from, rows, columns, to, maps);
               } else {
                 network->RunAll(from, count, rows, columns, to);
               }
               return [](Napi::Env env) { return env.Undefined(); };
             },
             std::move(kept))
      .promise;
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
  encoding.Set("close", Napi::Function::New(env, [](const Napi::CallbackInfo& info) {
                 HeldBy<Network>(info[0]).value.reset();
               }, "close"));
  return encoding;
}

}  // namespace lobule
