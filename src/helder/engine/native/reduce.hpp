// Sums and maxima along either axis, and softmax.
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
    T lanes[FEW * W];
    for (Index j = 0; j < cols; j++) store(lanes + j * W, column[j]);
    for (Index r = 0; r < rows; r++)
      for (Index j = 0; j < cols; j++) dst[r * ldd + j] = lanes[j * W + r];
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

// A row of many columns: its maximum, the exponentials and their sum, the division.
template <typename T>
void softmax_row(T* dst, const T* a, Index cols) {
  constexpr Index W = WIDTH<T>;
  const T top = join_row<MAX>(a, cols);
  const Index whole = cols / W * W, left = cols - whole;
  for (Index j = 0; j < whole; j += W) store(dst + j, exp(load(a + j) - top));
  store_part(dst + whole, exp(load_part(a + whole, left) - top), left);
  const T total = join_row<SUM>(static_cast<const T*>(dst), cols);
  for (Index j = 0; j < whole; j += W) store(dst + j, load(dst + j) / total);
  store_part(dst + whole, load_part(dst + whole, left) / total, left);
}

template <typename T>
void softmax_cols(T* dst, const T* a, Index rows, Index cols, Index lda, Index ldd) {
  constexpr Index W = WIDTH<T>;
  if (cols > FEW) {
    for (Index r = 0; r < rows; r++) softmax_row(dst + r * ldd, a + r * lda, cols);
    return;
  }
  for (Index r = 0; r < rows; r += W) {
    const Index n = rows - r < W ? rows - r : W;
    Turned<T> block(a + r * lda, n, cols, lda);
    const vec<T> top = block.template joined<MAX>(cols);
    for (Index j = 0; j < cols; j++) block.column[j] = exp(block.column[j] - top);
    const vec<T> total = block.template joined<SUM>(cols);
    for (Index j = 0; j < cols; j++) block.column[j] /= total;
    block.back(dst + r * ldd, n, cols, ldd);
  }
}

}  // namespace HELDER_ISA
}  // namespace helder
