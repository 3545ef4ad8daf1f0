// The door to Python: programs, training and prediction, every array checked for size and type.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <memory>

#include "train.hpp"

namespace nb = nanobind;
using namespace helder;

template <typename T>
using Array = nb::ndarray<T, nb::c_contig, nb::device::cpu>;
template <typename T>
using Spaces = std::vector<Array<T>>;

// Numbers that the largest product needs to pack its operands.
template <typename T>
Index packing(const Program& program) {
    Index most = 0;
    for (const Step& step : program.steps) {
        if (step.kind != PRODUCT) continue;
        const auto rows = [&](const Operand& one) { return one.rows == BATCH ? program.capacity : one.rows; };
        const Operand &out = program.operands[static_cast<size_t>(step.out)],
                      &a = program.operands[static_cast<size_t>(step.a)];
        const Index inner = a.transposed ? rows(a) : a.cols;
        most = std::max(most, kernels<T>().workspace(rows(out), out.cols, inner));
    }
    return most;
}

// Memory of the engine's own for one call: scratch and packing, aligned for any vector.
template <typename T>
struct Workspace {
    std::unique_ptr<T[]> numbers;
    Memory<T> memory;

    Workspace(const Program& program, const Spaces<T>& spaces) {
        require(spaces.size() == program.sizes.size(), "the number of its spaces");
        for (size_t k = 0; k < spaces.size(); ++k) {
            require(static_cast<Index>(spaces[k].size()) >= program.sizes[k], "the size of a space");
            memory.spaces.push_back(spaces[k].data());
        }
        const Index scratch = (program.scratch + 63) / 64 * 64;
        numbers.reset(new T[static_cast<size_t>(scratch + packing<T>(program) + 64)]);
        const auto address = reinterpret_cast<uintptr_t>(numbers.get());
        memory.scratch = numbers.get() + (64 - address % 64) % 64 / sizeof(T);  // for any vector
        memory.work = memory.scratch + scratch;
    }
};

Program* make_program(Array<const int64_t> steps, Array<const int64_t> operands,
                      Array<const double> values, std::vector<Index> sizes, Index capacity) {
    require(steps.ndim() == 2 && steps.shape(1) == 9, "the table of steps");
    require(operands.ndim() == 2 && operands.shape(1) == 6, "the table of operands");
    require(values.size() == operands.shape(0), "the table of values");
    auto program = std::make_unique<Program>();
    program->sizes = std::move(sizes);
    program->capacity = capacity;
    for (size_t k = 0; k < operands.shape(0); ++k) {
        const int64_t* row = operands.data() + 6 * k;
        program->operands.push_back(
            {row[0] != 0, values.data()[k], row[1], row[2], row[3], row[4], row[5] != 0});
    }
    for (size_t k = 0; k < steps.shape(0); ++k) {
        const int64_t* row = steps.data() + 9 * k;
        program->steps.push_back(
            {row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7], row[8]});
    }
    plan(*program);
    return program.release();
}

template <typename T>
void train(const Program& program, Spaces<T> spaces, std::vector<Index> blocks,
           Array<const int64_t> masks, Array<const T> X, Array<const T> y, Array<const T> weights,
           uint64_t seed, uint64_t member, Index first_epoch, Index batch_size,
           Array<const double> scalars, Array<double> losses) {
    require(blocks.size() == 6, "the blocks");
    for (Index block : blocks) require(block >= 0 && block < static_cast<Index>(program.sizes.size()), "a block");
    const Blocks into{blocks[0], blocks[1], blocks[2], blocks[3], blocks[4], blocks[5]};
    const auto size = [&](Index block) { return program.sizes[static_cast<size_t>(block)]; };
    const Rows<T> rows{X.data(), y.data(), weights.data(), static_cast<Index>(X.shape(0)),
                       static_cast<Index>(X.shape(1)), static_cast<Index>(y.shape(1))};
    require(rows.count > 0 && static_cast<Index>(y.shape(0)) == rows.count, "the rows");
    require(static_cast<Index>(weights.size()) == rows.count, "the weights");
    require(batch_size > 0 && batch_size <= program.capacity, "the rows of a batch");
    require(rows.n_in * batch_size <= size(into.X) && rows.n_out * batch_size <= size(into.y), "the columns");
    require(batch_size <= size(into.share) && size(into.loss) == 1, "the shares");
    const Index epochs = static_cast<Index>(losses.size());
    const Index updates = epochs * ((rows.count + batch_size - 1) / batch_size);
    const Index n_scalars = size(into.scalars);
    require(static_cast<Index>(scalars.size()) == updates * n_scalars, "the scalars");
    std::vector<Mask> fills;
    for (size_t k = 0; k < masks.size() / 4; ++k) {
        const int64_t* row = masks.data() + 4 * k;
        fills.push_back({row[0], row[1], row[2], row[3]});
        require(row[0] >= 0 && row[1] >= 0 && row[1] <= size(into.tape), "a mask");
        require(row[0] <= size(into.tape) && row[0] + row[1] * batch_size <= size(into.tape), "a mask");
        require(row[2] >= 0 && row[2] < 65536, "a mask's share");
    }
    Workspace<T> own(program, spaces);
    const Schedule schedule{seed, member, first_epoch, epochs, batch_size, scalars.data(), n_scalars};
    nb::gil_scoped_release release;
    Training<T>(program, own.memory, into, fills, rows, schedule).run(losses.data());
}

template <typename T>
void predict_rows(const Program& program, Spaces<T> spaces, Index X, Index z, Array<const T> rows,
                  Array<T> into) {
    const Index count = static_cast<Index>(rows.shape(0)), n_in = static_cast<Index>(rows.shape(1));
    const Index n_out = static_cast<Index>(into.shape(1));
    const Index known = static_cast<Index>(program.sizes.size());
    require(X >= 0 && X < known && z >= 0 && z < known, "a block");
    require(static_cast<Index>(into.shape(0)) == count, "the rows");
    require(n_in * program.capacity == program.sizes[static_cast<size_t>(X)], "the inputs");
    require(n_out * program.capacity == program.sizes[static_cast<size_t>(z)], "the outputs");
    Workspace<T> own(program, spaces);
    nb::gil_scoped_release release;
    predict(program, own.memory, X, z, rows.data(), into.data(), count, n_in, n_out);
}

// One pass over what the spaces hold already: for tests, and for whoever looks at a single step.
template <typename T>
void run_once(const Program& program, Spaces<T> spaces, Index rows) {
    require(rows >= 0 && rows <= program.capacity, "the rows of a batch");
    Workspace<T> own(program, spaces);
    nb::gil_scoped_release release;
    Runner<T>(program, own.memory, rows).run();
}

// The functions for one type of number; no array is converted, as results would go into the copy.
template <typename T>
void offer(nb::module_& module) {
    const auto program = nb::arg("program");
    const auto spaces = nb::arg("spaces").noconvert();
    const auto X = nb::arg("X").noconvert(), y = nb::arg("y").noconvert();
    module.def("train", &train<T>, program, spaces, nb::arg("blocks"), nb::arg("masks").noconvert(), X, y,
               nb::arg("weights").noconvert(), nb::arg("seed"), nb::arg("member"), nb::arg("first_epoch"),
               nb::arg("batch_size"), nb::arg("scalars").noconvert(), nb::arg("losses").noconvert());
    module.def("predict", &predict_rows<T>, program, spaces, nb::arg("X"), nb::arg("z"),
               nb::arg("rows").noconvert(), nb::arg("into").noconvert());
    module.def("run", &run_once<T>, program, spaces, nb::arg("rows"));
}

NB_MODULE(_native, module) {
    module.attr("instruction_set") = kernels<float>().name;
    nb::class_<Program>(module, "Program")
        .def("__init__", [](Program* self, Array<const int64_t> steps, Array<const int64_t> operands,
                            Array<const double> values, std::vector<Index> sizes, Index capacity) {
            std::unique_ptr<Program> made(make_program(steps, operands, values, std::move(sizes), capacity));
            new (self) Program(std::move(*made));
        });
    offer<float>(module);
    offer<double>(module);
}
