#include "harness/sweep/recommend.hpp"

#include <cmath>

namespace twofifty::harness {
namespace {

using Cells = std::vector<std::optional<CellFigures>>;

/// A cell that was not finished leaves no gap: its neighbours become neighbours.
std::vector<std::uint64_t> finished(const std::vector<std::uint64_t>& line, const Cells& cells) {
    std::vector<std::uint64_t> result;
    for (const std::uint64_t cell : line)
        if (cells[cell]) result.push_back(cell);
    return result;
}

}  // namespace

double upper_end(const CellFigures& cell) {
    return share_interval(cell.bounded, cell.pairs).high;
}

bool keeps(const Expectation& bound, const CellFigures& cell) {
    if (cell.result == Result::inconclusive) return false;
    const double high = upper_end(cell);
    return bound.comparison == Comparison::less ? high < bound.value : high <= bound.value;
}

std::optional<Cliff> find_cliff(const std::vector<std::uint64_t>& line, const Cells& cells) {
    const std::vector<std::uint64_t> known = finished(line, cells);
    std::optional<Cliff> cliff;
    for (std::size_t i = 1; i < known.size(); ++i) {
        const CellFigures& before = *cells[known[i - 1]];
        const CellFigures& after = *cells[known[i]];
        const double fall = duplicated_share(before) - duplicated_share(after);
        const Interval left = duplicated_interval(before);
        const Interval right = duplicated_interval(after);
        const bool apart = left.low > right.high || right.low > left.high;
        if (!apart) continue;
        if (!cliff || std::abs(fall) > std::abs(cliff->fall))
            cliff = {known[i - 1], known[i], fall};
    }
    return cliff;
}

Recommendation recommend(const std::vector<std::uint64_t>& line, const Cells& cells,
                         const Expectation& bound) {
    const std::vector<std::uint64_t> known = finished(line, cells);
    Recommendation result;
    for (std::size_t i = 0; i < known.size(); ++i) {
        const CellFigures& cell = *cells[known[i]];
        const bool better = !result.best || upper_end(cell) < upper_end(*cells[*result.best]);
        if (cell.result != Result::inconclusive && better) result.best = known[i];
        if (!keeps(bound, cell)) {
            result.larger_exceeds = result.larger_exceeds || result.cell;
        } else if (!result.cell) {
            result.cell = known[i];
            if (i > 0) result.next_smaller = known[i - 1];
            if (i + 1 < known.size()) result.largest = known.back();
        }
    }
    return result;
}

std::vector<SweepLine> judge_lines(const Sweep& sweep, const Cells& cells) {
    std::vector<SweepLine> lines = lines_of(sweep);
    if (!sweep.timeout) return lines;
    for (SweepLine& line : lines) {
        line.cliff = find_cliff(line.cells, cells);
        if (sweep.bound) line.recommendation = recommend(line.cells, cells, *sweep.bound);
    }
    return lines;
}

}  // namespace twofifty::harness
