# Zig's Clang (electron/setup/zig.mjs), for the toolchains that include this and set zig_target. Its C++ runtime is inside what it
# links, and the glibc or macOS that it links for is the oldest that runs it.
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES LOBULE_ZIG)
if(NOT EXISTS "${LOBULE_ZIG}")
  message(FATAL_ERROR "LOBULE_ZIG names no compiler. Build with: node electron/setup/native.mjs --target NAME")
endif()
# Without the checks for undefined behaviour that Zig adds by itself.
set(zig_parameters -target ${zig_target} -fno-sanitize=undefined)
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
  # Its Clang 20 has vectors of 512 bits only with this, where -mavx512f asks for them.
  list(APPEND zig_parameters -mevex512)
endif()
set(CMAKE_C_COMPILER "${LOBULE_ZIG}" cc ${zig_parameters})
set(CMAKE_CXX_COMPILER "${LOBULE_ZIG}" c++ ${zig_parameters})
# Also for formats that this machine's own ar does not know.
foreach(language C CXX)
  set(CMAKE_${language}_ARCHIVE_CREATE "\"${LOBULE_ZIG}\" ar qc <TARGET> <LINK_FLAGS> <OBJECTS>")
  set(CMAKE_${language}_ARCHIVE_FINISH "\"${LOBULE_ZIG}\" ranlib <TARGET>")
endforeach()
