#include "tests/virtual/served_client.hpp"

#include "record/content_digest.hpp"
#include "tests/virtual/tls_sides.hpp"
#include "tls/handshake.hpp"

namespace twofifty::smtp {

using world::Result;
using world::Task;

Taken taken(std::string sender, std::vector<std::string> recipients, std::string_view content) {
    const std::size_t end = content.find("\r\n\r\n");
    const std::string_view body =
        end == std::string_view::npos ? std::string_view() : content.substr(end + 4);
    return {std::move(sender), std::move(recipients), content.size(), content_digest(body)};
}

Task<std::vector<std::string>> NotingSink::take(const ReceivedMessage& message) {
    EXPECT_EQ(message.end_of_data, clock_.now());
    messages.push_back({message.sender, message.recipients, message.content.size(),
                        message.content.body_digest()});
    if (service_time > Duration::zero()) co_await world::sleep_for(clock_, service_time);
    if (!options_.lmtp) co_return std::vector<std::string>{"250 Ok"};
    std::vector<std::string> replies;
    for (const std::string& recipient : message.recipients)
        replies.push_back("250 Ok <" + recipient + ">");
    co_return replies;
}

ServedClient::ServedClient(ServerOptions session_options)
    : options(std::move(session_options)),
      session_(std::make_unique<world::TaskScope>(world.clock().ready())),
      listening_(std::make_unique<world::TaskScope>(world.clock().ready())),
      tasks_(std::make_unique<world::TaskScope>(world.clock().ready())) {
    std::unique_ptr<world::Stream> accepted;
    const auto listener = world.network().listen({"127.0.0.1", 25});
    tasks_->spawn(accept(**listener, accepted));
    tasks_->spawn(connect());
    world.run_until(at(0s));
    listening_->spawn(listen());
    session_->spawn(serve(std::move(accepted)));
    world.run_until(at(0s));
}

ServedClient::~ServedClient() {
    tasks_.reset();
    listening_.reset();
    session_.reset();
}

Task<> ServedClient::connect() {
    const world::Endpoint to{"127.0.0.1", 25};
    Result<std::unique_ptr<world::Stream>> stream = co_await world.network().connect(to);
    stream_ = std::move(*stream);
}

Task<> ServedClient::accept(world::Listener& listener, std::unique_ptr<world::Stream>& accepted) {
    Result<std::unique_ptr<world::Stream>> stream = co_await listener.accept();
    accepted = std::move(*stream);
}

Task<> ServedClient::serve(std::unique_ptr<world::Stream> stream) {
    ServerSession session(world.clock(), std::move(stream), options, sink);
    co_await session.serve();
}

Task<> ServedClient::listen() {
    while (true) {
        const Result<std::size_t> bytes = co_await stream_->read_some(buffer_);
        if (!bytes) break;
        pieces_.emplace_back(buffer_.data(), *bytes);
    }
    closed_ = true;
}

Task<> ServedClient::write(std::string bytes) {
    co_await stream_->write(bytes);
}

Task<> ServedClient::shake_hands(std::string& result) {
    const tls::Context side = client_context();
    Result<std::unique_ptr<world::Stream>> inside = co_await tls::handshake(
        world.clock(), std::move(stream_), side, "receiver.test", world.now() + 1min);
    result = inside ? "ok" : tls::name_of(inside.error());
    if (inside) stream_ = std::move(*inside);
}

std::string ServedClient::turns_to_tls() {
    std::string result;
    // Nobody may read the records as text.
    listening_->cancel();
    tasks_->spawn(shake_hands(result));
    world.run_until(world.now());
    if (result == "ok") listening_->spawn(listen());
    world.run_until(world.now());
    return result;
}

std::string ServedClient::says(std::string_view bytes) {
    tasks_->spawn(write(std::string(bytes)));
    return waits_until(world.now());
}

std::string ServedClient::waits_until(TimePoint when) {
    world.run_until(when);
    return heard();
}

std::string ServedClient::heard() {
    std::string text;
    for (; pieces_told_ < pieces_.size(); ++pieces_told_) text += pieces_[pieces_told_];
    for (std::size_t place = text.find("\r\n"); place != std::string::npos;
         place = text.find("\r\n"))
        text.replace(place, 2, "|");
    return text;
}

}  // namespace twofifty::smtp
