#include "tls/error.hpp"

#include "record/check.hpp"
#include "world/result.hpp"

#include <array>

namespace twofifty::tls {
namespace {

struct Description {
    std::string_view name;
    std::string_view sentence;
};

/// By the error's number; 0 is success.
constexpr std::array descriptions{
    Description{"success", "Success."},
    Description{"certificate_untrusted", "The peer's certificate leads to no trusted authority."},
    Description{"certificate_out_of_date",
                "The peer's certificate has expired or is not valid yet."},
    Description{"certificate_of_another_name", "The peer's certificate is for another name."},
    Description{"no_common_version", "There is no version of TLS that both sides allow."},
    Description{"no_common_cipher", "There is no cipher that both sides allow."},
    Description{"peer_speaks_no_tls", "The peer answered with something that is not TLS."},
    Description{"handshake_refused", "The peer refused the handshake with an alert."},
    Description{"handshake_failed", "The TLS handshake failed."},
    Description{"protocol_broken", "What came is no part of this TLS connection."},
};
static_assert(descriptions.size() == static_cast<std::size_t>(Error::protocol_broken) + 1);

class Category final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "twofifty.tls"; }
    std::string message(int value) const override {
        if (value < 0 || value >= static_cast<int>(descriptions.size()))
            return "Unknown TLS error " + std::to_string(value) + ".";
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
    if (error.category() != category) return world::name_of(error);
    return std::string(to_string(static_cast<Error>(error.value())));
}

}  // namespace twofifty::tls
