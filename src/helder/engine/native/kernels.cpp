// The kernels of one instruction set: compiled once for each, with -DHELDER_ISA=baseline, avx2 or avx512.
#include "gemm.hpp"
#include "pointwise.hpp"
#include "reduce.hpp"

#define HELDER_TEXT_OF(name) #name
#define HELDER_TEXT(name) HELDER_TEXT_OF(name)

namespace helder {
namespace HELDER_ISA {

template <typename T>
struct Table : Kernels<T> {
  constexpr Table() : Kernels<T>{} {
    this->product = helder::HELDER_ISA::product<T>;
    this->product_tn = helder::HELDER_ISA::product_tn<T>;
    this->product_nt = helder::HELDER_ISA::product_nt<T>;
    this->workspace = helder::HELDER_ISA::workspace<T>;
    add_pointwise<N_OPS - 1>();
    this->sum_rows = join_rows<SUM, T>;
    this->sum_cols = join_cols<SUM, T>;
    this->max_rows = join_rows<MAX, T>;
    this->max_cols = join_cols<MAX, T>;
    this->cross_entropy = helder::HELDER_ISA::cross_entropy<T>;
    this->adam = helder::HELDER_ISA::adam<T>;
    this->gather = helder::HELDER_ISA::gather<T>;
    this->fill = helder::HELDER_ISA::fill<T>;
    this->name = HELDER_TEXT(HELDER_ISA);
  }

  template <int op>
  constexpr void add_pointwise() {
    this->pointwise[op] = helder::HELDER_ISA::pointwise<T, Op(op)>;
    if constexpr (op > 0) add_pointwise<op - 1>();
  }
};

extern const Kernels<float> float_kernels;
extern const Kernels<double> double_kernels;
constexpr Kernels<float> float_kernels = Table<float>();  // constexpr: nothing of this runs before it is chosen
constexpr Kernels<double> double_kernels = Table<double>();

}  // namespace HELDER_ISA
}  // namespace helder
