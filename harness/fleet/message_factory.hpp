// Makes the messages of a run. A message is a function of its ordinal, so it need not be kept while
// it is queued, and every attempt carries the same bytes.
#pragma once

#include "harness/scenario/scenario.hpp"
#include "record/address_book.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace twofifty::harness {

struct Message {
    std::string sender;   ///< The envelope sender. Carries the token, unless all have the same.
    std::string content;  ///< Headers and body; lines end in CRLF.
    std::uint64_t body_digest = 0;
    bool eight_bit = false;
};

/// The recipients of a run: those named in the scenario, or as many generated ones as a message
/// has.
AddressBook make_address_book(const MessageSettings& settings);

/// Where a message stands in the plan: which recipients it goes to, by number.
std::vector<std::uint32_t> recipients_of(std::uint32_t ordinal, const MessageSettings& settings,
                                         const AddressBook& book);

/// Belongs to one thread.
class MessageFactory {
public:
    /// `date` is the unix time in every Date header. Reads the corpus, if there is one.
    /// Throws std::runtime_error where a corpus file cannot be read or holds no message.
    MessageFactory(const MessageSettings& settings, const AddressBook& book, std::uint64_t seed,
                   std::string run_id, std::int64_t date);

    /// `variant`: 0, or another Message-ID than that of variant 0: a defect of some senders.
    Message make(std::uint32_t ordinal, std::uint32_t variant = 0) const;

    /// The same. Some are kept: a message that is tried again and again need not be made each time.
    std::shared_ptr<const Message> get(std::uint32_t ordinal) const;

private:
    struct Template {
        std::string headers;  ///< Without Message-ID.
        std::string body;
        bool eight_bit = false;
    };
    struct Kept {
        std::uint32_t ordinal = 0;
        std::shared_ptr<const Message> message{};
    };

    static Template read_template(const std::string& path);
    std::string sender_of(std::string_view token) const;
    std::size_t drawn_size(std::uint32_t ordinal) const;
    void append_headers(Message& message, std::uint32_t ordinal, std::string_view mark,
                        std::string_view token) const;
    void append_body(std::string& to, std::uint32_t ordinal, std::string_view token,
                     std::size_t size) const;

    const MessageSettings& settings_;
    const AddressBook& book_;
    std::uint64_t seed_;
    std::string run_id_;
    std::string date_;
    std::string filler_;
    std::vector<Template> corpus_;
    mutable Kept last_;  ///< Of any size: it is handed over right after it was submitted.
    mutable std::vector<Kept> kept_;
};

}  // namespace twofifty::harness
