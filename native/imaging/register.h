#pragma once

#include <napi.h>

namespace lobule {

/** The imaging part's functions, as one object. [main thread, once for each environment] */
Napi::Object RegisterImaging(Napi::Env env);

}  // namespace lobule
