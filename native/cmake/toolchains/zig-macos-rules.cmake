# Read after CMake's own rules for macOS: Zig's linker ends at -bundle, and Node loads the other kind of library too.
foreach(language C CXX)
  string(REPLACE "-bundle" "-dynamiclib" CMAKE_SHARED_MODULE_CREATE_${language}_FLAGS
    "${CMAKE_SHARED_MODULE_CREATE_${language}_FLAGS}")
endforeach()
