// The import library names NODE.EXE, but in Electron the host has another name: whatever process loads the
// addon answers for it. The same idea as node-gyp's win_delay_load_hook.
#include <windows.h>

#include <delayimp.h>
#include <string.h>

static FARPROC WINAPI UseHostProcess(unsigned int event, DelayLoadInfo* info) {
  if (event != dliNotePreLoadLibrary || _stricmp(info->szDll, "node.exe") != 0) return nullptr;
  return reinterpret_cast<FARPROC>(GetModuleHandleW(nullptr));
}

// MinGW's header declares it without const.
#if defined(_MSC_VER)
extern "C" const PfnDliHook __pfnDliNotifyHook2 = UseHostProcess;
#else
extern "C" PfnDliHook __pfnDliNotifyHook2 = UseHostProcess;
#endif
