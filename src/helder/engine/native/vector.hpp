// Vectors of the width of one instruction set, in GNU vector extensions; everything lives in that set's namespace.
#pragma once
#include <cstdint>

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

template <typename T, int bytes = BYTES>
struct Lanes {
  typedef T type __attribute__((vector_size(bytes)));
};
template <typename T>
using vec = typename Lanes<T>::type;
template <typename T>
constexpr int WIDTH = BYTES / int(sizeof(T));

using ints = vec<std::int32_t>;

template <typename T>
HELDER_INLINE vec<T> splat(T x) {
  return x - vec<T>{};  // minus, not plus: -0 stays -0
}

template <typename T>
HELDER_INLINE vec<T> load(const T* p) {
  vec<T> v;
  __builtin_memcpy(&v, p, sizeof v);
  return v;
}

template <typename T>
HELDER_INLINE void store(T* p, vec<T> v) {
  __builtin_memcpy(p, &v, sizeof v);
}

// load_part and store_part move the first n lanes, 0 <= n <= WIDTH: the others are zero, their memory is not touched.
// Masked moves are the one thing that the vector extensions cannot say, and every edge of a product needs them.
#if defined(__AVX512F__)
HELDER_INLINE vec<float> load_part(const float* p, Index n) {
  return (vec<float>)_mm512_maskz_loadu_ps(__mmask16((1u << n) - 1), p);
}
HELDER_INLINE vec<double> load_part(const double* p, Index n) {
  return (vec<double>)_mm512_maskz_loadu_pd(__mmask8((1u << n) - 1), p);
}
HELDER_INLINE void store_part(float* p, vec<float> v, Index n) {
  _mm512_mask_storeu_ps(p, __mmask16((1u << n) - 1), (__m512)v);
}
HELDER_INLINE void store_part(double* p, vec<double> v, Index n) {
  _mm512_mask_storeu_pd(p, __mmask8((1u << n) - 1), (__m512d)v);
}
#elif defined(__AVX2__)
HELDER_INLINE __m256i first_bytes(Index n) {
  static const std::int32_t window[16] = {-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0};
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(window + 8 - n / 4));
}
HELDER_INLINE vec<float> load_part(const float* p, Index n) {
  return (vec<float>)_mm256_maskload_ps(p, first_bytes(n * 4));
}
HELDER_INLINE vec<double> load_part(const double* p, Index n) {
  return (vec<double>)_mm256_maskload_pd(p, first_bytes(n * 8));
}
HELDER_INLINE void store_part(float* p, vec<float> v, Index n) {
  _mm256_maskstore_ps(p, first_bytes(n * 4), (__m256)v);
}
HELDER_INLINE void store_part(double* p, vec<double> v, Index n) {
  _mm256_maskstore_pd(p, first_bytes(n * 8), (__m256d)v);
}
#else
template <typename T>
HELDER_INLINE vec<T> load_part(const T* p, Index n) {
  vec<T> v{};
  for (Index i = 0; i < n; i++) v[i] = p[i];
  return v;
}
template <typename T>
HELDER_INLINE void store_part(T* p, vec<T> v, Index n) {
  for (Index i = 0; i < n; i++) p[i] = v[i];
}
#endif

// Both lose no NaN, whichever side it stands on.
template <typename V>
HELDER_INLINE V maximum(V a, V b) {
  return (a > b) | (a != a) ? a : b;
}
template <typename V>
HELDER_INLINE V minimum(V a, V b) {
  return (a < b) | (a != a) ? a : b;
}

// max(., 0) that keeps a NaN
template <typename V>
HELDER_INLINE V relu(V z) {
  return z < 0 ? V{} : z;
}

}  // namespace HELDER_ISA
}  // namespace helder
