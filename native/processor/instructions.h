#pragma once

#if defined(_MSC_VER) && defined(_M_X64)
#include <immintrin.h>
#include <intrin.h>
#elif defined(__x86_64__)
#include <cpuid.h>
#endif

namespace lobule {

// Which instructions this processor has and its system lets a program use: bits of CPUID (Intel's manual, volume 2A) and of
// the registers that the system saves (XGETBV). Not __builtin_cpu_supports: its variable is in a library of the compiler,
// which Zig cannot link into an addon.

#if defined(_M_X64) || defined(__x86_64__)
struct CpuidAnswer {
  unsigned a, b, c, d;
};

inline CpuidAnswer Cpuid(unsigned leaf) {
#if defined(_MSC_VER)
  int answer[4];
  __cpuidex(answer, static_cast<int>(leaf), 0);
  return {static_cast<unsigned>(answer[0]), static_cast<unsigned>(answer[1]), static_cast<unsigned>(answer[2]),
          static_cast<unsigned>(answer[3])};
#else
  CpuidAnswer answer{};
  __cpuid_count(leaf, 0, answer.a, answer.b, answer.c, answer.d);
  return answer;
#endif
}

/** The registers that the system saves when it switches threads; only where CPUID says that XGETBV exists. */
inline unsigned SavedRegisters() {
#if defined(_MSC_VER)
  return static_cast<unsigned>(_xgetbv(0));
#else
  unsigned low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return low;
#endif
}

inline bool HasAvx2() {
  if (Cpuid(0).a < 7) return false;
  const CpuidAnswer one = Cpuid(1);
  const bool fma = one.c & (1u << 12), saves = one.c & (1u << 27), avx2 = Cpuid(7).b & (1u << 5);
  return fma && saves && avx2 && (SavedRegisters() & 0x6) == 0x6;
}
inline bool HasAvx512() {
  return HasAvx2() && (Cpuid(7).b & (1u << 16)) && (SavedRegisters() & 0xe6) == 0xe6;
}
#else
inline bool HasAvx2() { return false; }
inline bool HasAvx512() { return false; }
#endif

}  // namespace lobule
