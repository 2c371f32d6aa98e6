#include "harness/app/foreign_mail.hpp"

#include "harness/report/summarise.hpp"
#include "harness/report/timeline.hpp"
#include "harness/report/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

namespace twofifty::harness {
namespace {

/// "Message <id@host>", or its number where it has no name of its own.
std::string title_of(const Ledger& ledger, std::uint32_t number) {
    const std::optional<ForeignMessage> message = ledger.foreign_message(number);
    if (!message) return {};
    if (message->message_id.empty())
        return fmt::format("Message {} without a Message-ID, from <{}>", number, message->sender);
    return fmt::format("Message {}", message->message_id);
}

std::vector<std::uint32_t> messages_to_tell(const Judgement& judgement) {
    std::vector<std::uint32_t> messages;
    for (const PairVerdict& pair : judgement.pairs) {
        if (messages.size() == duplicates_named_most) break;
        if (pair.copies < 2 || (!messages.empty() && messages.back() == pair.message)) continue;
        messages.push_back(pair.message);
    }
    return messages.empty() ? judgement.examples : messages;
}

/// Messages that look like one: same sender, body and recipient, yet each with a Message-ID of its
/// own. Yields how many more there are than there need be, and names two of them.
struct LookAlikes {
    std::uint64_t count = 0;
    std::string first{};
    std::string second{};
};

LookAlikes look_alikes(const Ledger& ledger, const Judgement& judgement) {
    const std::vector<ForeignMessage> messages = ledger.foreign_messages();
    std::map<std::tuple<std::string_view, std::uint64_t, std::uint32_t>, const ForeignMessage*>
        seen;
    LookAlikes found;
    std::uint32_t last = 0;
    for (const PairVerdict& pair : judgement.pairs) {
        if (pair.copies == 0 || pair.message == 0 || pair.message > messages.size()) continue;
        const ForeignMessage& message = messages[pair.message - 1];
        if (message.message_id.empty()) continue;
        const auto [first, is_new] =
            seen.try_emplace({message.sender, message.digest, pair.recipient}, &message);
        if (is_new || message.number == last) continue;
        last = message.number;
        if (found.count++ > 0) continue;
        found.first = first->second->message_id;
        found.second = message.message_id;
    }
    return found;
}

}  // namespace

std::vector<Example> foreign_examples(const Ledger& ledger, const Judgement& judgement,
                                      const AddressBook& recipients) {
    std::vector<std::string> rules;
    for (const RuleFacts& rule : ledger.rules()) rules.push_back(rule.name);
    std::vector<Example> examples;
    for (const std::uint32_t message : messages_to_tell(judgement)) {
        const std::string title = title_of(ledger, message);
        const std::vector<std::string_view> causes = causes_of(judgement, message);
        examples.push_back(
            make_example(ledger.events_of(message), message, {recipients, rules, title}, causes));
    }
    return examples;
}

std::vector<std::string> foreign_assumptions(const Ledger& ledger, const Judgement& judgement) {
    std::vector<std::string> assumptions{
        "Two messages are the same where sender and Message-ID are, or, without a Message-ID, "
        "sender and whole content; a copy is what the server accepted. Pending are those that the "
        "client was not told of: it may still try again."};
    if (const LookAlikes found = look_alikes(ledger, judgement); found.count > 0)
        assumptions.push_back(fmt::format(
            "WARNING: {} accepted with the sender, recipient and body of an earlier one, but under "
            "another Message-ID (first {}, then {}). Each counts as a message of its own. A client "
            "that makes a new Message-ID for each try looks like this, and no server can suppress "
            "such duplicates.",
            counted(found.count, "message was", "messages were"), found.first, found.second));
    if (!ledger.run("foreign_full").empty())
        assumptions.emplace_back(
            "WARNING: more messages or recipients came than can be remembered; those that were new "
            "after that are not counted.");
    const auto duplicated = static_cast<std::uint64_t>(std::ranges::count_if(
        judgement.pairs, [](const PairVerdict& pair) { return pair.copies >= 2; }));
    if (duplicated > duplicates_named_most)
        assumptions.push_back(fmt::format(
            "Only the first {} of the messages that were accepted more than once are named; the "
            "view `messages` in ledger.sqlite has them all.",
            duplicates_named_most));
    return assumptions;
}

}  // namespace twofifty::harness
