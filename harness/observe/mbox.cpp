#include "harness/observe/mbox.hpp"

#include "harness/observe/boxes.hpp"

#include <fstream>
#include <iterator>
#include <utility>

namespace twofifty::harness {
namespace {

constexpr std::string_view start_of_message = "From ";
constexpr std::string_view start_of_next = "\n\nFrom ";

/// A message without its "From " line, and with "From " in its body as it was sent: writers put a
/// ">" before it.
std::string message_in(std::string_view stored) {
    const std::size_t first_line = stored.find('\n');
    std::string message(
        stored.substr(first_line == std::string_view::npos ? stored.size() : first_line + 1));
    constexpr std::string_view escaped = "\n>From ";
    for (std::size_t at = message.find(escaped); at != std::string::npos;
         at = message.find(escaped, at))
        message.erase(at + 1, 1);
    return message;
}

}  // namespace

MboxObserver::MboxObserver(ObserverParts parts, const std::string& pattern,
                           const std::string& called)
    : parts_(std::move(parts)), description_(called.empty() ? "mbox " + pattern : called) {
    for (BoxPlace& place : boxes_of(pattern, parts_.recipients))
        boxes_.push_back({std::move(place.name), place.recipient});
}

std::string MboxObserver::start() {
    for (Box& box : boxes_) {
        std::error_code error;
        if (!std::filesystem::exists(box.path, error)) continue;
        const std::ifstream file(box.path);
        if (!file) return "cannot read " + box.path.string();
        box.read = box.size = std::filesystem::file_size(box.path, error);
    }
    return {};
}

world::Task<> MboxObserver::look() {
    for (Box& box : boxes_) look_into(box);
    co_return;
}

/// A message is complete when the file has ended behind its empty line, and has not grown since the
/// look before, or when another one follows.
void MboxObserver::look_into(Box& box) {
    std::error_code error;
    const std::uint64_t size = std::filesystem::file_size(box.path, error);
    if (error || size == box.read) return;
    const bool settled = size == std::exchange(box.size, size);
    std::ifstream file(box.path, std::ios::binary);
    file.seekg(static_cast<std::streamoff>(box.read));
    const std::string fresh{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    std::string_view rest = fresh;
    while (rest.starts_with(start_of_message)) {
        const std::size_t next = rest.find(start_of_next);
        if (next == std::string_view::npos && (!settled || !rest.ends_with('\n'))) return;
        // The empty line behind a message is the box's and not the message's.
        const std::size_t length = next == std::string_view::npos ? rest.size() : next + 2;
        std::string_view stored = rest.substr(0, length);
        if (stored.ends_with("\n\n")) stored.remove_suffix(1);
        record_copy(parts_, content_, message_in(stored), box.recipient,
                    "in " + box.path.filename().string());
        box.read += length;
        rest.remove_prefix(length);
    }
}

}  // namespace twofifty::harness
