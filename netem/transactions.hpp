// The transactions of one connection as the layer accounts for them: which message each carries,
// which attempt it is, and, where messages are known by their content, what the client learnt.
#pragma once

#include "netem/identities.hpp"
#include "netem/proxy.hpp"
#include "smtp/dialogue.hpp"
#include "smtp/dot_stuffing.hpp"
#include "smtp/reply.hpp"
#include "world/block_pool.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace twofifty::netem {

/// One transaction on its way.
struct Transaction {
    std::uint32_t number = 0;  ///< On its connection, from 1.
    std::uint32_t message = 0;
    std::uint32_t attempt = 0;  ///< 0: not counted yet.
    std::uint64_t size = 0;     ///< Of the content, in bytes as they passed.
    bool chunked = false;       ///< The content came as BDAT.
    TimePoint began{};
    TimePoint content_began{};
    TimePoint end_of_data{};
    bool ended = false;  ///< The end of data was given to the server.
    /// With identities that read content.
    struct Content {
        smtp::Unstuffer unstuffer;
        smtp::ContentReader reader;
    };
    std::unique_ptr<Content> content{};
    std::vector<std::uint32_t> introduced{};  ///< Recipients whose attempt was recorded.
    std::vector<std::uint32_t> undecided{};   ///< Of them, those whose end was not.
};

/// Why an attempt ended where nobody but the client knows when it gave up waiting.
inline constexpr const char* patience_unseen = "unseen";

class Transactions {
public:
    Transactions(const ProxyContext& context, std::uint32_t connection);

    /// The transaction with this number, made where there is none; 0 is none and yields one that
    /// is nobody's. The reference holds until the next call.
    Transaction& get(std::uint32_t number);
    /// Null where there is none.
    const Transaction* find(std::uint32_t number) const;

    /// The client's content, piece by piece; `chunked`: as BDAT, without dots.
    void add_content(Transaction& transaction, std::string_view bytes, bool chunked);
    /// The end of data goes to the server now. Where messages are known by their content, the
    /// message is known from here on. `recipients`: those accepted so far; empty where the replies
    /// of this transaction have not come yet, as when BDAT is pipelined.
    void end_content(Transaction& transaction, std::string_view sender,
                     const std::vector<std::string>& recipients);

    /// The server answered MAIL: the attempt of a message that its sender names is counted.
    void on_mail(Transaction& transaction, std::string_view sender);
    /// The server answered the end of data; what it accepted is recorded.
    void on_data_done(Transaction& transaction, const smtp::Reply& reply,
                      const std::vector<std::string>& recipients, std::string_view recipient);
    /// The client was given this reply (or, where empty, never will be) to its end of data.
    void on_told(Transaction& transaction, std::string_view recipient, std::string_view reply,
                 bool cut);
    /// The client has gone: what it does not know it never will. `why` is an error's name; of a
    /// client that left by itself it is timed_out, since it has lost its patience, or
    /// patience_unseen.
    void on_client_gone(const char* why);
    /// Nothing more will be asked about transactions before this one.
    void forget_before(std::uint32_t number);

private:
    void introduce(Transaction& transaction, const std::vector<std::string>& recipients);
    void note_begin(const Transaction& transaction);
    void end_attempt(Transaction& transaction, std::uint32_t recipient, std::uint16_t code,
                     const char* why);
    Event event(EventKind kind, const Transaction& transaction) const;

    ProxyContext context_;
    std::uint32_t connection_;
    std::vector<Transaction, world::block_pool::Allocator<Transaction>> open_;
    Transaction nobodys_;
    const char* client_gone_ = nullptr;  ///< Why; null while it is there.
};

}  // namespace twofifty::netem
