# Zig's Clang for macOS, for the toolchains that include this: it brings the system's headers and libraries.
set(CMAKE_OSX_SYSROOT "" CACHE STRING "")
# CMake asks for it where a library has a path; the addon has none.
set(CMAKE_INSTALL_NAME_TOOL true)
set(CMAKE_USER_MAKE_RULES_OVERRIDE "${CMAKE_CURRENT_LIST_DIR}/zig-macos-rules.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/zig.cmake")
