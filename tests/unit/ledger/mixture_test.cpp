// Planted faults in random mixtures: the judge must find exactly what was planted, among clean
// messages, all of them interleaved in time.
#include "harness/ledger/judge.hpp"

#include "tests/unit/ledger/events.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <random>

namespace twofifty::harness {
namespace {

/// One kind of message way, and what it adds to the counts.
struct Plant {
    Mail (*grow)(std::uint32_t message, std::uint32_t recipient, TimePoint start);
    Counts adds;
};

Mail begun(std::uint32_t message, std::uint32_t recipient, TimePoint start) {
    return Mail(message, recipient, start).submitted().attempt().accepted_by_receiver();
}

Mail& finished(Mail& mail) {
    return mail.attempt().accepted_by_receiver().delivered().acknowledged();
}

Counts single(Verdict verdict, SenderEnd end, std::uint32_t copies, std::uint64_t transactions) {
    return {.recipients = 1,
            .attempts = 1,
            .copies = copies,
            .transactions_accepted = transactions,
            .verdicts = {{verdict, 1}},
            .sender_ends = {{end, 1}},
            .copies_histogram = {{copies, 1}}};
}

Counts repeated(TriggerTally causes, std::uint32_t copies) {
    return {.recipients = 1,
            .attempts = copies,
            .copies = copies,
            .wire_duplicated = 1,
            .extra_copies = copies - 1,
            .transactions_accepted = copies,
            .verdicts = {{Verdict::duplicated, 1}},
            .sender_ends = {{SenderEnd::acknowledged, 1}},
            .causes = causes,
            .routes = {{Route::same_host, copies - 1}},
            .copies_histogram = {{copies, 1}}};
}

Counts multiplied(Trigger trigger) {
    Counts counts = repeated({{trigger, 1}}, 2);
    counts.attempts = 1;
    counts.transactions_accepted = 1;
    counts.wire_duplicated = 0;
    return counts;
}

const std::vector<Plant>& plants() {
    static const std::vector<Plant> all{
        {[](std::uint32_t message, std::uint32_t recipient, TimePoint start) {
             return begun(message, recipient, start).delivered().acknowledged();
         },
         single(Verdict::once, SenderEnd::acknowledged, 1, 1)},
        {[](std::uint32_t message, std::uint32_t recipient, TimePoint start) {
             return begun(message, recipient, start).acknowledged();
         },
         single(Verdict::lost, SenderEnd::acknowledged, 0, 1)},
        {[](std::uint32_t message, std::uint32_t recipient, TimePoint start) {
             return begun(message, recipient, start)
                 .fault("drop")
                 .delivered()
                 .timed_out()
                 .gave_up();
         },
         single(Verdict::ghost, SenderEnd::gave_up, 1, 1)},
        {[](std::uint32_t message, std::uint32_t recipient, TimePoint start) {
             return Mail(message, recipient, start)
                 .submitted()
                 .attempt()
                 .refused_for_good()
                 .gave_up();
         },
         single(Verdict::failed, SenderEnd::gave_up, 0, 0)},
        {[](std::uint32_t message, std::uint32_t recipient, TimePoint start) {
             return Mail(message, recipient, start).submitted().attempt().refused();
         },
         single(Verdict::pending, SenderEnd::pending, 0, 0)},
        {[](std::uint32_t message, std::uint32_t recipient, TimePoint start) {
             return begun(message, recipient, start).delivered_damaged().acknowledged();
         },
         single(Verdict::corrupted, SenderEnd::acknowledged, 1, 1)},
        {[](std::uint32_t message, std::uint32_t recipient, TimePoint start) {
             Mail mail = begun(message, recipient, start).fault("drop").delivered().timed_out();
             return finished(mail);
         },
         repeated({{Trigger::reply_dropped, 1}}, 2)},
        {[](std::uint32_t message, std::uint32_t recipient, TimePoint start) {
             Mail mail = begun(message, recipient, start).fault("delay", 5s).delivered();
             mail.timed_out().attempt().accepted_by_receiver().fault("cut").delivered();
             return finished(mail.connection_lost());
         },
         repeated({{Trigger::reply_late_network, 1}, {Trigger::connection_cut, 1}}, 3)},
        {[](std::uint32_t message, std::uint32_t recipient, TimePoint start) {
             Mail mail(message, recipient, start);
             mail.submitted().attempt().accepted_by_receiver(4s).delivered().timed_out(2s);
             return finished(mail);
         },
         repeated({{Trigger::reply_late_server, 1}}, 2)},
        {[](std::uint32_t message, std::uint32_t recipient, TimePoint start) {
             Mail mail = begun(message, recipient, start).fault("replace").delivered().refused();
             mail.attempt().accepted_by_receiver().fault("swallow").delivered().refused();
             return finished(mail);
         },
         repeated({{Trigger::reply_replaced, 1}, {Trigger::reply_misread, 1}}, 3)},
        {[](std::uint32_t message, std::uint32_t recipient, TimePoint start) {
             Mail mail = begun(message, recipient, start).delivered().connection_lost();
             return finished(mail);
         },
         repeated({{Trigger::receiver_died, 1}}, 2)},
        {[](std::uint32_t message, std::uint32_t recipient, TimePoint start) {
             return begun(message, recipient, start).delivered().delivered().acknowledged();
         },
         multiplied(Trigger::receiver_itself)},
        {[](std::uint32_t message, std::uint32_t recipient, TimePoint start) {
             return begun(message, recipient, start).delivered(1).delivered(2).acknowledged();
         },
         multiplied(Trigger::loop)},
    };
    return all;
}

template <class Sum>
void add_each(Sum& to, const Sum& from, std::size_t values) {
    for (std::size_t i = 0; i < values; ++i) {
        const auto value = static_cast<typename Sum::Value>(i);
        to[value] += from[value];
    }
}

void add(Counts& to, const Counts& from) {
    to.recipients += from.recipients;
    to.attempts += from.attempts;
    to.copies += from.copies;
    to.wire_duplicated += from.wire_duplicated;
    to.extra_copies += from.extra_copies;
    to.transactions_accepted += from.transactions_accepted;
    add_each(to.verdicts, from.verdicts, verdict_names.size());
    add_each(to.sender_ends, from.sender_ends, sender_end_names.size());
    add_each(to.causes, from.causes, trigger_names.size());
    add_each(to.routes, from.routes, route_names.size());
    for (const auto& [copies, pairs] : from.copies_histogram) to.copies_histogram[copies] += pairs;
}

struct Mixture {
    std::vector<Event> events;
    Counts planted;
};

/// A hundred messages of up to three recipients; half of the pairs are clean.
Mixture mixture(std::uint32_t seed) {
    std::mt19937 random(seed);
    const auto below = [&](std::size_t bound) {
        return static_cast<std::size_t>(random()) % bound;
    };
    Mixture mixture;
    std::vector<Mail> mails;
    for (std::uint32_t message = 1; message <= 100; ++message) {
        ++mixture.planted.messages;
        const auto recipients = static_cast<std::uint32_t>(1 + below(3));
        for (std::uint32_t recipient = 1; recipient <= recipients; ++recipient) {
            const Plant& plant = plants()[below(2) == 0 ? 0 : below(plants().size())];
            const TimePoint start = at(std::chrono::microseconds{below(20'000'000)});
            mails.push_back(plant.grow(message, recipient, start));
            add(mixture.planted, plant.adds);
        }
    }
    std::vector<Event> strangers;
    for (std::size_t i = below(5); i > 0; --i) {
        strangers.push_back(stranger(at(std::chrono::microseconds{below(20'000'000)})));
        ++mixture.planted.unexpected;
    }
    mixture.events = history(mails, strangers);
    return mixture;
}

class JudgeMixture : public testing::TestWithParam<std::uint32_t> {};

TEST_P(JudgeMixture, FindsExactlyWhatWasPlanted) {
    const Mixture planted = mixture(GetParam());
    EXPECT_EQ(judge(planted.events, {.rules = {{"a-rule", ""}}}).counts, planted.planted);
}

// A killed run: whatever was stored is judged without claiming a loss.
TEST_P(JudgeMixture, PrefixIsIncompleteAndClaimsNoLoss) {
    const std::vector<Event> events = mixture(GetParam()).events;
    for (std::size_t size = 0; size < events.size(); size += 97) {
        const Judgement judgement = judge(std::span(events).first(size), {});
        EXPECT_FALSE(judgement.complete());
        EXPECT_EQ(judgement.counts.verdicts[Verdict::lost], 0U);
    }
}

INSTANTIATE_TEST_SUITE_P(Seeds, JudgeMixture, testing::Range(1U, 41U));

TEST(JudgeMixture, EachPlantAloneIsFound) {
    for (std::size_t i = 0; i < plants().size(); ++i) {
        Counts expected = plants()[i].adds;
        expected.messages = 1;
        EXPECT_EQ(counted({plants()[i].grow(1, 1, at(1s))}), expected) << "plant " << i;
    }
}

}  // namespace
}  // namespace twofifty::harness
