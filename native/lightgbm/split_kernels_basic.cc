// For what every 64-bit processor of its kind has: SSE2 on x86, NEON on ARM.
#if defined(__x86_64__) || defined(_M_X64)
#define LOBULE_BASIC_SSE2
#include <emmintrin.h>
#elif defined(__aarch64__) || defined(_M_ARM64)
#define LOBULE_BASIC_NEON
#include <arm_neon.h>
#endif

#include "split_kernels.h"

#if defined(LOBULE_BASIC_SSE2) || defined(LOBULE_BASIC_NEON)

#include "split_kernels_of.h"

namespace lobule {
namespace {

#if defined(LOBULE_BASIC_SSE2)

struct BasicVectors {
  using Pair = __m128d;
  struct Four {
    __m128d low, high;
  };
  using Counts = __m128i;

  static Pair Load(const double* from) { return _mm_loadu_pd(from); }
  static void Store(double* to, Pair pair) { _mm_storeu_pd(to, pair); }
  static Pair Add(Pair a, Pair b) { return _mm_add_pd(a, b); }
  static Pair Subtract(Pair a, Pair b) { return _mm_sub_pd(a, b); }
  static Pair Multiply(Pair a, Pair b) { return _mm_mul_pd(a, b); }
  static Pair Maximum(Pair a, Pair b) { return _mm_max_pd(a, b); }
  static Pair Minimum(Pair a, Pair b) { return _mm_min_pd(a, b); }
  static Pair MultiplyAdd(Pair a, Pair b, Pair c) { return Add(Multiply(a, b), c); }
  static Pair MultiplySubtractFrom(Pair a, Pair b, Pair c) { return Subtract(c, Multiply(a, b)); }
  static Pair Both(double value) { return _mm_set1_pd(value); }
  static Pair First(Pair a, Pair b) { return _mm_unpacklo_pd(a, b); }
  static Pair Second(Pair a, Pair b) { return _mm_unpackhi_pd(a, b); }
  static Pair Widen(const float* from) {
    return _mm_cvtps_pd(_mm_castpd_ps(_mm_load_sd(reinterpret_cast<const double*>(from))));
  }
  static void Prefetch(const void* at) { _mm_prefetch(static_cast<const char*>(at), _MM_HINT_T0); }

  static unsigned Below(Four a, Four b) {
    return static_cast<unsigned>(_mm_movemask_pd(_mm_cmplt_pd(a.low, b.low))) |
           static_cast<unsigned>(_mm_movemask_pd(_mm_cmplt_pd(a.high, b.high))) << 2;
  }
  static Counts SetCounts(int value) { return _mm_set1_epi32(value); }
  static Counts AddCounts(Counts a, Counts b) { return _mm_add_epi32(a, b); }
  static Counts OrCounts(Counts a, Counts b) { return _mm_or_si128(a, b); }
  static Counts RoundCounts(Four values) {
    const Pair half = Both(0.5);
    return _mm_unpacklo_epi64(_mm_cvttpd_epi32(Add(values.low, half)), _mm_cvttpd_epi32(Add(values.high, half)));
  }
  static unsigned CountsAbove(Counts a, Counts b) {
    return static_cast<unsigned>(_mm_movemask_ps(_mm_castsi128_ps(_mm_cmpgt_epi32(a, b))));
  }

#else

struct BasicVectors {
  using Pair = float64x2_t;
  struct Four {
    float64x2_t low, high;
  };
  using Counts = int32x4_t;

  static Pair Load(const double* from) { return vld1q_f64(from); }
  static void Store(double* to, Pair pair) { vst1q_f64(to, pair); }
  static Pair Add(Pair a, Pair b) { return vaddq_f64(a, b); }
  static Pair Subtract(Pair a, Pair b) { return vsubq_f64(a, b); }
  static Pair Multiply(Pair a, Pair b) { return vmulq_f64(a, b); }
  static Pair Maximum(Pair a, Pair b) { return vmaxq_f64(a, b); }
  static Pair Minimum(Pair a, Pair b) { return vminq_f64(a, b); }
  static Pair MultiplyAdd(Pair a, Pair b, Pair c) { return vfmaq_f64(c, a, b); }
  static Pair MultiplySubtractFrom(Pair a, Pair b, Pair c) { return vfmsq_f64(c, a, b); }
  static Pair Both(double value) { return vdupq_n_f64(value); }
  static Pair First(Pair a, Pair b) { return vzip1q_f64(a, b); }
  static Pair Second(Pair a, Pair b) { return vzip2q_f64(a, b); }
  static Pair Widen(const float* from) { return vcvt_f64_f32(vld1_f32(from)); }
  static void Prefetch(const void* at) {
#if defined(_MSC_VER)
    __prefetch(at);
#else
    __builtin_prefetch(at, 0, 3);
#endif
  }

  /** A bit for each lane of a comparison's answer, all ones or zeros. */
  static unsigned Bits(uint32x4_t answer) {
    const uint32_t weights[4] = {1, 2, 4, 8};
    return vaddvq_u32(vandq_u32(answer, vld1q_u32(weights)));
  }
  static unsigned Below(Four a, Four b) {
    return Bits(vcombine_u32(vmovn_u64(vcltq_f64(a.low, b.low)), vmovn_u64(vcltq_f64(a.high, b.high))));
  }
  static Counts SetCounts(int value) { return vdupq_n_s32(value); }
  static Counts AddCounts(Counts a, Counts b) { return vaddq_s32(a, b); }
  static Counts OrCounts(Counts a, Counts b) { return vorrq_s32(a, b); }
  static Counts RoundCounts(Four values) {
    const Pair half = Both(0.5);
    return vcombine_s32(vqmovn_s64(vcvtq_s64_f64(Add(values.low, half))),
                        vqmovn_s64(vcvtq_s64_f64(Add(values.high, half))));
  }
  static unsigned CountsAbove(Counts a, Counts b) { return Bits(vcgtq_s32(a, b)); }

#endif

  static Four Set(double value) { return {Both(value), Both(value)}; }
  static Four Add(Four a, Four b) { return {Add(a.low, b.low), Add(a.high, b.high)}; }
  static Four Subtract(Four a, Four b) { return {Subtract(a.low, b.low), Subtract(a.high, b.high)}; }
  static Four Multiply(Four a, Four b) { return {Multiply(a.low, b.low), Multiply(a.high, b.high)}; }
  static Four Maximum(Four a, Four b) { return {Maximum(a.low, b.low), Maximum(a.high, b.high)}; }
  static Four Minimum(Four a, Four b) { return {Minimum(a.low, b.low), Minimum(a.high, b.high)}; }
  static Four MultiplyAdd(Four a, Four b, Four c) {
    return {MultiplyAdd(a.low, b.low, c.low), MultiplyAdd(a.high, b.high, c.high)};
  }
  static Four MultiplySubtractFrom(Four a, Four b, Four c) {
    return {MultiplySubtractFrom(a.low, b.low, c.low), MultiplySubtractFrom(a.high, b.high, c.high)};
  }
  static void Transpose(const double* const* at, Four* gradients, Four* hessians) {
    const Pair a = Load(at[0]), b = Load(at[1]), c = Load(at[2]), d = Load(at[3]);
    *gradients = {First(a, b), First(c, d)};
    *hessians = {Second(a, b), Second(c, d)};
  }
};

using Basic = SplitKernelsOf<BasicVectors>;
const SplitKernels kBasic = {"basic", Basic::Construct, Basic::Fix, Basic::Subtract, Basic::Search};

}  // namespace

const SplitKernels* BasicSplitKernels() { return &kBasic; }

}  // namespace lobule

#else

namespace lobule {

const SplitKernels* BasicSplitKernels() { return nullptr; }

}  // namespace lobule

#endif
