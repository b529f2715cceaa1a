// Loads TensorFlow's libraries by their paths, so that no search path is needed: the binding then finds them by name.
#include <dlfcn.h>
#include <fcntl.h>
#include <node_api.h>
#include <unistd.h>

#include <string>

namespace {

// TensorFlow writes to stderr while it is loaded, before its own settings count. stderr belongs to the answers of commands.
class Quiet {
 public:
  Quiet() : kept_(dup(2)) {
    const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (kept_ >= 0 && nowhere >= 0) dup2(nowhere, 2);
    if (nowhere >= 0) close(nowhere);
  }
  ~Quiet() {
    if (kept_ < 0) return;
    dup2(kept_, 2);
    close(kept_);
  }
  Quiet(const Quiet&) = delete;
  Quiet& operator=(const Quiet&) = delete;

 private:
  int kept_;
};

// Its later messages pass Abseil's log, whose lowest level only this function changes. The name has Abseil's version; without
// it the messages stay.
constexpr const char* kSetMinLogLevel = "_ZN4absl12lts_2025081414SetMinLogLevelENS0_18LogSeverityAtLeastE";
constexpr int kFatal = 3;

std::string TextOf(napi_env env, napi_value value) {
  size_t length = 0;
  if (napi_get_value_string_utf8(env, value, nullptr, 0, &length) != napi_ok) return "";
  std::string text(length, '\0');
  napi_get_value_string_utf8(env, value, text.data(), length + 1, &length);
  return text;
}

// load(path): keeps a library loaded. Throws what the system says.
napi_value Load(napi_env env, napi_callback_info info) {
  napi_value argument;
  size_t count = 1;
  napi_get_cb_info(env, info, &count, &argument, nullptr, nullptr);
  const std::string path = count == 1 ? TextOf(env, argument) : "";
  void* library;
  {
    Quiet quiet;
    library = dlopen(path.c_str(), RTLD_LAZY | RTLD_LOCAL | RTLD_NODELETE);
  }
  if (path.empty() || library == nullptr) {
    napi_throw_error(env, nullptr, path.empty() ? "load needs a path" : dlerror());
    return nullptr;
  }
  if (void* found = dlsym(library, kSetMinLogLevel)) reinterpret_cast<void (*)(int)>(found)(kFatal);
  return nullptr;
}

}  // namespace

NAPI_MODULE_INIT() {
  napi_value function;
  napi_create_function(env, "load", NAPI_AUTO_LENGTH, Load, nullptr, &function);
  napi_set_named_property(env, exports, "load", function);
  return exports;
}
