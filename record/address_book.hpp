#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace twofifty {

/// The recipients of a run and their numbers (from 1), so that fleet, layer, receiver and observers
/// mean the same one. Addresses are compared without regard to case: no server of today tells
/// `Bob@` from `bob@` (RFC 5321 2.4 lets it). Immutable once built, hence free to share between
/// threads.
class AddressBook {
public:
    AddressBook() = default;

    /// Numbers the addresses in their order; a repeated one keeps its first number.
    explicit AddressBook(std::span<const std::string> addresses);

    /// The number of an address; 0 where it is not in the book.
    std::uint32_t number_of(std::string_view address) const;

    /// REQUIRES: 1 <= number <= size().
    const std::string& address_of(std::uint32_t number) const;

    std::uint32_t size() const { return static_cast<std::uint32_t>(addresses_.size()); }

private:
    struct IgnoringCase {
        using is_transparent = void;
        bool operator()(std::string_view left, std::string_view right) const;
    };

    std::vector<std::string> addresses_;
    std::map<std::string, std::uint32_t, IgnoringCase> numbers_;
};

}  // namespace twofifty
