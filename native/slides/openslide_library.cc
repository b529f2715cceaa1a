#include "openslide_library.h"

#include <mutex>

#include "../jobs/failure.h"

#ifdef _WIN32
#include <windows.h>
#else
#include <dlfcn.h>
#endif

namespace lobule {

namespace {

#ifdef _WIN32

std::wstring Wide(const std::string& text) {
  const int length = MultiByteToWideChar(CP_UTF8, 0, text.c_str(), -1, nullptr, 0);
  std::wstring wide(length > 0 ? length - 1 : 0, L'\0');
  MultiByteToWideChar(CP_UTF8, 0, text.c_str(), -1, wide.data(), length);
  return wide;
}

/** Libraries that it needs are looked for beside it, not where the program was started. */
void* OpenFile(const std::string& file) {
  return LoadLibraryExW(Wide(file).c_str(), nullptr,
                        LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR | LOAD_LIBRARY_SEARCH_DEFAULT_DIRS);
}

std::string Reason() { return "Windows error " + std::to_string(GetLastError()); }

void* Find(void* library, const char* name) {
  return reinterpret_cast<void*>(GetProcAddress(static_cast<HMODULE>(library), name));
}

#else

/** Its names stay its own: it holds copies of libraries that sharp has too. */
void* OpenFile(const std::string& file) { return dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL); }

std::string Reason() {
  const char* reason = dlerror();
  return reason == nullptr ? "unknown reason" : reason;
}

void* Find(void* library, const char* name) { return dlsym(library, name); }

#endif

template <typename Function>
void TakeIfThere(void* library, const char* name, Function& to) {
  to = reinterpret_cast<Function>(Find(library, name));
}

template <typename Function>
void Take(void* library, const char* name, Function& to) {
  TakeIfThere(library, name, to);
  if (to == nullptr) throw Failure("slide.library-missing", std::string("it has no function ") + name);
}

OpenSlideLibrary LoadFrom(const std::string& file) {
  void* library = OpenFile(file);
  if (library == nullptr) throw Failure("slide.library-missing", Reason());
  OpenSlideLibrary functions{};
  Take(library, "openslide_get_version", functions.get_version);
  Take(library, "openslide_detect_vendor", functions.detect_vendor);
  Take(library, "openslide_open", functions.open);
  Take(library, "openslide_close", functions.close);
  Take(library, "openslide_get_error", functions.get_error);
  Take(library, "openslide_get_level_count", functions.get_level_count);
  Take(library, "openslide_get_level_dimensions", functions.get_level_dimensions);
  Take(library, "openslide_get_level_downsample", functions.get_level_downsample);
  Take(library, "openslide_get_property_value", functions.get_property_value);
  Take(library, "openslide_get_associated_image_names", functions.get_associated_image_names);
  Take(library, "openslide_read_region", functions.read_region);
  TakeIfThere(library, "openslide_get_icc_profile_size", functions.get_icc_profile_size);
  TakeIfThere(library, "openslide_read_icc_profile", functions.read_icc_profile);
  return functions;
}

}  // namespace

const OpenSlideLibrary& OpenSlideLibrary::Load(const std::string& file) {
  static std::mutex mutex;
  static bool is_loaded = false;
  static OpenSlideLibrary functions;
  std::lock_guard<std::mutex> lock(mutex);
  if (!is_loaded) {
    functions = LoadFrom(file);
    is_loaded = true;
  }
  return functions;
}

}  // namespace lobule
