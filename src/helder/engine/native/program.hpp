// A program of the book as the engine holds it: steps over places, every one checked before use.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "kernels.hpp"

namespace helder {

constexpr Index BATCH = -1;                // rows that a step has one of for each row of the batch
constexpr Index LARGEST = Index(1) << 31;  // rows, columns and capacity: their product still counts
constexpr Index BLOCK = 256;               // numbers of a loop's block: its registers stay in the first cache

// What a step is; the same order as `KINDS` in encoding.py.
enum Kind { LOOP, PRODUCT, SUM_ROWS, SUM_COLS, MAX_ROWS, MAX_COLS, ADAM, CROSS_ENTROPY };

// How a loop reads an operand of another shape than its own.
enum Mode { FULL, REGISTER, ROW, COLUMN, SINGLE };

struct Operand {
    bool constant;  // a number of the program itself
    double value;
    Index space;       // which memory; -1: a register of the loop
    Index start;       // its first number there
    Index rows, cols;  // as they lie in memory
    bool transposed;
    Index ld, groups, step;  // from row to row; many matrices of this shape, and from one to the next

    Index rows_of(Index batch) const { return rows == BATCH ? batch : rows; }
    Index count(Index batch) const { return rows_of(batch) * cols; }
    Index end(Index batch) const { return start + cols + (rows_of(batch) - 1) * ld + (groups - 1) * step; }
    bool is_register() const { return !constant && space < 0; }
    bool is(Index r, Index c) const { return groups == 1 && rows == r && cols == c; }
    bool dense() const { return groups == 1 && ld == cols && !transposed; }
};

struct Step {
    Index kind, op;          // op: the pointwise function, or the number of rows that belong to it
    Index out, a, b, c;      // operands by number; -1 for none
    Index bias, mask, relu;  // what a product does besides, where it is stored
    bool by_row = false;     // a loop with a part of a wider array in it: no block goes beyond a row

    std::array<Index, 4> used() const { return {a, b, c, out}; }  // by a pointwise function
};

// How one operand of a loop is read: decided once, used for every block.
struct Access {
    Mode mode = FULL;
    Index slot = 0;  // its part of the scratch memory
};

struct Program {
    std::vector<Operand> operands;
    std::vector<Step> steps;
    std::vector<Index> sizes;                     // numbers of each space
    std::vector<Index> widths;                    // numbers of each space that a batch of one row reaches
    std::vector<std::array<Access, 4>> accesses;  // of every step of a loop, in the order of `Step::used`
    Index capacity = 0;                           // rows of the largest batch
    Index scratch = 0;                            // numbers of scratch memory that the loops need

    const Operand& operand(Index number) const { return operands[static_cast<size_t>(number)]; }
    Index size(Index space) const { return sizes[static_cast<size_t>(space)]; }

    // How many rows of the table a step takes. Adam's two: theta, gradient, m, v, rate, two corrections; then beta1,
    // beta2, epsilon.
    size_t taken(size_t number) const {
        const Step& step = steps[number];
        return step.kind == LOOP ? 1 + static_cast<size_t>(step.op) : step.kind == ADAM ? 2 : 1;
    }
};

inline void require(bool holds, const char* what) {
    if (!holds) throw std::invalid_argument(std::string("a program that cannot be run: ") + what);
}

inline Index largest(const std::vector<Index>& sizes) {
    return sizes.empty() ? 0 : *std::max_element(sizes.begin(), sizes.end());
}

// Every number that an operand names lies inside its space.
inline void check(Program& program, const Operand& operand) {
    if (operand.constant) return;
    // Bounds first: the product of two that pass cannot run over.
    const Index rows = operand.rows_of(program.capacity);
    require(operand.cols >= 0 && operand.cols <= LARGEST && rows >= 0 && rows <= LARGEST, "a shape");
    if (operand.is_register()) {
        require(operand.start >= 0 && operand.start < 1000, "a register");
        return require(operand.count(program.capacity) <= largest(program.sizes), "a register");
    }
    require(operand.space < static_cast<Index>(program.sizes.size()), "a space");
    const Index size = program.size(operand.space);
    require(operand.start >= 0 && operand.start <= size, "a start");
    require(operand.ld >= operand.cols && operand.ld <= LARGEST, "a distance of rows");
    require(operand.groups > 0 && operand.groups <= LARGEST, "how many matrices");
    require(operand.step >= 0 && operand.step <= LARGEST, "a distance of matrices");
    if (rows == 0 || operand.cols == 0) return;
    // Each part is below 2^62, and the next is only looked at where those before it fit.
    const Index left = size - operand.start - operand.cols - (rows - 1) * operand.ld;
    require(left >= 0 && (operand.groups - 1) * operand.step <= left, "an end");
    Index& width = program.widths[static_cast<size_t>(operand.space)];
    width = std::max(width, operand.end(1));
}

inline const Operand& at(const Program& program, Index number) {
    require(number >= 0 && number < static_cast<Index>(program.operands.size()), "an operand");
    return program.operand(number);
}

// An operand that is an array in a space.
inline const Operand& array_at(const Program& program, Index number) {
    const Operand& operand = at(program, number);
    require(!operand.constant && !operand.is_register(), "an array");
    return operand;
}

// How a loop of this shape reads an operand, and the scratch memory that it takes.
inline Access access(const Operand& operand, const Operand& shape, Index& scratch) {
    const auto slot = [&](Index numbers) {
        const Index start = scratch;
        scratch += (numbers + 15) / 16 * 16;
        return start;
    };
    if (operand.constant) return {SINGLE, slot(BLOCK)};
    if (operand.is_register()) return {REGISTER, operand.start};
    require(!operand.transposed && operand.groups == 1, "a transposed operand of a loop");
    if (operand.is(shape.rows, shape.cols)) return {FULL, 0};
    if (operand.is(1, 1)) return {SINGLE, slot(BLOCK)};
    if (operand.is(1, shape.cols)) return {ROW, slot(BLOCK + shape.cols)};
    require(operand.is(shape.rows, 1), "a shape in a loop");
    return {COLUMN, slot(BLOCK)};
}

// The inner sizes of a product fit, and so does what it is stored into.
inline void check_product(const Program& program, const Step& step) {
    const auto rows = [](const Operand& one) { return one.transposed ? one.cols : one.rows; };
    const auto cols = [](const Operand& one) { return one.transposed ? one.rows : one.cols; };
    const Operand &out = array_at(program, step.out), &a = array_at(program, step.a), &b = array_at(program, step.b);
    require(!out.transposed && !(a.transposed && b.transposed), "a product");
    require(rows(a) == out.rows && cols(b) == out.cols && cols(a) == rows(b), "a product's sizes");
    require(a.groups == out.groups && b.groups == out.groups, "a product's matrices");
    require(out.groups == 1 || (step.bias < 0 && step.mask < 0), "what many products do besides");
    if (step.bias >= 0) {
        require(!a.transposed && !b.transposed && step.mask < 0, "a product with a bias");
        require(array_at(program, step.bias).is(1, out.cols), "a bias");
    }
    if (step.mask >= 0) require(b.transposed && array_at(program, step.mask).is(out.rows, out.cols), "a mask");
}

// One result for each column, or for each row.
inline void check_reduction(const Program& program, const Step& step) {
    const Operand &out = array_at(program, step.out), &a = array_at(program, step.a);
    const bool down = step.kind == SUM_ROWS || step.kind == MAX_ROWS;
    require(!a.transposed && a.groups == 1 && out.dense(), "a sum");
    require(down ? out.is(1, a.cols) : out.is(a.rows, 1), "a sum");
}

// Adam's arrays are as long as theta, and its numbers are single.
inline void check_adam(const Program& program, size_t number) {
    require(number + 1 < program.steps.size(), "an update of Adam");
    const Step &step = program.steps[number], &more = program.steps[number + 1];
    const Operand &theta = array_at(program, step.out), &rate = array_at(program, step.bias);
    const auto row = [](const Operand& one, Index cols) { return one.is(1, cols) && one.dense(); };
    for (Index one : step.used()) require(row(array_at(program, one), theta.cols), "a size of Adam");
    for (Index one : {step.mask, step.relu}) require(array_at(program, one).count(1) == 1, "a number of Adam");
    require(row(rate, 1) || row(rate, theta.cols), "a rate of Adam");
    for (Index one : {more.out, more.a, more.b}) require(at(program, one).constant, "a constant of Adam");
}

// Gradient, z and y are of one shape; share and value, which stands where a product has its bias, are a column each.
inline void check_entropy(const Program& program, const Step& step) {
    const Operand& z = array_at(program, step.a);
    const auto fits = [&](Index number, Index cols) {
        const Operand& one = array_at(program, number);
        require(one.is(z.rows, cols) && one.dense(), "a cross-entropy");
    };
    for (Index one : {step.out, step.a, step.b}) fits(one, z.cols);
    for (Index one : {step.c, step.bias}) fits(one, 1);
}

// Decides how each step of a loop reads its operands; registers come first in the scratch memory.
inline void plan_loop(Program& program, size_t header) {
    Step& loop = program.steps[header];
    const Operand& shape = at(program, loop.out);
    require(shape.is_register(), "a loop's shape");
    require(loop.op > 0 && loop.op < static_cast<Index>(program.steps.size() - header), "a loop");
    Index scratch = 0;
    const size_t end = header + 1 + static_cast<size_t>(loop.op);
    for (size_t number = header + 1; number < end; ++number)
        for (Index one : program.steps[number].used())
            if (one >= 0 && at(program, one).is_register())
                scratch = std::max(scratch, (at(program, one).start + 1) * BLOCK);
    for (size_t number = header + 1; number < end; ++number) {
        const Step& step = program.steps[number];
        const auto used = step.used();
        require(step.op >= 0 && step.op < N_OPS, "a function");
        for (size_t k = 0; k < 4; ++k) {
            require(used[k] >= 0 || (k < 3 && static_cast<Index>(k) >= arity(step.op)), "an operand of a function");
            if (used[k] < 0) continue;
            const Operand& one = at(program, used[k]);
            const Mode mode = (program.accesses[number][k] = access(one, shape, scratch)).mode;
            require(k < 3 || mode == FULL || mode == REGISTER, "a loop's result");
            loop.by_row = loop.by_row || (mode == FULL && !one.dense());
        }
    }
    program.scratch = std::max(program.scratch, scratch);
}

// Checks the whole program; a program that passes can do no harm to memory.
inline void plan(Program& program) {
    require(program.capacity > 0 && program.capacity <= LARGEST, "the rows of a batch");
    program.widths.resize(program.sizes.size());
    for (const Operand& operand : program.operands) check(program, operand);
    program.accesses.resize(program.steps.size());
    for (size_t number = 0; number < program.steps.size(); number += program.taken(number)) {
        const Step& step = program.steps[number];
        switch (step.kind) {
            case LOOP: plan_loop(program, number); break;
            case PRODUCT: check_product(program, step); break;
            case SUM_ROWS: case SUM_COLS: case MAX_ROWS: case MAX_COLS: check_reduction(program, step); break;
            case ADAM: check_adam(program, number); break;
            case CROSS_ENTROPY: check_entropy(program, step); break;
            default: require(false, "a kind of step");
        }
    }
}

}  // namespace helder
