// Matrix products: a tile of C stays in registers while the rows of B pass by.
//
// Every entry of C is made in the same way, whatever tile it lies in: K is cut in blocks that depend on K alone, each
// block is one chain of multiply-adds from its first k to its last, and the blocks are added in order. So the bits of
// a row depend neither on the number of rows nor on its place among them.
#pragma once
#include "vector.hpp"

namespace helder {
namespace HELDER_ISA {

// A tile is as large as the registers allow: its sums, one row of B, and an entry of A.
#if defined(__AVX512F__)
constexpr int TILE_ROWS = 14;
#elif defined(__aarch64__)
constexpr int TILE_ROWS = 12;
#elif defined(__AVX2__)
constexpr int TILE_ROWS = 6;
#else
constexpr int TILE_ROWS = 4;
#endif
constexpr int TILE_VECTORS = 2;
template <typename T>
constexpr Index TILE_COLS = TILE_VECTORS * WIDTH<T>;

// A panel of A (a tile's rows) stays in the first cache, a block of B in the second.
template <typename T>
constexpr Index BLOCK_K = 1536 / sizeof(T);
constexpr Index BLOCK_BYTES = 512 * 1024;

HELDER_INLINE Index smaller(Index a, Index b) { return a < b ? a : b; }
HELDER_INLINE Index parts(Index whole, Index most) { return (whole + most - 1) / most; }

// What happens to a tile on its way out.
template <typename T>
struct Finish {
  bool add = false;         // to what earlier blocks of K left in C
  const T* bias = nullptr;  // of the tile's columns
  bool relu = false;
  const T* mask = nullptr;  // of the tile, as ReLU left it
  Index ldm = 0;
};

// The last vector of a row may be partial; `full` says that it is not.
template <bool full, int V, typename T>
HELDER_INLINE vec<T> load_column(const T* row, int v, Index cols) {
  constexpr int W = WIDTH<T>;
  return full || v + 1 < V ? load(row + v * W) : load_part(row + v * W, cols - v * W);
}

template <bool full, int R, int V, typename T>
HELDER_INLINE void finish(vec<T> (&sum)[R][V], T* C, Index ldc, Index cols, const Finish<T>& how) {
  constexpr int W = WIDTH<T>;
  for (int v = 0; v < V; v++) {
    const vec<T> bias = how.bias ? load_column<full, V>(how.bias, v, cols) : vec<T>{};
    HELDER_UNROLL
    for (int r = 0; r < R; r++) {
      vec<T> z = sum[r][v];
      if (how.add) z = load_column<full, V>(C + r * ldc, v, cols) + z;
      if (how.bias) z += bias;
      if (how.relu) z = relu(z);
      if (how.mask) {
        const vec<T> a = load_column<full, V>(how.mask + r * how.ldm, v, cols);
        z *= a > 0 ? splat(T(1)) : a == a ? vec<T>{} : a;
      }
      if (full || v + 1 < V) store(C + r * ldc + v * W, z);
      else store_part(C + r * ldc + v * W, z, cols - v * W);
    }
  }
}

// C (R,cols) from A (R,K), or (K,R) where it is turned, and B (K, V vectors).
template <typename T, int R, int V, bool turned>
void tile(Index K, const T* A, Index lda, const T* B, Index ldb, T* C, Index ldc, Index cols, const Finish<T>& how) {
  constexpr int W = WIDTH<T>;
  vec<T> sum[R][V] = {};
  for (Index k = 0; k < K; k++, B += ldb) {
    vec<T> b[V];
    HELDER_UNROLL
    for (int v = 0; v < V; v++) b[v] = load(B + v * W);
    HELDER_UNROLL
    for (int r = 0; r < R; r++) {
      const T a = turned ? A[k * lda + r] : A[r * lda + k];
      HELDER_UNROLL
      for (int v = 0; v < V; v++) sum[r][v] += a * b[v];
    }
  }
  if (cols == V * W) finish<true>(sum, C, ldc, cols, how);
  else finish<false>(sum, C, ldc, cols, how);
}

template <typename T>
using Tile = void (*)(Index, const T*, Index, const T*, Index, T*, Index, Index, const Finish<T>&);

template <typename T, bool turned>
struct Tiles {
  Tile<T> of[TILE_ROWS + 1][TILE_VECTORS + 1];

  constexpr Tiles() : of{} { add<TILE_ROWS>(); }

  template <int R>
  constexpr void add() {
    of[R][1] = tile<T, R, 1, turned>;
    of[R][2] = tile<T, R, 2, turned>;
    if constexpr (R > 1) add<R - 1>();
  }
};
template <typename T, bool turned>
constexpr Tiles<T, turned> TILES{};

// Rows of `from` (K,cols) side by side, the last vector filled with zeros.
template <typename T>
void pack(T* to, Index width, const T* from, Index ld, Index K, Index cols) {
  constexpr Index W = WIDTH<T>;
  for (Index k = 0; k < K; k++, to += width, from += ld) {
    Index j = 0;
    for (; j + W <= cols; j += W) store(to + j, load(from + j));
    if (j < width) store(to + j, load_part(from + j, cols - j));
  }
}

// The same from (cols,K), turned.
template <typename T>
void pack_turned(T* to, Index width, const T* from, Index ld, Index K, Index cols) {
  for (Index j = 0; j < width; j++)
    for (Index k = 0; k < K; k++) to[k * width + j] = j < cols ? from[j * ld + k] : T(0);
}

enum Turn { NEITHER, LEFT, RIGHT };  // which operand of the product lies turned

template <typename T>
Index strip_width(Index cols) {
  return smaller(parts(cols, WIDTH<T>) * WIDTH<T>, TILE_COLS<T>);
}

// The columns of a block of B, so many that the block fits the second cache.
template <typename T>
Index block_cols(Index N, Index k) {
  const Index most = BLOCK_BYTES / Index(sizeof(T)) / (k > 0 ? k : 1) / TILE_COLS<T> * TILE_COLS<T>;
  return smaller(parts(N, TILE_COLS<T>) * TILE_COLS<T>, most);
}

template <typename T, Turn turn>
struct Product {
  Index M, N, K;
  const T* A;
  Index lda;
  const T* B;
  Index ldb;
  T* C;
  Index ldc;
  Finish<T> finish;
  T* work;

  // The strip of B that starts at column j, packed at `to` where it cannot be used as it lies.
  const T* strip(Index k, Index size, Index j, Index cols, bool packed, T* to, Index& ld) const {
    const T* from = turn == RIGHT ? B + j * ldb + k : B + k * ldb + j;
    const Index width = strip_width<T>(cols);
    if (turn != RIGHT && !packed && width == cols) {
      ld = ldb;
      return from;
    }
    ld = width;
    if (turn == RIGHT) pack_turned(to, width, from, ldb, size, cols);
    else pack(to, width, from, ldb, size, cols);
    return to;
  }

  void block(Index k, Index size, Index first, Index cols) const {
    const bool packed = M > 4 * TILE_ROWS;
    T* space = work;
    for (Index j = 0; j < cols; j += TILE_COLS<T>) {
      Index ld;
      const Index wide = smaller(cols - j, TILE_COLS<T>);
      const T* b = strip(k, size, first + j, wide, packed, space, ld);
      if (b == space) space += size * ld;
      Finish<T> how = finish;
      how.add = k > 0;
      if (k + size < K) how.bias = nullptr, how.relu = false, how.mask = nullptr;
      if (how.bias) how.bias += first + j;
      Index row = 0;
      for (Index panels = parts(M, TILE_ROWS); panels > 0; panels--) {
        const Index rows = parts(M - row, panels);
        const T* a = turn == LEFT ? A + k * lda + row : A + row * lda + k;
        Finish<T> here = how;
        if (here.mask) here.mask += row * here.ldm + first + j;
        TILES<T, turn == LEFT>.of[rows][wide > WIDTH<T> ? 2 : 1](
            size, a, lda, b, ld, C + row * ldc + first + j, ldc, wide, here);
        row += rows;
      }
    }
  }

  void run() const {
    const Index blocks = K > 0 ? parts(K, BLOCK_K<T>) : 1;
    const Index size = parts(K, blocks);
    const Index wide = block_cols<T>(N, size);
    for (Index j = 0; j < N; j += wide)
      for (Index k = 0, left = blocks; left > 0; left--, k += size)
        block(k, smaller(size, K - k), j, smaller(wide, N - j));
  }
};

template <typename T>
Index workspace(Index, Index N, Index K) {
  const Index size = smaller(K, BLOCK_K<T>);
  return size * block_cols<T>(N, size) + 64;
}

template <typename T>
void product(Index M, Index N, Index K, const T* A, Index lda, const T* B, Index ldb, T* C, Index ldc, const T* bias,
             bool relu, T* work) {
  Finish<T> finish;
  finish.bias = bias, finish.relu = relu;
  Product<T, NEITHER>{M, N, K, A, lda, B, ldb, C, ldc, finish, work}.run();
}

template <typename T>
void product_tn(Index M, Index N, Index K, const T* A, Index lda, const T* B, Index ldb, T* C, Index ldc, T* work) {
  Product<T, LEFT>{M, N, K, A, lda, B, ldb, C, ldc, Finish<T>{}, work}.run();
}

template <typename T>
void product_nt(Index M, Index N, Index K, const T* A, Index lda, const T* B, Index ldb, T* C, Index ldc,
                const T* mask, Index ldm, T* work) {
  Finish<T> finish;
  finish.mask = mask, finish.ldm = ldm;
  Product<T, RIGHT>{M, N, K, A, lda, B, ldb, C, ldc, finish, work}.run();
}

}  // namespace HELDER_ISA
}  // namespace helder
