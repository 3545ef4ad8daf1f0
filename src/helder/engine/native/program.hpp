// A program of the book as the engine holds it: steps over places, every one checked before use.
#pragma once

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "kernels.hpp"

namespace helder {

constexpr Index BATCH = -1;  // rows that a step has one of for each row of the batch
constexpr Index LARGEST = Index(1) << 31;  // rows, columns and capacity: their product still counts
constexpr Index BLOCK = 256;  // numbers of a loop's block: its registers stay in the first cache

// What a step is; the same order as `KINDS` in encoding.py.
enum Kind { LOOP, PRODUCT, SUM_ROWS, SUM_COLS, MAX_ROWS, MAX_COLS, ADAM, CROSS_ENTROPY, N_KINDS };

// How a loop reads an operand of another shape than its own.
enum Mode { FULL, REGISTER, ROW, COLUMN, SINGLE };

struct Operand {
    bool constant;    // a number of the program itself
    double value;
    Index space;       // which memory; -1: a register of the loop
    Index start;       // its first number there
    Index rows, cols;  // as they lie in memory
    bool transposed;
    Index ld, groups, step;  // from row to row; many matrices of this shape, and from one to the next

    Index count(Index batch) const { return (rows == BATCH ? batch : rows) * cols; }
    bool dense() const { return groups == 1 && ld == cols; }
};

struct Step {
    Index kind, op;          // op: the pointwise function, or the number of rows that belong to it
    Index out, a, b, c;      // operands by number; -1 for none
    Index bias, mask, relu;  // what a product does besides, where it is stored
};

// Adam takes two rows: theta, gradient, m, v, rate, two corrections; then beta1, beta2, epsilon.

// How one operand of a loop is read: decided once, used for every block.
struct Access {
    Mode mode = FULL;
    Index slot = 0;  // its part of the scratch memory
};

struct Program {
    std::vector<Operand> operands;
    std::vector<Step> steps;
    std::vector<Index> sizes;       // numbers of each space
    std::vector<Access> accesses;  // three operands and the result of every step of a loop
    Index capacity = 0;             // rows of the largest batch
    Index scratch = 0;              // numbers of scratch memory that the loops need
};

inline void require(bool holds, const char* what) {
    if (!holds) throw std::invalid_argument(std::string("a program that cannot be run: ") + what);
}

inline Index largest(const std::vector<Index>& sizes) {
    return sizes.empty() ? 0 : *std::max_element(sizes.begin(), sizes.end());
}

// Every number that an operand names lies inside its space.
inline void check(const Program& program, const Operand& operand) {
    if (operand.constant) return;
    // Bounds first: the product of two that pass cannot run over.
    require(operand.cols >= 0 && operand.cols <= LARGEST, "a shape");
    require(operand.rows == BATCH || (operand.rows >= 0 && operand.rows <= LARGEST), "a shape");
    if (operand.space < 0) {
        require(operand.start >= 0 && operand.start < 1000, "a register");
        return require(operand.count(program.capacity) <= largest(program.sizes), "a register");
    }
    require(operand.space < static_cast<Index>(program.sizes.size()), "a space");
    const Index size = program.sizes[static_cast<size_t>(operand.space)];
    require(operand.start >= 0 && operand.start <= size, "a start");
    require(operand.ld >= operand.cols && operand.ld <= LARGEST, "a distance of rows");
    require(operand.groups > 0 && operand.groups <= LARGEST, "how many matrices");
    require(operand.step >= 0 && operand.step <= LARGEST, "a distance of matrices");
    const Index last = (operand.rows == BATCH ? program.capacity : operand.rows) - 1;
    if (last < 0 || operand.cols == 0) return;
    // Each part is below 2^62, and the next is only looked at where those before it fit.
    const Index left = size - operand.start - operand.cols - last * operand.ld;
    require(left >= 0 && (operand.groups - 1) * operand.step <= left, "an end");
}

// How many operands a pointwise function takes.
inline Index arity(Index op) {
    if (op == WHERE) return 3;
    const bool pair = op <= DIVIDE || op == POWER || op == MINIMUM || op == MAXIMUM ||
                      (op >= GREATER && op <= NOT_EQUAL);
    return pair ? 2 : 1;
}

inline const Operand& at(const Program& program, Index number) {
    require(number >= 0 && number < static_cast<Index>(program.operands.size()), "an operand");
    return program.operands[static_cast<size_t>(number)];
}

// An operand that is an array in a space.
inline const Operand& array_at(const Program& program, Index number) {
    const Operand& operand = at(program, number);
    require(!operand.constant && operand.space >= 0, "an array");
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
    if (operand.space < 0) return {REGISTER, operand.start};
    require(!operand.transposed && operand.groups == 1, "a transposed operand of a loop");
    if (operand.rows == shape.rows && operand.cols == shape.cols) return {FULL, 0};
    if (operand.rows == 1 && operand.cols == 1) return {SINGLE, slot(BLOCK)};
    if (operand.rows == 1 && operand.cols == shape.cols) return {ROW, slot(BLOCK + shape.cols)};
    require(operand.cols == 1 && operand.rows == shape.rows, "a shape in a loop");
    return {COLUMN, slot(BLOCK)};
}

// The inner sizes of a product fit, and so does what it is stored into.
inline void check_product(const Program& program, const Step& step) {
    const auto rows = [](const Operand& one) { return one.transposed ? one.cols : one.rows; };
    const auto cols = [](const Operand& one) { return one.transposed ? one.rows : one.cols; };
    const Operand &out = array_at(program, step.out), &a = array_at(program, step.a),
                  &b = array_at(program, step.b);
    require(!out.transposed && !(a.transposed && b.transposed), "a product");
    require(rows(a) == out.rows && cols(b) == out.cols && cols(a) == rows(b), "a product's sizes");
    require(a.groups == out.groups && b.groups == out.groups, "a product's matrices");
    require(out.groups == 1 || (step.bias < 0 && step.mask < 0), "what many products do besides");
    if (step.bias >= 0) {
        require(!a.transposed && !b.transposed && step.mask < 0, "a product with a bias");
        const Operand& bias = array_at(program, step.bias);
        require(bias.rows == 1 && bias.cols == out.cols && bias.groups == 1, "a bias");
    }
    if (step.mask >= 0) {
        const Operand& mask = array_at(program, step.mask);
        require(b.transposed && mask.rows == out.rows && mask.cols == out.cols && mask.groups == 1, "a mask");
    }
}

// Adam's arrays are as long as theta, and its numbers are single.
inline void check_adam(const Program& program, size_t number) {
    require(number + 1 < program.steps.size(), "an update of Adam");
    const Step &step = program.steps[number], &more = program.steps[number + 1];
    const Operand& theta = at(program, step.out);
    for (Index one : {step.out, step.a, step.b, step.c}) {
        const Operand& array = array_at(program, one);
        require(!array.transposed && array.dense() && array.rows == 1 && theta.rows == 1 && array.cols == theta.cols,
                "a size of Adam");
    }
    for (Index one : {step.mask, step.relu}) require(array_at(program, one).count(1) == 1, "a number of Adam");
    const Operand& rate = array_at(program, step.bias);
    require(rate.rows == 1 && rate.dense() && (rate.cols == 1 || rate.cols == theta.cols), "a rate of Adam");
    for (Index one : {more.out, more.a, more.b})
        require(at(program, one).constant, "a constant of Adam");
}

// Gradient, z and y are of one shape; share and value, which stands where a product has its bias, are a column each.
inline void check_entropy(const Program& program, const Step& step) {
    const Operand& z = array_at(program, step.a);
    const auto fits = [&](Index number, Index cols) {
        const Operand& one = array_at(program, number);
        require(!one.transposed && one.dense() && one.rows == z.rows && one.cols == cols, "a cross-entropy");
    };
    for (Index one : {step.out, step.a, step.b}) fits(one, z.cols);
    for (Index one : {step.c, step.bias}) fits(one, 1);
}

// Decides how each step of a loop reads its operands; registers come first in the scratch memory.
inline size_t plan_loop(Program& program, size_t header) {
    const Step loop = program.steps[header];
    const Operand shape = at(program, loop.out);
    require(loop.op > 0 && loop.op < static_cast<Index>(program.steps.size()), "a loop");
    require(header + static_cast<size_t>(loop.op) < program.steps.size(), "a loop");
    Index registers = 0;
    const size_t end = header + 1 + static_cast<size_t>(loop.op);
    for (size_t number = header + 1; number < end; ++number)
        for (Index one : {program.steps[number].out, program.steps[number].a, program.steps[number].b,
                         program.steps[number].c})
            if (one >= 0 && at(program, one).space < 0 && !at(program, one).constant)
                registers = std::max(registers, at(program, one).start + 1);
    Index scratch = registers * BLOCK;
    for (size_t number = header + 1; number < end; ++number) {
        const Step& step = program.steps[number];
        const Index used[] = {step.a, step.b, step.c, step.out};
        require(step.op >= 0 && step.op < N_OPS, "a function");
        for (Index k = 0; k < arity(step.op); ++k) require(used[k] >= 0, "an operand of a function");
        for (size_t k = 0; k < 4; ++k)
            if (used[k] >= 0)
                program.accesses[4 * number + k] = access(at(program, used[k]), shape, scratch);
        for (Index one : used)
            if (one >= 0 && at(program, one).space >= 0 && at(program, one).cols == shape.cols &&
                at(program, one).rows == shape.rows && !at(program, one).dense())
                program.accesses[4 * header].slot = 1;  // row by row: part of a wider array
        const Mode out = program.accesses[4 * number + 3].mode;
        require(step.out >= 0 && (out == FULL || out == REGISTER), "a loop's result");
    }
    program.scratch = std::max(program.scratch, scratch);
    return end;
}

// Checks the whole program; a program that passes can do no harm to memory.
inline void plan(Program& program) {
    require(program.capacity > 0 && program.capacity <= LARGEST, "the rows of a batch");
    for (const Operand& operand : program.operands) check(program, operand);
    program.accesses.assign(4 * program.steps.size(), Access{});
    for (size_t number = 0; number < program.steps.size();) {
        const Step& step = program.steps[number];
        require(step.kind >= 0 && step.kind < N_KINDS, "a kind of step");
        if (step.kind == LOOP) {
            number = plan_loop(program, number);
            continue;
        }
        if (step.kind == ADAM) {
            check_adam(program, number);
            number += 2;
            continue;
        }
        const Operand &out = array_at(program, step.out), &a = array_at(program, step.a);
        if (step.kind == PRODUCT) check_product(program, step);
        if (step.kind == CROSS_ENTROPY) check_entropy(program, step);
        if (step.kind >= SUM_ROWS && step.kind <= MAX_COLS) require(a.groups == 1 && out.dense(), "a sum");
        if (step.kind == SUM_ROWS || step.kind == MAX_ROWS)
            require(!a.transposed && !out.transposed && out.rows == 1 && out.cols == a.cols, "a sum");
        if (step.kind == SUM_COLS || step.kind == MAX_COLS)
            require(!a.transposed && !out.transposed && out.rows == a.rows && out.cols == 1, "a sum");
        ++number;
    }
}

}  // namespace helder
