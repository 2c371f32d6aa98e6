// One direction of one connection, alone: the order of bytes, what rules that come, change and go
// do to what is kept, budgets, and times.
#include "netem/path.hpp"
#include "netem/rule_settings.hpp"
#include "tests/support/memory_recorder.hpp"
#include "tests/support/scripted_peer.hpp"
#include "world/virtual/virtual_world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

namespace twofifty {
namespace {

using namespace std::chrono_literals;
using netem::Direction;
using netem::Path;
using test::Heard;
using test::ScriptedPeer;
using testing::ElementsAre;
using testing::IsEmpty;
using world::Result;
using world::Task;

struct Text {
    const char* when;
    const char* effect;
    const char* more = "";
};

std::vector<netem::Rule> rules_of(std::initializer_list<Text> texts) {
    std::string toml;
    int number = 0;
    for (const Text& text : texts)
        toml += fmt::format("[[impair]]\nname = 'r{}'\nwhen = {}\neffect = {}\n{}\n", ++number,
                            text.when, text.effect, text.more);
    const settings::Value root = settings::parse_toml(toml, "r.toml");
    settings::Section section(root, "");
    return netem::read_rules(section);
}

/// A path to a peer that hears what comes out.
class OnePath : private Path::Owner {
public:
    explicit OnePath(std::initializer_list<Text> texts, Direction direction = Direction::to_client)
        : rules(rules_of(texts), 1),
          peer(world),
          context_{world.clock(), rules, recorder},
          stream_rules_(rules, 1),
          tasks_(world.clock().ready()) {
        listener_ = *world.network().listen({"127.0.0.1", 25});
        tasks_.spawn(accept());
        tasks_.spawn(connect());
        world.run_until(world.now());
        Path::Owner& owner = *this;
        path = std::make_unique<Path>(context_, stream_rules_, owner, 1, direction);
        path->lead_to(*stream_);
    }

    /// Gives bytes to the path, as long as it takes.
    void send(std::string bytes) {
        tasks_.spawn(give(std::move(bytes)));
        pass(0s);
    }
    void close() {
        path->close();
        pass(0s);
    }
    void pass(Duration duration) { world.run_until(world.now() + duration); }
    void replace(std::initializer_list<Text> texts) {
        rules.replace(rules_of(texts));
        pass(0s);
    }
    std::vector<std::string> noted() const {
        std::vector<std::string> lines;
        for (const Event& event : recorder.events)
            lines.push_back(fmt::format("{} {} {} {} {}", to_seconds(event.at.time_since_epoch()),
                                        event.rule, to_string(event.kind), event.text,
                                        to_seconds(event.duration)));
        return lines;
    }

    world::virtual_world::VirtualWorld world{1};
    test::MemoryRecorder recorder;
    netem::RuleBook rules;
    ScriptedPeer peer;
    std::unique_ptr<Path> path;
    std::vector<std::string> given;  ///< "yes" or "no" for each send that has returned.

private:
    void path_ended(netem::Verdict::How how) override {
        if (how == netem::Verdict::How::rst)
            stream_->reset();
        else
            stream_->close();
    }
    Task<> accept() {
        Result<std::unique_ptr<world::Stream>> stream = co_await listener_->accept();
        peer.take(std::move(*stream));
    }
    Task<> connect() {
        const world::Endpoint to{"127.0.0.1", 25};
        Result<std::unique_ptr<world::Stream>> stream = co_await world.network().connect(to);
        stream_ = std::move(*stream);
    }
    Task<> give(std::string bytes) {
        const bool sent = co_await path->send(bytes);
        given.push_back(sent ? "yes" : "no");
    }

    netem::PathContext context_;
    netem::StreamRules stream_rules_;
    std::unique_ptr<world::Listener> listener_;
    std::unique_ptr<world::Stream> stream_;
    world::TaskScope tasks_;
};

constexpr const char* late = "{ latency = '100ms' }";

TEST(Path, WithoutRulesItIsAWrite) {
    OnePath one({});
    one.send("a");
    one.close();
    EXPECT_THAT(one.peer.heard(), ElementsAre(Heard{0s, "a"}, Heard{0s, "<end_of_stream>"}));
    EXPECT_THAT(one.noted(), IsEmpty());
}

TEST(Path, TheEndComesBehindTheBytes) {
    OnePath one({{"{}", late}});
    one.send("a");
    one.close();
    one.pass(1s);
    EXPECT_THAT(one.peer.heard(), ElementsAre(Heard{100ms, "a"}, Heard{100ms, "<end_of_stream>"}));
}

TEST(Path, EffectsOfSeveralRulesAddUp) {
    OnePath one({{"{}", late}, {"{}", "{ stall = { period = '10s', length = '1s' } }"}});
    one.pass(950ms);
    one.send("a");
    one.pass(9s);
    one.send("b");
    one.pass(5s);
    EXPECT_THAT(one.peer.heard(), ElementsAre(Heard{1050ms, "a"}, Heard{11s, "b"}));
}

TEST(Path, BytesStayInOrderWhateverIsDrawn) {
    OnePath one({{"{}", "{ jitter = '1s' }"}});
    std::string said;
    for (int i = 0; i < 200; ++i) {
        const std::string piece = fmt::format("{},", i);
        said += piece;
        one.send(piece);
        one.pass(10ms);
    }
    one.pass(2s);
    EXPECT_EQ(one.peer.all_bytes(), said);
}

TEST(Path, ManySmallParcelsAreGivenOnWhole) {
    OnePath one({{"{}", "{ slicer = { average_size = '1B' } }"}});
    std::string said;
    for (int i = 0; i < 200'000; ++i) said += static_cast<char>('a' + i % 26);
    one.send(said);
    one.pass(1s);
    EXPECT_TRUE(one.peer.all_bytes() == said);
}

TEST(Path, FiresOnceAndSaysWhatWasAskedAndAchieved) {
    OnePath one({{"{}", late}});
    one.pass(1s);
    one.send("a");
    one.pass(1s);
    one.send("b");
    one.pass(1s);
    EXPECT_THAT(one.noted(),
                ElementsAre("1 1 rule_fired latency 0.1", "1.1 1 rule_achieved released 0.1"));
}

TEST(Path, WhatNeverLeftIsNotedAsSuch) {
    OnePath one({{"{}", "{ mtu_black_hole = { mtu = 100 } }"}});
    one.send(std::string(61, 'a'));
    one.pass(5s);
    one.path.reset();
    EXPECT_THAT(one.noted(),
                ElementsAre("0 1 rule_fired mtu_black_hole 0", "5 1 rule_achieved client_gone 5"));
}

TEST(Path, WhatARemovedRuleKeptLeavesAtOnce) {
    OnePath one({{"{}", "{ mtu_black_hole = { mtu = 100 } }"}});
    const std::string big(61, 'a');
    one.send(big);
    one.send("b");
    one.close();
    one.pass(5s);
    EXPECT_THAT(one.peer.heard(), IsEmpty());
    one.replace({});
    EXPECT_THAT(one.peer.heard(), ElementsAre(Heard{5s, big + "b"}, Heard{5s, "<end_of_stream>"}));
    EXPECT_THAT(one.noted(),
                ElementsAre("0 1 rule_fired mtu_black_hole 0", "5 1 rule_achieved released 5"));
}

TEST(Path, WhatOtherRulesKeepStaysKept) {
    OnePath one(
        {{"{}", "{ latency = '10s' }"}, {"{}", "{ outage = { from = '0s', length = '30s' } }"}});
    one.send("a");
    one.pass(1s);
    one.replace({{"{}", "{ latency = '10s' }"}});
    EXPECT_THAT(one.peer.heard(), IsEmpty());
    one.pass(1min);
    EXPECT_THAT(one.peer.heard(), ElementsAre(Heard{10s, "a"}));
}

TEST(Path, AChangedRuleActsAnewAndFreesWhatItKept) {
    OnePath one({{"{}", "{ latency = '10s' }"}});
    one.send("a");
    one.pass(1s);
    one.replace({{"{}", "{ latency = '2s' }"}});
    EXPECT_THAT(one.peer.heard(), ElementsAre(Heard{1s, "a"}));
    one.send("b");
    one.pass(1min);
    EXPECT_THAT(one.peer.heard(), ElementsAre(Heard{3s, "b"}));
}

TEST(Path, ARuleThatComesActsOnWhatComesAfterIt) {
    OnePath one({});
    one.send("a");
    one.replace({{"{}", late}});
    one.send("b");
    one.pass(1s);
    EXPECT_THAT(one.peer.heard(), ElementsAre(Heard{0s, "a"}, Heard{100ms, "b"}));
}

TEST(Path, HealingFreesWhatIsKept) {
    OnePath one({{"{}", "{ latency = '10s' }"}});
    one.send("a");
    one.pass(1s);
    one.rules.heal();
    one.send("b");
    one.pass(0s);
    EXPECT_THAT(one.peer.heard(), ElementsAre(Heard{1s, "ab"}));
}

TEST(Path, AWindowBoundsTheBytesThatAreTouched) {
    OnePath one({{"{ from = '1s', until = '2s' }", "{ latency = '10s' }"}});
    one.send("a");
    one.pass(1999ms);
    one.send("b");
    one.pass(1min);
    one.send("c");
    one.pass(1min);
    EXPECT_THAT(one.peer.heard(),
                ElementsAre(Heard{0s, "a"}, Heard{11'999ms, "b"}, Heard{61'999ms, "c"}));
}

TEST(Path, WhatWasKeptForGoodLeavesWhenTheWindowEnds) {
    OnePath one({{"{ until = '20s' }", "{ mtu_black_hole = { mtu = 100 } }"}});
    const std::string big(61, 'a');
    one.send(big);
    one.pass(1min);
    EXPECT_THAT(one.peer.heard(), ElementsAre(Heard{20s, big}));
}

TEST(Path, AnOnOffProcessSwitchesTheEffect) {
    OnePath one({{"{ on_off = { good = '1s', bad = '1s' } }", "{ latency = '1ms' }"}});
    for (int i = 0; i < 1000; ++i) {
        one.send(".");
        one.pass(100ms);
    }
    int late_ones = 0;
    for (const Heard& heard : one.peer.heard()) late_ones += heard.at % 100ms != 0s;
    EXPECT_GT(late_ones, 350);
    EXPECT_LT(late_ones, 650);
}

TEST(Path, ABudgetOfFiringsIsSpentByConnections) {
    OnePath one({{"{}", late, "budget = { at_most = 1 }"}});
    netem::StreamRules another(one.rules, 2);
    const netem::RuleBook::Entry& entry = one.rules.entries().front();
    one.send("a");
    one.pass(1s);
    EXPECT_EQ(entry.fired, 1U);
    EXPECT_EQ(another.begin(one.rules.entries().front()), nullptr);
    EXPECT_THAT(one.peer.heard(), ElementsAre(Heard{100ms, "a"}));
}

TEST(Path, BothDirectionsAreOneFiringAmongThoseAtOnce) {
    netem::RuleBook rules(rules_of({{"{}", late, "budget = { at_once = 1 }"}}), 1);
    netem::RuleBook::Entry& entry = rules.entries().front();
    netem::StreamRules first(rules, 1);
    netem::StreamRules second(rules, 2);
    {
        const auto to_client = first.begin(entry);
        const auto to_server = first.begin(entry);
        EXPECT_NE(to_client, nullptr);
        EXPECT_EQ(to_client, to_server);
        EXPECT_EQ(second.begin(entry), nullptr);
    }
    netem::StreamRules third(rules, 3);
    EXPECT_NE(third.begin(entry), nullptr);
}

TEST(StreamRules, BothDirectionsCountAsOneConnection) {
    netem::RuleBook rules(rules_of({{"{ every = 2 }", late}}), 1);
    netem::RuleBook::Entry& entry = rules.entries().front();
    std::string chosen;
    for (std::uint32_t connection = 1; connection <= 4; ++connection) {
        netem::StreamRules met(rules, connection);
        for (const Direction way : {Direction::to_client, Direction::to_server})
            chosen += met.chosen(entry, way, at(0s)) ? 'y' : 'n';
    }
    EXPECT_EQ(chosen, "nnyynnyy");
    EXPECT_EQ(entry.matched, 4U);
}

TEST(Path, ATimeoutEndsAConnectionOnWhichNothingMoves) {
    OnePath one({{"{}", "{ timeout = '5s' }"}});
    one.pass(1min);
    EXPECT_THAT(one.peer.heard(), ElementsAre(Heard{5s, "<end_of_stream>"}));
    EXPECT_THAT(one.noted(),
                ElementsAre("5 1 rule_fired timeout 0", "5 1 rule_achieved released 0"));
}

TEST(Path, ATimeoutWithinAWindowCountsFromItsBeginning) {
    OnePath one({{"{ from = '10s' }", "{ timeout = '5s' }"}});
    one.send("a");
    one.pass(1min);
    EXPECT_THAT(one.peer.heard(), ElementsAre(Heard{0s, "a"}, Heard{15s, "<end_of_stream>"}));
}

TEST(Path, ATimeoutThatIsRemovedClosesTheConnection) {
    OnePath one({{"{}", "{ timeout = '0s' }"}});
    one.send("a");
    one.pass(1h);
    EXPECT_THAT(one.peer.heard(), IsEmpty());
    one.replace({});
    EXPECT_THAT(one.peer.heard(), ElementsAre(Heard{1h, "<end_of_stream>"}));
}

TEST(Path, ATimeoutThatIsChangedBeginsAnew) {
    OnePath one({{"{}", "{ timeout = '5s' }"}});
    one.pass(4s);
    one.replace({{"{}", "{ timeout = '10s' }"}});
    one.pass(1min);
    EXPECT_THAT(one.peer.heard(), ElementsAre(Heard{14s, "<end_of_stream>"}));
}

TEST(Path, ALimitThatIsChangedRemembersWhatHasPassed) {
    OnePath one({{"{}", "{ limit_data = '10B' }"}});
    one.send("123456");
    one.replace({{"{}", "{ limit_data = '8B' }"}});
    one.send("789");
    EXPECT_THAT(one.peer.heard(), ElementsAre(Heard{0s, "12345678"}, Heard{0s, "<end_of_stream>"}));
}

TEST(Path, TheEndOfALimitComesBehindItsBytes) {
    OnePath one({{"{}", "{ limit_data = '4B' }"}, {"{}", late}});
    one.send("123456");
    one.pass(1s);
    EXPECT_THAT(one.peer.heard(),
                ElementsAre(Heard{100ms, "1234"}, Heard{100ms, "<end_of_stream>"}));
}

TEST(Path, AResetOvertakesNothingThatWasGivenBeforeIt) {
    OnePath one({{"{ from = '1s' }", "{ reset_peer = '5s' }"}});
    one.send("a");
    one.pass(1s);
    one.send("b");
    one.pass(1min);
    EXPECT_THAT(one.peer.heard(), ElementsAre(Heard{0s, "a"}, Heard{6s, "<connection_reset>"}));
}

TEST(Path, WhoeverGivesTooMuchWaitsUntilSomeHasLeft) {
    OnePath one({{"{}", "{ latency = '1s' }"}});
    for (int i = 0; i < 10; ++i) one.send(std::string(100'000, 'a'));
    EXPECT_EQ(one.given.size(), 3U);
    one.pass(10s);
    EXPECT_EQ(one.given.size(), 10U);
    EXPECT_EQ(one.peer.all_bytes().size(), 1'000'000U);
}

TEST(Path, WhoeverWaitsForADeadPathGivesUpWhenAKernelWould) {
    OnePath one({{"{}", "{ mtu_black_hole = { mtu = 1400 } }"}});
    one.send(std::string(300'000, 'a'));
    one.send("b");
    one.pass(924'599ms);
    EXPECT_THAT(one.given, ElementsAre("yes"));
    one.pass(1ms);
    EXPECT_THAT(one.given, ElementsAre("yes", "no"));
}

}  // namespace
}  // namespace twofifty
