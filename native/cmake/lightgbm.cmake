# LightGBM as a static library without OpenMP, GPU or MPI. Its own CMakeLists.txt asks for CMake 3.28 and
# writes into its source folder, so that the sources are listed here; list, definitions and flags follow its
# CMakeLists.txt of 4.6.0, so that results are those of the official packages.
include(CheckCXXSourceCompiles)
include(CheckSymbolExists)

set(lightgbm_sources
  src/c_api.cpp
  src/boosting/boosting.cpp
  src/boosting/gbdt.cpp
  src/boosting/gbdt_model_text.cpp
  src/boosting/gbdt_prediction.cpp
  src/boosting/prediction_early_stop.cpp
  src/boosting/sample_strategy.cpp
  src/io/bin.cpp
  src/io/config.cpp
  src/io/config_auto.cpp
  src/io/dataset.cpp
  src/io/dataset_loader.cpp
  src/io/file_io.cpp
  src/io/json11.cpp
  src/io/metadata.cpp
  src/io/parser.cpp
  src/io/train_share_states.cpp
  src/io/tree.cpp
  src/metric/dcg_calculator.cpp
  src/metric/metric.cpp
  src/network/linker_topo.cpp
  src/network/linkers_mpi.cpp
  src/network/linkers_socket.cpp
  src/network/network.cpp
  src/objective/objective_function.cpp
  src/treelearner/gradient_discretizer.cpp
  src/treelearner/serial_tree_learner.cpp
  src/utils/openmp_wrapper.cpp
)
list(TRANSFORM lightgbm_sources PREPEND "${LIGHTGBM_SOURCE_DIR}/")

# Ours, beside LightGBM's: a tree learner with a faster search for splits, its factory in place of LightGBM's, and the
# loops of the search, which every build offers to the addon's tests by name. Not compiled with it: LightGBM's search for
# splits of categories (feature_histogram.cpp), a sixth of the time that LightGBM takes to compile.
set(own_dir "${CMAKE_CURRENT_LIST_DIR}/../lightgbm")
if(UPSTREAM_TREE_LEARNER)
  # LightGBM's factory names every tree learner.
  foreach(name tree_learner data_parallel_tree_learner feature_histogram feature_parallel_tree_learner
               gpu_tree_learner linear_tree_learner voting_parallel_tree_learner)
    list(APPEND lightgbm_sources "${LIGHTGBM_SOURCE_DIR}/src/treelearner/${name}.cpp")
  endforeach()
else()
  set(tree_learner_sources "${own_dir}/fast_tree_learner.cc" "${own_dir}/tree_learner.cc")
  list(APPEND lightgbm_sources ${tree_learner_sources})
  set_source_files_properties(${tree_learner_sources} PROPERTIES
    INCLUDE_DIRECTORIES "${LIGHTGBM_SOURCE_DIR}/src/treelearner")
endif()
list(APPEND lightgbm_sources
  "${own_dir}/split_kernels_avx2.cc"
  "${own_dir}/split_kernels_basic.cc"
  "${own_dir}/split_kernels_choice.cc"
)
# split_kernels_choice.cc says which of them may run.
if(MSVC AND CMAKE_CXX_COMPILER_ARCHITECTURE_ID STREQUAL "x64")
  set_source_files_properties("${own_dir}/split_kernels_avx2.cc" PROPERTIES COMPILE_OPTIONS /arch:AVX2)
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64" AND NOT CMAKE_OSX_ARCHITECTURES STREQUAL "arm64")
  # All sums must be rounded as LightGBM's are.
  set_source_files_properties("${own_dir}/split_kernels_avx2.cc" PROPERTIES
    COMPILE_OPTIONS "-mavx2;-mfma;-ffp-contract=off")
endif()

add_library(lightgbm STATIC ${lightgbm_sources})
set_target_properties(lightgbm PROPERTIES CXX_STANDARD 11)
target_include_directories(lightgbm SYSTEM
  PUBLIC "${LIGHTGBM_SOURCE_DIR}/include"
  PRIVATE
    "${LIGHTGBM_SOURCE_DIR}/external_libs/eigen"
    "${LIGHTGBM_SOURCE_DIR}/external_libs/fast_double_parser/include"
    "${LIGHTGBM_SOURCE_DIR}/external_libs/fmt/include"
)
target_compile_definitions(lightgbm PRIVATE EIGEN_MPL2_ONLY EIGEN_DONT_PARALLELIZE USE_SOCKET)
target_link_libraries(lightgbm PRIVATE Threads::Threads)

check_cxx_source_compiles(
  "#include <xmmintrin.h>
   int main() { int a = 0; _mm_prefetch(&a, _MM_HINT_NTA); return 0; }" MM_PREFETCH)
if(MM_PREFETCH)
  target_compile_definitions(lightgbm PRIVATE MM_PREFETCH)
endif()
# Memory that runs out is an error instead of a crash: ../lightgbm/mm_malloc.h.
target_compile_definitions(lightgbm PRIVATE MM_MALLOC=1)
target_include_directories(lightgbm BEFORE PRIVATE "${CMAKE_CURRENT_LIST_DIR}/../lightgbm")
if(MSVC)
  # There it includes the compiler's malloc.h.
  target_compile_options(lightgbm PRIVATE /FImm_malloc.h)
endif()

if(WIN32)
  set(CMAKE_REQUIRED_LIBRARIES ws2_32)
  check_symbol_exists(inet_pton "ws2tcpip.h" WIN_INET_PTON_FOUND)
  unset(CMAKE_REQUIRED_LIBRARIES)
  if(WIN_INET_PTON_FOUND)
    target_compile_definitions(lightgbm PRIVATE WIN_HAS_INET_PTON)
  endif()
  target_link_libraries(lightgbm PRIVATE ws2_32 iphlpapi)
endif()

# Third-party code: its warnings are not ours to read. The sanitizer's build is for tests, and -O3 takes it
# a quarter of an hour.
if(MSVC)
  # d1trimfile: as file-prefix-map below.
  file(TO_NATIVE_PATH "${LIGHTGBM_SOURCE_DIR}/" lightgbm_prefix)
  target_compile_options(lightgbm PRIVATE /w /MP /utf-8 /bigobj /O2 /Ob2 /Oi /Ot /Oy
                                          "/d1trimfile:${lightgbm_prefix}")
else()
  # Its messages name its source files: without the folder of the machine that built them.
  target_compile_options(lightgbm PRIVATE -w "-ffile-prefix-map=${LIGHTGBM_SOURCE_DIR}/=")
  # As for our own parts (../CMakeLists.txt). x86-64 has nothing to fuse at this level.
  if(NOT CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64" OR CMAKE_OSX_ARCHITECTURES STREQUAL "arm64")
    target_compile_options(lightgbm PRIVATE -ffp-contract=off)
  endif()
  if(ADDRESS_SANITIZER)
    target_compile_options(lightgbm PRIVATE -O1)
  else()
    target_compile_options(lightgbm PRIVATE -O3 -funroll-loops)
  endif()
endif()
