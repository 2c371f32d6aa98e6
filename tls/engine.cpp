#include "tls/engine.hpp"

#include "record/check.hpp"
#include "tls/error.hpp"
#include "tls/openssl.hpp"

namespace twofifty::tls {
namespace {

Error error_of_certificate(long result) {
    switch (result) {
        case X509_V_ERR_HOSTNAME_MISMATCH:
        case X509_V_ERR_IP_ADDRESS_MISMATCH: return Error::certificate_of_another_name;
        case X509_V_ERR_CERT_HAS_EXPIRED:
        case X509_V_ERR_CERT_NOT_YET_VALID: return Error::certificate_out_of_date;
        default: return Error::certificate_untrusted;
    }
}

Error error_of_reason(int reason) {
    switch (reason) {
        case SSL_R_UNSUPPORTED_PROTOCOL:
        case SSL_R_WRONG_SSL_VERSION:
        case SSL_R_WRONG_VERSION_NUMBER:
        case SSL_R_VERSION_TOO_LOW:
        case SSL_R_VERSION_TOO_HIGH:
        case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION: return Error::no_common_version;
        case SSL_R_NO_SHARED_CIPHER:
        case SSL_R_NO_SUITABLE_KEY_SHARE:
        case SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS:
        case SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM: return Error::no_common_cipher;
        default:
            return reason >= SSL_AD_REASON_OFFSET ? Error::handshake_refused
                                                  : Error::handshake_failed;
    }
}

}  // namespace

void Engine::Free::operator()(ssl_st* ssl) const {
    SSL_free(ssl);
}

Engine::Engine(const Context& context, const std::string& server_name)
    : ssl_(SSL_new(context.native())) {
    TF_CHECK(ssl_);
    BIO* const input = BIO_new(BIO_s_mem());
    BIO* const output = BIO_new(BIO_s_mem());
    TF_CHECK(input && output);
    // Empty is not the end: more may come.
    BIO_set_mem_eof_return(input, -1);
    SSL_set_bio(ssl_.get(), input, output);
    if (context.is_server()) {
        SSL_set_accept_state(ssl_.get());
        return;
    }
    SSL_set_connect_state(ssl_.get());
    if (server_name.empty()) return;
    // RFC 6066 section 3: an address is no server name.
    if (!is_address(server_name)) SSL_set_tlsext_host_name(ssl_.get(), server_name.c_str());
    SSL_set1_host(ssl_.get(), server_name.c_str());
}

Engine::~Engine() = default;

Engine::State Engine::shake_hands() {
    ERR_clear_error();
    const int result = SSL_do_handshake(ssl_.get());
    if (result == 1) return State::established;
    if (SSL_get_error(ssl_.get(), result) == SSL_ERROR_WANT_READ) return State::needs_input;
    failure_ = reason_of_failure();
    ERR_clear_error();
    return State::failed;
}

boost::system::error_code Engine::reason_of_failure() const {
    const int reason = ERR_GET_REASON(ERR_peek_error());
    if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED)
        return error_of_certificate(SSL_get_verify_result(ssl_.get()));
    return error_of_reason(reason);
}

void Engine::feed(std::string_view bytes) {
    const int size = static_cast<int>(bytes.size());
    TF_CHECK(BIO_write(SSL_get_rbio(ssl_.get()), bytes.data(), size) == size);
}

void Engine::take_output(std::string& output) {
    BIO* const bio = SSL_get_wbio(ssl_.get());
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    output.assign(data, static_cast<std::size_t>(size));
    if (size > 0) BIO_reset(bio);
}

bool Engine::has_output() const {
    return BIO_ctrl_pending(SSL_get_wbio(ssl_.get())) > 0;
}

world::Result<std::size_t> Engine::read(std::span<char> buffer) {
    ERR_clear_error();
    std::size_t bytes = 0;
    const int result = SSL_read_ex(ssl_.get(), buffer.data(), buffer.size(), &bytes);
    if (result == 1) return bytes;
    const int error = SSL_get_error(ssl_.get(), result);
    ERR_clear_error();
    if (error == SSL_ERROR_WANT_READ) return std::size_t{0};
    if (error == SSL_ERROR_ZERO_RETURN) return world::Error::end_of_stream;
    return Error::protocol_broken;
}

boost::system::error_code Engine::write(std::string_view bytes) {
    TF_CHECK(!bytes.empty() && bytes.size() <= record_limit);
    ERR_clear_error();
    std::size_t written = 0;
    const int result = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &written);
    if (result == 1) return {};
    ERR_clear_error();
    return Error::protocol_broken;
}

void Engine::end() {
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
    ERR_clear_error();
}

}  // namespace twofifty::tls
