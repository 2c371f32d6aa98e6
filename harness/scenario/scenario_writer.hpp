// Lines of a scenario's TOML, as the writers of its sections put them.
#pragma once

#include "harness/scenario/scenario.hpp"
#include "settings/units.hpp"
#include "settings/value.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace twofifty::harness {

inline std::string in_quotes(Duration duration) {
    return settings::toml_text(settings::format_duration(duration));
}

/// One table, line by line.
class Writer {
public:
    explicit Writer(std::string& toml) : toml_(toml) {}

    void header(std::string_view header) { toml_ += fmt::format("\n{}\n", header); }
    /// `value` is TOML already.
    void line(std::string_view key, const std::string& value) {
        toml_ += fmt::format("{} = {}\n", key, value);
    }
    void text(std::string_view key, std::string_view value) {
        line(key, settings::toml_text(value));
    }
    void number(std::string_view key, std::uint64_t value) { line(key, fmt::format("{}", value)); }
    void flag(std::string_view key, bool value) { line(key, value ? "true" : "false"); }
    void duration(std::string_view key, Duration value) { line(key, in_quotes(value)); }
    void size(std::string_view key, std::uint64_t value) {
        text(key, settings::format_size(value));
    }
    void texts(std::string_view key, const std::vector<std::string>& values) {
        std::vector<std::string> quoted;
        for (const std::string& value : values) quoted.push_back(settings::toml_text(value));
        line(key, fmt::format("[{}]", fmt::join(quoted, ", ")));
    }
    void auth(const std::optional<Credentials>& value) {
        if (!value) return;
        line("auth",
             fmt::format("{{ user = {}, password = {}, mechanism = {} }}",
                         settings::toml_text(value->user), settings::toml_text(value->password),
                         settings::toml_text(value->mechanism)));
    }

private:
    std::string& toml_;
};

/// `parts` go with the mode; an empty text among them is left out.
void write_tls(Writer& writer, smtp::TlsUse use, tls::Versions versions,
               std::initializer_list<std::pair<std::string_view, std::string_view>> parts);

void write_sender(Writer& writer, const SenderSettings& sender);

}  // namespace twofifty::harness
