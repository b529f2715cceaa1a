#pragma once

#if defined(_MSC_VER) && defined(_M_X64)
#include <immintrin.h>
#include <intrin.h>
#endif

namespace lobule {

// Which instructions this processor has and its system lets a program use.

#if defined(_MSC_VER) && defined(_M_X64)
// Bits of CPUID (Intel's manual, volume 2A) and of the registers that the system saves (XGETBV).
inline bool HasAvx2() {
  int one[4], seven[4];
  __cpuid(one, 1);
  __cpuidex(seven, 7, 0);
  const bool fma = one[2] & (1 << 12), saves = one[2] & (1 << 27), avx2 = seven[1] & (1 << 5);
  return fma && saves && avx2 && (_xgetbv(0) & 0x6) == 0x6;
}
inline bool HasAvx512() {
  int seven[4];
  __cpuidex(seven, 7, 0);
  return HasAvx2() && (seven[1] & (1 << 16)) && (_xgetbv(0) & 0xe6) == 0xe6;
}
#elif defined(__x86_64__)
inline bool HasAvx2() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }
inline bool HasAvx512() { return HasAvx2() && __builtin_cpu_supports("avx512f"); }
#else
inline bool HasAvx2() { return false; }
inline bool HasAvx512() { return false; }
#endif

}  // namespace lobule
