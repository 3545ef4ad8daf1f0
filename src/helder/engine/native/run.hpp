// Runs a program once: every step in order, loops block by block.
#pragma once

#include <algorithm>
#include <vector>

#include "kernels.hpp"
#include "program.hpp"

namespace helder {

// Memory for one running program.
template <typename T>
struct Memory {
    std::vector<T*> spaces;  // where each space lies; filled in by the caller
    T* scratch = nullptr;    // `Program::scratch` numbers
    T* work = nullptr;       // what the products need to pack
};

template <typename T>
class Runner {
  public:
    Runner(const Program& program, Memory<T>& memory, Index batch)
        : program_(program), memory_(memory), batch_(batch), kernels_(kernels<T>()) {}

    void run() {
        for (size_t number = 0; number < program_.steps.size();) {
            const Step& step = program_.steps[number];
            if (step.kind == LOOP) {
                loop(number);
                number += 1 + static_cast<size_t>(step.op);
            } else if (step.kind == ADAM) {
                adam(step, program_.steps[number + 1]);
                number += 2;
            } else {
                single(step);
                ++number;
            }
        }
    }

  private:
    const Program& program_;
    Memory<T>& memory_;
    const Index batch_;
    const Kernels<T>& kernels_;

    const Operand& operand(Index number) const {
        return program_.operands[static_cast<size_t>(number)];
    }
    T* place(const Operand& one) const {
        return memory_.spaces[static_cast<size_t>(one.space)] + one.start;
    }
    Index rows(const Operand& one) const { return one.rows == BATCH ? batch_ : one.rows; }

    void single(const Step& step) {
        const Operand &out = operand(step.out), &a = operand(step.a);
        T *into = place(out), *from = place(a);
        switch (step.kind) {
            case PRODUCT: return product(step, out, a, operand(step.b));
            case SUM_ROWS: return kernels_.sum_rows(into, from, rows(a), a.cols, a.ld);
            case SUM_COLS: return kernels_.sum_cols(into, from, rows(a), a.cols, a.ld);
            case MAX_ROWS: return kernels_.max_rows(into, from, rows(a), a.cols, a.ld);
            case MAX_COLS: return kernels_.max_cols(into, from, rows(a), a.cols, a.ld);
            case CROSS_ENTROPY:
                return kernels_.cross_entropy(into, place(operand(step.bias)), from, place(operand(step.b)),
                                              place(operand(step.c)), rows(a), a.cols);
        }
    }

    void product(const Step& step, const Operand& out, const Operand& a, const Operand& b) {
        const Index M = rows(out), N = out.cols;
        for (Index g = 0; g < out.groups; ++g) {
            T *C = place(out) + g * out.step, *A = place(a) + g * a.step, *B = place(b) + g * b.step;
            if (a.transposed) {
                kernels_.product_tn(M, N, rows(a), A, a.ld, B, b.ld, C, out.ld, memory_.work);
            } else if (b.transposed) {
                const Operand& mask = operand(step.mask < 0 ? step.out : step.mask);
                kernels_.product_nt(M, N, a.cols, A, a.ld, B, b.ld, C, out.ld,
                                    step.mask < 0 ? nullptr : place(mask), mask.ld, memory_.work);
            } else {
                const T* bias = step.bias < 0 ? nullptr : place(operand(step.bias));
                kernels_.product(M, N, a.cols, A, a.ld, B, b.ld, C, out.ld, bias, step.relu, memory_.work);
            }
        }
    }

    void adam(const Step& step, const Step& more) {
        const auto scalar = [&](Index one) { return static_cast<double>(*place(operand(one))); };
        const auto constant = [&](Index one) { return operand(one).value; };
        const Operand &theta = operand(step.out), &rate = operand(step.bias);
        const bool apart = rate.cols > 1;  // each parameter has a rate of its own
        kernels_.adam(place(theta), place(operand(step.a)), place(operand(step.b)), place(operand(step.c)), theta.cols,
                      constant(more.out), constant(more.a), constant(more.b), apart ? 1.0 : scalar(step.bias),
                      apart ? place(rate) : nullptr, scalar(step.mask), scalar(step.relu));
    }

    void loop(size_t header) {
        const Step& step = program_.steps[header];
        const Operand& shape = operand(step.out);
        const Index total = rows(shape) * shape.cols;
        const size_t first = header + 1, end = first + static_cast<size_t>(step.op);
        for (size_t number = first; number < end; ++number) prepare(number, shape.cols, total);
        // Where some operand is part of a wider array, no block goes beyond a row.
        const bool by_row = program_.accesses[4 * header].slot > 0;
        for (Index start = 0, n; start < total; start += n) {
            n = std::min(BLOCK, by_row ? shape.cols - start % shape.cols : total - start);
            for (size_t number = first; number < end; ++number) pointwise(number, shape.cols, start, n);
        }
    }

    // Spreads what a step reads again and again: single numbers over a block, a row over its wrap.
    void prepare(size_t number, Index cols, Index total) {
        const Step& step = program_.steps[number];
        const Index used[] = {step.a, step.b, step.c};
        for (size_t k = 0; k < 3; ++k) {
            if (used[k] < 0) continue;
            const Access& access = program_.accesses[4 * number + k];
            const Operand& one = operand(used[k]);
            T* into = memory_.scratch + access.slot;
            if (access.mode == SINGLE) {
                const T value = one.constant ? static_cast<T>(one.value) : *place(one);
                kernels_.fill(into, value, std::min(BLOCK, total));
            } else if (access.mode == ROW) {
                const T* row = place(one);
                for (Index done = 0, wanted = std::min(total, BLOCK + cols); done < wanted; done += cols)
                    std::copy(row, row + std::min(cols, wanted - done), into + done);
            }
        }
    }

    void pointwise(size_t number, Index cols, Index start, Index n) {
        const Step& step = program_.steps[number];
        const Index used[] = {step.a, step.b, step.c};
        const T* from[] = {nullptr, nullptr, nullptr};
        for (size_t k = 0; k < 3; ++k)
            if (used[k] >= 0) from[k] = block(used[k], program_.accesses[4 * number + k], cols, start, n);
        const Access& out = program_.accesses[4 * number + 3];
        T* into = out.mode == REGISTER ? memory_.scratch + out.slot * BLOCK
                                       : place(operand(step.out)) + offset(operand(step.out), start);
        kernels_.pointwise[step.op](into, from[0], from[1], from[2], n);
    }

    // Where the number `start` of an array lies, counted row by row.
    static Index offset(const Operand& one, Index start) {
        return one.ld == one.cols ? start : start / one.cols * one.ld + start % one.cols;
    }

    const T* block(Index used, const Access& access, Index cols, Index start, Index n) {
        const Operand& one = operand(used);
        switch (access.mode) {
            case FULL: return place(one) + offset(one, start);
            case REGISTER: return memory_.scratch + access.slot * BLOCK;
            case ROW: return memory_.scratch + access.slot + start % cols;
            case SINGLE: return memory_.scratch + access.slot;
            case COLUMN: break;
        }
        T* into = memory_.scratch + access.slot;
        const T* column = place(one) + start / cols * one.ld;
        Index left = cols - start % cols;  // of the row that the block begins in
        for (Index done = 0; done < n; left = cols, column += one.ld)
            for (const Index stop = std::min(n, done + left); done < stop; ++done) into[done] = *column;
        return into;
    }
};

}  // namespace helder
