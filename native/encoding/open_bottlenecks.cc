#include "open_bottlenecks.h"

#include <memory>
#include <utility>
#include <vector>

#include "../jobs/job.h"
#include "arguments.h"
#include "bottleneck_chain.h"

namespace lobule {

namespace {

/** Objects whose memory the work reads: they are kept until it has ended. */
using Kept = std::vector<Napi::Object>;

const float* Values(const Napi::Object& object, const char* name, size_t length, Kept& kept) {
  auto values = Floats(object.Get(name), length);
  kept.push_back(values);
  return values.Data();
}

/** { outputs, kernel, bias } */
PlainProduct ProductOf(const Napi::Value& value, size_t inputs, Kept& kept) {
  const auto object = value.As<Napi::Object>();
  const size_t outputs = Count(object.Get("outputs"), kMostChannels);
  if (outputs == 0) throw Wrong(value.Env(), "no outputs");
  return {outputs, Values(object, "kernel", outputs * inputs, kept), Values(object, "bias", outputs, kept)};
}

/** { inputs, expand, size, stride, depthwise: { kernel, bias }, project, sum }; `inputs`: outputs of the one above. */
Bottleneck BottleneckOf(const Napi::Object& object, bool isFirst, size_t inputs, Kept& kept) {
  const auto env = object.Env();
  Bottleneck bottleneck{};
  bottleneck.inputs = Count(object.Get("inputs"), kMostChannels);
  if (bottleneck.inputs != inputs) throw Wrong(env, "a bottleneck does not take what is above it");
  bottleneck.expand = ProductOf(object.Get("expand"), isFirst ? 27 : inputs, kept);
  bottleneck.size = Count(object.Get("size"), 5);
  bottleneck.stride = Count(object.Get("stride"), 2);
  if (bottleneck.size != 3 && bottleneck.size != 5) throw Wrong(env, "a depthwise kernel is 3 x 3 or 5 x 5");
  if (bottleneck.stride == 0) throw Wrong(env, "a stride is 1 or 2");
  const size_t middle = bottleneck.expand.outputs;
  const auto depthwise = object.Get("depthwise").As<Napi::Object>();
  bottleneck.depthwise = Values(depthwise, "kernel", middle * bottleneck.size * bottleneck.size, kept);
  bottleneck.depthwise_bias = Values(depthwise, "bias", middle, kept);
  bottleneck.project = ProductOf(object.Get("project"), middle, kept);
  bottleneck.sum = object.Get("sum").ToBoolean();
  const bool same = !isFirst && bottleneck.stride == 1 && bottleneck.project.outputs == inputs;
  if (bottleneck.sum && !same) throw Wrong(env, "only maps of the same size can be added");
  return bottleneck;
}

}  // namespace

Napi::Value OpenBottlenecks(const Napi::CallbackInfo& info) {
  const auto list = info[0].As<Napi::Array>();
  Kept kept;
  std::vector<Bottleneck> bottlenecks;
  size_t channels = 3;
  for (uint32_t index = 0; index < list.Length(); ++index) {
    const auto object = Napi::Value(list[index]).As<Napi::Object>();
    bottlenecks.push_back(BottleneckOf(object, index == 0, channels, kept));
    channels = bottlenecks.back().project.outputs;
  }
  if (bottlenecks.empty()) throw Wrong(info.Env(), "no bottlenecks");
  const PlainProduct head = ProductOf(info[1], channels, kept);
  auto pixel = Floats(info[2], 2);
  const PixelRange range{pixel[0], pixel[1]};
  const size_t threads = Threads(info[3]);
  const Kernels* kernels = KernelsNamed(info[4]);
  return JobBoard::Start(
             info.Env(), Lane::kShort,
             [=](Job&) -> Answer {
               std::shared_ptr<Network> network =
                   std::make_shared<BottleneckChain>(*kernels, bottlenecks, head, range, threads);
               return [network](Napi::Env env) { return Hold(env, network); };
             },
             std::move(kept))
      .promise;
}

}  // namespace lobule
