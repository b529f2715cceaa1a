// What the functions for JavaScript share: the kind of their handles, and the checks of their arguments. [main thread]
#pragma once

#include <napi.h>

#include <cstddef>

#include "../jobs/handle.h"
#include "kernels.h"
#include "network.h"

namespace lobule {

template <>
inline constexpr napi_type_tag kTag<Network> = {0x6c6f62756c65'0003, 0x2b86e05d914fc37a};

Napi::Error Wrong(Napi::Env env, const char* what);

/** A Float32Array of this length; throws otherwise, as all of these do. */
Napi::Float32Array Floats(const Napi::Value& value, std::size_t length);

/** A whole number from 0 to `most`. */
std::size_t Count(const Napi::Value& value, std::size_t most);

/** Of either side of a picture: their product times 64 channels stays far below what a size can say. */
constexpr std::size_t kMostPixels = 1 << 20;
constexpr std::size_t kMostChannels = 1 << 16;

const Kernels* KernelsNamed(const Napi::Value& name);

/** How many threads a network gets. */
std::size_t Threads(const Napi::Value& value);

}  // namespace lobule
