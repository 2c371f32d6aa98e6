#include "netem/foreign_identities.hpp"

#include "record/content_digest.hpp"
#include "world/random.hpp"

#include <utility>

namespace twofifty::netem {
namespace {

std::string lower_case(std::string_view text) {
    std::string result(text);
    for (char& c : result)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return result;
}

/// A Message-ID and a digest must not be taken for each other, hence the word in front.
std::uint64_t key_of(std::string_view sender, const smtp::ContentReader& content) {
    const std::uint64_t of_sender = content_digest(sender);
    if (content.message_id().empty())
        return world::fold(world::fold(of_sender, "content"), content.whole_digest());
    return world::fold(world::fold(of_sender, "message-id"), content_digest(content.message_id()));
}

}  // namespace

std::uint32_t ForeignIdentities::message_of_content(std::string_view sender,
                                                    const smtp::ContentReader& content) {
    const std::uint64_t key = key_of(sender, content);
    const auto known = messages_.find(key);
    if (known != messages_.end()) return known->second;
    if (messages_.size() >= most_) {
        tell_full();
        return 0;
    }
    const auto number = static_cast<std::uint32_t>(messages_.size() + 1);
    messages_.emplace(key, number);
    newcomers_.message({number, std::string(sender), content.message_id(), content.body_digest()});
    return number;
}

std::uint32_t ForeignIdentities::recipient(std::string_view address) {
    if (address.empty()) return 0;
    const std::uint64_t key = content_digest(lower_case(address));
    const auto known = recipients_.find(key);
    if (known != recipients_.end()) return known->second;
    if (recipients_.size() >= most_) {
        tell_full();
        return 0;
    }
    const auto number = static_cast<std::uint32_t>(recipients_.size() + 1);
    recipients_.emplace(key, number);
    newcomers_.recipient(number, address);
    return number;
}

void ForeignIdentities::tell_full() {
    if (!std::exchange(told_full_, true)) newcomers_.full();
}

}  // namespace twofifty::netem
