// Counts copies in a Maildir, or in one for each recipient.
#pragma once

#include "harness/observe/observer.hpp"

#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace twofifty::harness {

class MaildirObserver final : public Observer {
public:
    /// `pattern` is a path; "{recipient}" in it stands for each recipient's address, "{user}" for
    /// its local part.
    /// `called`: how the report calls it; empty: by the pattern.
    MaildirObserver(ObserverParts parts, const std::string& pattern,
                    const std::string& called = "");

    std::string start() override;
    world::Task<> look() override;
    const std::string& description() const override { return description_; }

private:
    struct Box {
        std::filesystem::path path;
        std::uint32_t recipient = 0;  ///< 0: holds several recipients'.
        std::set<std::string> seen;   ///< Names without flags.
    };

    void look_into(Box& box, const char* folder, bool record);
    void record_file(Box& box, const std::filesystem::path& path);

    ObserverParts parts_;
    std::string description_;
    std::vector<Box> boxes_;
    smtp::ContentReader content_;
};

}  // namespace twofifty::harness
