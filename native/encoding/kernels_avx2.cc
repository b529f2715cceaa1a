#include "kernels.h"

#if defined(__AVX2__)
#include <immintrin.h>

#include "kernels_of.h"

namespace {
struct Avx2 {
  using Type = __m256;
  static constexpr std::size_t kWidth = 8, kVectors = 2, kTiles = 6;
  static Type Load(const float* from) { return _mm256_loadu_ps(from); }
  static void Store(float* to, Type value) { _mm256_storeu_ps(to, value); }
  static Type Set(float value) { return _mm256_set1_ps(value); }
  static Type Add(Type a, Type b) { return _mm256_add_ps(a, b); }
  static Type Sub(Type a, Type b) { return _mm256_sub_ps(a, b); }
  static Type Mul(Type a, Type b) { return _mm256_mul_ps(a, b); }
  static Type Max(Type a, Type b) { return _mm256_max_ps(a, b); }
  static Type Min(Type a, Type b) { return _mm256_min_ps(a, b); }
  /** a b + c, rounded once */
  static Type MulAdd(Type a, Type b, Type c) { return _mm256_fmadd_ps(a, b, c); }
  /** c - a b, rounded once */
  static Type NegMulAdd(Type a, Type b, Type c) { return _mm256_fnmadd_ps(a, b, c); }
};
}  // namespace

const lobule::Kernels* lobule::Avx2Kernels() { return KernelsOf<Avx2>::All("AVX2"); }
#else
const lobule::Kernels* lobule::Avx2Kernels() { return nullptr; }
#endif
