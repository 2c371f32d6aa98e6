#include "harness/report/json_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace twofifty::harness {
namespace {

namespace json = boost::json;

void print(std::string& out, const json::value& value, std::size_t depth);

template <class Range, class Each>
void print_members(std::string& out, const Range& range, std::size_t depth, char open, char close,
                   Each each) {
    out += open;
    bool first = true;
    for (const auto& member : range) {
        out += first ? "\n" : ",\n";
        first = false;
        out.append(2 * (depth + 1), ' ');
        each(member);
    }
    if (!first) {
        out += '\n';
        out.append(2 * depth, ' ');
    }
    out += close;
}

bool is_numbers(const json::array& values) {
    return !values.empty() && std::ranges::all_of(values, &json::value::is_number);
}

void print_line(std::string& out, const json::array& numbers) {
    out += '[';
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        if (i > 0) out += ", ";
        print(out, numbers[i], 0);
    }
    out += ']';
}

/// Boost.JSON writes 2.5 as 2.5E0; people read this file too.
void print(std::string& out, const json::value& value, std::size_t depth) {
    if (value.is_object()) {
        print_members(out, value.get_object(), depth, '{', '}', [&](const auto& member) {
            out += json::serialize(json::string(member.key()));
            out += ": ";
            print(out, member.value(), depth + 1);
        });
    } else if (value.is_array() && is_numbers(value.get_array())) {
        print_line(out, value.get_array());
    } else if (value.is_array()) {
        print_members(out, value.get_array(), depth, '[', ']',
                      [&](const json::value& element) { print(out, element, depth + 1); });
    } else if (value.is_double()) {
        const double number = value.get_double();
        out += std::isfinite(number) ? fmt::format("{}", number) : "null";
    } else {
        out += json::serialize(value);
    }
}

}  // namespace

std::string json_text(const json::value& document) {
    std::string out;
    print(out, document, 0);
    out += '\n';
    return out;
}

}  // namespace twofifty::harness
