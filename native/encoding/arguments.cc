#include "arguments.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "../jobs/typed_array.h"
#include "processor.h"

namespace lobule {

Napi::Error Wrong(Napi::Env env, const char* what) { return Napi::RangeError::New(env, what); }

Napi::Float32Array Floats(const Napi::Value& value, size_t length) {
  auto floats = ArrayOf<float>(value);
  if (floats.ElementLength() != length) throw Wrong(value.Env(), "not as many values as needed");
  return floats;
}

size_t Count(const Napi::Value& value, size_t most) {
  const int64_t number = value.As<Napi::Number>().Int64Value();
  if (number < 0 || static_cast<uint64_t>(number) > most) throw Wrong(value.Env(), "not such a number");
  return static_cast<size_t>(number);
}

const Kernels* KernelsNamed(const Napi::Value& name) {
  for (const Kernels* kernels : UsableKernels()) {
    if (name.As<Napi::String>().Utf8Value() == kernels->name) return kernels;
  }
  throw Wrong(name.Env(), "this processor has no such instructions");
}

size_t Threads(const Napi::Value& value) { return std::max<size_t>(1, Count(value, 1024)); }

}  // namespace lobule
