// The random numbers of training, the same as in streams.py: Philox4x64-10, whole numbers only.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "kernels.hpp"

namespace helder {

enum Purpose : uint64_t { INITIAL = 0, SHUFFLE = 1, DROPOUT = 2 };

// One stream: key (seed, member), counter (0, layer, epoch and batch, purpose).
class Stream {
  public:
    Stream(uint64_t seed, uint64_t member, Purpose purpose, uint64_t epoch, uint64_t batch,
           uint64_t layer)
        : key_{seed, member}, counter_{0, layer, epoch << 32 | batch, purpose} {}

    // The next four words; the counter goes up before each block, as NumPy's does.
    std::array<uint64_t, 4> next() {
        ++counter_[0];
        std::array<uint64_t, 4> words = counter_;
        std::array<uint64_t, 2> key = key_;
        for (int round = 0; round < 10; ++round) {
            const auto first = wide(0xD2E7470EE14C6C93ULL, words[0]);
            const auto second = wide(0xCA5A826395121157ULL, words[2]);
            words = {second[1] ^ words[1] ^ key[0], second[0], first[1] ^ words[3] ^ key[1], first[0]};
            key[0] += 0x9E3779B97F4A7C15ULL;
            key[1] += 0xBB67AE8584CAA73BULL;
        }
        return words;
    }

  private:
    std::array<uint64_t, 2> key_;
    std::array<uint64_t, 4> counter_;

    // The 128 bits of a product, the low half first.
    static std::array<uint64_t, 2> wide(uint64_t a, uint64_t b) {
#if defined(__SIZEOF_INT128__)
        __extension__ using Whole = unsigned __int128;
        const Whole product = Whole(a) * b;
        return {static_cast<uint64_t>(product), static_cast<uint64_t>(product >> 64)};
#else
        const uint64_t al = a & 0xffffffff, ah = a >> 32, bl = b & 0xffffffff, bh = b >> 32;
        const uint64_t middle = ah * bl + (al * bl >> 32);
        const uint64_t carry = (middle & 0xffffffff) + al * bh;
        return {a * b, ah * bh + (middle >> 32) + (carry >> 32)};
#endif
    }
};

// The stable order of as many 32-bit words as there are rows: four passes of a radix sort.
inline void shuffled(std::vector<Index>& order, uint64_t seed, uint64_t member, uint64_t epoch) {
    const size_t rows = order.size();
    std::vector<uint32_t> words((rows + 7) / 8 * 8), sorted(words.size());
    Stream stream(seed, member, SHUFFLE, epoch, 0, 0);
    for (size_t done = 0; done < rows;)
        for (const uint64_t word : stream.next()) {
            words[done++] = static_cast<uint32_t>(word);
            words[done++] = static_cast<uint32_t>(word >> 32);
        }
    std::vector<Index> from(rows), into(rows);
    for (size_t row = 0; row < rows; ++row) from[row] = static_cast<Index>(row);
    for (int shift = 0; shift < 32; shift += 8) {
        std::array<size_t, 257> starts{};
        for (size_t k = 0; k < rows; ++k) ++starts[(words[k] >> shift & 255) + 1];
        for (size_t digit = 0; digit < 256; ++digit) starts[digit + 1] += starts[digit];
        for (size_t k = 0; k < rows; ++k) {
            const size_t place = starts[words[k] >> shift & 255]++;
            sorted[place] = words[k];
            into[place] = from[k];
        }
        words.swap(sorted);
        from.swap(into);
    }
    order.swap(from);
}

// A dropout mask: 0 where a 16-bit word lies below `silent`, else what keeps the mean at 1.
template <typename T>
void fill_mask(T* mask, Index count, Index silent, Stream stream) {
    const T kept = static_cast<T>(65536.0 / static_cast<double>(65536 - silent));
    for (Index done = 0; done < count; done += 16) {
        const std::array<uint64_t, 4> words = stream.next();
        T block[16];
        for (size_t k = 0; k < 16; ++k)
            block[k] = static_cast<Index>(words[k / 4] >> (k % 4 * 16) & 65535) >= silent ? kept : T(0);
        std::copy(block, block + std::min<Index>(16, count - done), mask + done);
    }
}

}  // namespace helder
