// Counts copies in a file of the mbox kind, or in one for each recipient. Messages begin with a
// line "From " behind an empty one, as every server writes them that escapes such lines in bodies.
#pragma once

#include "harness/observe/observer.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace twofifty::harness {

class MboxObserver final : public Observer {
public:
    /// `pattern` is a path; "{recipient}" and "{user}" as in a Maildir's.
    /// `called`: how the report calls it; empty: by the pattern.
    MboxObserver(ObserverParts parts, const std::string& pattern, const std::string& called = "");

    std::string start() override;
    world::Task<> look() override;
    const std::string& description() const override { return description_; }

private:
    struct Box {
        std::filesystem::path path;
        std::uint32_t recipient = 0;
        std::uint64_t read = 0;  ///< Bytes that were read: up to the start of the last message.
        std::uint64_t size = 0;  ///< At the last look.
    };

    void look_into(Box& box);

    ObserverParts parts_;
    std::string description_;
    std::vector<Box> boxes_;
    smtp::ContentReader content_;
};

}  // namespace twofifty::harness
