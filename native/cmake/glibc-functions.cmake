# What Zig links for Linux takes functions of mathematics and of memory from glibc: glibc_functions.cc says why.
set(glibc_functions_source "${CMAKE_CURRENT_LIST_DIR}/glibc_functions.cc")

function(use_glibc_functions target)
  if(NOT DEFINED LOBULE_ZIG OR NOT CMAKE_SYSTEM_NAME STREQUAL "Linux")
    return()
  endif()
  target_sources(${target} PRIVATE "${glibc_functions_source}")
  # It defines what the compiler takes for its own, and what is not used goes.
  set_source_files_properties("${glibc_functions_source}" PROPERTIES COMPILE_OPTIONS "-fno-builtin;-ffunction-sections;-fvisibility=hidden")
  target_link_options(${target} PRIVATE LINKER:--gc-sections)
endfunction()
