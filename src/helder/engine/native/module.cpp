// The door to Python: programs, training and prediction, every array checked for size and type.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <chrono>
#include <memory>
#include <optional>

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
    require(operands.ndim() == 2 && operands.shape(1) == 9, "the table of operands");
    require(values.size() == operands.shape(0), "the table of values");
    auto program = std::make_unique<Program>();
    program->sizes = std::move(sizes);
    program->capacity = capacity;
    for (size_t k = 0; k < operands.shape(0); ++k) {
        const int64_t* row = operands.data() + 9 * k;
        program->operands.push_back(
            {row[0] != 0, values.data()[k], row[1], row[2], row[3], row[4], row[5] != 0, row[6], row[7], row[8]});
    }
    for (size_t k = 0; k < steps.shape(0); ++k) {
        const int64_t* row = steps.data() + 9 * k;
        program->steps.push_back(
            {row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7], row[8]});
    }
    plan(*program);
    return program.release();
}

// The numbers of spaces that somebody fills or reads, in the order of the names in Python.
inline std::vector<Index> checked_blocks(const Program& program, std::vector<Index> blocks, size_t count) {
    require(blocks.size() == count, "the blocks");
    for (Index block : blocks)
        require(block >= 0 && block < static_cast<Index>(program.sizes.size()), "a block");
    return blocks;
}

template <typename T>
Rows<T> checked_rows(const Array<const T>& X, const Array<const T>& y, const Array<const T>& weights) {
    const Rows<T> rows{X.data(), y.data(), weights.data(), static_cast<Index>(X.shape(0)),
                       static_cast<Index>(X.shape(1)), static_cast<Index>(y.shape(1))};
    require(rows.count > 0 && static_cast<Index>(y.shape(0)) == rows.count, "the rows");
    require(static_cast<Index>(weights.size()) == rows.count, "the weights");
    return rows;
}

// Lets Python see to its signals some twenty times a second, so that Ctrl-C ends a long epoch too.
class Signals {
  public:
    void operator()() {
        if (++updates_ % 16 != 0 && !slow_) return;
        const auto now = std::chrono::steady_clock::now();
        slow_ = now - seen_ > std::chrono::milliseconds(5);
        if (now - seen_ < std::chrono::milliseconds(50)) return;
        seen_ = now;
        nb::gil_scoped_acquire held;
        if (PyErr_CheckSignals() != 0) throw nb::python_error();
    }

  private:
    std::chrono::steady_clock::time_point seen_ = std::chrono::steady_clock::now();
    uint64_t updates_ = 0;
    bool slow_ = false;
};

// A network in training; it holds all arrays that it was given.
template <typename T>
class Trainer {
  public:
    Trainer(const Program& program, Spaces<T> spaces, std::vector<Index> blocks, Array<const int64_t> masks,
            Array<const T> X, Array<const T> y, Array<const T> weights, uint64_t seed, uint64_t member,
            Index batch_size)
        : program_(program), own_(program, spaces), rows_(checked_rows<T>(X, y, weights)), batch_size_(batch_size) {
        hold(spaces, {X, y, weights});
        blocks = checked_blocks(program, blocks, 6);
        into_ = {blocks[0], blocks[1], blocks[2], blocks[3], blocks[4], blocks[5]};
        require(batch_size > 0 && batch_size <= program.capacity, "the rows of a batch");
        require(rows_.n_in * batch_size <= size(into_.X) && rows_.n_out * batch_size <= size(into_.y), "the columns");
        require(batch_size <= size(into_.share) && size(into_.loss) == 1, "the shares");
        for (size_t k = 0; k < masks.size() / 4; ++k) {
            const int64_t* row = masks.data() + 4 * k;
            fills_.push_back({row[0], row[1], row[2], row[3]});
            require(row[0] >= 0 && row[1] >= 0 && row[1] <= size(into_.tape), "a mask");
            require(row[0] <= size(into_.tape) && row[0] + row[1] * batch_size <= size(into_.tape), "a mask");
            require(row[2] >= 0 && row[2] < 65536, "a mask's share");
        }
        training_.emplace(program_, own_.memory, into_, fills_, rows_, batch_size, seed, member);
    }

    void look_at(const Program& program, Spaces<T> spaces, std::vector<Index> blocks, Array<const T> X,
                 Array<const T> y, Array<const T> share) {
        blocks = checked_blocks(program, blocks, 4);
        hold(spaces, {X, y, share});
        look_own_.emplace(program, spaces);
        look_ = Look<T>{&program, look_own_->memory, blocks[0], blocks[1], blocks[2], blocks[3],
                        checked_rows<T>(X, y, share)};
        const auto size = [&](Index block) { return program.sizes[static_cast<size_t>(block)]; };
        require(look_->rows.n_in * program.capacity == size(look_->X), "the inputs");
        require(look_->rows.n_out * program.capacity == size(look_->y), "the targets");
        require(program.capacity == size(look_->share) && size(look_->loss) == 1, "the shares");
    }

    Index epochs(Index first, Array<const double> scalars, Index patience, double least, Index best,
                 Array<double> losses, Array<double> val_losses, Spaces<T> from, Spaces<T> into) {
        const Index count = static_cast<Index>(losses.size());
        const Index updates = count * ((rows_.count + batch_size_ - 1) / batch_size_);
        require(static_cast<Index>(scalars.size()) == updates * size(into_.scalars), "the scalars");
        require(static_cast<Index>(val_losses.size()) == count && from.size() == into.size(), "the losses");
        std::vector<Copied<T>> copied;
        for (size_t k = 0; k < from.size(); ++k) {
            require(into[k].size() == from[k].size() * static_cast<size_t>(count), "the copies");
            copied.push_back({from[k].data(), static_cast<Index>(from[k].size()), into[k].data()});
        }
        const Schedule schedule{first, count, scalars.data(), losses.data(), val_losses.data()};
        nb::gil_scoped_release release;
        return training_->run(schedule, {patience, least, best}, look_ ? &*look_ : nullptr, copied, Signals());
    }

  private:
    const Program& program_;
    Workspace<T> own_;
    std::optional<Workspace<T>> look_own_;
    Rows<T> rows_;
    Index batch_size_;
    Blocks into_;
    std::vector<Mask> fills_;
    std::optional<Training<T>> training_;
    std::optional<Look<T>> look_;
    Spaces<T> written_;
    std::vector<Array<const T>> read_;

    void hold(const Spaces<T>& written, std::vector<Array<const T>> read) {
        written_.insert(written_.end(), written.begin(), written.end());
        read_.insert(read_.end(), read.begin(), read.end());
    }
    Index size(Index block) const { return program_.sizes[static_cast<size_t>(block)]; }
};

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
void offer(nb::module_& module, const char* name) {
    const auto program = nb::arg("program");
    const auto spaces = nb::arg("spaces").noconvert();
    const auto X = nb::arg("X").noconvert(), y = nb::arg("y").noconvert();
    nb::class_<Trainer<T>>(module, name)
        .def(nb::init<const Program&, Spaces<T>, std::vector<Index>, Array<const int64_t>, Array<const T>,
                      Array<const T>, Array<const T>, uint64_t, uint64_t, Index>(),
             program, spaces, nb::arg("blocks"), nb::arg("masks").noconvert(), X, y, nb::arg("weights").noconvert(),
             nb::arg("seed"), nb::arg("member"), nb::arg("batch_size"), nb::keep_alive<1, 2>())
        .def("look_at", &Trainer<T>::look_at, nb::keep_alive<1, 2>(), program, spaces, nb::arg("blocks"), X, y, nb::arg("share").noconvert())
        .def("epochs", &Trainer<T>::epochs, nb::arg("first"), nb::arg("scalars").noconvert(), nb::arg("patience"),
             nb::arg("least"), nb::arg("best"), nb::arg("losses").noconvert(), nb::arg("val_losses").noconvert(),
             nb::arg("copied").noconvert(), nb::arg("into").noconvert());
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
    offer<float>(module, "FloatTrainer");
    offer<double>(module, "DoubleTrainer");
}
