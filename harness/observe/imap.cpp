#include "harness/observe/imap.hpp"

#include "harness/observe/boxes.hpp"
#include "world/deadline.hpp"

#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace twofifty::harness {
namespace {

constexpr Duration answer_limit = std::chrono::seconds{10};
constexpr std::size_t longest_answer = 256U << 20;

/// Text in quotes, as IMAP has it.
std::string quoted(const std::string& text) {
    std::string result = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') result += '\\';
        result += c;
    }
    return result + '"';
}

struct Literal {
    std::uint32_t uid = 0;
    std::string bytes{};
};

/// One answer: what stood between the command and its tagged line.
struct Answer {
    std::string trouble{};  ///< Empty: it was OK.
    std::vector<Literal> literals{};
};

std::optional<std::uint64_t> number_at(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end == text.data()) return std::nullopt;
    return value;
}

/// "* 3 FETCH (UID 7 BODY[] {1234}" says that so many bytes follow.
std::optional<std::uint64_t> literal_of(std::string_view line) {
    const std::size_t open = line.rfind('{');
    if (!line.ends_with('}') || open == std::string_view::npos) return std::nullopt;
    return number_at(line.substr(open + 1));
}

std::uint32_t uid_of(std::string_view line) {
    constexpr std::string_view word = "UID ";
    const std::size_t at = line.find(word);
    if (at == std::string_view::npos) return 0;
    return static_cast<std::uint32_t>(number_at(line.substr(at + word.size())).value_or(0));
}

class Connection {
public:
    Connection(world::Clock& clock, std::unique_ptr<world::Stream> stream)
        : clock_(clock), stream_(std::move(stream)) {}

    world::Task<std::optional<std::string>> line() {
        while (true) {
            const std::size_t end = text_.find("\r\n");
            if (end != std::string::npos) {
                std::string result = text_.substr(0, end);
                text_.erase(0, end + 2);
                co_return result;
            }
            const bool more = co_await read();
            if (!more) co_return std::nullopt;
        }
    }

    world::Task<Answer> ask(std::string command) {
        const std::string tag = "t" + std::to_string(++commands_);
        const std::string text = tag + " " + std::move(command) + "\r\n";
        const world::Written written = co_await stream_->write(text);
        Answer answer{.trouble = "the connection was lost"};
        if (written.error) co_return answer;
        while (true) {
            const std::optional<std::string> said = co_await line();
            if (!said) co_return answer;
            if (said->starts_with(tag + " ")) {
                const std::string rest = said->substr(tag.size() + 1);
                answer.trouble = rest.starts_with("OK") ? "" : rest;
                co_return answer;
            }
            const std::optional<std::uint64_t> size = literal_of(*said);
            if (!size) continue;
            if (*size > longest_answer) co_return answer;
            while (text_.size() < *size) {
                const bool more = co_await read();
                if (!more) co_return answer;
            }
            answer.literals.push_back({uid_of(*said), text_.substr(0, *size)});
            text_.erase(0, *size);
            // What follows the literal: the rest of the list, which may name the UID only now.
            const std::optional<std::string> rest = co_await line();
            if (!rest) co_return answer;
            if (answer.literals.back().uid == 0) answer.literals.back().uid = uid_of(*rest);
        }
    }

private:
    world::Task<bool> read() {
        const world::Result<std::size_t> got = co_await world::within(
            clock_, clock_.now() + answer_limit, stream_->read_some(buffer_));
        if (!got || text_.size() > longest_answer) co_return false;
        text_.append(buffer_.data(), *got);
        co_return true;
    }

    world::Clock& clock_;
    std::unique_ptr<world::Stream> stream_;
    std::array<char, 16384> buffer_{};
    std::string text_;
    int commands_ = 0;
};

}  // namespace

ImapObserver::ImapObserver(ObserverParts parts, world::Network& network, ImapAccess access)
    : parts_(std::move(parts)),
      network_(network),
      access_(std::move(access)),
      description_(access_.called) {
    for (BoxPlace& place : boxes_of(access_.user, parts_.recipients))
        boxes_.push_back({std::move(place.name), place.recipient});
}

world::Task<> ImapObserver::look() {
    for (Box& box : boxes_) {
        const std::string trouble = co_await look_into(box);
        if (trouble.empty() || std::exchange(told_, true)) continue;
        parts_.recorder.record(
            {.at = parts_.clock.now(),
             .kind = EventKind::target_failed,
             .text = "IMAP at " + to_string(access_.server) + " as " + box.user + ": " + trouble});
    }
}

/// Yields what was wrong; empty: nothing.
world::Task<std::string> ImapObserver::look_into(Box& box) {
    world::Result<std::unique_ptr<world::Stream>> stream = co_await world::within(
        parts_.clock, parts_.clock.now() + answer_limit, network_.connect(access_.server));
    // A server that is being started again is asked later.
    if (!stream) co_return "";
    Connection connection(parts_.clock, std::move(*stream));
    const std::optional<std::string> greeting = co_await connection.line();
    if (!greeting) co_return "";
    const Answer login =
        co_await connection.ask("LOGIN " + quoted(box.user) + " " + quoted(access_.password));
    if (!login.trouble.empty()) co_return login.trouble;
    // The box is made with the first message for it.
    const Answer examined = co_await connection.ask("EXAMINE INBOX");
    if (!examined.trouble.empty()) co_return "";
    const Answer fetched = co_await connection.ask("UID FETCH " + std::to_string(box.next_uid) +
                                                   ":* (UID BODY.PEEK[])");
    for (const Literal& literal : fetched.literals) {
        // "n:*" names the last message whatever n is.
        if (literal.uid < box.next_uid) continue;
        record_copy(parts_, content_, literal.bytes, box.recipient,
                    "UID " + std::to_string(literal.uid));
        box.next_uid = literal.uid + 1;
    }
    co_await connection.ask("LOGOUT");
    co_return "";
}

}  // namespace twofifty::harness
