// Picks the widest kernels that this processor runs; HELDER_ISA=baseline|avx2|avx512 forces one, for tests.
#include <cstdlib>
#include <cstring>

#include "kernels.hpp"

#if defined(__x86_64__) || defined(_M_X64)
#define HELDER_X86
#include <cpuid.h>
#endif

namespace helder {

namespace baseline { extern const Tables tables; }
namespace avx2 { extern const Tables tables; }
namespace avx512 { extern const Tables tables; }

namespace {

[[maybe_unused]] bool wanted(const char* name) {
  const char* forced = std::getenv("HELDER_ISA");
  return forced == nullptr || *forced == '\0' || std::strcmp(forced, name) == 0;
}

// What is forced must be there too. The processor is asked directly: __builtin_cpu_supports needs a runtime library
// that clang on Windows does not link.
const Tables& choose() {
#ifdef HELDER_X86
  const auto all = [](unsigned word, unsigned bits) { return (word & bits) == bits; };
  unsigned a = 0, b = 0, c = 0, d = 0, kept = 0, more = 0;
  if (!__get_cpuid(1, &a, &b, &c, &d) || !all(c, bit_OSXSAVE | bit_AVX | bit_FMA)) return baseline::tables;
  __asm__ volatile("xgetbv" : "=a"(kept), "=d"(d) : "c"(0));  // the registers that the system keeps for us
  if (!__get_cpuid_count(7, 0, &a, &more, &c, &d)) return baseline::tables;
  const bool wide = all(more, bit_AVX2 | bit_AVX512F | bit_AVX512DQ | bit_AVX512BW | bit_AVX512VL) && all(kept, 0xe6);
  if (wide && wanted("avx512")) return avx512::tables;
  if (all(more, bit_AVX2) && all(kept, 0x06) && wanted("avx2")) return avx2::tables;
#endif
  return baseline::tables;
}

}  // namespace

const Tables& best = choose();

}  // namespace helder
