#pragma once

#include <napi.h>

namespace lobule {

/**
 * (layers, channels of each map, taps, values of pixels, whether blue comes first, threads, instructions) -> Promise of a
 * handle. The types are in electron/engine/encoders/native-encoding.ts. [main thread]
 */
Napi::Value OpenGraph(const Napi::CallbackInfo& info);

}  // namespace lobule
