#pragma once

#include <napi.h>

#include <memory>
#include <utility>

namespace lobule {

/** What an External holds; empty once it is closed. Work in progress keeps its own reference. */
template <typename T>
struct Held {
  std::shared_ptr<T> value;
};

/** Tells one kind of handle from another: each kind specialises it with numbers of its own. */
template <typename T>
constexpr napi_type_tag kTag{};

/** [main thread] */
template <typename T>
Napi::Value Hold(Napi::Env env, std::shared_ptr<T> value) {
  auto external = Napi::External<Held<T>>::New(env, new Held<T>{std::move(value)},
                                               [](Napi::Env, Held<T>* held) { delete held; });
  external.TypeTag(&kTag<T>);
  return external;
}

/** Throws for anything that `Hold` did not make of this kind. [main thread] */
template <typename T>
Held<T>& HeldBy(const Napi::Value& value) {
  if (!value.IsExternal() || !value.As<Napi::External<Held<T>>>().CheckTypeTag(&kTag<T>)) {
    throw Napi::TypeError::New(value.Env(), "not a handle of this kind");
  }
  return *value.As<Napi::External<Held<T>>>().Data();
}

}  // namespace lobule
