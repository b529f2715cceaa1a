#include "processor.h"

#if defined(_MSC_VER) && defined(_M_X64)
#include <immintrin.h>
#include <intrin.h>
#endif

namespace lobule {

namespace {

#if defined(_MSC_VER) && defined(_M_X64)
/** Bits of CPUID (Intel's manual, volume 2A) and of the registers that the system saves (XGETBV). */
bool HasAvx2() {
  int one[4], seven[4];
  __cpuid(one, 1);
  __cpuidex(seven, 7, 0);
  const bool fma = one[2] & (1 << 12), saves = one[2] & (1 << 27), avx2 = seven[1] & (1 << 5);
  return fma && saves && avx2 && (_xgetbv(0) & 0x6) == 0x6;
}
bool HasAvx512() {
  int seven[4];
  __cpuidex(seven, 7, 0);
  return HasAvx2() && (seven[1] & (1 << 16)) && (_xgetbv(0) & 0xe6) == 0xe6;
}
#elif defined(__x86_64__)
bool HasAvx2() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }
bool HasAvx512() { return HasAvx2() && __builtin_cpu_supports("avx512f"); }
#else
bool HasAvx2() { return false; }
bool HasAvx512() { return false; }
#endif

}  // namespace

std::vector<const Kernels*> UsableKernels() {
  std::vector<const Kernels*> usable;
  if (HasAvx512() && Avx512Kernels()) usable.push_back(Avx512Kernels());
  if (HasAvx2() && Avx2Kernels()) usable.push_back(Avx2Kernels());
  // Every 64-bit ARM has it.
  if (NeonKernels()) usable.push_back(NeonKernels());
  return usable;
}

}  // namespace lobule
