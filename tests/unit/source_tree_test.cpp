// The tree checks itself, and the check is checked: each rule must find what breaks it.
#include "tests/unit/source_tree_rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>

namespace twofifty {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> check(std::string path, std::string text) {
    const SourceFile file{std::move(path), std::move(text)};
    return violations({&file, 1});
}

std::vector<SourceFile> whole_tree() {
    namespace fs = std::filesystem;
    const fs::path root = TWOFIFTY_SOURCE_DIR;
    std::vector<SourceFile> files;
    for (const std::string_view folder : {"record", "settings", "world", "tls", "smtp", "netem",
                                          "harness", "tests", "scenarios", "profiles", "docs"}) {
        if (!fs::exists(root / folder)) continue;
        for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
            static constexpr std::array<std::string_view, 6> kinds{".cpp", ".hpp", ".toml",
                                                                   ".md",  ".txt", ".py"};
            const std::string extension = entry.path().extension().string();
            if (!entry.is_regular_file() || std::ranges::find(kinds, extension) == kinds.end()) {
                continue;
            }
            std::ifstream in(entry.path());
            std::string text{std::istreambuf_iterator<char>(in), {}};
            files.push_back({fs::relative(entry.path(), root).generic_string(), std::move(text)});
        }
    }
    std::ranges::sort(files, {}, &SourceFile::path);
    return files;
}

TEST(SourceTree, HoldsItsRules) {
    const std::vector<SourceFile> files = whole_tree();
    ASSERT_GT(files.size(), 50U) << "the tree was not found at " << TWOFIFTY_SOURCE_DIR;
    EXPECT_THAT(violations(files), IsEmpty());
}

TEST(SourceTree, IsAllBuilt) {
    EXPECT_THAT(sources_not_built(whole_tree()), IsEmpty());
}

TEST(SourceTreeRules, ASourceThatNoListNamesIsNotBuilt) {
    const std::array files{
        SourceFile{"tests/unit/CMakeLists.txt", "test(a_test SOURCES a/a_test.cpp b_test.cpp)\n"},
        SourceFile{"tests/unit/a/a_test.cpp", ""}, SourceFile{"tests/unit/b_test.cpp", ""},
        SourceFile{"tests/unit/a/b_test.cpp", ""}, SourceFile{"tests/virtual/b_test.cpp", ""}};
    EXPECT_THAT(sources_not_built(files),
                ElementsAre("tests/unit/a/b_test.cpp", "tests/virtual/b_test.cpp"));
}

TEST(SourceTreeRules, AFolderIncludesOnlyWhatIsInFrontOfIt) {
    const std::array<std::string_view, 7> folders{"record", "settings", "world",           "tls",
                                                  "smtp",   "netem",    "harness/scenario"};
    for (std::size_t from = 0; from < folders.size(); ++from) {
        for (std::size_t to = 0; to < folders.size(); ++to) {
            const std::string path = std::string(folders[from]) + "/a.cpp";
            const std::string text = "#include \"" + std::string(folders[to]) + "/b.hpp\"\n";
            EXPECT_EQ(check(path, text).empty(), to <= from) << path << " " << text;
        }
    }
}

TEST(SourceTreeRules, APartOfHarnessIncludesOnlyWhatIsInFrontOfIt) {
    EXPECT_THAT(check("harness/fleet/a.cpp", "#include \"harness/scenario/b.hpp\"\n"), IsEmpty());
    EXPECT_THAT(check("harness/report/a.cpp", "#include \"harness/ledger/b.hpp\"\n"), IsEmpty());
    EXPECT_THAT(check("harness/app/a.cpp", "#include \"harness/report/b.hpp\"\n"), IsEmpty());
    EXPECT_THAT(check("harness/ledger/a.cpp", "#include \"harness/ledger/b.hpp\"\n"), IsEmpty());
    EXPECT_THAT(check("harness/fleet/a.cpp", "\n#include \"harness/ledger/b.hpp\"\n"),
                ElementsAre("harness/fleet/a.cpp:2: harness/fleet may not include "
                            "harness/ledger/b.hpp"));
    EXPECT_EQ(check("harness/ledger/a.cpp", "#include \"harness/report/b.hpp\"\n").size(), 1U);
    EXPECT_EQ(check("harness/scenario/a.hpp", "#include \"harness/fleet/b.hpp\"\n").size(), 1U);
    EXPECT_EQ(check("harness/report/a.hpp", "#include \"harness/app/b.hpp\"\n").size(), 1U);
    EXPECT_EQ(check("harness/new/a.hpp", "#include \"harness/app/b.hpp\"\n").size(), 1U);
}

TEST(SourceTreeRules, AWorldIsNamedOnlyInTheAppAndInTests) {
    for (const std::string world : {"real", "virtual"}) {
        const std::string text = "#include \"world/" + world + "/network.hpp\"\n";
        for (const std::string path : {"harness/app/a.cpp", "tests/parity/a.cpp"}) {
            EXPECT_THAT(check(path, text), IsEmpty()) << path;
        }
        EXPECT_THAT(check("world/" + world + "/a.cpp", text), IsEmpty());
        for (const std::string path : {"harness/fleet/a.cpp", "netem/proxy.cpp", "world/a.cpp"}) {
            EXPECT_EQ(check(path, text).size(), 1U) << path;
        }
    }
    EXPECT_EQ(check("world/real/a.cpp", "#include \"world/virtual/b.hpp\"\n").size(), 1U);
}

TEST(SourceTreeRules, AnIncludeWithoutAFolderIsNotFromTheRoot) {
    EXPECT_EQ(check("smtp/reply.cpp", "#include \"reply.hpp\"\n").size(), 1U);
}

TEST(SourceTreeRules, WhatLooksOutsideIsNamedOnlyInTheRealWorldAndTheApp) {
    for (const std::string line :
         {"asio::steady_timer timer(io);", "boost::asio::system_timer t;",
          "boost::asio::ip::tcp::socket s;", "using tcp::socket;",
          "auto t = std::chrono::steady_clock::now();", "auto t = system_clock::now();",
          "std::thread t;", "std::jthread t;", "std::random_device d;",
          "std::uniform_int_distribution<int> d;", "std :: thread t;"}) {
        EXPECT_EQ(check("netem/proxy.cpp", line + "\n").size(), 1U) << line;
        EXPECT_EQ(check("world/virtual/clock.cpp", line + "\n").size(), 1U) << line;
        EXPECT_THAT(check("world/real/clock.cpp", line + "\n"), IsEmpty()) << line;
        EXPECT_THAT(check("harness/app/main.cpp", line + "\n"), IsEmpty()) << line;
        EXPECT_THAT(check("tests/loopback/a.cpp", line + "\n"), IsEmpty()) << line;
    }
}

TEST(SourceTreeRules, CommentsAndTextsMayNameAnything) {
    EXPECT_THAT(check("netem/a.cpp",
                      "// A steady_timer starts a thread.\n"
                      "/* std::thread\n std::thread */ int x = 1'000;\n"
                      "auto t = \"std::thread \\\" std::thread\";\n"
                      "auto r = R\"x(\" std::thread)x\";\n"),
                IsEmpty());
    EXPECT_THAT(check("netem/a.cpp", "char c = '\"'; std::thread t;\n"),
                ElementsAre(HasSubstr("netem/a.cpp:1: ")));
    EXPECT_EQ(check("netem/a.cpp", "int x = 1'000; std::thread t; int y = 2'000;\n").size(), 1U);
}

TEST(SourceTreeRules, AnUnorderedContainerIsNotWalkedOver) {
    EXPECT_EQ(check("harness/ledger/a.cpp",
                    "std::unordered_map<int, std::vector<int>> seen;\n"
                    "for (const auto& [key, value] : seen) use(key);\n")
                  .size(),
              1U);
    EXPECT_THAT(check("harness/ledger/a.cpp",
                      "std::unordered_map<int, int> seen;\nstd::map<int, int> kept;\n"
                      "for (const auto& [key, value] : kept) use(seen.at(key));\n"),
                IsEmpty());
}

TEST(SourceTreeRules, AnUnorderedMemberOfTheHeaderIsNotWalkedOverInTheSource) {
    const std::array files{SourceFile{"netem/a.hpp", "std::unordered_set<int> ids_;\n"},
                           SourceFile{"netem/a.cpp", "for (int id : ids_) use(id);\n"},
                           SourceFile{"netem/b.cpp", "for (int id : ids_) use(id);\n"}};
    EXPECT_THAT(violations(files), ElementsAre(HasSubstr("netem/a.cpp:1: ")));
}

TEST(SourceTreeRules, AnAwaitIsAStatementOrAllThatAVariableIsSetTo) {
    for (const std::string code :
         {"co_await wait();", "if (idle) co_await wait();", "else co_await wait();",
          "do co_await wait(); while (idle);", "while (idle) co_await wait();",
          "case 1: co_await wait();", "const bool more = co_await read();",
          "more = co_await read();",
          "const Written written =\n    co_await within(clock, deadline, write(a && b));",
          "{ co_await wait(); }", "} co_await wait();",
          "auto f = [](A& a) -> Task<> { co_await a; };",
          "spawn([](A& a) { const bool b = co_await a; });", "// if (co_await read())",
          "text = \"co_return co_await f()\";", "my_co_await(a && co_await_b);"}) {
        EXPECT_THAT(check("smtp/a.cpp", "void f() {\n" + code + "\n}\n"), IsEmpty()) << code;
    }
}

TEST(SourceTreeRules, AnAwaitIsNoOperand) {
    for (const std::string code : {"if (co_await read()) f();",
                                   "if (!co_await read()) f();",
                                   "while (co_await read()) {}",
                                   "if (const auto line = co_await read()) f();",
                                   "if (a; co_await read()) f();",
                                   "for (; co_await read();) f();",
                                   "switch (co_await read()) {}",
                                   "const bool b = !co_await read();",
                                   "const bool b = a && co_await read();",
                                   "const bool b = a ||\n co_await read();",
                                   "const bool b = co_await read() && a;",
                                   "const bool b = co_await read() || a;",
                                   "const int i = co_await read() ? 1 : 2;",
                                   "const int i = a ? co_await read() : 2;",
                                   "const int i = a ? 2 : co_await read();",
                                   "const bool b = co_await read() == 2;",
                                   "const bool b = 2 == co_await read();",
                                   "const int i = 1 + co_await read();",
                                   "co_return co_await read();",
                                   "co_return !co_await read();",
                                   "f(co_await read());",
                                   "f(1, co_await read());",
                                   "const A a{co_await read()};",
                                   "const A a = {1, co_await read()};",
                                   "const auto b = (co_await read()).value();",
                                   "i += co_await read();"}) {
        EXPECT_EQ(check("smtp/a.cpp", "void f() {\n" + code + "\n}\n").size(), 1U) << code;
    }
    EXPECT_THAT(
        check("smtp/a.cpp", "void f() {\n\nif (co_await a) b();\n}\n"),
        ElementsAre("smtp/a.cpp:3: the result of co_await must be named before it is used"));
}

TEST(SourceTreeRules, LinesAndFilesHaveALimit) {
    const std::string line(110, 'x');
    EXPECT_THAT(check("smtp/a.cpp", line + "\n"), IsEmpty());
    EXPECT_THAT(check("smtp/a.cpp", line + "x\n"),
                ElementsAre("smtp/a.cpp:1: the line is too long"));
    std::string text;
    for (int i = 0; i < 450; ++i) text += "int x;\n";
    EXPECT_THAT(check("smtp/a.cpp", text), IsEmpty());
    EXPECT_EQ(check("smtp/a.cpp", text + "int y;\n").size(), 1U);
}

TEST(SourceTreeRules, NothingIsLeftForLater) {
    for (const std::string marker : {"TO"
                                     "DO",
                                     "FIX"
                                     "ME"}) {
        EXPECT_EQ(check("docs/guide.md", "Later. " + marker + "\n").size(), 1U);
        EXPECT_EQ(check("smtp/a.cpp", "// " + marker + ": later\n").size(), 1U);
    }
}

TEST(SourceTreeRules, AScenarioOpensWithItsQuestion) {
    EXPECT_THAT(check("scenarios/a.toml", "# Does it?\nname = \"a\"\n"), IsEmpty());
    EXPECT_EQ(check("scenarios/a.toml", "name = \"a\"\n# Does it?\n").size(), 1U);
    EXPECT_EQ(check("scenarios/a.toml", "").size(), 1U);
    EXPECT_THAT(check("profiles/senders/a.toml", "name = \"a\"\n"), IsEmpty());
}

}  // namespace
}  // namespace twofifty
