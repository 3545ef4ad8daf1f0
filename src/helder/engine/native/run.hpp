// Runs a program once: every step in order, loops block by block.
#pragma once

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "kernels.hpp"
#include "program.hpp"

namespace helder {

// Memory for one running program. Its spaces lie wherever the caller has them, the rest is the engine's own.
template <typename T>
struct Memory {
    std::vector<T*> spaces;
    std::unique_ptr<T[]> own;
    T *scratch, *work;  // `Program::scratch` numbers, and what the largest product needs to pack its operands

    Memory(const Program& program, std::vector<T*> places) : spaces(std::move(places)) {
        Index packed = 0;
        for (size_t number = 0; number < program.steps.size(); number += program.taken(number)) {
            const Step& step = program.steps[number];
            if (step.kind != PRODUCT) continue;
            const Operand &out = program.operand(step.out), &a = program.operand(step.a);
            const Index inner = a.transposed ? a.rows_of(program.capacity) : a.cols;
            packed = std::max(packed, kernels<T>().workspace(out.rows_of(program.capacity), out.cols, inner));
        }
        const Index first = (program.scratch + 63) / 64 * 64;
        own.reset(new T[static_cast<size_t>(first + packed + 64)]);
        const auto address = reinterpret_cast<uintptr_t>(own.get());
        scratch = own.get() + (64 - address % 64) % 64 / sizeof(T);  // aligned for any vector
        work = scratch + first;
    }
};

template <typename T>
class Runner {
  public:
    Runner(const Program& program, Memory<T>& memory, Index batch)
        : program_(program), memory_(memory), batch_(batch), kernels_(kernels<T>()) {}

    void run() {
        for (size_t number = 0; number < program_.steps.size(); number += program_.taken(number)) {
            const Step& step = program_.steps[number];
            if (step.kind == LOOP) loop(number);
            else if (step.kind == ADAM) adam(step, program_.steps[number + 1]);
            else single(step);
        }
    }

  private:
    const Program& program_;
    Memory<T>& memory_;
    const Index batch_;
    const Kernels<T>& kernels_;

    const Operand& operand(Index number) const { return program_.operand(number); }
    T* place(const Operand& one) const { return memory_.spaces[static_cast<size_t>(one.space)] + one.start; }
    Index rows(const Operand& one) const { return one.rows_of(batch_); }

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
        const size_t first = header + 1, end = header + program_.taken(header);
        for (size_t number = first; number < end; ++number) prepare(number, shape.cols, total);
        for (Index start = 0, n; start < total; start += n) {
            n = std::min(BLOCK, step.by_row ? shape.cols - start % shape.cols : total - start);
            for (size_t number = first; number < end; ++number) pointwise(number, shape.cols, start, n);
        }
    }

    // Spreads what a step reads again and again: single numbers over a block, a row over its wrap.
    void prepare(size_t number, Index cols, Index total) {
        const auto used = program_.steps[number].used();
        for (size_t k = 0; k < 3; ++k) {
            if (used[k] < 0) continue;
            const Access& access = program_.accesses[number][k];
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
        const auto used = step.used();
        T* at[4] = {};
        for (size_t k = 0; k < 4; ++k)
            if (used[k] >= 0) at[k] = block(operand(used[k]), program_.accesses[number][k], cols, start, n);
        kernels_.pointwise[step.op](at[3], at[0], at[1], at[2], n);
    }

    // Where numbers of an operand lie from `start` on, counted row by row.
    T* block(const Operand& one, const Access& access, Index cols, Index start, Index n) {
        switch (access.mode) {
            case FULL: return place(one) + (one.ld == cols ? start : start / cols * one.ld + start % cols);
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

// A space that each run of a program sees as the next rows of a longer array.
template <typename T>
struct Window {
    Index space;
    T* rows;
    Index cols;
};

// Runs a program over all rows, as many at once as it has room for; `after` is called after each run.
template <typename T, class Windows, class After>
void run_over(const Program& program, Memory<T>& memory, const Windows& windows, Index count, After after) {
    for (Index start = 0; start < count; start += program.capacity) {
        for (const Window<T>& one : windows)
            memory.spaces[static_cast<size_t>(one.space)] = one.rows + start * one.cols;
        Runner<T>(program, memory, std::min(program.capacity, count - start)).run();
        after();
    }
}

}  // namespace helder
