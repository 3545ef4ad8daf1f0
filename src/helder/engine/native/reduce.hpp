// Sums and maxima along either axis, and softmax with cross-entropy.
#pragma once
#include "math.hpp"

namespace helder {
namespace HELDER_ISA {

enum How { SUM, MAX };

template <How how, typename V>
HELDER_INLINE V join(V a, V b) {
  return how == SUM ? a + b : maximum(a, b);
}

// What changes nothing.
template <How how, typename T>
constexpr T empty() {
  return how == SUM ? T(0) : -T(__builtin_inf());
}

// The first n values, n <= WIDTH; the lanes beyond them change nothing.
template <How how, typename T>
HELDER_INLINE vec<T> load_joinable(const T* p, Index n) {
  vec<T> lane{};
  for (int i = 0; i < WIDTH<T>; i++) lane[i] = T(i);
  return lane < T(n) ? load_part(p, n) : splat(empty<how, T>());
}

// All lanes into one, half onto half, so in the same order on every call.
template <How how, typename T>
HELDER_INLINE T across(vec<T> v) {
  T lanes[WIDTH<T>];
  store(lanes, v);
  for (int half = WIDTH<T> / 2; half > 0; half /= 2)
    for (int i = 0; i < half; i++) lanes[i] = join<how>(lanes[i], lanes[i + half]);
  return lanes[0];
}

// V vectors of columns, from the first row to the last. Each 256 rows have a sum of their own and four chains in it:
// short chains lose less to rounding, and the processor follows four at once.
template <How how, typename T, int V, bool full>
void strip_rows(T* dst, const T* a, Index rows, Index cols, Index lda) {
  constexpr int W = WIDTH<T>;
  const auto at = [&](Index r, int v) {
    const T* p = a + r * lda + v * W;
    return full ? load(p) : load_part(p, cols);
  };
  vec<T> total[V];
  for (int v = 0; v < V; v++) total[v] = splat(empty<how, T>());
  for (Index start = 0; start < rows; start += 256) {
    const Index end = start + 256 < rows ? start + 256 : rows;
    vec<T> chain[4][V];
    for (auto& one : chain)
      for (vec<T>& x : one) x = splat(empty<how, T>());
    Index r = start;
    for (; r + 4 <= end; r += 4) {
      HELDER_UNROLL
      for (int i = 0; i < 4; i++)
        for (int v = 0; v < V; v++) chain[i][v] = join<how>(chain[i][v], at(r + i, v));
    }
    for (; r < end; r++)
      for (int v = 0; v < V; v++) chain[0][v] = join<how>(chain[0][v], at(r, v));
    for (int v = 0; v < V; v++) {
      const vec<T> front = join<how>(chain[0][v], chain[1][v]), back = join<how>(chain[2][v], chain[3][v]);
      total[v] = join<how>(total[v], join<how>(front, back));
    }
  }
  for (int v = 0; v < V; v++) full ? store(dst + v * W, total[v]) : store_part(dst + v * W, total[v], cols);
}

template <How how, typename T>
void join_rows(T* dst, const T* a, Index rows, Index cols, Index lda) {  // (rows,cols) -> (1,cols)
  constexpr int W = WIDTH<T>;
  Index j = 0;
  for (; j + 2 * W <= cols; j += 2 * W) strip_rows<how, T, 2, true>(dst + j, a + j, rows, 0, lda);
  for (; j + W <= cols; j += W) strip_rows<how, T, 1, true>(dst + j, a + j, rows, 0, lda);
  if (j < cols) strip_rows<how, T, 1, false>(dst + j, a + j, rows, cols - j, lda);
}

template <How how, typename T>
T join_row(const T* a, Index cols) {
  constexpr int W = WIDTH<T>;
  vec<T> total = splat(empty<how, T>());
  for (const T* const end = a + cols; a < end;) {
    vec<T> chain[4];
    for (vec<T>& x : chain) x = splat(empty<how, T>());
    for (int i = 0; i < 64 && a + 4 * W <= end; i++, a += 4 * W)
      for (int c = 0; c < 4; c++) chain[c] = join<how>(chain[c], load(a + c * W));
    if (a + 4 * W > end) {
      for (; a + W <= end; a += W) chain[0] = join<how>(chain[0], load(a));
      if (a < end) chain[1] = join<how>(chain[1], load_joinable<how>(a, end - a));
      a = end;
    }
    total = join<how>(total, join<how>(join<how>(chain[0], chain[1]), join<how>(chain[2], chain[3])));
  }
  return across<how, T>(total);
}

// Rows of few columns go side by side, a row per lane: a vector per row would be mostly empty.
constexpr int FEW = 16;

template <typename T>
struct Turned {
  static constexpr int W = WIDTH<T>;
  vec<T> column[FEW];

  Turned(const T* a, Index rows, Index cols, Index lda) {
    for (Index j = 0; j < cols; j += W) {
      const Index wide = cols - j < W ? cols - j : W;
      vec<T> block[W];
      HELDER_UNROLL
      for (int r = 0; r < W; r++) block[r] = r < rows ? load_part(a + r * lda + j, wide) : vec<T>{};
      transpose<T>(block);
      HELDER_UNROLL
      for (int i = 0; i < W; i++) column[j + i] = block[i];
    }
  }

  void back(T* dst, Index rows, Index cols, Index ldd) const {
    for (Index j = 0; j < cols; j += W) {
      vec<T> block[W];
      HELDER_UNROLL
      for (int i = 0; i < W; i++) block[i] = j + i < cols ? column[j + i] : vec<T>{};
      transpose<T>(block);
      HELDER_UNROLL
      for (int r = 0; r < W; r++)
        if (r < rows) store_part(dst + r * ldd + j, block[r], cols - j < W ? cols - j : W);
    }
  }

  template <How how>
  vec<T> joined(Index cols) const {
    vec<T> all = splat(empty<how, T>());
    for (Index j = 0; j < cols; j++) all = join<how>(all, column[j]);
    return all;
  }
};

template <How how, typename T>
void join_cols(T* dst, const T* a, Index rows, Index cols, Index lda) {  // (rows,cols) -> (rows,1)
  constexpr Index W = WIDTH<T>;
  if (cols > FEW) {
    for (Index r = 0; r < rows; r++) dst[r] = join_row<how>(a + r * lda, cols);
    return;
  }
  for (Index r = 0; r < rows; r += W) {
    const Index n = rows - r < W ? rows - r : W;
    store_part(dst + r, Turned<T>(a + r * lda, n, cols, lda).template joined<how>(cols), n);
  }
}

// A row of many columns: its maximum, the exponentials and their sum, the loss, the gradient.
template <typename T>
T entropy_row(T* dz, const T* z, const T* y, T share, Index cols) {
  constexpr Index W = WIDTH<T>;
  const Index whole = cols / W * W, left = cols - whole;
  const auto write = [&](auto value) {  // into dz, from what a vector's worth of each array gives
    for (Index j = 0; j < whole; j += W) store(dz + j, value([&](const T* p) { return load(p + j); }));
    store_part(dz + whole, value([&](const T* p) { return load_part(p + whole, left); }), left);
  };
  const T top = join_row<MAX>(z, cols);
  write([&](auto get) { return get(y) * (get(z) - top); });
  const T right = join_row<SUM, T>(dz, cols);
  write([&](auto get) { return exp(get(z) - top); });
  const T total = join_row<SUM, T>(dz, cols);
  write([&](auto get) { return (get(dz) / total - get(y)) * share; });
  return (log(splat(total))[0] - right) * share;
}

// The loss of softmax(z) (rows,1) and its gradient (rows,cols), both times the row's share (rows,1).
template <typename T>
void cross_entropy(T* dz, T* value, const T* z, const T* y, const T* share, Index rows, Index cols) {
  constexpr Index W = WIDTH<T>;
  if (cols > FEW) {
    for (Index r = 0; r < rows; r++) value[r] = entropy_row(dz + r * cols, z + r * cols, y + r * cols, share[r], cols);
    return;
  }
  for (Index r = 0; r < rows; r += W) {
    const Index n = rows - r < W ? rows - r : W;
    Turned<T> p(z + r * cols, n, cols, cols);
    const Turned<T> truth(y + r * cols, n, cols, cols);
    const vec<T> top = p.template joined<MAX>(cols), part = load_part(share + r, n);
    vec<T> right{};
    for (Index j = 0; j < cols; j++) {
      p.column[j] -= top;
      right += truth.column[j] * p.column[j];
      p.column[j] = exp(p.column[j]);
    }
    const vec<T> total = p.template joined<SUM>(cols);
    for (Index j = 0; j < cols; j++) p.column[j] = (p.column[j] / total - truth.column[j]) * part;
    store_part(value + r, (log(total) - right) * part, n);
    p.back(dz + r * cols, n, cols, cols);
  }
}

}  // namespace HELDER_ISA
}  // namespace helder
