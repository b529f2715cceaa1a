#include "kernels.h"

#if defined(__aarch64__) || defined(_M_ARM64)
#include <arm_neon.h>

#include "kernels_of.h"

namespace {
struct Neon {
  using Type = float32x4_t;
  static constexpr std::size_t kWidth = 4, kVectors = 4, kTiles = 6;
  static Type Load(const float* from) { return vld1q_f32(from); }
  static void Store(float* to, Type value) { vst1q_f32(to, value); }
  static Type Set(float value) { return vdupq_n_f32(value); }
  static Type Add(Type a, Type b) { return vaddq_f32(a, b); }
  static Type Sub(Type a, Type b) { return vsubq_f32(a, b); }
  static Type Mul(Type a, Type b) { return vmulq_f32(a, b); }
  static Type Max(Type a, Type b) { return vmaxq_f32(a, b); }
  static Type Min(Type a, Type b) { return vminq_f32(a, b); }
  /** a b + c, rounded once */
  static Type MulAdd(Type a, Type b, Type c) { return vfmaq_f32(c, a, b); }
  /** c - a b, rounded once */
  static Type NegMulAdd(Type a, Type b, Type c) { return vfmsq_f32(c, a, b); }
};
}  // namespace

const lobule::Kernels* lobule::NeonKernels() { return KernelsOf<Neon>::All("NEON"); }
#else
const lobule::Kernels* lobule::NeonKernels() { return nullptr; }
#endif
