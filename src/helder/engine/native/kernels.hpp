// What the engine computes with: one table of kernels per element type, the best that this processor runs.
#pragma once
#include <cstddef>

namespace helder {

using Index = std::ptrdiff_t;  // `long` on Linux and macOS; on Windows that would be 32 bits

enum Op {
  ADD, SUBTRACT, MULTIPLY, DIVIDE, NEGATIVE, ABSOLUTE, SIGN, SQUARE, POWER, SQRT, EXP, EXPM1, LOG, LOG1P, TANH, ERF,
  SIN, COS, MINIMUM, MAXIMUM, WHERE /* a != 0 ? b : c */, GREATER, LESS, GREATER_EQUAL, LESS_EQUAL, EQUAL,
  NOT_EQUAL /* 1 or 0 */, COPY, N_OPS
};

// How many operands an op takes. Static, as vector.hpp wants it of whatever all instruction sets see.
static constexpr int arity(Index op) {
  if (op == WHERE) return 3;
  if (op <= DIVIDE || op == POWER || op == MINIMUM || op == MAXIMUM) return 2;
  return op >= GREATER && op <= NOT_EQUAL ? 2 : 1;
}

// Matrices are row-major; ld is the distance between rows; nothing beyond their edges is read or written.
// An entry of a product is the same bits whatever the number of rows, their position and their alignment.
template <typename T>
struct Kernels {
  // C = A B [+ bias] [then max(., 0)]: (M,N) = (M,K) (K,N) + (1,N)
  void (*product)(Index M, Index N, Index K, const T* A, Index lda, const T* B, Index ldb, T* C, Index ldc,
                  const T* bias, bool relu, T* work);
  // C = A' B: (M,N) = (K,M)' (K,N), as in dW = x' dz
  void (*product_tn)(Index M, Index N, Index K, const T* A, Index lda, const T* B, Index ldb, T* C, Index ldc, T* work);
  // C = A B' [times sign(mask) where mask >= 0 is what ReLU left]: (M,N) = (M,K) (N,K)', as in dx = dz W'
  void (*product_nt)(Index M, Index N, Index K, const T* A, Index lda, const T* B, Index ldb, T* C, Index ldc,
                     const T* mask, Index ldm, T* work);
  // elements that `work`, aligned to 64 bytes, needs at most for any of the three; never less for a larger product
  Index (*workspace)(Index M, Index N, Index K);

  // dst[i] = op(a[i], b[i], c[i]); an operand that the op lacks is null; dst may be one of the operands
  void (*pointwise[N_OPS])(T* dst, const T* a, const T* b, const T* c, Index n);

  void (*sum_rows)(T* dst, const T* a, Index rows, Index cols, Index lda);  // (rows,cols) -> (1,cols)
  void (*sum_cols)(T* dst, const T* a, Index rows, Index cols, Index lda);  // (rows,cols) -> (rows,1)
  void (*max_rows)(T* dst, const T* a, Index rows, Index cols, Index lda);  // a NaN wins, an empty maximum is -inf
  void (*max_cols)(T* dst, const T* a, Index rows, Index cols, Index lda);
  // dz = share (p - y) (rows,cols), value = share * -sum(y log p) (rows,1), with p = softmax(z)
  void (*cross_entropy)(T* dz, T* value, const T* z, const T* y, const T* share, Index rows, Index cols);

  // One update of Adam; the scalars are double so that 1 - beta is rounded once, as the book rounds it.
  void (*adam)(T* theta, const T* g, T* m, T* v, Index n, double beta1, double beta2, double epsilon, double rate,
               const T* rates, double correction1, double correction2);
  void (*gather)(T* dst, const T* src, const Index* rows, Index n, Index cols);  // dst[i] = src[rows[i]]
  void (*fill)(T* dst, T value, Index n);
  const char* name;  // "baseline", "avx2" or "avx512"
};

// The tables of one instruction set.
struct Tables {
  Kernels<float> floats;
  Kernels<double> doubles;
};
extern const Tables& best;  // that this processor runs

template <typename T>
const Kernels<T>& kernels() {
  if constexpr (sizeof(T) == sizeof(float)) return best.floats;
  else return best.doubles;
}

}  // namespace helder
