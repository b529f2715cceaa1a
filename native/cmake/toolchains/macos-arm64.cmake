# macOS on Apple's processors, compiled and linked elsewhere (electron/setup/macos-check.mjs): nothing can run it here.
set(CMAKE_SYSTEM_NAME Darwin)
set(CMAKE_SYSTEM_PROCESSOR arm64)
set(zig_target aarch64-macos.12.0)
include("${CMAKE_CURRENT_LIST_DIR}/zig-macos.cmake")
