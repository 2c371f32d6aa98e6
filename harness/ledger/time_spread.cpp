#include "harness/ledger/time_spread.hpp"

#include <algorithm>
#include <bit>

namespace twofifty::harness {

namespace {

// Every octave is cut into 128 bins of equal width, and the middle of a bin stands for it: wrong
// by at most half a bin, 1/256 of the value. Below 256 a bin is one nanosecond.
constexpr int bits_kept = 7;

std::size_t bin_of(std::uint64_t value) {
    const int shift = std::max(0, static_cast<int>(std::bit_width(value)) - (bits_kept + 1));
    return (static_cast<std::size_t>(shift) << bits_kept) +
           static_cast<std::size_t>(value >> shift);
}

std::uint64_t middle_of(std::size_t bin) {
    if (bin < (2U << bits_kept)) return bin;
    const std::size_t shift = (bin >> bits_kept) - 1;
    const std::uint64_t mantissa = bin - (shift << bits_kept);
    return (mantissa << shift) + (std::uint64_t{1} << shift) / 2;
}

/// The rank of a percentile: the least whole number that is at least percent/100 of the count.
std::uint64_t rank_of(std::uint64_t percent, std::uint64_t count) {
    return (count / 100) * percent + ((count % 100) * percent + 99) / 100;
}

}  // namespace

void TimeSpreadRecorder::add(Duration value, std::uint64_t times) {
    if (times == 0) return;
    const auto bits = static_cast<std::uint64_t>(std::max<std::int64_t>(0, value.count()));
    const std::size_t bin = bin_of(bits);
    if (bin >= bins_.size()) bins_.resize(bin + 1);
    bins_[bin] += times;
    count_ += times;
    max_ = std::max(max_, bits);
}

Duration TimeSpreadRecorder::percentile(std::uint64_t rank) const {
    if (rank == count_) return Duration{static_cast<std::int64_t>(max_)};
    std::uint64_t seen = 0;
    for (std::size_t bin = 0; bin < bins_.size(); ++bin) {
        seen += bins_[bin];
        if (seen >= rank) {
            return Duration{static_cast<std::int64_t>(std::min(middle_of(bin), max_))};
        }
    }
    return Duration{static_cast<std::int64_t>(max_)};
}

TimeSpread TimeSpreadRecorder::spread() const {
    TimeSpread spread{.count = count_, .censored = censored_};
    if (count_ == 0) return spread;
    spread.p50 = percentile(rank_of(50, count_));
    spread.p90 = percentile(rank_of(90, count_));
    spread.p99 = percentile(rank_of(99, count_));
    spread.max = Duration{static_cast<std::int64_t>(max_)};
    return spread;
}

TimeHistogram TimeSpreadRecorder::histogram() const {
    TimeHistogram histogram;
    for (std::size_t bin = 0; bin < bins_.size(); ++bin) {
        if (bins_[bin] == 0) continue;
        histogram.push_back({Duration{static_cast<std::int64_t>(middle_of(bin))}, bins_[bin]});
    }
    return histogram;
}

}  // namespace twofifty::harness
