// Trains one member: epoch after epoch of shuffling, gathering, masking, and running its program.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "run.hpp"
#include "streams.hpp"

namespace helder {

// The spaces that training fills before each run, by number.
struct Blocks {
    Index X, y, share, scalars, loss, tape;
};

// One dropout: where its mask lies on the tape, and below which word a unit is silent.
struct Mask {
    Index start, cols, silent, layer;
};

template <typename T>
struct Rows {
    const T *X, *y, *weights;  // (N, n_in), (N, n_out), (N,)
    Index count, n_in, n_out;
};

// What a call trains, and where the record of each of its epochs goes.
struct Schedule {
    Index first, epochs;    // the first epoch's number, from 0, and how many there may be
    const double* scalars;  // (updates, n_scalars): what the program asks for at each update
    double *losses, *val_losses;  // (epochs,)
};

// How long to wait for a smaller loss; `Patience` in course.py has the rule.
struct Patience {
    Index epochs;
    double least;
    Index best;
};

// A pass over the held-out rows after each epoch, in prediction mode: the weighted sum of their losses.
template <typename T>
struct Look {
    const Program& program;
    Memory<T> memory;
    std::array<Window<T>, 3> windows;  // X, y, and each row's share in the mean
    Index count, loss;                 // how many rows, and the space of their loss

    double operator()() {
        double total = 0;
        const T* const part = memory.spaces[static_cast<size_t>(loss)];
        run_over(program, memory, windows, count, [&] { total += static_cast<double>(*part); });
        return total;
    }
};

// An array that is copied after each epoch, and where the copies go, one after the other.
template <typename T>
struct Copied {
    const T* from;
    Index count;
    T* into;
};

template <typename T>
class Training {
  public:
    Training(const Program& program, Memory<T> memory, const Blocks& blocks, std::vector<Mask> masks,
             const Rows<T>& rows, Index batch_size, uint64_t seed, uint64_t member)
        : program_(program), memory_(std::move(memory)), blocks_(blocks), masks_(std::move(masks)), rows_(rows),
          batch_size_(batch_size), seed_(seed), member_(member), order_(static_cast<size_t>(rows.count)) {
        require(batch_size > 0 && batch_size <= program.capacity, "the rows of a batch");
        require(rows.n_in * batch_size <= program.size(blocks.X), "the inputs");
        require(rows.n_out * batch_size <= program.size(blocks.y), "the targets");
        require(batch_size <= program.size(blocks.share) && program.size(blocks.loss) == 1, "the shares");
        const Index tape = program.size(blocks.tape);
        for (const Mask& mask : masks_) {
            require(mask.start >= 0 && mask.start <= tape && mask.cols >= 0 && mask.cols <= tape, "a mask");
            require(mask.start + mask.cols * batch_size <= tape, "a mask");
            require(mask.silent >= 0 && mask.silent < 65536, "a mask's share");
        }
        for (Index row = 0; row < rows.count; ++row) whole_ += static_cast<double>(rows.weights[row]);
    }

    // How many scalars the updates of an epoch ask for.
    Index scalars_per_epoch() const { return (rows_.count + batch_size_ - 1) / batch_size_ * n_scalars(); }

    // How many epochs were trained. `pause` is called between updates; it may throw.
    template <class Pause>
    Index run(const Schedule& schedule, Patience patience, Look<T>* look, std::vector<Copied<T>> copied, Pause pause) {
        const double* scalars = schedule.scalars;
        for (Index done = 0; done < schedule.epochs; ++done) {
            const Index number = schedule.first + done + 1;
            double total = 0;
            shuffle(static_cast<uint64_t>(number - 1));
            for (Index start = 0, batch = 0; start < rows_.count; start += batch_size_, ++batch) {
                total += update(static_cast<uint64_t>(number - 1), batch, start, scalars);
                scalars += n_scalars();
                pause();
            }
            for (Copied<T>& one : copied) one.into = std::copy(one.from, one.from + one.count, one.into);
            const double loss = schedule.losses[done] = total / whole_;
            const double val_loss = schedule.val_losses[done] = look ? (*look)() : std::nan("");
            if (!std::isfinite(loss)) return done + 1;  // nothing better can follow
            if (!look || patience.epochs < 0) continue;
            if (val_loss < patience.least)
                patience.least = val_loss, patience.best = number;
            else if (number - patience.best >= patience.epochs || !std::isfinite(val_loss))
                return done + 1;
        }
        return schedule.epochs;
    }

  private:
    const Program& program_;
    Memory<T> memory_;
    const Blocks blocks_;
    const std::vector<Mask> masks_;
    const Rows<T> rows_;
    const Index batch_size_;
    const uint64_t seed_, member_;
    std::vector<Index> order_;
    double whole_ = 0;  // the weight of all rows

    Index n_scalars() const { return program_.size(blocks_.scalars); }
    T* space(Index number) { return memory_.spaces[static_cast<size_t>(number)]; }

    // One batch: an order would change nothing but rounding.
    void shuffle(uint64_t epoch) {
        if (batch_size_ >= rows_.count)
            std::iota(order_.begin(), order_.end(), 0);
        else
            shuffled(order_, seed_, member_, epoch);
    }

    // One update; returns the batch's loss times its weight.
    double update(uint64_t epoch, Index batch, Index start, const double* scalars) {
        const Index n = std::min(batch_size_, rows_.count - start);
        const Index* chosen = order_.data() + start;
        kernels<T>().gather(space(blocks_.X), rows_.X, chosen, n, rows_.n_in);
        kernels<T>().gather(space(blocks_.y), rows_.y, chosen, n, rows_.n_out);
        const double weight = share(chosen, n);
        for (Index k = 0; k < n_scalars(); ++k)
            space(blocks_.scalars)[k] = static_cast<T>(scalars[k]);
        for (const Mask& mask : masks_)
            fill_mask(space(blocks_.tape) + mask.start, n * mask.cols, mask.silent,
                      Stream(seed_, member_, DROPOUT, epoch,
                             static_cast<uint64_t>(batch), static_cast<uint64_t>(mask.layer)));
        Runner<T>(program_, memory_, n).run();
        return static_cast<double>(*space(blocks_.loss)) * weight;
    }

    // Each row's part in the mean loss, and the weight of them all.
    double share(const Index* chosen, Index n) {
        T total = 0;
        for (Index k = 0; k < n; ++k) total += rows_.weights[chosen[k]];
        const T whole = std::max(total, std::numeric_limits<T>::min());
        for (Index k = 0; k < n; ++k) space(blocks_.share)[k] = rows_.weights[chosen[k]] / whole;
        return static_cast<double>(total);
    }
};

}  // namespace helder
