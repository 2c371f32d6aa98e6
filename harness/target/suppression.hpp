#pragma once

#include "harness/scenario/receiver_settings.hpp"
#include "harness/target/recently_seen.hpp"
#include "record/text.hpp"
#include "smtp/content_reader.hpp"
#include "world/random.hpp"

#include <algorithm>
#include <string>
#include <string_view>

namespace twofifty::harness {

/// Keeps a second copy of a message out of a mailbox, as far as its headers say that it is one.
class Suppression {
public:
    explicit Suppression(const SuppressionSettings& settings)
        : with_date_(settings.with_date), seen_(settings.window) {}

    /// Whether this recipient has the message already, within the window since the copy that went
    /// in. Where not, it has it from now on. A message without a Message-ID is never suppressed.
    bool suppresses(std::string_view recipient, const smtp::ContentReader& content, TimePoint now) {
        if (content.message_id().empty()) return false;
        std::string address(recipient);
        std::ranges::transform(address, address.begin(), lower);
        // 64 bits: among ten million messages two are confused once in 300,000 runs.
        std::uint64_t key = world::fold(world::fold(1, address), content.message_id());
        if (with_date_) key = world::fold(key, content.date());
        if (seen_.find(key, now)) return true;
        seen_.touch(key, {}, now);
        return false;
    }

private:
    struct Nothing {};

    bool with_date_;
    RecentlySeen<std::uint64_t, Nothing> seen_;
};

}  // namespace twofifty::harness
