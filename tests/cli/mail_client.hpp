// A client of few words, and a proxy to talk to: what tests of `twofifty proxy` share.
#pragma once

#include "tests/cli/child.hpp"

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace twofifty::cli {

/// A connection to 127.0.0.1. Every wait ends after ten seconds.
class MailClient {
public:
    /// `address` is host:port.
    explicit MailClient(const std::string& address);
    ~MailClient();
    MailClient(const MailClient&) = delete;
    MailClient& operator=(const MailClient&) = delete;

    bool connected() const { return socket_ >= 0; }
    /// As many of the bytes as are taken within the limit.
    std::size_t say(std::string_view bytes,
                    std::chrono::milliseconds limit = std::chrono::seconds{10}) const;
    /// One reply, all its lines; empty where none came in time.
    std::string hear(std::chrono::milliseconds limit = std::chrono::seconds{10});
    /// Each line, and the reply to it.
    std::string ask(std::string_view line);
    /// A whole session for one message up to the final dot.
    void send_message(const std::string& message_id, const std::string& recipient = "b@y.test");
    /// Ends without a word.
    void vanish();

private:
    int socket_ = -1;
    std::string unread_;
};

/// `twofifty proxy` in front of a server, listening.
class ProxyProcess {
public:
    ProxyProcess(const std::string& upstream, const std::filesystem::path& where,
                 std::vector<std::string> options = {}, const std::function<void()>& prepare = {});

    const std::string& address() const { return address_; }
    /// Asks it to end, and waits for that.
    Ended end();

private:
    std::string address_;
    std::unique_ptr<Child> child_;
};

/// A rule file's text that drops the first reply to the end of data of each message.
extern const char* const drop_first_250;

}  // namespace twofifty::cli
