// Trains one member: epoch after epoch of shuffling, gathering, masking, and running its program.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstring>
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

struct Schedule {
    uint64_t seed, member;
    Index first_epoch, epochs, batch_size;
    const double* scalars;  // (updates, n_scalars): what the program asks for at each update
    Index n_scalars;
};

template <typename T>
class Training {
  public:
    Training(const Program& program, Memory<T>& memory, const Blocks& blocks,
             const std::vector<Mask>& masks, const Rows<T>& rows, const Schedule& schedule)
        : program_(program), memory_(memory), blocks_(blocks), masks_(masks), rows_(rows),
          schedule_(schedule), kernels_(kernels<T>()), order_(static_cast<size_t>(rows.count)) {}

    // The mean loss of each epoch, that of each batch measured before its update.
    void run(double* losses) {
        const double* scalars = schedule_.scalars;
        double whole = 0;
        for (Index row = 0; row < rows_.count; ++row) whole += static_cast<double>(rows_.weights[row]);
        for (Index done = 0; done < schedule_.epochs; ++done) {
            const uint64_t epoch = static_cast<uint64_t>(schedule_.first_epoch + done);
            shuffle(epoch);
            double total = 0;
            for (Index start = 0, batch = 0; start < rows_.count; start += schedule_.batch_size, ++batch) {
                total += update(epoch, batch, start, scalars);
                scalars += schedule_.n_scalars;
            }
            losses[done] = total / whole;
            if (!std::isfinite(losses[done])) {  // nothing better can follow
                std::fill(losses + done, losses + schedule_.epochs, losses[done]);
                return;
            }
        }
    }

  private:
    const Program& program_;
    Memory<T>& memory_;
    const Blocks& blocks_;
    const std::vector<Mask>& masks_;
    const Rows<T>& rows_;
    const Schedule& schedule_;
    const Kernels<T>& kernels_;
    std::vector<Index> order_;

    T* space(Index number) { return memory_.spaces[static_cast<size_t>(number)]; }

    // One batch: an order would change nothing but rounding.
    void shuffle(uint64_t epoch) {
        if (schedule_.batch_size >= rows_.count)
            std::iota(order_.begin(), order_.end(), 0);
        else
            shuffled(order_, schedule_.seed, schedule_.member, epoch);
    }

    // One update; returns the batch's loss times its weight.
    double update(uint64_t epoch, Index batch, Index start, const double* scalars) {
        const Index n = std::min(schedule_.batch_size, rows_.count - start);
        const Index* chosen = order_.data() + start;
        kernels_.gather(space(blocks_.X), rows_.X, chosen, n, rows_.n_in);
        kernels_.gather(space(blocks_.y), rows_.y, chosen, n, rows_.n_out);
        const double weight = share(chosen, n);
        for (Index k = 0; k < schedule_.n_scalars; ++k)
            space(blocks_.scalars)[k] = static_cast<T>(scalars[k]);
        for (const Mask& mask : masks_)
            fill_mask(space(blocks_.tape) + mask.start, n * mask.cols, mask.silent,
                      Stream(schedule_.seed, schedule_.member, DROPOUT, epoch,
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

// Runs a program that predicts over all rows, as many at once as it has room for.
template <typename T>
void predict(const Program& program, Memory<T>& memory, Index X, Index z, const T* rows, T* into,
             Index count, Index n_in, Index n_out) {
    for (Index start = 0; start < count; start += program.capacity) {
        memory.spaces[static_cast<size_t>(X)] = const_cast<T*>(rows) + start * n_in;
        memory.spaces[static_cast<size_t>(z)] = into + start * n_out;
        Runner<T>(program, memory, std::min(program.capacity, count - start)).run();
    }
}

}  // namespace helder
