#include "harness/servers/queue_formats.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <set>
#include <string>
#include <system_error>
#include <vector>

namespace twofifty::harness {
namespace {

namespace fs = std::filesystem;

Duration age(std::time_t since, std::time_t now) {
    return std::chrono::seconds{std::max<std::int64_t>(0, static_cast<std::int64_t>(now) - since)};
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(separator), text.size());
        parts.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parts;
}

std::vector<std::string_view> words(std::string_view line) {
    std::vector<std::string_view> result;
    for (const std::string_view word : split(line, ' '))
        if (!word.empty()) result.push_back(word);
    return result;
}

std::optional<std::int64_t> number(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// A JSON object a line: postqueue(1).
std::optional<QueueLook> read_postqueue(std::string_view output, std::time_t now) {
    QueueLook look;
    for (const std::string_view line : split(output, '\n')) {
        if (line.empty()) continue;
        boost::system::error_code error;
        const boost::json::value value = boost::json::parse(line, error);
        if (error || !value.is_object()) return std::nullopt;
        const boost::json::object& object = value.get_object();
        ++look.messages;
        if (const auto* name = object.if_contains("queue_name"); name && name->is_string())
            if (name->get_string() == "deferred") ++look.deferred;
        if (const auto* arrival = object.if_contains("arrival_time");
            arrival && arrival->is_int64())
            look.oldest = std::max(look.oldest, age(arrival->get_int64(), now));
    }
    return look;
}

/// "25m", "3h", "2d": how `exim -bp` tells ages.
std::optional<Duration> exim_age(std::string_view text) {
    if (text.size() < 2) return std::nullopt;
    const auto count = number(text.substr(0, text.size() - 1));
    if (!count) return std::nullopt;
    switch (text.back()) {
        case 'm': return std::chrono::minutes{*count};
        case 'h': return std::chrono::hours{*count};
        case 'd': return std::chrono::hours{24 * *count};
        default: return std::nullopt;
    }
}

/// `exim -bp`: a line of age, size, id and sender for a message, then its recipients. It does not
/// say which have been tried.
std::optional<QueueLook> read_exim(std::string_view output) {
    QueueLook look;
    for (const std::string_view line : split(output, '\n')) {
        const std::vector<std::string_view> parts = words(line);
        if (parts.size() < 4 || !parts[3].starts_with('<')) continue;
        const std::optional<Duration> old = exim_age(parts[0]);
        if (!old) continue;
        ++look.messages;
        look.oldest = std::max(look.oldest, *old);
    }
    return look;
}

/// The year that Sendmail leaves out is the latest that does not lie ahead.
std::optional<std::time_t> time_without_year(std::string_view month, std::string_view day,
                                             std::string_view clock, std::time_t now) {
    const std::string text = std::string(month) + " " + std::string(day) + " " + std::string(clock);
    std::tm here{};
    ::localtime_r(&now, &here);
    std::tm told{};
    if (::strptime(text.c_str(), "%b %d %H:%M", &told) == nullptr) return std::nullopt;
    told.tm_year = here.tm_year;
    told.tm_isdst = -1;
    std::time_t result = ::mktime(&told);
    constexpr std::time_t a_day = 86'400;
    if (result > now + a_day) {
        --told.tm_year;
        result = ::mktime(&told);
    }
    return result;
}

/// `mailq`: a line of id, size, time and sender for a message; behind it, in brackets, why it
/// waits.
std::optional<QueueLook> read_sendmail(std::string_view output, std::time_t now) {
    QueueLook look;
    for (const std::string_view line : split(output, '\n')) {
        const std::vector<std::string_view> parts = words(line);
        if (!line.empty() && line.front() == ' ' && !parts.empty() &&
            parts[0].starts_with("(Deferred"))
            ++look.deferred;
        // Q-ID, size, weekday, month, day, clock. A mark (* - X) may follow the id.
        for (std::size_t i = 1; !line.empty() && line.front() != ' ' && i + 4 < parts.size(); ++i) {
            if (!number(parts[i]) || parts[i + 4].find(':') == std::string_view::npos) continue;
            const auto since = time_without_year(parts[i + 2], parts[i + 3], parts[i + 4], now);
            if (!since) break;
            ++look.messages;
            look.oldest = std::max(look.oldest, age(*since, now));
            break;
        }
    }
    return look;
}

/// `smtpctl show queue`: a line for each envelope, fields between bars: its id (of which the first
/// eight digits are the message's), ..., the eighth the time of arrival, the eleventh the number of
/// tries.
std::optional<QueueLook> read_smtpctl(std::string_view output, std::time_t now) {
    constexpr std::size_t message_digits = 8;
    constexpr std::size_t fields = 11;
    QueueLook look;
    std::set<std::string_view> messages;
    std::set<std::string_view> tried;
    for (const std::string_view line : split(output, '\n')) {
        if (line.empty()) continue;
        const std::vector<std::string_view> parts = split(line, '|');
        if (parts.size() < fields) return std::nullopt;
        const std::string_view id = parts[0].substr(0, message_digits);
        messages.insert(id);
        if (const auto since = number(parts[7]))
            look.oldest = std::max(look.oldest, age(*since, now));
        if (number(parts[10]).value_or(0) > 0) tried.insert(id);
    }
    look.messages = messages.size();
    look.deferred = tried.size();
    return look;
}

}  // namespace

std::optional<QueueLook> read_queue_output(QueueFormat format, std::string_view output,
                                           std::time_t now) {
    switch (format) {
        case QueueFormat::postqueue: return read_postqueue(output, now);
        case QueueFormat::exim: return read_exim(output);
        case QueueFormat::sendmail: return read_sendmail(output, now);
        case QueueFormat::smtpctl: return read_smtpctl(output, now);
        case QueueFormat::haraka:
        case QueueFormat::files:
        case QueueFormat::none: return std::nullopt;
    }
    return std::nullopt;
}

QueueLook read_queue_folder(QueueFormat format, const fs::path& folder, std::time_t now) {
    constexpr std::int64_t ms = 1000;
    QueueLook look;
    std::error_code error;
    for (fs::recursive_directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error)) {
        std::error_code gone;
        if (!entry->is_regular_file(gone)) continue;
        const std::string name = entry->path().filename().string();
        // Half-written ones of Haraka.
        if (name.starts_with("__tmp__")) continue;
        ++look.messages;
        const std::vector<std::string_view> parts = split(name, '_');
        if (format == QueueFormat::haraka && parts.size() >= 3) {
            if (const auto arrival = number(parts[0]))
                look.oldest = std::max(look.oldest, age(*arrival / ms, now));
            if (number(parts[2]).value_or(0) > 0) ++look.deferred;
            continue;
        }
        const fs::file_time_type written = entry->last_write_time(gone);
        if (gone) continue;
        const auto old = fs::file_time_type::clock::now() - written;
        look.oldest =
            std::max(look.oldest, std::max(Duration{}, std::chrono::duration_cast<Duration>(old)));
    }
    return look;
}

}  // namespace twofifty::harness
