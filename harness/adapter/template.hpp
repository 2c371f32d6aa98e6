// The templates of server adapters: a small part of Mustache. `{{name}}` is a value,
// `{{#name}}...{{/name}}` stays where the name is set and is repeated for each element of a list,
// `{{^name}}...{{/name}}` stays where it is not set. A line that holds nothing but marks vanishes.
#pragma once

#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace twofifty::harness {

/// What a template may name. An empty text, and an empty list, are not set.
struct TemplateValues {
    std::map<std::string, std::string, std::less<>> texts{};
    std::map<std::string, std::vector<TemplateValues>, std::less<>> lists{};

    void set(std::string name, std::string text) { texts[std::move(name)] = std::move(text); }
};

/// what() says which line, and what would be right.
class TemplateError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Throws TemplateError for a mark that is not closed, and for `{{name}}` where nothing is set.
std::string render(std::string_view text, const TemplateValues& values);

}  // namespace twofifty::harness
