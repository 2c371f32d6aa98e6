// JSON as requests bring it: what is read, with its place, and what is refused.
#include "settings/json.hpp"
#include "settings/section.hpp"
#include "tests/support/complaint.hpp"

#include <gtest/gtest.h>

namespace twofifty::settings {
namespace {

std::string error_of(std::string_view text) {
    return test::complaint_of<Error>([&] { parse_json(text, "request"); });
}

std::string back(std::string_view text) {
    return to_json(parse_json(text, "request"));
}

TEST(Json, IsReadAndWrittenBackAsTheSame) {
    const std::string text =
        R"({"a":[1,-2,0.2,1e+300,true,false,"x"],"b":{"c":{},"d":[]},"e":9223372036854775807})";
    EXPECT_EQ(back(text), text);
}

TEST(Json, SpaceBetweenPartsSaysNothing) {
    EXPECT_EQ(back(" \r\n\t{ \"a\" :\n[ 1 , 2 ] } \n"), R"({"a":[1,2]})");
}

TEST(Json, EscapesBecomeWhatTheyStandFor) {
    EXPECT_EQ(back(R"(["\"\\\/\b\f\n\r\t\u00e9\u20ac\ud83d\ude00"])"),
              "[\"\\\"\\\\/\\u0008\\u000c\\n\\r\\t\u00e9\u20ac\U0001F600\"]");
}

TEST(Json, NullIsAsIfTheKeyWereAbsent) {
    EXPECT_EQ(back(R"({"a":null,"b":1})"), R"({"b":1})");
    EXPECT_EQ(back("null"), "{}");
}

TEST(Json, AWholeNumberBeyond64BitsIsANumber) {
    EXPECT_EQ(back("[9223372036854775808]"), "[9.223372036854776e+18]");
    EXPECT_EQ(error_of("[1e999]"),
              "request:1:2: a number that is too large, or too near to 0, to be told apart");
}

TEST(Json, KeysKnowTheirPlace) {
    const Value root = parse_json("{\n  \"when\": {\"phase\": 3}\n}", "request");
    Section section(root, "");
    Section when = section.section("when");
    try {
        when.text("phase");
        FAIL();
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(),
                     "request:2:12: when.phase: expected a text in quotes, found the number 3");
    }
}

TEST(Json, WhatIsNoJsonIsRefusedWithItsPlace) {
    EXPECT_EQ(error_of(""), "request:1:1: not JSON: a value is missing, and the document ends");
    EXPECT_EQ(error_of("{\"a\": }"),
              "request:1:7: not JSON: expected a value, such as {\"name\": \"smtp\"}");
    EXPECT_EQ(error_of("{\"a\" 1}"), "request:1:6: not JSON: expected a colon behind the key");
    EXPECT_EQ(error_of("{\"a\": 1 \"b\": 2}"), "request:1:9: not JSON: expected a comma or }");
    EXPECT_EQ(error_of("{a: 1}"), "request:1:2: not JSON: expected a key in double quotes");
    EXPECT_EQ(error_of("[1 2]"), "request:1:4: not JSON: expected a comma or ]");
    EXPECT_EQ(error_of("[1,\n]"),
              "request:2:1: not JSON: expected a value, such as {\"name\": \"smtp\"}");
    EXPECT_EQ(error_of("{} x"), "request:1:4: expected the end of the document");
    EXPECT_EQ(error_of("\"abc"), "request:1:5: not JSON: a text without its closing quote");
    EXPECT_EQ(error_of("[01]"), "request:1:3: not JSON: expected a comma or ]");
    EXPECT_EQ(error_of("[1.]"), "request:1:4: not JSON: expected a digit");
    EXPECT_EQ(error_of("[-]"), "request:1:3: not JSON: expected a digit");
    EXPECT_EQ(error_of("[\"\\x\"]"), "request:1:4: not JSON: unknown escape in a text");
    EXPECT_EQ(error_of("[\"\\u12\"]"),
              "request:1:5: not JSON: expected four hexadecimal digits behind \\u");
    EXPECT_EQ(error_of("[\"\\ud800\"]"), "request:1:9: not JSON: half a surrogate pair");
    EXPECT_EQ(error_of("[\"\n\"]"), "request:1:3: not JSON: a control character in a text");
    EXPECT_EQ(error_of("[\"\xff\"]"), "request:1:3: not JSON: a text that is no UTF-8");
}

TEST(Json, AKeyThatStandsTwiceIsRefused) {
    EXPECT_EQ(error_of(R"({"a":1,"a":2})"), "request:1:8: the key \"a\" stands here twice");
}

TEST(Json, ANullInAListIsRefused) {
    EXPECT_EQ(error_of("[null]"), "request:1:6: a list holds null; expected a value");
}

TEST(Json, DepthHasALimit) {
    EXPECT_EQ(error_of(std::string(64, '[') + std::string(64, ']')), "no error");
    EXPECT_EQ(error_of(std::string(100'000, '[')), "request:1:66: more than 64 levels deep");
}

TEST(Json, ATextThatIsNoUtf8IsWrittenAsOne) {
    EXPECT_EQ(json_text("a\xff\x01\x7f"), "\"a\xef\xbf\xbd\\u0001\\u007f\"");
}

}  // namespace
}  // namespace twofifty::settings
