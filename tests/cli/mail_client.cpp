#include "tests/cli/mail_client.hpp"

#include "tests/cli/scripted_target.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <csignal>
#include <stdexcept>
#include <thread>

namespace twofifty::cli {
namespace {

using namespace std::chrono_literals;

int connect_to(const std::string& address) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    where.sin_port =
        htons(static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1))));
    if (connect(socket, reinterpret_cast<const sockaddr*>(&where), sizeof(where)) == 0)
        return socket;
    close(socket);
    return -1;
}

bool ready(int socket, short what, std::chrono::milliseconds limit) {
    pollfd waiting{.fd = socket, .events = what, .revents = 0};
    return poll(&waiting, 1, static_cast<int>(limit.count())) == 1;
}

}  // namespace

const char* const drop_first_250 =
    "[[impair]]\nname = \"lose-250\"\nwhen = { phase = \"data_done\", first = 1 }\n"
    "effect = { drop = \"reply\" }\n";

MailClient::MailClient(const std::string& address) : socket_(connect_to(address)) {}

MailClient::~MailClient() {
    vanish();
}

void MailClient::vanish() {
    if (socket_ >= 0) close(socket_);
    socket_ = -1;
}

std::size_t MailClient::say(std::string_view bytes, std::chrono::milliseconds limit) const {
    std::size_t said = 0;
    while (said < bytes.size() && ready(socket_, POLLOUT, limit)) {
        const ssize_t sent =
            send(socket_, bytes.data() + said, bytes.size() - said, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent <= 0) break;
        said += static_cast<std::size_t>(sent);
    }
    return said;
}

std::string MailClient::hear(std::chrono::milliseconds limit) {
    std::string reply;
    while (true) {
        for (std::size_t end = unread_.find('\n'); end != std::string::npos;
             end = unread_.find('\n')) {
            const std::string line = unread_.substr(0, end + 1);
            unread_.erase(0, end + 1);
            reply += line;
            if (line.size() < 4 || line[3] != '-') return reply;
        }
        char buffer[4096];
        if (!ready(socket_, POLLIN, limit)) return {};
        const ssize_t got = recv(socket_, buffer, sizeof(buffer), 0);
        if (got <= 0) return {};
        unread_.append(buffer, static_cast<std::size_t>(got));
    }
}

std::string MailClient::ask(std::string_view line) {
    say(std::string(line) + "\r\n");
    return hear();
}

void MailClient::send_message(const std::string& message_id, const std::string& recipient) {
    hear();
    ask("EHLO client.test");
    ask("MAIL FROM:<a@x.test>");
    ask("RCPT TO:<" + recipient + ">");
    ask("DATA");
    say("Subject: s\r\nMessage-ID: " + message_id + "\r\n\r\nbody of " + message_id + "\r\n.\r\n");
}

ProxyProcess::ProxyProcess(const std::string& upstream, const std::filesystem::path& where,
                           std::vector<std::string> options, const std::function<void()>& prepare)
    : address_(unused_address()) {
    std::vector<std::string> arguments{"proxy", "--listen", address_, "--upstream", upstream};
    arguments.insert(arguments.end(), options.begin(), options.end());
    child_ = std::make_unique<Child>(twofifty_command(arguments), where, prepare);
    for (int i = 0; i < 200; ++i) {
        if (MailClient(address_).connected()) return;
        std::this_thread::sleep_for(50ms);
    }
    throw std::runtime_error("the proxy does not listen");
}

Ended ProxyProcess::end() {
    child_->send(SIGTERM);
    return child_->wait();
}

}  // namespace twofifty::cli
