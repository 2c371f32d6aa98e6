#include "netem/api/http.hpp"

#include "settings/json.hpp"

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/string_body.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace twofifty::netem::api {
namespace {

namespace http = boost::beast::http;

std::string decoded(std::string_view text, bool plus_is_space) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned byte = 0;
        const char* const digits = text.data() + i + 1;
        const bool escape = text[i] == '%' && i + 2 < text.size() &&
                            std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2;
        if (escape) {
            out += static_cast<char>(byte);
            i += 2;
        } else {
            out += plus_is_space && text[i] == '+' ? ' ' : text[i];
        }
    }
    return out;
}

int status_of(const boost::system::error_code& error) {
    if (error == http::error::header_limit) return 431;
    if (error == http::error::body_limit) return 413;
    return 400;
}

http::response<http::string_body> message_of(const Response& response) {
    http::response<http::string_body> message;
    message.version(11);
    message.result(static_cast<unsigned>(response.status));
    message.set(http::field::server, "twofifty/" TWOFIFTY_VERSION);
    if (!response.content_type.empty())
        message.set(http::field::content_type, response.content_type);
    for (const auto& [name, value] : response.headers) message.set(name, value);
    if (response.close) message.set(http::field::connection, "close");
    message.body() = response.body;
    return message;
}

/// What the serialiser yields, up to the end of the header, or all of it.
std::string bytes_of(http::response<http::string_body>& message, bool header_only) {
    http::response_serializer<http::string_body> serializer(message);
    serializer.split(header_only);
    std::string out;
    while (!(header_only ? serializer.is_header_done() : serializer.is_done())) {
        boost::system::error_code error;
        serializer.next(error, [&](boost::system::error_code&, const auto& buffers) {
            std::size_t bytes = 0;
            for (const auto buffer : boost::beast::buffers_range_ref(buffers)) {
                out.append(static_cast<const char*>(buffer.data()), buffer.size());
                bytes += buffer.size();
            }
            serializer.consume(bytes);
        });
        if (error) break;
    }
    return out;
}

}  // namespace

std::vector<std::string> Request::path() const {
    std::vector<std::string> parts;
    std::string_view rest = std::string_view(target).substr(0, target.find('?'));
    if (rest.starts_with('/'))
        rest.remove_prefix(1);
    else
        parts.emplace_back();
    while (true) {
        const std::size_t slash = rest.find('/');
        parts.push_back(decoded(rest.substr(0, slash), false));
        if (slash == std::string_view::npos) return parts;
        rest.remove_prefix(slash + 1);
    }
}

std::string Request::parameter(std::string_view name) const {
    const std::size_t mark = target.find('?');
    std::string_view rest = mark == std::string::npos ? "" : std::string_view(target).substr(mark);
    while (!rest.empty()) {
        rest.remove_prefix(1);
        const std::string_view pair = rest.substr(0, rest.find('&'));
        const std::size_t equals = std::min(pair.find('='), pair.size());
        if (decoded(pair.substr(0, equals), true) == name)
            return decoded(pair.substr(std::min(equals + 1, pair.size())), true);
        rest.remove_prefix(pair.size());
    }
    return {};
}

struct RequestReader::Parser {
    Parser() {
        parser.header_limit(header_limit);
        parser.body_limit(body_limit);
        parser.eager(true);
    }

    http::request_parser<http::string_body> parser;
    bool begun = false;
    bool told_to_continue = false;
};

RequestReader::RequestReader() : parser_(std::make_unique<Parser>()) {}
RequestReader::~RequestReader() = default;

RequestReader::State RequestReader::feed(std::string& bytes) {
    auto& parser = parser_->parser;
    while (!parser.is_done()) {
        // An end of line in front of a request says nothing (RFC 9112 2.2).
        if (!parser_->begun)
            while (bytes.starts_with("\r\n")) bytes.erase(0, 2);
        if (bytes.empty() || (!parser_->begun && bytes == "\r")) break;
        boost::system::error_code error;
        const std::size_t taken =
            parser.put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
        bytes.erase(0, taken);
        parser_->begun |= taken > 0;
        if (error == http::error::need_more) break;
        if (error) {
            status_ = status_of(error);
            return State::failed;
        }
    }
    if (parser.is_header_done()) {
        const auto& message = parser.get();
        // Without it nobody can say which server was meant (RFC 9112 3.2).
        if (message.version() >= 11 && message.count(http::field::host) != 1) {
            status_ = 400;
            return State::failed;
        }
        const bool expects = boost::beast::iequals(message[http::field::expect], "100-continue");
        if (expects && !parser.is_done() && !parser_->told_to_continue) {
            parser_->told_to_continue = true;
            return State::expects_continue;
        }
    }
    return parser.is_done() ? State::complete : State::needs_more;
}

Request RequestReader::take() {
    auto message = parser_->parser.release();
    parser_ = std::make_unique<Parser>();
    Request request;
    request.method = std::string(message.method_string());
    request.target = std::string(message.target());
    request.user_agent = std::string(message[http::field::user_agent]);
    request.authorization = std::string(message[http::field::authorization]);
    request.has_origin = message.count(http::field::origin) > 0;
    // Before 1.1 a client has to be told that a connection goes on, and few are left who ask.
    request.keep_alive = message.version() >= 11 && message.keep_alive();
    request.body = std::move(message.body());
    return request;
}

std::string to_bytes(const Response& response) {
    auto message = message_of(response);
    // 204 has no body, and says so by its number alone.
    if (response.status != 204) message.content_length(response.body.size());
    return bytes_of(message, false);
}

std::string head_of_stream(const Response& response) {
    auto message = message_of(response);
    return bytes_of(message, true);
}

Response error_response(int status, std::string_view message) {
    return plain_response(
        status, fmt::format(R"({{"error":{},"status":{}}})", settings::json_text(message), status));
}

Response plain_response(int status, std::string_view text) {
    return {.status = status,
            .body = std::string(text) + "\n",
            .content_type = "text/plain; charset=utf-8",
            .headers = {{"X-Content-Type-Options", "nosniff"}}};
}

Response json_response(int status, std::string body) {
    return {.status = status, .body = std::move(body), .content_type = "application/json"};
}

}  // namespace twofifty::netem::api
