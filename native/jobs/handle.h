#pragma once

#include <napi.h>

#include <memory>
#include <utility>

namespace lobule {

/** The content of an External; empty after it was closed. Work in progress keeps its own reference. */
template <typename T>
struct Held {
  std::shared_ptr<T> value;
};

/** Distinguishes the kinds of handles: each kind specialises it with its own numbers. */
template <typename T>
constexpr napi_type_tag kTag{};

/** Makes a handle for JavaScript. [main thread] */
template <typename T>
Napi::Value Hold(Napi::Env env, std::shared_ptr<T> value) {
  auto external = Napi::External<Held<T>>::New(env, new Held<T>{std::move(value)},
                                               [](Napi::Env, Held<T>* held) { delete held; });
  external.TypeTag(&kTag<T>);
  return external;
}

/** The content of a handle. Throws unless `Hold` made the value with the same type. [main thread] */
template <typename T>
Held<T>& HeldBy(const Napi::Value& value) {
  if (!value.IsExternal() || !value.As<Napi::External<Held<T>>>().CheckTypeTag(&kTag<T>)) {
    throw Napi::TypeError::New(value.Env(), "not a handle of this kind");
  }
  return *value.As<Napi::External<Held<T>>>().Data();
}

}  // namespace lobule
