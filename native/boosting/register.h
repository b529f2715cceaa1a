#pragma once

#include <napi.h>

namespace lobule {

/** The boosting part's functions, as one object. [main thread, once for each environment] */
Napi::Object RegisterBoosting(Napi::Env env);

}  // namespace lobule
