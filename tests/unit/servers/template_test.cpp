// The templates of adapters: values, sections, lists, and what is wrong with one.
#include "harness/adapter/template.hpp"
#include "tests/support/complaint.hpp"

#include <gtest/gtest.h>

namespace twofifty::harness {
namespace {

TemplateValues values() {
    TemplateValues values;
    values.set("port", "2525");
    values.set("empty", "");
    TemplateValues first;
    first.set("host", "127.0.0.1");
    TemplateValues last;
    last.set("host", "127.0.0.2");
    last.set("last", "yes");
    values.lists["relays"] = {first, last};
    return values;
}

TEST(Template, PutsValuesInTheirPlaces) {
    EXPECT_EQ(render("listen {{port}}:{{port}}", values()), "listen 2525:2525");
    EXPECT_EQ(render("no marks } {", values()), "no marks } {");
}

TEST(Template, KeepsASectionWhereItsNameIsSet) {
    EXPECT_EQ(render("{{#port}}yes{{/port}}{{^port}}no{{/port}}", values()), "yes");
    EXPECT_EQ(render("{{#other}}yes {{unknown}}{{/other}}{{^other}}no{{/other}}", values()), "no");
    EXPECT_EQ(render("{{#empty}}yes{{/empty}}{{^empty}}no{{/empty}}", values()), "no");
}

TEST(Template, RepeatsASectionForEachElement) {
    EXPECT_EQ(render("{{#relays}}{{host}}:{{port}}{{^last}}, {{/last}}{{/relays}}", values()),
              "127.0.0.1:2525, 127.0.0.2:2525");
}

TEST(Template, ALineOfAMarkAloneVanishes) {
    EXPECT_EQ(render("a\n{{#port}}\nb\n{{/port}}\nc\n", values()), "a\nb\nc\n");
    EXPECT_EQ(render("a\n{{^port}}\nb\n{{/port}}\nc\n", values()), "a\nc\n");
}

std::string complaint(std::string_view text) {
    return test::complaint_of<TemplateError>([&] { render(text, values()); });
}

TEST(Template, SaysInWhichLineItIsWrong) {
    EXPECT_EQ(complaint("a\n{{port"), "line 2: {{ without }}");
    EXPECT_EQ(complaint("a\nb\n{{nobody}}"), "line 3: {{nobody}} is not set");
    EXPECT_EQ(complaint("{{#port}}"), "line 1: {{#port}} without {{/port}}");
    EXPECT_EQ(complaint("{{/port}}"), "line 1: {{/port}} closes nothing");
    EXPECT_EQ(complaint("{{#port}}{{/relays}}"), "line 1: {{/relays}} closes nothing");
}

}  // namespace
}  // namespace twofifty::harness
