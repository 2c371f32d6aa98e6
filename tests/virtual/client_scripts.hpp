// The scripts of the sending side's dialogues, and the clients that speak them.
#pragma once

#include "tests/virtual/scripted_server.hpp"
#include "tests/virtual/tls_sides.hpp"

#include <initializer_list>
#include <string>
#include <vector>

namespace twofifty::smtp {

using Words = std::vector<std::string>;

inline const std::string content = "Subject: x\r\n\r\n.dot\r\n";
inline const std::string wire = "Subject: x\r\n\r\n..dot\r\n.\r\n";
inline const std::string mail = "MAIL FROM:<s@a.test>\r\n";
inline const std::string rcpt_a = "RCPT TO:<a@b.test>\r\n";
inline const std::string rcpt_c = "RCPT TO:<c@b.test>\r\n";
inline const Letter to_one{{"a@b.test"}, content};
inline const Letter to_two{{"a@b.test", "c@b.test"}, content};

inline ClientOptions client() {
    return ClientOptions{.timeouts = one_second_more_each()};
}
inline ClientOptions lmtp_client() {
    return ClientOptions{.lmtp = true, .timeouts = one_second_more_each()};
}
inline ClientOptions bdat_client() {
    return ClientOptions{.chunking = true, .chunk_size = 10, .timeouts = one_second_more_each()};
}
inline ClientOptions auth_client(bool login) {
    return ClientOptions{.timeouts = one_second_more_each(),
                         .credentials = ClientCredentials{"user", "secret", login}};
}

inline ClientOptions tls_client(TlsUse use) {
    return ClientOptions{.timeouts = one_second_more_each(),
                         .tls = ClientTls{use, client_context(), "b.test"}};
}

inline Step greeting() {
    return {Phase::greeting, "", "220 b.test ESMTP\r\n"};
}
inline Step starttls() {
    return {Phase::starttls, "STARTTLS\r\n", "220 Go\r\n"};
}
/// The handshake, as a step of its own.
inline Step handshake() {
    return {Phase::starttls, "", "", true};
}
inline Step quit() {
    return {Phase::quit, "QUIT\r\n", "221 Bye\r\n"};
}

inline Script together(std::initializer_list<Script> parts) {
    Script script;
    for (const Script& part : parts) script.insert(script.end(), part.begin(), part.end());
    return script;
}

inline Script plain_opening() {
    return {greeting(), {Phase::helo, "EHLO sender.test\r\n", "250 b.test\r\n"}};
}
inline Script opening_with(const std::string& keywords) {
    return {greeting(),
            {Phase::helo, "EHLO sender.test\r\n", "250-b.test\r\n" + keywords + "250 HELP\r\n"}};
}
inline Script lmtp_opening() {
    return {greeting(), {Phase::helo, "LHLO sender.test\r\n", "250-b.test\r\n250 PIPELINING\r\n"}};
}

inline Script one_by_one() {
    return together({plain_opening(),
                     {{Phase::mail, mail, "250 Ok\r\n"},
                      {Phase::rcpt, rcpt_a, "250 Ok\r\n"},
                      {Phase::rcpt, rcpt_c, "250-Good\r\n250 Ok\r\n"},
                      {Phase::data_init, "DATA\r\n", "354 Go\r\n"},
                      {Phase::data_done, wire, "250 2.0.0 Ok: queued as Q1\r\n"}}});
}
inline Script pipelined() {
    return together({opening_with("250-PIPELINING\r\n"),
                     {{Phase::mail, mail + rcpt_a + rcpt_c + "DATA\r\n", "250 Ok\r\n"},
                      {Phase::rcpt, "", "250 Ok\r\n"},
                      {Phase::rcpt, "", "250 Ok\r\n"},
                      {Phase::data_init, "", "354 Go\r\n"},
                      {Phase::data_done, wire, "250 2.0.0 Ok: queued as Q1\r\n"}}});
}
inline Script in_chunks() {
    return together({opening_with("250-CHUNKING\r\n"),
                     {{Phase::mail, mail, "250 Ok\r\n"},
                      {Phase::rcpt, rcpt_a, "250 Ok\r\n"},
                      {Phase::rcpt, rcpt_c, "250 Ok\r\n"},
                      {Phase::data_xfer, "BDAT 10\r\n" + content.substr(0, 10), "250 Ok\r\n"},
                      {Phase::data_done, "BDAT 10 LAST\r\n" + content.substr(10),
                       "250 2.0.0 Ok: queued as Q1\r\n"}}});
}
inline Script with_lmtp() {
    return together({lmtp_opening(),
                     {{Phase::mail, mail + rcpt_a + rcpt_c + "DATA\r\n", "250 Ok\r\n"},
                      {Phase::rcpt, "", "250 Ok\r\n"},
                      {Phase::rcpt, "", "250 Ok\r\n"},
                      {Phase::data_init, "", "354 Go\r\n"},
                      {Phase::data_done, wire, "250 2.0.0 Ok: queued as Q1\r\n"},
                      {Phase::data_done, "", "450 4.2.1 Not now\r\n"}}});
}

inline const std::string accepted = words(Outcome::accepted, Phase::data_done, 250, 0ms);

}  // namespace twofifty::smtp
