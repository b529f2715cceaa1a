// Compiled for AVX2 and FMA (cmake/lightgbm.cmake); nothing here may run on a processor without them.
#if defined(__AVX2__) && (defined(__FMA__) || defined(_MSC_VER))

#include <immintrin.h>

#include "split_kernels_of.h"

namespace lobule {
namespace {

struct Avx2Vectors {
  using Pair = __m128d;
  using Four = __m256d;
  using Counts = __m128i;

  static Pair Load(const double* from) { return _mm_loadu_pd(from); }
  static void Store(double* to, Pair pair) { _mm_storeu_pd(to, pair); }
  static Pair Add(Pair a, Pair b) { return _mm_add_pd(a, b); }
  static Pair Subtract(Pair a, Pair b) { return _mm_sub_pd(a, b); }
  static Pair Widen(const float* from) {
    return _mm_cvtps_pd(_mm_castpd_ps(_mm_load_sd(reinterpret_cast<const double*>(from))));
  }
  static void Prefetch(const void* at) { _mm_prefetch(static_cast<const char*>(at), _MM_HINT_T0); }

  static Four Set(double value) { return _mm256_set1_pd(value); }
  static Four Add(Four a, Four b) { return _mm256_add_pd(a, b); }
  static Four Subtract(Four a, Four b) { return _mm256_sub_pd(a, b); }
  static Four Multiply(Four a, Four b) { return _mm256_mul_pd(a, b); }
  static Four Maximum(Four a, Four b) { return _mm256_max_pd(a, b); }
  static Four Minimum(Four a, Four b) { return _mm256_min_pd(a, b); }
  static Four MultiplyAdd(Four a, Four b, Four c) { return _mm256_fmadd_pd(a, b, c); }
  static Four MultiplySubtractFrom(Four a, Four b, Four c) { return _mm256_fnmadd_pd(a, b, c); }
  static void Transpose(const double* const* at, Four* gradients, Four* hessians) {
    const Four even = _mm256_insertf128_pd(_mm256_castpd128_pd256(Load(at[0])), Load(at[2]), 1);
    const Four odd = _mm256_insertf128_pd(_mm256_castpd128_pd256(Load(at[1])), Load(at[3]), 1);
    *gradients = _mm256_unpacklo_pd(even, odd);
    *hessians = _mm256_unpackhi_pd(even, odd);
  }
  static unsigned Below(Four a, Four b) {
    return static_cast<unsigned>(_mm256_movemask_pd(_mm256_cmp_pd(a, b, _CMP_LT_OQ)));
  }

  static Counts SetCounts(int value) { return _mm_set1_epi32(value); }
  static Counts AddCounts(Counts a, Counts b) { return _mm_add_epi32(a, b); }
  static Counts OrCounts(Counts a, Counts b) { return _mm_or_si128(a, b); }
  static Counts RoundCounts(Four values) { return _mm256_cvttpd_epi32(_mm256_add_pd(values, _mm256_set1_pd(0.5))); }
  static unsigned CountsAbove(Counts a, Counts b) {
    return static_cast<unsigned>(_mm_movemask_ps(_mm_castsi128_ps(_mm_cmpgt_epi32(a, b))));
  }
};

using Avx2 = SplitKernelsOf<Avx2Vectors>;
const SplitKernels kAvx2 = {"AVX2", Avx2::Construct, Avx2::Fix, Avx2::Subtract, Avx2::Search};

}  // namespace

const SplitKernels* Avx2SplitKernels() { return &kAvx2; }

}  // namespace lobule

#else

#include "split_kernels.h"

namespace lobule {

const SplitKernels* Avx2SplitKernels() { return nullptr; }

}  // namespace lobule

#endif
