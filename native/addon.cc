// The module that Node loads: each part of the addon is one property.
#include <napi.h>

#include "boosting/register.h"
#include "encoding/register.h"
#include "imaging/register.h"
#include "jobs/job.h"
#include "slides/register.h"

static Napi::Object Initialise(Napi::Env env, Napi::Object exports) {
  lobule::JobBoard::Open(env);
  exports.Set("boosting", lobule::RegisterBoosting(env));
  exports.Set("encoding", lobule::RegisterEncoding(env));
  exports.Set("imaging", lobule::RegisterImaging(env));
  exports.Set("slides", lobule::RegisterSlides(env));
  return exports;
}

NODE_API_MODULE(lobule_native, Initialise)
