// The mail of a client that is not ours: nothing in the envelope tells one message from the next,
// so that a message is known by what it contains.
#pragma once

#include "netem/identities.hpp"
#include "record/foreign_message.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace twofifty::netem {

/// Learns who appears. Called from the world's thread; it must not wait for long.
class Newcomers {
public:
    virtual ~Newcomers() = default;
    virtual void message(ForeignMessage message) = 0;
    virtual void recipient(std::uint32_t number, std::string_view address) = 0;
    /// No more can be remembered; told once. What comes from now on is not counted.
    virtual void full() = 0;
};

/// Two messages are the same where sender and Message-ID are, or, where there is no Message-ID,
/// sender and whole content. Recipients are numbered as they appear; their case does not matter.
/// What is remembered is bounded, since the client decides how much there is.
class ForeignIdentities final : public Identities {
public:
    static constexpr std::uint32_t most = 1'000'000;

    /// `newcomers` must outlive it. `most_of_each`: messages, and recipients.
    explicit ForeignIdentities(Newcomers& newcomers, std::uint32_t most_of_each = most)
        : newcomers_(newcomers), most_(most_of_each) {}

    std::uint32_t message_of_sender(std::string_view) override { return 0; }
    bool reads_content() const override { return true; }
    std::uint32_t message_of_content(std::string_view sender,
                                     const smtp::ContentReader& content) override;
    std::uint32_t recipient(std::string_view address) override;

private:
    void tell_full();

    Newcomers& newcomers_;
    std::uint32_t most_;
    /// By the hash of what makes a message the same; 64 bits tell a million apart.
    std::unordered_map<std::uint64_t, std::uint32_t> messages_;
    std::unordered_map<std::uint64_t, std::uint32_t> recipients_;
    bool told_full_ = false;
};

}  // namespace twofifty::netem
