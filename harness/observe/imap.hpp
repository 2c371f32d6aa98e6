// Counts copies as a mail program would see them: in the INBOX of each recipient, over IMAP4rev1
// (RFC 3501). What is there has passed the server's own suppression of duplicates.
#pragma once

#include "harness/observe/observer.hpp"
#include "world/network.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace twofifty::harness {

struct ImapAccess {
    world::Endpoint server{};
    std::string user{};  ///< May hold {recipient} and {user}.
    std::string password{};
    std::string called{};  ///< How the report calls it.
};

class ImapObserver final : public Observer {
public:
    /// `network` must outlive it.
    ImapObserver(ObserverParts parts, world::Network& network, ImapAccess access);

    /// Nothing is wrong yet: it is the first look that logs in.
    std::string start() override { return {}; }
    /// A login that is refused, or a server that does not answer, is recorded once as
    /// `target_failed`: then nothing can be counted.
    world::Task<> look() override;
    const std::string& description() const override { return description_; }

private:
    struct Box {
        std::string user;
        std::uint32_t recipient = 0;
        std::uint32_t next_uid = 1;
    };

    world::Task<std::string> look_into(Box& box);

    ObserverParts parts_;
    world::Network& network_;
    ImapAccess access_;
    std::string description_;
    std::vector<Box> boxes_;
    smtp::ContentReader content_;
    bool told_ = false;
};

}  // namespace twofifty::harness
