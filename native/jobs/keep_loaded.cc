#include "keep_loaded.h"

#ifdef _WIN32
#include <windows.h>
#else
#include <dlfcn.h>
#endif

namespace lobule {

void KeepLoaded() {
  static const char here = 0;
#ifdef _WIN32
  HMODULE module = nullptr;
  GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_PIN,
                     reinterpret_cast<LPCWSTR>(&here), &module);
#else
  Dl_info info;
  if (dladdr(&here, &info) != 0) dlopen(info.dli_fname, RTLD_LAZY | RTLD_NODELETE);
#endif
}

}  // namespace lobule
