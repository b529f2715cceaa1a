# add_node_addon(name sources...): a Node-API module <name>.node that Node and Electron both load.
set(NODE_ADDON_DEFINITIONS NAPI_VERSION=9 NODE_ADDON_API_CPP_EXCEPTIONS
    NODE_ADDON_API_CPP_EXCEPTIONS_ALL
    NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS)
set(NODE_ADDON_INCLUDES "${NODE_ADDON_API_DIR}" "${NODE_API_HEADERS_DIR}/include")

function(add_node_addon name)
  add_library(${name} MODULE ${ARGN})
  target_compile_definitions(${name} PRIVATE ${NODE_ADDON_DEFINITIONS})
  target_include_directories(${name} PRIVATE ${NODE_ADDON_INCLUDES})
  set_target_properties(${name} PROPERTIES
    PREFIX ""
    SUFFIX ".node"
    # The generator expression keeps multi-configuration generators from adding a Release/ folder.
    LIBRARY_OUTPUT_DIRECTORY "$<1:${CMAKE_BINARY_DIR}>"
    RUNTIME_OUTPUT_DIRECTORY "$<1:${CMAKE_BINARY_DIR}>")

  if(MSVC)
    # The host's own executable exports the Node-API; its name is only known at run time (node.exe,
    # lobule.exe), which the delay-load hook settles. node_api.def gives the import library.
    set(import_library "${CMAKE_BINARY_DIR}/node_api.lib")
    string(TOLOWER "${CMAKE_CXX_COMPILER_ARCHITECTURE_ID}" machine)
    execute_process(
      COMMAND "${CMAKE_AR}" "/def:${NODE_API_HEADERS_DIR}/def/node_api.def" "/out:${import_library}"
              "/machine:${machine}" /nologo
      COMMAND_ERROR_IS_FATAL ANY)
    target_sources(${name} PRIVATE windows/delay_load_hook.cc)
    target_link_libraries(${name} PRIVATE "${import_library}" delayimp)
    target_link_options(${name} PRIVATE /DELAYLOAD:NODE.EXE)
  elseif(MINGW)
    # The same with GNU's tools: dlltool's delay-load import library, and libdelayimp.a with the helper. Everything else is
    # inside, and only Node's entry points leave.
    set(import_library "${CMAKE_BINARY_DIR}/libnode_api.a")
    execute_process(
      COMMAND "${CMAKE_DLLTOOL}" --input-def "${NODE_API_HEADERS_DIR}/def/node_api.def" --dllname NODE.EXE
              --output-delaylib "${import_library}"
      COMMAND_ERROR_IS_FATAL ANY)
    target_sources(${name} PRIVATE windows/delay_load_hook.cc)
    target_link_libraries(${name} PRIVATE "${import_library}" delayimp)
    target_link_options(${name} PRIVATE -static -s LINKER:--exclude-all-symbols)
  elseif(APPLE)
    target_link_options(${name} PRIVATE LINKER:-undefined,dynamic_lookup LINKER:-dead_strip)
  else()
    # Only Node's entry points leave: nothing here may take part in the symbols of the host process.
    set(exports "${CMAKE_SOURCE_DIR}/cmake/exports.map")
    target_link_options(${name} PRIVATE LINKER:--gc-sections "LINKER:--version-script,${exports}")
    set_property(TARGET ${name} APPEND PROPERTY LINK_DEPENDS "${exports}")
    if(NOT ADDRESS_SANITIZER)
      target_link_options(${name} PRIVATE -static-libstdc++ -static-libgcc -s)
    endif()
  endif()
endfunction()
