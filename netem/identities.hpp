// Whose mail passes the layer: how a message, and a recipient, get their numbers.
#pragma once

#include "record/address_book.hpp"
#include "record/token.hpp"
#include "smtp/content_reader.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace twofifty::netem {

class Identities {
public:
    virtual ~Identities() = default;

    /// The ordinal that an envelope sender names; 0 where it names none.
    virtual std::uint32_t message_of_sender(std::string_view sender) = 0;

    /// Whether messages are known by what they contain. Then the layer reads contents.
    virtual bool reads_content() const { return false; }
    /// The ordinal of the message with this envelope sender and content, given to it at its first
    /// sight; 0 where no more can be remembered.
    virtual std::uint32_t message_of_content(std::string_view /*sender*/,
                                             const smtp::ContentReader& /*content*/) {
        return 0;
    }

    /// The number of a recipient; 0 where it has none.
    virtual std::uint32_t recipient(std::string_view address) = 0;

    /// Counts one more attempt of a message, and returns its number. Whoever shares identities
    /// shares the count: a message that is tried at one proxy and then at another was tried twice.
    std::uint32_t count_attempt(std::uint32_t message) {
        if (message >= attempts_.size())
            attempts_.resize(std::max<std::size_t>(message + 1, attempts_.size() * 2));
        return ++attempts_[message];
    }

private:
    std::vector<std::uint32_t> attempts_;  ///< By message.
};

/// The fleet's own mail: the token in MAIL FROM names the message, the address book the recipients.
class FleetIdentities final : public Identities {
public:
    /// The address book must outlive it.
    FleetIdentities(std::string run_id, const AddressBook& recipients)
        : run_id_(std::move(run_id)), recipients_(recipients) {}

    std::uint32_t message_of_sender(std::string_view sender) override {
        return ordinal_of_sender(sender, run_id_);
    }
    std::uint32_t recipient(std::string_view address) override {
        return recipients_.number_of(address);
    }

private:
    std::string run_id_;
    const AddressBook& recipients_;
};

}  // namespace twofifty::netem
