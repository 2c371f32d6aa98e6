#include "tls/context.hpp"

#include "record/check.hpp"
#include "tls/openssl.hpp"
#include "tls/pem_file.hpp"

namespace twofifty::tls {
namespace {

int number_of(Version version) {
    return version == Version::tls_1_2 ? TLS1_2_VERSION : TLS1_3_VERSION;
}

std::shared_ptr<SSL_CTX> make_context(Versions versions) {
    TF_CHECK(versions.min <= versions.max);
    std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_method()), SSL_CTX_free);
    TF_CHECK(context);
    SSL_CTX_set_min_proto_version(context.get(), number_of(versions.min));
    SSL_CTX_set_max_proto_version(context.get(), number_of(versions.max));
    // A ticket that the client has not read when it closes would turn its FIN into a reset.
    SSL_CTX_set_options(context.get(), SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_num_tickets(context.get(), 0);
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
    // Thousands of idle connections would otherwise hold two buffers each.
    SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
    return context;
}

}  // namespace

Context Context::for_client(const std::string& authorities_file, Versions versions) {
    std::shared_ptr<SSL_CTX> context = make_context(versions);
    if (!authorities_file.empty()) {
        const std::string text = read_pem_file(authorities_file);
        const BioPointer pem = bio_of(text);
        X509_STORE* const store = SSL_CTX_get_cert_store(context.get());
        std::size_t count = 0;
        while (const CertificatePointer certificate = next_certificate(*pem)) {
            X509_STORE_add_cert(store, certificate.get());
            ++count;
        }
        ERR_clear_error();
        if (count == 0)
            throw BadCredentials(authorities_file + " holds no certificate in PEM form");
        SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    }
    return {std::move(context), false};
}

Context Context::for_server(const Identity& identity, Versions versions) {
    std::shared_ptr<SSL_CTX> context = make_context(versions);
    const BioPointer pem = bio_of(identity.certificate);
    const CertificatePointer certificate = next_certificate(*pem);
    const KeyPointer key = key_of(identity.key);
    const bool used = certificate && key &&
                      SSL_CTX_use_certificate(context.get(), certificate.get()) == 1 &&
                      SSL_CTX_use_PrivateKey(context.get(), key.get()) == 1;
    if (!used)
        throw BadCredentials(identity.source +
                             " cannot be used as a certificate: " + last_reason());
    while (const CertificatePointer issuer = next_certificate(*pem))
        SSL_CTX_add1_chain_cert(context.get(), issuer.get());
    ERR_clear_error();
    return {std::move(context), true};
}

}  // namespace twofifty::tls
