// Many short lists in little memory: the records of all lists stand in one pool in the order of
// their arrival, each list threads its own through it. A list of one record costs no allocation,
// and nothing is ever moved.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace twofifty::harness {

/// One list of a Pool: where it begins and ends.
struct Chain {
    static constexpr std::uint32_t end = std::numeric_limits<std::uint32_t>::max();
    std::uint32_t head = end;
    std::uint32_t tail = end;

    bool empty() const { return head == end; }
};

/// At most 2^32 - 1 records.
template <class Record>
class Pool {
public:
    /// The reference stays valid.
    Record& append(Chain& chain, const Record& record) {
        if (blocks_.empty() || blocks_.back().size() == block_size) {
            blocks_.emplace_back();
            blocks_.back().reserve(block_size);
        }
        const auto place =
            static_cast<std::uint32_t>((blocks_.size() - 1) * block_size + blocks_.back().size());
        blocks_.back().push_back({record, Chain::end});
        if (chain.empty()) {
            chain.head = place;
        } else {
            node(chain.tail).next = place;
        }
        chain.tail = place;
        return blocks_.back().back().record;
    }

    /// The last record of the chain for which `fits` holds, or null.
    template <class Fits>
    Record* find_last(const Chain& chain, const Fits& fits) {
        if (chain.empty()) return nullptr;
        // Most lists have one record, and most questions are about the newest.
        if (fits(node(chain.tail).record)) return &node(chain.tail).record;
        Record* found = nullptr;
        for (std::uint32_t i = chain.head; i != Chain::end; i = node(i).next) {
            if (fits(node(i).record)) found = &node(i).record;
        }
        return found;
    }

    template <class Visit>
    void for_each(const Chain& chain, const Visit& visit) const {
        for (std::uint32_t i = chain.head; i != Chain::end; i = node(i).next) {
            visit(node(i).record);
        }
    }

    /// The records of a chain, in the order of their arrival. Replaces what `records` held.
    void collect(const Chain& chain, std::vector<Record>& records) const {
        records.clear();
        for_each(chain, [&](const Record& record) { records.push_back(record); });
    }

private:
    struct Node {
        Record record;
        std::uint32_t next;
    };
    static constexpr std::size_t block_size = 256;

    Node& node(std::uint32_t place) { return blocks_[place / block_size][place % block_size]; }
    const Node& node(std::uint32_t place) const {
        return blocks_[place / block_size][place % block_size];
    }

    std::vector<std::vector<Node>> blocks_;  ///< Each full but the last one; none ever grows.
};

}  // namespace twofifty::harness
