// What the tests of the ledger's file share: a folder for one test, questions to the file in plain
// SQL, and events that are hard to keep.
#pragma once

#include "harness/ledger/ledger.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <limits>
#include <string>
#include <vector>

namespace twofifty::harness {

/// A folder for one test.
class LedgerTest : public testing::Test {
protected:
    LedgerTest() {
        std::string name =
            (std::filesystem::temp_directory_path() / "twofifty-ledger-XXXXXX").string();
        folder_ = mkdtemp(name.data());
    }
    ~LedgerTest() override { std::filesystem::remove_all(folder_); }

    std::string path() const { return (folder_ / "ledger.sqlite").string(); }

    void sql(const std::string& statements) const {
        sqlite3* database = nullptr;
        ASSERT_EQ(sqlite3_open(path().c_str(), &database), SQLITE_OK);
        EXPECT_EQ(sqlite3_exec(database, statements.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
            << sqlite3_errmsg(database);
        sqlite3_close(database);
    }

    /// The rows of a query, values joined by "|".
    std::vector<std::string> rows(const std::string& query) const {
        sqlite3* database = nullptr;
        std::vector<std::string> found;
        EXPECT_EQ(sqlite3_open(path().c_str(), &database), SQLITE_OK);
        const auto add = [](void* to, int columns, char** values, char**) {
            std::string row;
            for (int i = 0; i < columns; ++i) {
                row += (i > 0 ? "|" : "") + std::string(values[i] == nullptr ? "" : values[i]);
            }
            static_cast<std::vector<std::string>*>(to)->push_back(row);
            return 0;
        };
        EXPECT_EQ(sqlite3_exec(database, query.c_str(), add, &found, nullptr), SQLITE_OK)
            << sqlite3_errmsg(database);
        sqlite3_close(database);
        return found;
    }

    static std::vector<Event> stored(const Ledger& ledger) {
        std::vector<Event> events;
        ledger.for_each_event([&](const Event& event) { events.push_back(event); });
        return events;
    }

    static std::string refusal(const std::function<void()>& act) {
        try {
            act();
        } catch (const LedgerError& error) {
            return error.what();
        }
        return "nothing was refused";
    }

    std::filesystem::path folder_;
};

/// Every field at its extremes, and each alone.
inline std::vector<Event> extreme_events() {
    using std::numeric_limits;
    std::vector<Event> events(20);
    events[1] = {.at = at(Duration::max()),
                 .kind = EventKind::target_failed,
                 .phase = Phase::other,
                 .outcome = Outcome::not_sent,
                 .code = numeric_limits<std::uint16_t>::max(),
                 .node = numeric_limits<std::uint16_t>::max(),
                 .message = numeric_limits<std::uint32_t>::max(),
                 .recipient = numeric_limits<std::uint32_t>::max(),
                 .attempt = numeric_limits<std::uint32_t>::max(),
                 .connection = numeric_limits<std::uint32_t>::max(),
                 .rule = numeric_limits<std::uint32_t>::max(),
                 .duration = Duration::max(),
                 .quantity = numeric_limits<std::int64_t>::max(),
                 .digest = numeric_limits<std::uint64_t>::max(),
                 .text = std::string(100'000, 'x')};
    events[2].at = at(Duration::min());
    events[3].kind = EventKind::submitted;
    events[4].phase = Phase::connect;
    events[5].outcome = Outcome::accepted;
    events[6].code = 1;
    events[7].node = 1;
    events[8].message = 1;
    events[9].recipient = 1;
    events[10].attempt = 1;
    events[11].connection = 1;
    events[12].rule = 1;
    events[13].duration = -1ns;
    events[14].quantity = numeric_limits<std::int64_t>::min();
    events[15].digest = 1;
    events[16].text = std::string("a\0b", 3);
    events[17].text = "\xff\xfe not UTF-8";
    events[18].text = "'; DROP TABLE event; --";
    events[19].digest = std::uint64_t{1} << 63;
    return events;
}

/// More than a block holds, about two messages that no block holds together with the other.
inline std::vector<Event> events_of_many_blocks() {
    std::vector<Event> events;
    for (std::int64_t i = 0; i < 5000; ++i)
        events.push_back({.at = at(Duration{i}),
                          .kind = EventKind::reply_seen,
                          .message = i < 2500 ? 7U : 8U,
                          .text = std::to_string(i)});
    return events;
}

}  // namespace twofifty::harness
