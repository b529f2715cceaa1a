#pragma once

#include <napi.h>

namespace lobule {

/** The encoding part's functions, as one object. [main thread, once for each environment] */
Napi::Object RegisterEncoding(Napi::Env env);

}  // namespace lobule
