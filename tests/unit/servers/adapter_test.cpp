// The adapters that the program carries, and bad ones.
#include "harness/adapter/adapter.hpp"
#include "tests/support/complaint.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

namespace twofifty::harness {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* least =
    "name = 'x'\nprogram = '/bin/x'\n[start]\nrun = ['/bin/x']\n"
    "[copies]\nmaildir = 'mail'\n";

Adapter read(const std::string& toml) {
    return read_adapter("x", {{"server.toml", toml}, {"etc/x.conf", "port {{port}}"}}, "servers/x");
}

std::string complaint(const std::string& toml) {
    return test::complaint_of<settings::Error>([&] { read(toml); });
}

TEST(Adapters, AllThatTheProgramCarriesAreComplete) {
    EXPECT_GE(adapter_names().size(), 12U);
    for (const std::string_view name : adapter_names()) {
        const Adapter& adapter = find_adapter(name);
        EXPECT_EQ(adapter.name, name);
        EXPECT_FALSE(adapter.summary.empty()) << name;
        EXPECT_FALSE(adapter.start.run.empty()) << name;
        EXPECT_FALSE(adapter.packages.empty() && adapter.unpacked.empty() && adapter.npm.empty())
            << name;
        EXPECT_EQ(adapter.copies.maildir.empty() + adapter.copies.imap.empty() +
                      adapter.copies.mbox.empty(),
                  2)
            << name;
        EXPECT_GT(std::regex(adapter.version.pattern).mark_count(), 0U) << name;
    }
}

TEST(Adapters, AnUnknownOneIsToldTheNearest) {
    try {
        find_adapter("eximm", {"s.toml", 4, 2}, "target.server");
        FAIL() << "it was found";
    } catch (const settings::Error& error) {
        EXPECT_THAT(error.what(), StartsWith("s.toml:4:2: target.server: there is no server "
                                             "\"eximm\"; did you mean \"exim\"?"));
    }
}

TEST(Adapter, NeedsLittle) {
    const Adapter adapter = read(least);
    EXPECT_EQ(adapter.program, "/bin/x");
    EXPECT_FALSE(adapter.lmtp);
    EXPECT_FALSE(adapter.sends);
    EXPECT_EQ(adapter.copies.maildir, "mail");
    ASSERT_EQ(adapter.files.size(), 1U);
    EXPECT_EQ(adapter.files[0].path, "etc/x.conf");
}

TEST(Adapter, SaysWhereItIsWrong) {
    const std::string text = least;
    EXPECT_THAT(complaint("program = '/bin/x'\n"), HasSubstr("name: missing"));
    EXPECT_THAT(complaint("name = 'x'\n"), HasSubstr("program: missing"));
    EXPECT_THAT(complaint("name = 'y'\nprogram = '/bin/x'\n"),
                StartsWith("servers/x/server.toml:1:1: name: is \"y\"; expected the name of the "
                           "folder, \"x\""));
    EXPECT_THAT(complaint(text + "nonsense = 1\n"),
                StartsWith("servers/x/server.toml:7:1: copies.nonsense: "));
    EXPECT_THAT(
        complaint(text + "[timeouts]\ncan_set = ['data_dome']\n"),
        StartsWith("servers/x/server.toml:8:1: timeouts.can_set: \"data_dome\" is no phase"));
    EXPECT_THAT(complaint(text + "[[log.line]]\nmeans = 'deferred'\npattern = '('\n"),
                HasSubstr("pattern: no regular expression"));
    EXPECT_THAT(complaint(text + "[[log.line]]\nmeans = 'nothing'\npattern = 'x'\n"),
                StartsWith("servers/x/server.toml:8:1: log.line[1].means: "));
    EXPECT_THAT(complaint(text + "[queue]\nformat = 'qmail'\n"),
                StartsWith("servers/x/server.toml:8:1: queue.format: "));
}

TEST(Adapter, IsAFolderWithADescription) {
    try {
        read_adapter("x", {{"etc/x.conf", ""}}, "servers/x");
        FAIL() << "it was read";
    } catch (const settings::Error& error) {
        EXPECT_THAT(error.what(), HasSubstr("there is no server.toml in this folder"));
    }
}

}  // namespace
}  // namespace twofifty::harness
