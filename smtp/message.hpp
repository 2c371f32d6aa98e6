#pragma once

#include "record/outcome.hpp"
#include "record/phase.hpp"
#include "record/time.hpp"

#include <boost/system/error_code.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace twofifty::smtp {

struct Recipient {
    std::uint32_t number = 0;  ///< In the run's address book.
    std::string_view address;
};

/// One message to be handed over. The views must hold for the whole attempt; every attempt carries
/// the same bytes.
struct OutgoingMessage {
    std::uint32_t ordinal = 0;
    std::uint32_t attempt = 0;
    std::string_view sender;
    std::vector<Recipient> recipients{};
    std::string_view content;  ///< Lines end in CRLF; not stuffed.
    bool eight_bit = false;    ///< Holds bytes above 127.
};

/// How an attempt ended for one recipient.
struct RecipientResult {
    Outcome outcome = Outcome::not_sent;
    Phase phase = Phase::none;        ///< Where it ended.
    std::uint16_t code = 0;           ///< Of the deciding reply; 0: none.
    Duration waited{};                ///< For the deciding reply, or in vain.
    boost::system::error_code error;  ///< Where no reply decided.
};

}  // namespace twofifty::smtp
