// Vectors of the width of one instruction set, in GNU vector extensions; everything lives in that set's namespace.
#pragma once
#include <cstdint>
#include <utility>

#include "kernels.hpp"

#ifndef HELDER_ISA
#define HELDER_ISA baseline
#endif
#if defined(__AVX2__)
#include <immintrin.h>
#endif

// Nothing here is shared between instruction sets: a function merged by the linker could hold the wider one's code.
#define HELDER_INLINE static inline __attribute__((always_inline))

#if defined(__clang__)
#define HELDER_UNROLL _Pragma("clang loop unroll(full)")
#else
#define HELDER_UNROLL _Pragma("GCC unroll 32")
#endif

namespace helder {
namespace HELDER_ISA {

#if defined(__AVX512F__)
constexpr int BYTES = 64;
#elif defined(__AVX2__)
constexpr int BYTES = 32;
#else
constexpr int BYTES = 16;
#endif

template <typename T>
constexpr int WIDTH = BYTES / int(sizeof(T));

template <typename T, int lanes>
struct Lanes {
  typedef T type __attribute__((vector_size(lanes * sizeof(T))));
};
template <typename T, int lanes = WIDTH<T>>
using vec = typename Lanes<T, lanes>::type;

using ints = vec<std::int32_t>;

#if defined(__AVX2__) && !defined(__AVX512F__)
HELDER_INLINE __m256i first_bytes(Index n) {
  static const std::int32_t window[16] = {-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0};
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(window + 8 - n / 4));
}
#endif

template <typename T>
HELDER_INLINE vec<T> splat(T x) {
  return x - vec<T>{};  // minus, not plus: -0 stays -0
}

template <typename T, int lanes = WIDTH<T>>
HELDER_INLINE vec<T, lanes> load(const T* p) {
  vec<T, lanes> v;
  __builtin_memcpy(&v, p, sizeof v);
  return v;
}

template <typename T, typename V>
HELDER_INLINE void store(T* p, V v) {
  __builtin_memcpy(p, &v, sizeof v);
}

// The first n lanes, 0 <= n <= lanes; the others are zero and their memory is not touched. Masked moves are the one
// thing that the vector extensions cannot say, and every edge of a product needs them.
template <typename T, int lanes = WIDTH<T>>
HELDER_INLINE vec<T, lanes> load_part(const T* p, Index n) {
  using V = vec<T, lanes>;
#if defined(__AVX512F__)
  const unsigned mask = (1u << n) - 1;
  if constexpr (sizeof(V) == 64 && sizeof(T) == 4) return (V)_mm512_maskz_loadu_ps(__mmask16(mask), p);
  else if constexpr (sizeof(V) == 64) return (V)_mm512_maskz_loadu_pd(__mmask8(mask), p);
  else if constexpr (sizeof(T) == 4) return (V)_mm_maskz_loadu_ps(__mmask8(mask), p);
  else return (V)_mm256_maskz_loadu_pd(__mmask8(mask), p);
#elif defined(__AVX2__)
  const __m256i mask = first_bytes(n * Index(sizeof(T)));
  if constexpr (sizeof(T) == 8) return (V)_mm256_maskload_pd(p, mask);
  else if constexpr (sizeof(V) == 32) return (V)_mm256_maskload_ps(p, mask);
  else return (V)_mm_maskload_ps(p, _mm256_castsi256_si128(mask));
#else
  V v{};
  HELDER_UNROLL
  for (int i = 0; i < lanes; i++)
    if (i < n) v[i] = p[i];
  return v;
#endif
}

template <typename T, typename V>
HELDER_INLINE void store_part(T* p, V v, Index n) {
#if defined(__AVX512F__)
  const unsigned mask = (1u << n) - 1;
  if constexpr (sizeof(V) == 64 && sizeof(T) == 4) _mm512_mask_storeu_ps(p, __mmask16(mask), (__m512)v);
  else if constexpr (sizeof(V) == 64) _mm512_mask_storeu_pd(p, __mmask8(mask), (__m512d)v);
  else if constexpr (sizeof(T) == 4) _mm_mask_storeu_ps(p, __mmask8(mask), (__m128)v);
  else _mm256_mask_storeu_pd(p, __mmask8(mask), (__m256d)v);
#elif defined(__AVX2__)
  const __m256i mask = first_bytes(n * Index(sizeof(T)));
  if constexpr (sizeof(T) == 8) _mm256_maskstore_pd(p, mask, (__m256d)v);
  else if constexpr (sizeof(V) == 32) _mm256_maskstore_ps(p, mask, (__m256)v);
  else _mm_maskstore_ps(p, _mm256_castsi256_si128(mask), (__m128)v);
#else
  HELDER_UNROLL
  for (int i = 0; i < int(sizeof(V) / sizeof(T)); i++)
    if (i < n) p[i] = v[i];
#endif
}

// Lane 0 of a, lane 0 of b, lane 1 of a, ... from the first halves, or (high) from the second.
template <bool high, typename T, int... i>
HELDER_INLINE vec<T> zip(vec<T> a, vec<T> b, std::integer_sequence<int, i...>) {
  constexpr int W = WIDTH<T>;
#if defined(__clang__)
  return __builtin_shufflevector(a, b, (i / 2 + i % 2 * W + high * W / 2)...);
#else
  return __builtin_shuffle(a, b, decltype(a < b){(i / 2 + i % 2 * W + high * W / 2)...});
#endif
}

template <typename T>
HELDER_INLINE void transpose(vec<T> (&rows)[WIDTH<T>]) {
  constexpr int W = WIDTH<T>;
  constexpr auto lanes = std::make_integer_sequence<int, W>();
  HELDER_UNROLL
  for (int done = 1; done < W; done *= 2) {
    vec<T> next[W];
    HELDER_UNROLL
    for (int r = 0; r < W / 2; r++) {
      next[2 * r] = zip<false, T>(rows[r], rows[r + W / 2], lanes);
      next[2 * r + 1] = zip<true, T>(rows[r], rows[r + W / 2], lanes);
    }
    HELDER_UNROLL
    for (int r = 0; r < W; r++) rows[r] = next[r];
  }
}

// Both lose no NaN, whichever side it stands on.
template <typename V>
HELDER_INLINE V maximum(V a, V b) {
  return ((a > b) | (a != a)) ? a : b;
}
template <typename V>
HELDER_INLINE V minimum(V a, V b) {
  return ((a < b) | (a != a)) ? a : b;
}

// max(., 0) that keeps a NaN
template <typename V>
HELDER_INLINE V relu(V z) {
  return z < 0 ? V{} : z;
}

}  // namespace HELDER_ISA
}  // namespace helder
