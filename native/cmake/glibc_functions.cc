// glibc's own functions where Zig links for Linux. Its runtime of the compiler is one object, which comes whole as soon as anything in it
// is needed (here the division of 128 bits), and has functions with these names for systems without a C library: those of mathematics
// differ from glibc's in the last bit, so that a training would give other numbers than elsewhere. They are weak, so that these here win,
// which do nothing but call glibc's.
using size_t = decltype(sizeof(0));

// With the version that glibc has each in since it has this processor: Zig's have none.
#if defined(__x86_64__)
#define LOBULE_OLDEST "GLIBC_2.2.5"
#define LOBULE_OLDEST_MEMCPY "GLIBC_2.14"
#elif defined(__aarch64__)
#define LOBULE_OLDEST "GLIBC_2.17"
#define LOBULE_OLDEST_MEMCPY LOBULE_OLDEST
#else
#error "Which version of glibc has these functions on this processor?"
#endif
#define LOBULE_GLIBC(name, version) __asm__(".symver glibc_" #name "," #name "@" version)

#define LOBULE_MATH(name, type)               \
  extern "C" type glibc_##name(type value); \
  LOBULE_GLIBC(name, LOBULE_OLDEST);          \
  extern "C" type name(type value) { return glibc_##name(value); }

LOBULE_MATH(exp, double)
LOBULE_MATH(exp2, double)
LOBULE_MATH(log, double)
LOBULE_MATH(log2, double)
LOBULE_MATH(log10, double)
LOBULE_MATH(sin, double)
LOBULE_MATH(cos, double)
LOBULE_MATH(tan, double)
LOBULE_MATH(expf, float)
LOBULE_MATH(exp2f, float)
LOBULE_MATH(logf, float)
LOBULE_MATH(log2f, float)
LOBULE_MATH(log10f, float)
LOBULE_MATH(sinf, float)
LOBULE_MATH(cosf, float)
LOBULE_MATH(tanf, float)

extern "C" {
void* glibc_memcpy(void* to, const void* from, size_t size);
void* glibc_memmove(void* to, const void* from, size_t size);
void* glibc_memset(void* to, int value, size_t size);
int glibc_memcmp(const void* one, const void* other, size_t size);
}
LOBULE_GLIBC(memcpy, LOBULE_OLDEST_MEMCPY);
LOBULE_GLIBC(memmove, LOBULE_OLDEST);
LOBULE_GLIBC(memset, LOBULE_OLDEST);
LOBULE_GLIBC(memcmp, LOBULE_OLDEST);

extern "C" void* memcpy(void* to, const void* from, size_t size) { return glibc_memcpy(to, from, size); }
extern "C" void* memmove(void* to, const void* from, size_t size) { return glibc_memmove(to, from, size); }
extern "C" void* memset(void* to, int value, size_t size) { return glibc_memset(to, value, size); }
extern "C" int memcmp(const void* one, const void* other, size_t size) { return glibc_memcmp(one, other, size); }
extern "C" int bcmp(const void* one, const void* other, size_t size) { return glibc_memcmp(one, other, size); }
