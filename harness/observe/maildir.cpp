#include "harness/observe/maildir.hpp"

#include "harness/observe/boxes.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <utility>

namespace twofifty::harness {

MaildirObserver::MaildirObserver(ObserverParts parts, const std::string& pattern,
                                 const std::string& called)
    : parts_(std::move(parts)), description_(called.empty() ? "maildir " + pattern : called) {
    for (BoxPlace& place : boxes_of(pattern, parts_.recipients))
        boxes_.push_back({std::move(place.name), place.recipient, {}});
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
        const std::filesystem::directory_iterator readable(box.path, error);
        if (error) return "cannot read " + box.path.string() + ": " + error.message();
        for (const char* folder : {"new", "cur"}) look_into(box, folder, false);
    }
    return {};
}

world::Task<> MaildirObserver::look() {
    for (Box& box : boxes_)
        for (const char* folder : {"new", "cur"}) look_into(box, folder, true);
    co_return;
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
    for (const std::filesystem::path& file : found) record_file(box, file);
}

void MaildirObserver::record_file(Box& box, const std::filesystem::path& path) {
    const std::string name = path.filename().string();
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        // A reader moved it from new to cur in between: the next look finds it there.
        box.seen.erase(name.substr(0, name.find(':')));
        return;
    }
    const std::string raw{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    record_copy(parts_, content_, raw, box.recipient, "file " + name);
}

}  // namespace twofifty::harness
