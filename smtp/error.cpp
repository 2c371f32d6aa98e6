#include "smtp/error.hpp"

#include "record/check.hpp"
#include "tls/error.hpp"

#include <array>
#include <string>

namespace twofifty::smtp {
namespace {

struct Description {
    std::string_view name;
    std::string_view sentence;
};

/// By the error's number; 0 is success.
constexpr std::array descriptions{
    Description{"success", "Success."},
    Description{"reply_malformed",
                "A line of a reply does not begin with three digits and a space, a hyphen or "
                "the end of the line."},
    Description{"reply_code_changed", "The lines of one reply carry different codes."},
    Description{"reply_line_too_long", "A line of a reply is longer than 512 bytes."},
    Description{"reply_too_many_lines", "A reply has more than 128 lines."},
    Description{"reply_unexpected", "A reply came that no command awaits."},
    Description{"too_many_commands", "More than 10000 commands wait for their replies."},
    Description{"service_not_available", "The server refused service or is closing down."},
    Description{"authentication_failed",
                "The server offers no mechanism that we speak, or refused the credentials."},
    Description{"protocol_violation", "The server answered what does not fit the command."},
    Description{"tls_not_available", "The server does not offer STARTTLS, or refused it."},
    Description{"plain_text_before_tls",
                "Plain text stood between the reply to STARTTLS and the handshake."},
};
static_assert(descriptions.size() == static_cast<std::size_t>(Error::plain_text_before_tls) + 1);

class Category final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "twofifty.smtp"; }
    std::string message(int value) const override {
        if (value < 0 || value >= static_cast<int>(descriptions.size()))
            return "Unknown SMTP error " + std::to_string(value) + ".";
        return std::string(descriptions[static_cast<std::size_t>(value)].sentence);
    }
};

const Category category;

}  // namespace

std::string_view to_string(Error error) {
    const auto place = static_cast<std::size_t>(error);
    TF_CHECK(place < descriptions.size());
    return descriptions[place].name;
}

boost::system::error_code make_error_code(Error error) {
    return {static_cast<int>(error), category};
}

std::string name_of(const boost::system::error_code& error) {
    if (error.category() != category) return tls::name_of(error);
    return std::string(to_string(static_cast<Error>(error.value())));
}

}  // namespace twofifty::smtp
