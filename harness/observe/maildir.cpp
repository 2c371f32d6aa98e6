#include "harness/observe/maildir.hpp"

#include "record/text.hpp"
#include "record/token.hpp"
#include "world/deadline.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <utility>

namespace twofifty::harness {
namespace {

constexpr Duration look_interval = std::chrono::milliseconds{200};
constexpr std::size_t recorded_text_limit = 200;

std::string replaced(std::string text, std::string_view what, std::string_view by) {
    for (std::size_t at = text.find(what); at != std::string::npos;
         at = text.find(what, at + by.size()))
        text.replace(at, what.size(), by);
    return text;
}

std::string_view without_brackets(std::string_view address) {
    if (address.starts_with('<') && address.ends_with('>'))
        return address.substr(1, address.size() - 2);
    return address;
}

}  // namespace

MaildirObserver::MaildirObserver(MaildirParts parts, const std::string& pattern)
    : parts_(std::move(parts)), description_("maildir " + pattern) {
    const bool per_recipient = pattern.find("{recipient}") != std::string::npos ||
                               pattern.find("{user}") != std::string::npos;
    if (!per_recipient) {
        boxes_.push_back({pattern, 0, {}});
        return;
    }
    // Addresses that differ in their domain only may share a folder named after the user.
    std::map<std::string, std::size_t> places;
    for (std::uint32_t number = 1; number <= parts_.recipients.size(); ++number) {
        const std::string& address = parts_.recipients.address_of(number);
        const std::string user = address.substr(0, address.rfind('@'));
        const std::string path =
            replaced(replaced(pattern, "{recipient}", address), "{user}", user);
        const auto [place, added] = places.try_emplace(path, boxes_.size());
        if (added) {
            boxes_.push_back({path, number, {}});
        } else {
            boxes_[place->second].recipient = 0;
        }
    }
}

std::string MaildirObserver::start() {
    for (Box& box : boxes_) {
        std::error_code error;
        const std::filesystem::path parent = box.path.parent_path();
        if (!std::filesystem::is_directory(box.path, error)) {
            // A server makes a user's Maildir at the first delivery; the folder above must be
            // there.
            if (parent.empty() || std::filesystem::is_directory(parent, error)) continue;
            return "there is no folder " + box.path.string();
        }
        std::filesystem::directory_iterator(box.path, error);
        if (error) return "cannot read " + box.path.string() + ": " + error.message();
        for (const char* folder : {"new", "cur"}) look_into(box, folder, false);
    }
    return {};
}

void MaildirObserver::look() {
    for (Box& box : boxes_)
        for (const char* folder : {"new", "cur"}) look_into(box, folder, true);
}

world::Task<> MaildirObserver::watch() {
    while (true) {
        co_await world::sleep_for(parts_.clock, look_interval);
        look();
    }
}

void MaildirObserver::look_into(Box& box, const char* folder, bool record) {
    std::error_code error;
    std::vector<std::filesystem::path> found;
    for (std::filesystem::directory_iterator entry(box.path / folder, error), end;
         !error && entry != end; entry.increment(error)) {
        const std::string name = entry->path().filename().string();
        if (name.starts_with('.')) continue;
        if (box.seen.insert(name.substr(0, name.find(':'))).second) found.push_back(entry->path());
    }
    if (!record) return;
    std::sort(found.begin(), found.end());
    for (const std::filesystem::path& file : found) record_copy(box, file);
}

void MaildirObserver::record_copy(Box& box, const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        // A reader moved it from new to cur in between: the next look finds it there.
        const std::string name = path.filename().string();
        box.seen.erase(name.substr(0, name.find(':')));
        return;
    }
    const std::string raw{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    content_.reset();
    // A Maildir holds LF line ends; digests are of CRLF ones, as on the wire.
    content_.add(with_crlf_line_ends(raw));
    Event copy{.at = parts_.clock.now(),
               .kind = EventKind::copy_found,
               .node = 1,
               .recipient = box.recipient,
               .quantity = content_.received_headers(),
               .digest = content_.body_digest(),
               .text = content_.queue_id()};
    if (copy.recipient == 0)
        copy.recipient = parts_.recipients.number_of(without_brackets(content_.delivered_to()));
    const std::optional<Token> token = parse_token(content_.token());
    if (token && token->run_id == parts_.run_id) {
        copy.message = token->ordinal;
        if (copy.recipient == 0) copy.recipient = parts_.only_recipient(copy.message);
    } else {
        copy.text = "file " + path.filename().string();
    }
    copy.text.resize(std::min(copy.text.size(), recorded_text_limit));
    parts_.recorder.record(std::move(copy));
}

}  // namespace twofifty::harness
