// Counts copies where a real server delivers them: in one Maildir, or in one for each recipient.
#pragma once

#include "record/address_book.hpp"
#include "record/recorder.hpp"
#include "smtp/content_reader.hpp"
#include "world/clock.hpp"
#include "world/task.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <vector>

namespace twofifty::harness {

struct MaildirParts {
    world::Clock& clock;
    Recorder& recorder;
    const AddressBook& recipients;
    std::string run_id;
    /// The recipient of a message that has only one; 0 where it has several. For copies that do not
    /// say whose they are.
    std::function<std::uint32_t(std::uint32_t message)> only_recipient;
};

class MaildirObserver {
public:
    /// `pattern` is a path; "{recipient}" in it stands for each recipient's address, "{user}" for
    /// its local part.
    MaildirObserver(MaildirParts parts, const std::string& pattern);

    /// Remembers what is there already: mail of earlier runs is not ours. Yields what is wrong with
    /// a folder; empty: nothing.
    std::string start();

    /// Looks for new copies now, and records them.
    void look();

    /// Looks again and again, until destroyed.
    world::Task<> watch();

    /// "maildir <path>", for the report.
    const std::string& description() const { return description_; }

private:
    struct Box {
        std::filesystem::path path;
        std::uint32_t recipient = 0;  ///< 0: holds several recipients'.
        std::set<std::string> seen;   ///< Names without flags.
    };

    void look_into(Box& box, const char* folder, bool record);
    void record_copy(Box& box, const std::filesystem::path& path);

    MaildirParts parts_;
    std::string description_;
    std::vector<Box> boxes_;
    smtp::ContentReader content_;
};

}  // namespace twofifty::harness
