#pragma once

#include <napi.h>

namespace lobule {

/**
 * (bottlenecks, head, [centre, factor] of a pixel, threads, instructions) -> Promise of a handle. The types are in
 * electron/engine/encoders/native-encoding.ts. [main thread]
 */
Napi::Value OpenBottlenecks(const Napi::CallbackInfo& info);

}  // namespace lobule
