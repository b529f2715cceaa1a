#pragma once

#include <napi.h>

namespace lobule {

/** The slides part's functions, as one object. [main thread, once for each environment] */
Napi::Object RegisterSlides(Napi::Env env);

}  // namespace lobule
