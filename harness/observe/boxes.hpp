// Which mailboxes a pattern stands for: one, or one for each recipient.
#pragma once

#include "record/address_book.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace twofifty::harness {

struct BoxPlace {
    std::string name{};           ///< The pattern, filled in.
    std::uint32_t recipient = 0;  ///< 0: it holds several recipients'.
};

/// Addresses that differ in their domain only may share a box named after the user.
std::vector<BoxPlace> boxes_of(const std::string& pattern, const AddressBook& recipients);

}  // namespace twofifty::harness
