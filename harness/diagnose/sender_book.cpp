#include "harness/diagnose/sender_book.hpp"

#include "harness/diagnose/span_text.hpp"
#include "record/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace twofifty::harness {
namespace {

constexpr std::string_view never_gave_up = "never gave up waiting";

void widen(SenderKind& kind, const std::optional<Duration>& least,
           const std::optional<Duration>& most) {
    if (!least) return;
    kind.timer_least = std::min(kind.timer_least.value_or(*least), *least);
    kind.timer_most = std::max(kind.timer_most.value_or(*most), *most);
}

}  // namespace

std::string group_of(const std::string& sender) {
    std::size_t end = sender.size();
    while (end > 0 && is_digit(sender[end - 1])) --end;
    if (end == sender.size() || end < 2) return sender;
    const char separator = sender[end - 1];
    if (separator != '-' && separator != ' ' && separator != '#' && separator != '_') return sender;
    return sender.substr(0, end - 1);
}

void SenderBook::pair(std::uint16_t sender, bool duplicated) {
    Share& share = senders_[sender].duplicated;
    ++share.whole;
    share.part += duplicated ? 1 : 0;
}

void SenderBook::answered(std::uint16_t sender, Duration waited) {
    Sums& sums = senders_[sender];
    sums.longest_answered = std::max(sums.longest_answered, waited);
}

void SenderBook::gave_up(std::uint16_t sender, Duration waited) {
    Sums& sums = senders_[sender];
    ++sums.given_up;
    sums.timer_least = std::min(sums.timer_least.value_or(waited), waited);
    sums.timer_most = std::max(sums.timer_most.value_or(waited), waited);
}

std::optional<Duration> SenderBook::shortest_timer() const {
    std::optional<Duration> shortest;
    for (const auto& [sender, sums] : senders_)
        if (sums.timer_least)
            shortest = std::min(shortest.value_or(*sums.timer_least), *sums.timer_least);
    return shortest;
}

std::optional<ChiSquare> SenderBook::test_senders() const {
    std::vector<Share> shares;
    for (const auto& [sender, sums] : senders_) shares.push_back(sums.duplicated);
    return test_one_share(shares);
}

SenderBook::Members SenderBook::members(const std::vector<std::string>& names) const {
    Members members;
    for (const auto& [sender, sums] : senders_) {
        std::string kind;
        if (sender >= 1 && sender <= names.size()) {
            kind = group_of(names[sender - 1]);
        } else if (sums.timer_most) {
            kind = fmt::format("gave up after {}", rough_span(*sums.timer_most));
        } else {
            kind = never_gave_up;
        }
        members[kind].push_back(&sums);
    }
    return members;
}

std::vector<SenderKind> SenderBook::kinds(const std::vector<std::string>& names) const {
    std::vector<SenderKind> kinds;
    for (const auto& [name, members] : members(names)) {
        SenderKind& kind = kinds.emplace_back();
        kind.name = name;
        kind.senders = members.size();
        for (const Sums* const sums : members) {
            kind.duplicated.part += sums->duplicated.part;
            kind.duplicated.whole += sums->duplicated.whole;
            kind.given_up += sums->given_up;
            kind.longest_answered = std::max(kind.longest_answered, sums->longest_answered);
            widen(kind, sums->timer_least, sums->timer_most);
        }
    }
    std::stable_sort(kinds.begin(), kinds.end(), [](const auto& left, const auto& right) {
        return left.duplicated.value() > right.duplicated.value();
    });
    return kinds;
}

std::optional<ChiSquare> SenderBook::test_within_kinds(
    const std::vector<std::string>& names) const {
    std::optional<ChiSquare> sum;
    for (const auto& [name, members] : members(names)) {
        // Those that never gave up may have any timer: they are no kind.
        if (name == never_gave_up) continue;
        std::vector<Share> shares;
        for (const Sums* const sums : members) shares.push_back(sums->duplicated);
        const std::optional<ChiSquare> test = test_one_share(shares);
        if (!test) continue;
        if (!sum) sum = ChiSquare{};
        sum->value += test->value;
        sum->degrees += test->degrees;
    }
    return sum;
}

}  // namespace twofifty::harness
