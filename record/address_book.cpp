#include "record/address_book.hpp"

#include "record/check.hpp"
#include "record/text.hpp"

#include <algorithm>

namespace twofifty {
bool AddressBook::IgnoringCase::operator()(std::string_view left, std::string_view right) const {
    const auto [in_left, in_right] =
        std::mismatch(left.begin(), left.end(), right.begin(), right.end(),
                      [](char a, char b) { return a == b || lower(a) == lower(b); });
    if (in_right == right.end()) return false;
    return in_left == left.end() || lower(*in_left) < lower(*in_right);
}

AddressBook::AddressBook(std::span<const std::string> addresses) {
    for (const std::string& address : addresses) {
        const auto [entry, added] = numbers_.try_emplace(address, size() + 1);
        if (added) addresses_.push_back(address);
    }
}

std::uint32_t AddressBook::number_of(std::string_view address) const {
    const auto entry = numbers_.find(address);
    return entry == numbers_.end() ? 0 : entry->second;
}

const std::string& AddressBook::address_of(std::uint32_t number) const {
    TF_CHECK(number >= 1 && number <= size());
    return addresses_[number - 1];
}

}  // namespace twofifty
