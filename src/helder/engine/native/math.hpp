// The functions of the vocabulary on vectors: our own for float, the C library's for double.
#pragma once
#include <math.h>

#include "vector.hpp"

namespace helder {
namespace HELDER_ISA {

using floats = vec<float>;
using words = vec<std::uint32_t>;

HELDER_INLINE words bits(floats x) { return (words)x; }
HELDER_INLINE floats from_bits(words x) { return (floats)x; }
HELDER_INLINE floats copysign(floats size, floats sign) {
  return from_bits((bits(size) & 0x7fffffffu) | (bits(sign) & 0x80000000u));
}

template <typename V>
HELDER_INLINE V absolute(V x) {
  return x < 0 ? -x : x + 0;  // -0 + 0 is 0
}

template <typename T>
HELDER_INLINE vec<T> square_root(vec<T> x) {
  vec<T> y{};
  HELDER_UNROLL
  for (int i = 0; i < WIDTH<T>; i++) y[i] = sizeof(T) == 4 ? T(__builtin_sqrtf(float(x[i]))) : T(__builtin_sqrt(x[i]));
  return y;
}

// Adding 1.5 * 2^23 rounds to the nearest integer and leaves that integer in the low bits.
constexpr float ROUNDER = 12582912.0f;

struct Reduced {
  floats r;  // x - n log 2, between -0.35 and 0.35
  words n;   // as signed integers
};

HELDER_INLINE Reduced reduced(floats x) {
  const floats shifted = x * 1.44269504f + ROUNDER, n = shifted - ROUNDER;
  const floats r = (x - n * 0.693359375f) - n * -2.12194440e-4f;  // log 2 in two parts, the first times n is exact
  return {r, bits(shifted) - bits(splat(ROUNDER))};
}

HELDER_INLINE floats power_of_two(words n) { return from_bits((n + 127u) << 23); }

// (exp(r) - 1 - r) / r^2
HELDER_INLINE floats exp_tail(floats r) {
  floats p = r * 1.9875691500e-4f + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  return p * r + 5.0000001201e-1f;
}

// Below -87.3 the result is subnormal, in steps, and 0 from -104 on.
HELDER_INLINE floats exp(floats x) {
  x = x > 89.0f ? splat(89.0f) : x < -105.0f ? splat(-105.0f) : x;
  const Reduced s = reduced(x);
  const floats e = s.r * s.r * exp_tail(s.r) + s.r + 1.0f;
  const words half = (words)((ints)s.n >> 1);  // 2^n in two factors: n itself may leave the exponent's range
  return e * power_of_two(half) * power_of_two(s.n - half);
}

HELDER_INLINE floats expm1(floats x) {
  const floats given = x;
  x = x > 89.0f ? splat(89.0f) : x < -18.0f ? splat(-18.0f) : x;
  const Reduced s = reduced(x);
  const floats e = s.r * s.r * exp_tail(s.r) + s.r;
  const floats half = power_of_two(s.n - 1u);  // half of 2^n, which itself may overflow
  const floats y = (half * e + (half - 0.5f)) * 2.0f;
  return given == 0 ? given : y;
}

HELDER_INLINE floats tanh(floats x) {
  floats size = absolute(x);
  size = size > 10.0f ? splat(10.0f) : size;
  const floats e = expm1(size * 2.0f);
  return copysign(e / (e + 2.0f), x);
}

// log(u) + lost / u, u >= 0, where 1 + x = u + lost (lost is 0 for log itself); after fdlibm.
HELDER_INLINE floats log_of(floats u, floats lost) {
  const floats given = u;
  const auto tiny = u < 1.17549435e-38f;
  u = tiny ? u * 8388608.0f : u;
  const words shifted = bits(u) + (0x3f800000u - 0x3f3504f3u);  // mantissa from sqrt(1/2) to sqrt(2)
  const floats k = __builtin_convertvector((ints)(shifted >> 23), floats) - (tiny ? splat(150.0f) : splat(127.0f));
  const floats f = from_bits((shifted & 0x007fffffu) + 0x3f3504f3u) - 1.0f;
  const floats s = f / (f + 2.0f), z = s * s, w = z * z;
  const floats R = w * (w * 0.24279078841f + 0.40000972152f) + z * (w * 0.28498786688f + 0.66666662693f);
  const floats half = f * f * 0.5f;
  const floats tail = s * (half + R) + (k * -2.12194440e-4f + lost / given);
  const floats y = k * 0.693359375f - ((half - tail) - f);
  const floats infinity = splat(__builtin_inff());
  return given == 0 ? -infinity : given < infinity ? y : given;  // inf and NaN come back as they are
}

HELDER_INLINE floats log(floats x) {
  const floats y = log_of(x, floats{});
  return x < 0 ? splat(__builtin_nanf("")) : y;
}

HELDER_INLINE floats log1p(floats x) {
  const floats u = x + 1.0f;
  const floats lost = x > 1e9f ? floats{} : x - (u - 1.0f);
  const floats y = log_of(u, lost);
  return x < -1.0f ? splat(__builtin_nanf("")) : x == 0 ? x : y;
}

// Two polynomials: the slope's below 0.93, the logarithm of 1 - erf above it.
HELDER_INLINE floats erf(floats x) {
  floats t = absolute(x);
  t = t > 4.0f ? splat(4.0f) : t;
  const floats s = t * t;
  floats q = (t * -1.72853470e-5f + 3.83197126e-4f) * s + (t * -3.88396438e-3f + 2.42546219e-2f);
  q = q * t - 1.06777877e-1f;
  q = q * t - 6.34846687e-1f;
  q = q * t - 1.28717512e-1f;
  const floats far = 1.0f - exp(q * t - t);
  floats p = s * -5.96761703e-4f + 4.99119423e-3f;
  p = p * s - 2.67681349e-2f;
  p = p * s + 1.12819925e-1f;
  p = p * s - 3.76125336e-1f;
  p = p * s + 1.28379166e-1f;
  return t > 0.927734375f ? copysign(far, x) : p * x + x;
}

// Sine of x plus a quarter turn times `quarter`; |x| <= 1e4, beyond which the parts of pi no longer suffice.
HELDER_INLINE floats sine(floats x, std::uint32_t quarter) {
  const floats shifted = x * 0.636619772f + ROUNDER, n = shifted - ROUNDER;
  floats r = x - n * 1.5703125f;  // pi / 2 in parts so short that their products with n are exact
  r = r - n * 4.83751296997e-4f;
  r = r - n * 7.5495336114e-8f;
  r = r - n * 5.5621820e-13f;
  const floats z = r * r;
  const floats sin = ((z * -1.9515295891e-4f + 8.3321608736e-3f) * z - 1.6666654611e-1f) * z * r + r;
  const floats cos = ((z * 2.443315711809948e-5f - 1.388731625493765e-3f) * z + 4.166664568298827e-2f) * z * z
                     - z * 0.5f + 1.0f;
  const words turn = bits(shifted) + quarter;  // ROUNDER's own bits end in 00
  const floats y = (turn & 1u) != 0 ? cos : sin;
  return from_bits(bits(y) ^ ((turn & 2u) << 30));
}

// One lane after the other, for what the C library does better or we need too rarely.
template <typename V, class F>
HELDER_INLINE V each(V x, F f) {
  V y{};
  for (int i = 0; i < int(sizeof(V) / sizeof(x[0])); i++) y[i] = f(x[i]);
  return y;
}

// y, but where x is too large for `sine`, the C library's f of it.
template <class F>
HELDER_INLINE floats or_beyond(floats x, floats y, F f) {
  const auto beyond = absolute(x) > 1e4f;
  bool any = false;
  for (int i = 0; i < WIDTH<float>; i++) any = any || beyond[i] != 0;
  if (!any) return y;
  return beyond ? each(x, f) : y;
}

HELDER_INLINE floats sin(floats x) {
  return or_beyond(x, x == 0 ? x : sine(x, 0), [](float v) { return ::sinf(v); });
}
HELDER_INLINE floats cos(floats x) {
  return or_beyond(x, sine(x, 1), [](float v) { return ::cosf(v); });
}

template <typename V>
HELDER_INLINE V power(V x, V y) {
  V z{};
  for (int i = 0; i < int(sizeof(V) / sizeof(x[0])); i++)
    z[i] = sizeof(x[0]) == 4 ? ::powf(float(x[i]), float(y[i])) : ::pow(x[i], y[i]);
  return z;
}

using doubles = vec<double>;

#define HELDER_C_LIBRARY(name) \
  HELDER_INLINE doubles name(doubles x) { return each(x, [](double v) { return ::name(v); }); }
HELDER_C_LIBRARY(exp)
HELDER_C_LIBRARY(expm1)
HELDER_C_LIBRARY(log)
HELDER_C_LIBRARY(log1p)
HELDER_C_LIBRARY(tanh)
HELDER_C_LIBRARY(erf)
HELDER_C_LIBRARY(sin)
HELDER_C_LIBRARY(cos)
#undef HELDER_C_LIBRARY

}  // namespace HELDER_ISA
}  // namespace helder
