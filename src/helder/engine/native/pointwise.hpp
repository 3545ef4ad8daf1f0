// One value at a time: the vocabulary of pointwise steps, Adam, and the moving of values.
#pragma once
#include "math.hpp"

namespace helder {
namespace HELDER_ISA {

template <typename T, Op op>
HELDER_INLINE vec<T> apply(vec<T> a, vec<T> b, vec<T> c) {
  const vec<T> one = splat(T(1)), zero{};
  if constexpr (op == ADD) return a + b;
  if constexpr (op == SUBTRACT) return a - b;
  if constexpr (op == MULTIPLY) return a * b;
  if constexpr (op == DIVIDE) return a / b;
  if constexpr (op == NEGATIVE) return -a;
  if constexpr (op == ABSOLUTE) return absolute(a);
  if constexpr (op == SIGN) return a > 0 ? one : a < 0 ? -one : a == 0 ? zero : a;
  if constexpr (op == SQUARE) return a * a;
  if constexpr (op == POWER) return power(a, b);
  if constexpr (op == SQRT) return square_root<T>(a);
  if constexpr (op == EXP) return exp(a);
  if constexpr (op == EXPM1) return expm1(a);
  if constexpr (op == LOG) return log(a);
  if constexpr (op == LOG1P) return log1p(a);
  if constexpr (op == TANH) return tanh(a);
  if constexpr (op == ERF) return erf(a);
  if constexpr (op == SIN) return sin(a);
  if constexpr (op == COS) return cos(a);
  if constexpr (op == MINIMUM) return minimum(a, b);
  if constexpr (op == MAXIMUM) return maximum(a, b);
  if constexpr (op == WHERE) return a != 0 ? b : c;
  if constexpr (op == GREATER) return a > b ? one : zero;
  if constexpr (op == LESS) return a < b ? one : zero;
  if constexpr (op == GREATER_EQUAL) return a >= b ? one : zero;
  if constexpr (op == LESS_EQUAL) return a <= b ? one : zero;
  if constexpr (op == EQUAL) return a == b ? one : zero;
  if constexpr (op == NOT_EQUAL) return a != b ? one : zero;
  if constexpr (op == COPY) return a;
}

template <typename T, Op op>
void pointwise(T* dst, const T* a, const T* b, const T* c, Index n) {
  constexpr int W = WIDTH<T>, count = arity(op);
  Index i = 0;
  for (; i + W <= n; i += W) {
    const vec<T> x = load(a + i);
    store(dst + i, apply<T, op>(x, count > 1 ? load(b + i) : x, count > 2 ? load(c + i) : x));
  }
  if (i == n) return;
  const vec<T> x = load_part(a + i, n - i);  // the tail goes the same way, so its bits are the same
  store_part(dst + i, apply<T, op>(x, count > 1 ? load_part(b + i, n - i) : x, count > 2 ? load_part(c + i, n - i) : x),
             n - i);
}

// Where `rates` is given, it is multiplied into the rate of each. The corrections are factors, not divisors: that
// saves two divisions of three for an ulp of the update.
template <typename T>
void adam(T* theta, const T* g, T* m, T* v, Index n, double beta1, double beta2, double epsilon, double rate,
          const T* rates, double correction1, double correction2) {
  const T keep1 = T(beta1), take1 = T(1 - beta1), keep2 = T(beta2), take2 = T(1 - beta2);
  const T grow1 = T(1 / correction1), grow2 = T(1 / correction2);
  for (Index i = 0; i < n; i += WIDTH<T>) {
    const Index now = n - i < WIDTH<T> ? n - i : WIDTH<T>;
    const auto get = [=](const T* from) { return now == WIDTH<T> ? load(from + i) : load_part(from + i, now); };
    const auto put = [=](T* to, vec<T> x) { now == WIDTH<T> ? store(to + i, x) : store_part(to + i, x, now); };
    const vec<T> slope = get(g), own = rates ? get(rates) * T(rate) : splat(T(rate));
    const vec<T> mean = get(m) * keep1 + slope * take1, square = get(v) * keep2 + slope * take2 * slope;
    put(m, mean), put(v, square);
    put(theta, get(theta) - mean * grow1 * own / (square_root<T>(square * grow2) + T(epsilon)));
  }
}

template <typename T>
void gather(T* dst, const T* src, const Index* rows, Index n, Index cols) {
  constexpr Index AHEAD = 4, LINE = 64 / sizeof(T);
  for (Index i = 0; i < n; i++) {
    if (i + AHEAD < n)
      for (Index j = 0; j < cols; j += LINE) __builtin_prefetch(src + rows[i + AHEAD] * cols + j);
    pointwise<T, COPY>(dst + i * cols, src + rows[i] * cols, nullptr, nullptr, cols);
  }
}

template <typename T>
void fill(T* dst, T value, Index n) {
  for (Index i = 0; i < n; i++) dst[i] = value;
}

}  // namespace HELDER_ISA
}  // namespace helder
