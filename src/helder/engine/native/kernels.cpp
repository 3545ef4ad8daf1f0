// The kernels of one instruction set: compiled once for each, with -DHELDER_ISA=baseline, avx2 or avx512.
#include "gemm.hpp"
#include "pointwise.hpp"
#include "reduce.hpp"

#define HELDER_TEXT_OF(name) #name
#define HELDER_TEXT(name) HELDER_TEXT_OF(name)

namespace helder {
namespace HELDER_ISA {

template <typename T, int... op>
constexpr Kernels<T> table(std::integer_sequence<int, op...>) {  // in the order of kernels.hpp
  return {product<T>, product_tn<T>, product_nt<T>, workspace<T>, {pointwise<T, Op(op)>...},
          join_rows<SUM, T>, join_cols<SUM, T>, join_rows<MAX, T>, join_cols<MAX, T>,
          cross_entropy<T>, adam<T>, gather<T>, fill<T>, HELDER_TEXT(HELDER_ISA)};
}
constexpr std::make_integer_sequence<int, N_OPS> OPS{};

extern const Tables tables;
constexpr Tables tables{table<float>(OPS), table<double>(OPS)};  // constexpr: nothing of this runs before it is chosen

}  // namespace HELDER_ISA
}  // namespace helder
