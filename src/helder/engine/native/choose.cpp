// Picks the widest kernels that this processor runs; HELDER_ISA=baseline|avx2|avx512 forces one, for tests.
#include <cstdlib>
#include <cstring>

#include "kernels.hpp"

#if defined(__x86_64__) || defined(_M_X64)
#define HELDER_X86 1
#endif

namespace helder {

#define HELDER_DECLARE(isa)                       \
  namespace isa {                                 \
  extern const Kernels<float> float_kernels;      \
  extern const Kernels<double> double_kernels;    \
  }
HELDER_DECLARE(baseline)
#ifdef HELDER_X86
HELDER_DECLARE(avx2)
HELDER_DECLARE(avx512)
#endif

namespace {

enum Isa { BASELINE, AVX2, AVX512 };

// The name alone is not trusted: forcing what the processor lacks would be an illegal instruction.
bool wanted(const char* name) {
  const char* forced = std::getenv("HELDER_ISA");
  return forced == nullptr || *forced == '\0' || std::strcmp(forced, name) == 0;
}

Isa choose() {
#ifdef HELDER_X86
  __builtin_cpu_init();
  const bool fma = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  const bool wide = fma && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                    __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
  if (wide && wanted("avx512")) return AVX512;
  if (fma && wanted("avx2")) return AVX2;
#endif
  return BASELINE;
}

const Isa chosen = choose();

}  // namespace

template <>
const Kernels<float>& kernels<float>() {
#ifdef HELDER_X86
  if (chosen == AVX512) return avx512::float_kernels;
  if (chosen == AVX2) return avx2::float_kernels;
#endif
  return baseline::float_kernels;
}

template <>
const Kernels<double>& kernels<double>() {
#ifdef HELDER_X86
  if (chosen == AVX512) return avx512::double_kernels;
  if (chosen == AVX2) return avx2::double_kernels;
#endif
  return baseline::double_kernels;
}

}  // namespace helder
