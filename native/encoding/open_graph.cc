#include "open_graph.h"

#include <memory>
#include <utility>
#include <vector>

#include "../jobs/job.h"
#include "arguments.h"
#include "layer_graph.h"

namespace lobule {

namespace {

constexpr size_t kMostMaps = 4096;
constexpr size_t kMostKernel = 7;
constexpr size_t kMostStride = 2;
/** Of the picture's convolution: the kernels take every other pixel. */
constexpr size_t kPictureStride = 2;

/** Reads layers and keeps the memory of their weights. Which sizes fit, LayerGraph finds out for each picture. */
class GraphReader {
 public:
  GraphReader(const Napi::Value& channels, std::vector<Napi::Object>& kept) : env_(channels.Env()), kept_(kept) {
    const auto list = channels.As<Napi::Array>();
    // Asked once: a getter may change the list while it is read.
    const uint32_t length = list.Length();
    if (length < 2 || length > kMostMaps) throw Wrong(env_, "not such a number of maps");
    for (uint32_t map = 0; map < length; ++map) {
      channels_.push_back(Count(list[map], kMostChannels));
      written_.emplace_back(channels_[map] / kLanes);
      const bool fits = map == 0 ? channels_[0] == 3 : channels_[map] > 0 && channels_[map] % kLanes == 0;
      if (!fits) throw Wrong(env_, "the picture has 3 channels, and maps have blocks of 16");
    }
  }

  const std::vector<size_t>& channels() const { return channels_; }

  GraphLayer Layer(const Napi::Object& object, bool isFirst, PlainConvolution& convolution) {
    const bool convolves = object.Has("kernel");
    const size_t inputs = Count(object.Get("inputs"), kMostChannels);
    const size_t outputs = Count(object.Get("outputs"), kMostChannels);
    convolution.inputs = inputs;
    convolution.outputs = outputs;
    convolution.rows = Positive(object, "rows", kMostKernel);
    convolution.columns = Positive(object, "columns", kMostKernel);
    convolution.stride = Positive(object, "stride", kMostStride);
    convolution.margin_rows = Count(object.Get("marginRows"), convolution.rows / 2);
    convolution.margin_columns = Count(object.Get("marginColumns"), convolution.columns / 2);
    convolution.relu = object.Get("relu").ToBoolean();
    GraphLayer layer{};
    layer.channels = outputs;
    layer.from = Part(object.Get("from"));
    layer.to = Part(object.Get("to"));
    if (isFirst != (layer.from.map == 0)) throw Wrong(env_, "the first layer, and no other, reads the picture");
    if (isFirst) {
      if (!convolves || inputs != 3 || convolution.stride != kPictureStride)
        throw Wrong(env_, "the first layer is a convolution of the picture with stride 2");
    } else {
      Read(layer.from, inputs);
    }
    if (object.Has("sum")) {
      layer.sums = true;
      layer.sum = Part(object.Get("sum"));
      if (isFirst || !convolves || layer.sum.map == layer.to.map) throw Wrong(env_, "not a sum");
      Read(layer.sum, outputs);
    }
    if (convolves) {
      const size_t area = convolution.rows * convolution.columns;
      convolution.kernel = Values(object, "kernel", outputs * inputs * area);
      convolution.bias = Values(object, "bias", outputs);
      layer.convolution = &convolution;
    } else {
      const bool square = convolution.rows == convolution.columns &&
                          convolution.margin_rows == convolution.margin_columns && inputs == outputs;
      if (!square) throw Wrong(env_, "windows are squares, and keep their channels");
      layer.pooling = {convolution.rows, convolution.stride, convolution.margin_rows,
                       object.Get("average").ToBoolean()};
    }
    if (layer.to.map == layer.from.map) throw Wrong(env_, "a layer writes another map than it reads");
    Write(layer.to, outputs);
    return layer;
  }

  size_t Tap(const Napi::Value& value) {
    const size_t map = Count(value, channels_.size() - 1);
    if (map == 0) throw Wrong(env_, "the picture is no tap");
    Read({map, 0}, channels_[map]);
    return map;
  }

 private:
  size_t Positive(const Napi::Object& object, const char* name, size_t most) {
    const size_t count = Count(object.Get(name), most);
    if (count == 0) throw Wrong(env_, "not such a number");
    return count;
  }

  /** { map, channel } */
  MapPart Part(const Napi::Value& value) {
    const auto object = value.As<Napi::Object>();
    return {Count(object.Get("map"), channels_.size() - 1), Count(object.Get("channel"), kMostChannels)};
  }

  const float* Values(const Napi::Object& object, const char* name, size_t length) {
    auto values = Floats(object.Get(name), length);
    kept_.push_back(values);
    return values.Data();
  }

  void CheckPart(const MapPart& part, size_t channels) {
    const bool fits = channels > 0 && channels % kLanes == 0 && part.channel % kLanes == 0 &&
                      part.channel + channels <= channels_[part.map];
    if (!fits) throw Wrong(env_, "not a part of a map");
  }

  void Read(const MapPart& part, size_t channels) {
    CheckPart(part, channels);
    for (size_t block = part.channel / kLanes; block < (part.channel + channels) / kLanes; ++block)
      if (!written_[part.map][block]) throw Wrong(env_, "a layer reads what is not there yet");
  }

  void Write(const MapPart& part, size_t channels) {
    if (part.map == 0) throw Wrong(env_, "the picture is not written");
    CheckPart(part, channels);
    for (size_t block = part.channel / kLanes; block < (part.channel + channels) / kLanes; ++block) {
      if (written_[part.map][block]) throw Wrong(env_, "two layers write the same channels");
      written_[part.map][block] = true;
    }
  }

  Napi::Env env_;
  std::vector<Napi::Object>& kept_;
  std::vector<size_t> channels_;
  /** [map][block] */
  std::vector<std::vector<bool>> written_;
};

}  // namespace

Napi::Value OpenGraph(const Napi::CallbackInfo& info) {
  const auto list = info[0].As<Napi::Array>(), tapped = info[2].As<Napi::Array>();
  std::vector<Napi::Object> kept;
  GraphReader reader(info[1], kept);
  const uint32_t length = list.Length(), tap_count = tapped.Length();
  if (length == 0 || length > kMostMaps) throw Wrong(info.Env(), "not such a number of layers");
  if (tap_count > kMostMaps) throw Wrong(info.Env(), "not such a number of taps");
  auto convolutions = std::make_shared<std::vector<PlainConvolution>>(length);
  std::vector<GraphLayer> layers;
  for (uint32_t index = 0; index < length; ++index) {
    const auto object = Napi::Value(list[index]).As<Napi::Object>();
    layers.push_back(reader.Layer(object, index == 0, (*convolutions)[index]));
  }
  std::vector<size_t> taps;
  for (uint32_t index = 0; index < tap_count; ++index) taps.push_back(reader.Tap(tapped[index]));
  if (taps.empty()) throw Wrong(info.Env(), "no taps");
  auto values = Floats(info[3], 3 * 256);
  const PixelValues pixels{{values.Data(), values.Data() + 3 * 256}, info[4].ToBoolean()};
  const size_t threads = Threads(info[5]);
  const Kernels* kernels = KernelsNamed(info[6]);
  return JobBoard::Start(
             info.Env(), Lane::kShort,
             [=, channels = reader.channels()](Job&) -> Answer {
               // The layers point into `convolutions`.
               const auto held = convolutions;
               std::shared_ptr<Network> network =
                   std::make_shared<LayerGraph>(*kernels, channels, layers, taps, pixels, threads);
               return [network](Napi::Env env) { return Hold(env, network); };
             },
             std::move(kept))
      .promise;
}

}  // namespace lobule
