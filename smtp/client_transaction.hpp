#pragma once

#include "smtp/client_session.hpp"

#include <algorithm>
#include <vector>

namespace twofifty::smtp {

/// A message on its way through one transaction, and what has been decided for each recipient.
struct ClientSession::Transaction {
    explicit Transaction(const OutgoingMessage& outgoing)
        : message(outgoing), results(outgoing.recipients.size()) {}

    /// Decides every recipient that is still open.
    void decide_open(const RecipientResult& result) {
        for (RecipientResult& open : results)
            if (open.phase == Phase::none) open = result;
    }

    std::size_t open_count() const {
        return static_cast<std::size_t>(std::count_if(
            results.begin(), results.end(),
            [](const RecipientResult& result) { return result.phase == Phase::none; }));
    }

    const OutgoingMessage& message;
    std::vector<RecipientResult> results;  ///< Phase::none: not decided yet.
};

}  // namespace twofifty::smtp
