// HTTP/1.1 as bytes: a request out of them, a response into them. Boost.Beast's parser and
// serialiser work on memory here; nothing of them, nor of Asio, is seen outside http.cpp.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace twofifty::netem::api {

struct Request {
    std::string method;
    std::string target;  ///< As it was sent: path and query.
    std::string body;
    std::string user_agent;
    std::string authorization;
    bool has_origin = false;
    bool keep_alive = true;

    /// The parts of the path, percent-decoded: {"proxies", "smtp"}. A path that does not begin
    /// with a slash, or ends with one, has an empty part there.
    std::vector<std::string> path() const;
    /// A parameter of the query, percent-decoded; empty where it is absent.
    std::string parameter(std::string_view name) const;
};

struct Response {
    int status = 200;
    std::string body{};
    std::string content_type{};
    std::vector<std::pair<std::string, std::string>> headers{};
    bool close = false;
};

inline constexpr std::size_t header_limit = 8 * 1024;
inline constexpr std::size_t body_limit = 1024 * 1024;

/// Cuts one request out of the bytes of a connection.
class RequestReader {
public:
    enum class State : std::uint8_t {
        needs_more,
        /// The client wants to hear "100 Continue" before it sends the body; once per request.
        expects_continue,
        complete,
        failed,
    };

    RequestReader();
    ~RequestReader();

    /// Takes what it can use of `bytes`, from the front; the caller presents the rest again.
    State feed(std::string& bytes);
    /// REQUIRES: complete. The reader is then ready for the next one.
    Request take();
    /// What to answer to what is no request: 400, 413 or 431. REQUIRES: failed.
    int status() const { return status_; }

private:
    struct Parser;
    std::unique_ptr<Parser> parser_;
    int status_ = 0;
};

/// The whole response, its length told.
std::string to_bytes(const Response& response);
/// Status line and headers only, of a body that goes on until the connection is closed.
std::string head_of_stream(const Response& response);

/// {"error": ..., "status": ...} as Toxiproxy sends it: as plain text, with a line end.
Response error_response(int status, std::string_view message);
/// A text for people, with a line end.
Response plain_response(int status, std::string_view text);
Response json_response(int status, std::string body);

}  // namespace twofifty::netem::api
