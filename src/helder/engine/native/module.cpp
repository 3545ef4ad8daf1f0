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

void make_program(Program* self, Array<const int64_t> steps, Array<const int64_t> operands,
                  Array<const double> values, std::vector<Index> sizes, Index capacity) {
    require(steps.ndim() == 2 && steps.shape(1) == 9, "the table of steps");
    require(operands.ndim() == 2 && operands.shape(1) == 9, "the table of operands");
    require(values.size() == operands.shape(0), "the table of values");
    Program program;
    program.sizes = std::move(sizes);
    program.capacity = capacity;
    for (size_t k = 0; k < operands.shape(0); ++k) {
        const int64_t* row = operands.data() + 9 * k;
        program.operands.push_back(
            {row[0] != 0, values.data()[k], row[1], row[2], row[3], row[4], row[5] != 0, row[6], row[7], row[8]});
    }
    for (size_t k = 0; k < steps.shape(0); ++k) {
        const int64_t* row = steps.data() + 9 * k;
        program.steps.push_back({row[0], row[1], row[2], row[3], row[4], row[5], row[6], row[7], row[8]});
    }
    plan(program);
    new (self) Program(std::move(program));
}

// Memory to run a program in these spaces.
template <typename T>
Memory<T> memory_of(const Program& program, const Spaces<T>& spaces) {
    require(spaces.size() == program.sizes.size(), "the number of its spaces");
    std::vector<T*> places;
    for (size_t k = 0; k < spaces.size(); ++k) {
        require(static_cast<Index>(spaces[k].size()) >= program.sizes[k], "the size of a space");
        places.push_back(spaces[k].data());
    }
    return Memory<T>(program, std::move(places));
}

// The numbers of spaces that somebody fills or reads, in the order of the names in Python.
const std::vector<Index>& checked_blocks(const Program& program, const std::vector<Index>& blocks, size_t count) {
    require(blocks.size() == count, "the blocks");
    for (Index block : blocks)
        require(block >= 0 && block < static_cast<Index>(program.sizes.size()), "a block");
    return blocks;
}

template <typename T>
Rows<T> checked_rows(const Array<const T>& X, const Array<const T>& y, const Array<const T>& weights) {
    require(X.ndim() == 2 && y.ndim() == 2 && X.shape(0) > 0 && y.shape(0) == X.shape(0), "the rows");
    require(weights.size() == X.shape(0), "the weights");
    return {X.data(), y.data(), weights.data(), static_cast<Index>(X.shape(0)), static_cast<Index>(X.shape(1)),
            static_cast<Index>(y.shape(1))};
}

// Rows that a program sees through one of its spaces: of a smaller batch it must use no more than those.
template <typename T>
Window<T> window(const Program& program, Index space, const T* rows, Index cols) {
    const Index size = program.size(space);
    require(size % program.capacity == 0 && size / program.capacity == cols, "the columns");
    require(program.widths[static_cast<size_t>(space)] <= cols, "the rows of a smaller batch");
    return {space, const_cast<T*>(rows), cols};
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
    Trainer(const Program& program, Spaces<T> spaces, const std::vector<Index>& blocks, Array<const int64_t> masks,
            Array<const T> X, Array<const T> y, Array<const T> weights, uint64_t seed, uint64_t member,
            Index batch_size)
        : training_(program, memory_of(program, spaces), blocks_of(checked_blocks(program, blocks, 6)),
                    masks_of(masks), checked_rows<T>(X, y, weights), batch_size, seed, member),
          written_{spaces}, read_{X, y, weights} {}

    void look_at(const Program& program, Spaces<T> spaces, const std::vector<Index>& blocks, Array<const T> X,
                 Array<const T> y, Array<const T> share) {
        const std::vector<Index>& at = checked_blocks(program, blocks, 4);
        const Rows<T> rows = checked_rows<T>(X, y, share);
        require(program.size(at[3]) == 1, "the loss");
        const std::array<Window<T>, 3> windows{window(program, at[0], rows.X, rows.n_in),
                                               window(program, at[1], rows.y, rows.n_out),
                                               window(program, at[2], rows.weights, 1)};
        look_.emplace(Look<T>{program, memory_of(program, spaces), windows, rows.count, at[3]});
        written_.push_back(spaces);
        read_.insert(read_.end(), {X, y, share});
    }

    Index epochs(Index first, Array<const double> scalars, Index patience, double least, Index best,
                 Array<double> losses, Array<double> val_losses, Spaces<T> from, Spaces<T> into) {
        const size_t count = losses.size();
        require(scalars.size() == count * static_cast<size_t>(training_.scalars_per_epoch()), "the scalars");
        require(val_losses.size() == count && from.size() == into.size(), "the losses");
        std::vector<Copied<T>> copied;
        for (size_t k = 0; k < from.size(); ++k) {
            require(into[k].size() == from[k].size() * count, "the copies");
            copied.push_back({from[k].data(), static_cast<Index>(from[k].size()), into[k].data()});
        }
        const Schedule schedule{first, static_cast<Index>(count), scalars.data(), losses.data(), val_losses.data()};
        nb::gil_scoped_release release;
        return training_.run(schedule, {patience, least, best}, look_ ? &*look_ : nullptr, copied, Signals());
    }

  private:
    Training<T> training_;
    std::optional<Look<T>> look_;
    std::vector<Spaces<T>> written_;
    std::vector<Array<const T>> read_;

    static Blocks blocks_of(const std::vector<Index>& at) { return {at[0], at[1], at[2], at[3], at[4], at[5]}; }

    static std::vector<Mask> masks_of(const Array<const int64_t>& masks) {
        require(masks.ndim() == 2 && masks.shape(1) == 4, "the table of masks");
        std::vector<Mask> made;
        for (const int64_t* row = masks.data(); made.size() < masks.shape(0); row += 4)
            made.push_back({row[0], row[1], row[2], row[3]});
        return made;
    }
};

template <typename T>
void predict(const Program& program, Spaces<T> spaces, Index X, Index z, Array<const T> rows, Array<T> into) {
    checked_blocks(program, {X, z}, 2);
    require(rows.ndim() == 2 && into.ndim() == 2 && into.shape(0) == rows.shape(0), "the rows");
    const std::array<Window<T>, 2> windows{window<T>(program, X, rows.data(), static_cast<Index>(rows.shape(1))),
                                           window<T>(program, z, into.data(), static_cast<Index>(into.shape(1)))};
    Memory<T> memory = memory_of(program, spaces);
    nb::gil_scoped_release release;
    run_over(program, memory, windows, static_cast<Index>(rows.shape(0)), [] {});
}

// One pass over what the spaces hold already: for tests, and for whoever looks at a single step.
template <typename T>
void run_once(const Program& program, Spaces<T> spaces, Index rows) {
    require(rows >= 0 && rows <= program.capacity, "the rows of a batch");
    Memory<T> memory = memory_of(program, spaces);
    nb::gil_scoped_release release;
    Runner<T>(program, memory, rows).run();
}

// The functions for one type of number; no array is converted, as results would go into the copy.
template <typename T>
void offer(nb::module_& module, const char* name) {
    const auto as_it_is = [](const char* array) { return nb::arg(array).noconvert(); };
    const auto program = nb::arg("program"), spaces = as_it_is("spaces"), blocks = nb::arg("blocks");
    const auto X = as_it_is("X"), y = as_it_is("y");
    nb::class_<Trainer<T>>(module, name)
        .def(nb::init<const Program&, Spaces<T>, const std::vector<Index>&, Array<const int64_t>, Array<const T>,
                      Array<const T>, Array<const T>, uint64_t, uint64_t, Index>(),
             program, spaces, blocks, as_it_is("masks"), X, y, as_it_is("weights"), nb::arg("seed"), nb::arg("member"),
             nb::arg("batch_size"), nb::keep_alive<1, 2>())
        .def("look_at", &Trainer<T>::look_at, program, spaces, blocks, X, y, as_it_is("share"), nb::keep_alive<1, 2>())
        .def("epochs", &Trainer<T>::epochs, nb::arg("first"), as_it_is("scalars"), nb::arg("patience"),
             nb::arg("least"), nb::arg("best"), as_it_is("losses"), as_it_is("val_losses"), as_it_is("copied"),
             as_it_is("into"));
    module.def("predict", &predict<T>, program, spaces, nb::arg("X"), nb::arg("z"), as_it_is("rows"), as_it_is("into"));
    module.def("run", &run_once<T>, program, spaces, nb::arg("rows"));
}

NB_MODULE(_native, module) {
    module.attr("instruction_set") = kernels<float>().name;
    nb::class_<Program>(module, "Program").def("__init__", &make_program);
    offer<float>(module, "FloatTrainer");
    offer<double>(module, "DoubleTrainer");
}
