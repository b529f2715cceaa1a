#pragma once

/**
 * In place of the compiler's header of this name, for LightGBM alone (cmake/lightgbm.cmake puts it first). LightGBM's
 * allocator of aligned memory takes what _mm_malloc answers without looking, and would write to address 0 where
 * memory runs out; this one throws, which the C API hands on as an error.
 */
#include <cstddef>
#include <cstdlib>
#include <new>

#if defined(_WIN32)
#include <malloc.h>
#undef _mm_malloc
#undef _mm_free
#endif

namespace lobule {

inline void* AllocateAligned(std::size_t bytes, std::size_t alignment) {
  void* memory = nullptr;
#if defined(_WIN32)
  memory = _aligned_malloc(bytes, alignment);
#else
  if (posix_memalign(&memory, alignment, bytes) != 0) memory = nullptr;
#endif
  if (memory == nullptr && bytes > 0) throw std::bad_alloc();
  return memory;
}

inline void FreeAligned(void* memory) {
#if defined(_WIN32)
  _aligned_free(memory);
#else
  std::free(memory);
#endif
}

}  // namespace lobule

#define _mm_malloc(bytes, alignment) lobule::AllocateAligned(bytes, alignment)
#define _mm_free(memory) lobule::FreeAligned(memory)
