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
constexpr Index BLOCK_K = 256;
constexpr Index BLOCK_BYTES = (BYTES == 64 ? 768 : 256) * 1024;  // what has the wider registers has the larger cache
constexpr Index LARGE_BYTES = 512 * 1024;                        // where copying B begins to pay,
constexpr Index APART_BYTES = 2048;                              // for rows as far apart as this at a quarter of it

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

// A tile of R rows and V vectors of so many lanes; in a `part` tile the last vector is masked to `cols`.
template <typename T, int R, int V, int lanes, bool part, bool turned>
struct Tile {
  using vector = vec<T, lanes>;

  HELDER_INLINE vector get(const T* row, int v, Index cols) {
    if (part && v + 1 == V) return load_part<T, lanes>(row + v * lanes, cols - v * lanes);
    return load<T, lanes>(row + v * lanes);
  }

  HELDER_INLINE void put(T* row, int v, Index cols, vector x) {
    if (part && v + 1 == V) store_part(row + v * lanes, x, cols - v * lanes);
    else store(row + v * lanes, x);
  }

  template <class F>
  HELDER_INLINE void each(F f) {
    HELDER_UNROLL
    for (int r = 0; r < R; r++) {
      HELDER_UNROLL
      for (int v = 0; v < V; v++) f(r, v);
    }
  }

  // C (R,cols) from A (R,K), or (K,R) where it is turned, and B (K,cols).
  static void run(Index K, const T* A, Index lda, const T* B, Index ldb, T* C, Index ldc, Index cols,
                  const Finish<T>& how) {
    vector sum[R][V] = {};
    if (K >= 64) each([&](int r, int v) { __builtin_prefetch(C + r * ldc + v * lanes, 1); });  // C may lie far away
    for (Index k = 0; k < K; k++, B += ldb) {
      vector b[V];
      HELDER_UNROLL
      for (int v = 0; v < V; v++) b[v] = get(B, v, cols);
      each([&](int r, int v) { sum[r][v] += (turned ? A[k * lda + r] : A[r * lda + k]) * b[v]; });
    }
    if (how.add) each([&](int r, int v) { sum[r][v] = get(C + r * ldc, v, cols) + sum[r][v]; });
    if (how.bias) each([&](int r, int v) { sum[r][v] += get(how.bias, v, cols); });
    if (how.relu) each([&](int r, int v) { sum[r][v] = relu(sum[r][v]); });
    if (how.mask) each([&](int r, int v) { sum[r][v] *= slope(get(how.mask + r * how.ldm, v, cols)); });
    each([&](int r, int v) { put(C + r * ldc, v, cols, sum[r][v]); });
  }

  HELDER_INLINE vector slope(vector a) {  // of ReLU, which leaves nothing but what is above 0, 0 and NaN
    return a > 0 ? T(1) - vector{} : a;
  }
};

template <typename T>
using Run = void (*)(Index, const T*, Index, const T*, Index, T*, Index, Index, const Finish<T>&);

enum Shape { NARROW, ONE_PART, TWO_PART, TWO, N_SHAPES };
constexpr int NARROW_LANES = 4;  // few columns: short vectors cost less than mostly empty ones

template <typename T, bool turned>
struct Tiles {
  Run<T> of[N_SHAPES][TILE_ROWS + 1];

  constexpr Tiles() : of{} { add<TILE_ROWS>(); }

  template <int R>
  constexpr void add() {
    constexpr int W = WIDTH<T>;
    of[NARROW][R] = Tile<T, R, 1, W < NARROW_LANES ? W : NARROW_LANES, true, turned>::run;
    of[ONE_PART][R] = Tile<T, R, 1, W, true, turned>::run;
    of[TWO_PART][R] = Tile<T, R, 2, W, true, turned>::run;
    of[TWO][R] = Tile<T, R, 2, W, false, turned>::run;
    if constexpr (R > 1) add<R - 1>();
  }

  const Run<T>* columns(Index cols) const {
    constexpr Index W = WIDTH<T>;
    if (cols == 2 * W) return of[TWO];
    return of[cols > W ? TWO_PART : cols > NARROW_LANES || cols > W ? ONE_PART : NARROW];
  }
};
template <typename T, bool turned>
constexpr Tiles<T, turned> TILES{};

// Rows of `from` (rows,cols) side by side, filled up with zeros to a width of whole vectors.
template <typename T>
void pack(T* to, Index width, const T* from, Index ld, Index rows, Index cols) {
  constexpr Index W = WIDTH<T>;
  for (Index r = 0; r < rows; r++, to += width, from += ld) {
    Index j = 0;
    for (; j + W <= cols; j += W) store(to + j, load(from + j));
    if (j < width) store(to + j, load_part(from + j, cols - j));
  }
}

// The same turned: from (cols,rows).
template <typename T>
void pack_turned(T* to, Index width, const T* from, Index ld, Index rows, Index cols) {
  constexpr Index W = WIDTH<T>;
  if (4 * rows < W) {  // too few to fill a vector
    for (Index r = 0; r < rows; r++)
      for (Index j = 0; j < width; j++) to[r * width + j] = j < cols ? from[j * ld + r] : T(0);
    return;
  }
  for (Index j = 0; j < width; j += W)
    for (Index r = 0; r < rows; r += W) {
      const Index high = smaller(cols - j, W), wide = smaller(rows - r, W);
      const T* corner = from + j * ld + r;
      vec<T> block[W];
      HELDER_UNROLL
      for (int i = 0; i < W; i++)
        block[i] = i >= high ? vec<T>{} : wide == W ? load(corner + i * ld) : load_part(corner + i * ld, wide);
      transpose<T>(block);
      HELDER_UNROLL
      for (int i = 0; i < W; i++)
        if (i < wide) store(to + (r + i) * width + j, block[i]);
    }
}

enum Turn { NEITHER, LEFT, RIGHT };  // which operand of the product lies turned

// K in blocks of about the same size.
HELDER_INLINE Index block_size(Index K) {
  return K > 0 ? parts(K, parts(K, BLOCK_K)) : 0;
}

// The columns of a block of B, so many that the block fits the second cache.
template <typename T>
Index block_cols(Index N, Index size) {
  const Index most = BLOCK_BYTES / Index(sizeof(T)) / (size > 0 ? size : 1) / TILE_COLS<T> * TILE_COLS<T>;
  return smaller(parts(N, TILE_COLS<T>) * TILE_COLS<T>, most);
}

template <typename T>
Index whole_vectors(Index n) {
  return parts(n, WIDTH<T>) * WIDTH<T>;
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

  // Rows `row` to `row + rows` of one tile's columns; `a` and `b` lie at the block's k.
  void tile(Index rows, Index row, Index j, Index cols, Index k, Index size, const T* a, Index a_ld, const T* b,
            Index b_ld) const {
    Finish<T> how = k + size == K ? finish : Finish<T>{};
    how.add = k > 0;
    if (how.bias) how.bias += j;
    if (how.mask) how.mask += row * how.ldm + j;
    TILES<T, turn == LEFT>.columns(cols)[rows](size, a, a_ld, b, b_ld, C + row * ldc + j, ldc, cols, how);
  }

  const T* panel(Index row, Index k) const { return turn == LEFT ? A + k * lda + row : A + row * lda + k; }

  // Small: the operands are used where they lie, but for a turned B.
  void direct(Index k, Index size, Index first, Index last) const {
    for (Index j = first; j < last; j += TILE_COLS<T>) {
      const Index cols = smaller(last - j, TILE_COLS<T>);
      const T* b = B + k * ldb + j;
      Index b_ld = ldb;
      if (turn == RIGHT) {
        b_ld = whole_vectors<T>(cols);
        pack_turned(work, b_ld, B + j * ldb + k, ldb, size, cols);
        b = work;
      }
      for (Index row = 0, left = parts(M, TILE_ROWS), rows; left > 0; left--, row += rows) {
        rows = parts(M - row, left);
        tile(rows, row, j, cols, k, size, panel(row, k), lda, b, b_ld);
      }
    }
  }

  // Large: the block of B is copied so that its strips follow each other, and each panel of A before it is used.
  // B is read as it lies, row after row, which is how memory is fastest.
  void packed(Index k, Index size, Index first, Index last) const {
    constexpr Index wide = TILE_COLS<T>;
    T* const a = work + size * block_cols<T>(N, size);
    if (turn == RIGHT)
      for (Index j = first; j < last; j += wide)
        pack_turned(work + (j - first) * size, wide, B + j * ldb + k, ldb, size, smaller(last - j, wide));
    else
      for (Index r = 0; r < size; r++)
        for (Index j = first; j < last; j += wide)
          pack(work + (j - first) * size + r * wide, wide, B + (k + r) * ldb + j, ldb, 1, smaller(last - j, wide));
    for (Index row = 0, left = parts(M, TILE_ROWS), rows; left > 0; left--, row += rows) {
      rows = parts(M - row, left);
      const Index a_ld = whole_vectors<T>(turn == LEFT ? rows : size);
      if (turn == LEFT) pack(a, a_ld, panel(row, k), lda, size, rows);
      else pack(a, a_ld, panel(row, k), lda, rows, size);
      for (Index j = first; j < last; j += wide)
        tile(rows, row, j, smaller(last - j, wide), k, size, a, a_ld, work + (j - first) * size, wide);
    }
  }

  void run() const {
    const Index size = block_size(K), wide = block_cols<T>(N, size);
    const bool apart = turn != RIGHT && ldb * Index(sizeof(T)) >= APART_BYTES;
    const bool large = M > 4 * TILE_ROWS && N * K * Index(sizeof(T)) > (apart ? LARGE_BYTES / 4 : LARGE_BYTES);
    for (Index j = 0; j < N; j += wide)
      for (Index k = 0; k < K || k == 0; k += size > 0 ? size : 1) {
        if (large) packed(k, smaller(size, K - k), j, smaller(N, j + wide));
        else direct(k, smaller(size, K - k), j, smaller(N, j + wide));
      }
  }
};

// Never less for a larger product: room for a full batch is room for its last, smaller one too.
template <typename T>
Index workspace(Index, Index N, Index K) {
  const Index size = smaller(K, BLOCK_K), columns = parts(N, TILE_COLS<T>) * TILE_COLS<T>;
  const Index block = smaller(size * columns, BLOCK_BYTES / Index(sizeof(T)));
  return block + TILE_COLS<T> * size + whole_vectors<T>(TILE_ROWS) * whole_vectors<T>(size);
}

template <typename T>
void product(Index M, Index N, Index K, const T* A, Index lda, const T* B, Index ldb, T* C, Index ldc, const T* bias,
             bool relu, T* work) {
  Product<T, NEITHER>{M, N, K, A, lda, B, ldb, C, ldc, {false, bias, relu, nullptr, 0}, work}.run();
}

// Few columns: the vectors lie along M, so C comes out turned, tile after tile.
template <typename T>
void product_tn_narrow(Index M, Index N, Index K, const T* A, Index lda, const T* B, Index ldb, T* C, Index ldc) {
  T turned[WIDTH<T> * TILE_COLS<T>];
  const Index size = block_size(K);
  for (Index j = 0; j < M; j += TILE_COLS<T>) {
    const Index cols = smaller(M - j, TILE_COLS<T>);
    const Run<T>* const tiles = TILES<T, true>.columns(cols);
    for (Index k = 0; k < K; k += size) {
      Finish<T> how;
      how.add = k > 0;
      for (Index row = 0; row < N; row += TILE_ROWS)
        tiles[smaller(N - row, TILE_ROWS)](smaller(size, K - k), B + k * ldb + row, ldb, A + k * lda + j, lda,
                                           turned + row * TILE_COLS<T>, TILE_COLS<T>, cols, how);
    }
    for (Index i = 0; i < cols; i++)
      for (Index n = 0; n < N; n++) C[(j + i) * ldc + n] = turned[n * TILE_COLS<T> + i];
  }
}

template <typename T>
void product_tn(Index M, Index N, Index K, const T* A, Index lda, const T* B, Index ldb, T* C, Index ldc, T* work) {
  if (N <= WIDTH<T> && M >= TILE_COLS<T> && K > 0) return product_tn_narrow(M, N, K, A, lda, B, ldb, C, ldc);
  Product<T, LEFT>{M, N, K, A, lda, B, ldb, C, ldc, Finish<T>{}, work}.run();
}

template <typename T>
void product_nt(Index M, Index N, Index K, const T* A, Index lda, const T* B, Index ldb, T* C, Index ldc,
                const T* mask, Index ldm, T* work) {
  Product<T, RIGHT>{M, N, K, A, lda, B, ldb, C, ldc, {false, nullptr, false, mask, ldm}, work}.run();
}

}  // namespace HELDER_ISA
}  // namespace helder
