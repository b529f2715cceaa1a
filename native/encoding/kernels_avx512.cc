#include "kernels.h"

#if defined(__AVX512F__)
#include <immintrin.h>

#include "kernels_of.h"

namespace {
struct Avx512 {
  using Type = __m512;
  static constexpr std::size_t kWidth = 16, kVectors = 4, kTiles = 6;
  static Type Load(const float* from) { return _mm512_loadu_ps(from); }
  static void Store(float* to, Type value) { _mm512_storeu_ps(to, value); }
  static Type Set(float value) { return _mm512_set1_ps(value); }
  static Type Add(Type a, Type b) { return _mm512_add_ps(a, b); }
  static Type Sub(Type a, Type b) { return _mm512_sub_ps(a, b); }
  static Type Mul(Type a, Type b) { return _mm512_mul_ps(a, b); }
  static Type Max(Type a, Type b) { return _mm512_max_ps(a, b); }
  static Type Min(Type a, Type b) { return _mm512_min_ps(a, b); }
  /** a b + c, rounded once */
  static Type MulAdd(Type a, Type b, Type c) { return _mm512_fmadd_ps(a, b, c); }
  /** c - a b, rounded once */
  static Type NegMulAdd(Type a, Type b, Type c) { return _mm512_fnmadd_ps(a, b, c); }
};
}  // namespace

const lobule::Kernels* lobule::Avx512Kernels() { return KernelsOf<Avx512>::All("AVX-512"); }
#else
const lobule::Kernels* lobule::Avx512Kernels() { return nullptr; }
#endif
