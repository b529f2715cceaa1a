# Lobule's own search for splits in place of two statements of one of LightGBM's functions (../lightgbm/). The source
# itself stays as it is: the patched file is a copy in the build folder. That the results are the same was shown for
# this source and no other, so that each file which the patch rests upon must be the expected one.
function(lightgbm_text_of result name sha256)
  file(READ "${LIGHTGBM_SOURCE_DIR}/src/${name}" text)
  # As git on Windows may have written it.
  string(REPLACE "\r\n" "\n" text "${text}")
  string(SHA256 found "${text}")
  if(NOT found STREQUAL sha256)
    message(FATAL_ERROR "${LIGHTGBM_SOURCE_DIR}/src/${name} is not LightGBM 4.6.0's (sha256 ${found}, expected "
                        "${sha256}), for which native/lightgbm/find_best_splits.h was written. Use the official "
                        "source, or build with -DLIGHTGBM_UNPATCHED=ON.")
  endif()
  set(${result} "${text}" PARENT_SCOPE)
endfunction()

# The text with the one occurrence of `old` replaced.
function(lightgbm_replace_once text_name old new)
  set(text "${${text_name}}")
  string(FIND "${text}" "${old}" first)
  string(FIND "${text}" "${old}" last REVERSE)
  if(first EQUAL -1 OR NOT first EQUAL last)
    message(FATAL_ERROR "\"${old}\" does not stand once in LightGBM's serial_tree_learner.cpp.")
  endif()
  string(REPLACE "${old}" "${new}" text "${text}")
  set(${text_name} "${text}" PARENT_SCOPE)
endfunction()

lightgbm_text_of(unused treelearner/serial_tree_learner.h
  b87ab4da546b8b387d683f73eb66109fb84bf1fd9a26a5bbba3c4268d72bf567)
lightgbm_text_of(unused treelearner/feature_histogram.hpp
  4a16c2614c376aa55ba77d4b50aeaf9f5cd1b06e96bf44b66295f98e1a80bf8f)
lightgbm_text_of(unused treelearner/leaf_splits.hpp
  4e38370350d716376cb379558d7afcbea520d91af9d54a60c04d6d35548140ec)
lightgbm_text_of(unused treelearner/split_info.hpp
  4ea4cd9de7c914f4ef9601493910b17afa63092659cd4e1e13b0065effbb742e)
lightgbm_text_of(unused io/dataset.cpp 809a8d9ebdb2a4e1860d10fa0d7803894a52f9ecbe5f8a8aef5243811e52cf0e)
lightgbm_text_of(unused io/dense_bin.hpp 8bd40790a9a21c8b5c695b2c74298c0c04339d7d7f6575a8c094ca776313075f)
lightgbm_text_of(patched treelearner/serial_tree_learner.cpp
  ad9f9a6c3c7c6beec74b2518644b2f0152c2a68ce1ceb89e95da5722e3586d48)

# Each new text has as many lines as the old one; messages name the file without the build's folder.
lightgbm_replace_once(patched "#include \"cost_effective_gradient_boosting.hpp\"\n\n"
  "#include \"cost_effective_gradient_boosting.hpp\"\n#include \"split_kernels.h\"\n")
lightgbm_replace_once(patched "  ConstructHistograms(is_feature_used, use_subtract);\n" "\n")
lightgbm_replace_once(patched "  FindBestSplitsFromHistograms(is_feature_used, use_subtract, tree);\n"
  "#include \"find_best_splits.h\"\n")
set(patched "// Changed by Lobule: the end of FindBestSplits is native/lightgbm/find_best_splits.h.
#line 1 \"src/treelearner/serial_tree_learner.cpp\"\n${patched}")

set(patched_file "${CMAKE_BINARY_DIR}/lightgbm-patched/serial_tree_learner.cpp")
set(written "")
if(EXISTS "${patched_file}")
  file(READ "${patched_file}" written)
endif()
if(NOT written STREQUAL patched)
  file(WRITE "${patched_file}" "${patched}")
endif()

list(REMOVE_ITEM lightgbm_sources "${LIGHTGBM_SOURCE_DIR}/src/treelearner/serial_tree_learner.cpp")
list(APPEND lightgbm_sources "${patched_file}")
# For its sibling headers.
set_source_files_properties("${patched_file}" PROPERTIES INCLUDE_DIRECTORIES "${LIGHTGBM_SOURCE_DIR}/src/treelearner")
