// With [sender] the fleet only hands its mail to a real server, and it is that one's attempts which
// count: what the fleet tells of its own is left out, and what the layer sees of the server's is
// taken for an account of them.
#pragma once

#include "netem/identities.hpp"
#include "record/recorder.hpp"
#include "record/token.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace twofifty::harness {

/// Takes the fleet's events: that a message was submitted, and that it could not be.
class SubmissionRecorder final : public Recorder {
public:
    explicit SubmissionRecorder(Recorder& next) : next_(next) {}

    void record(Event event) override {
        if (event.kind == EventKind::submitted || event.kind == EventKind::gave_up)
            next_.record(std::move(event));
    }

private:
    Recorder& next_;
};

/// The fleet's mail as a real server hands it on. Its token is in the envelope sender and in the
/// content; it is the layer that tells what the server did.
class SentIdentities final : public netem::Identities {
public:
    /// The address book must outlive it.
    SentIdentities(std::string run_id, const AddressBook& recipients)
        : run_id_(std::move(run_id)), recipients_(recipients) {}

    std::uint32_t message_of_sender(std::string_view) override { return 0; }
    bool reads_content() const override { return true; }
    std::uint32_t message_of_content(std::string_view sender,
                                     const smtp::ContentReader& content) override {
        const std::optional<Token> token = parse_token(content.token());
        if (token && token->run_id == run_id_) return token->ordinal;
        return ordinal_of_sender(sender, run_id_);
    }
    std::uint32_t recipient(std::string_view address) override {
        return recipients_.number_of(address);
    }

private:
    std::string run_id_;
    const AddressBook& recipients_;
};

/// Takes the layer's events about them, in front of one receiver: that a message was submitted is
/// known from the fleet, and copies are counted behind the layer.
class SentRecorder final : public Recorder {
public:
    /// `receiver`: its number.
    SentRecorder(Recorder& next, std::size_t receiver)
        : next_(next), receiver_(static_cast<std::int64_t>(receiver)) {}

    void record(Event event) override {
        if (event.kind == EventKind::submitted || event.kind == EventKind::copy_found) return;
        if (event.kind == EventKind::attempt_started) event.quantity = receiver_;
        next_.record(std::move(event));
    }

private:
    Recorder& next_;
    std::int64_t receiver_;
};

}  // namespace twofifty::harness
