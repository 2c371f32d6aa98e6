#include "tls/identity.hpp"

#include "record/check.hpp"
#include "tls/openssl.hpp"
#include "tls/pem_file.hpp"

namespace twofifty::tls {
namespace {

/// RFC 5280, ub-common-name.
constexpr std::size_t common_name_limit = 64;

std::string text_of(BIO& bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(&bio, &data);
    return {data, static_cast<std::size_t>(size)};
}

void add_extension(X509& certificate, int kind, const std::string& value) {
    X509V3_CTX context{};
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, &certificate, &certificate, nullptr, nullptr, 0);
    X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
    TF_CHECK(extension);
    X509_add_ext(&certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

std::string alternative_names(std::span<const std::string> names) {
    std::string result;
    for (const std::string& name : names) {
        if (!result.empty()) result += ',';
        result += (is_address(name) ? "IP:" : "DNS:") + name;
    }
    return result;
}

/// No clock is asked: the dates hold in every run, and their texts have one size.
void set_dates(X509& certificate) {
    ASN1_TIME_set_string_X509(X509_getm_notBefore(&certificate), "20000101000000Z");
    ASN1_TIME_set_string_X509(X509_getm_notAfter(&certificate), "20491231235959Z");
}

CertificatePointer certificate_of(EVP_PKEY& key, std::span<const std::string> names) {
    CertificatePointer certificate(X509_new());
    X509_set_version(certificate.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    set_dates(*certificate);
    X509_set_pubkey(certificate.get(), &key);
    X509_NAME* const subject = X509_get_subject_name(certificate.get());
    const std::string common = names.front().substr(0, common_name_limit);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(common.data()),
                               static_cast<int>(common.size()), -1, 0);
    X509_set_issuer_name(certificate.get(), subject);
    add_extension(*certificate, NID_basic_constraints, "critical,CA:TRUE");
    add_extension(*certificate, NID_subject_alt_name, alternative_names(names));
    TF_CHECK(X509_sign(certificate.get(), &key, EVP_sha256()) > 0);
    return certificate;
}

}  // namespace

Identity load_identity(const std::string& certificate_file, const std::string& key_file) {
    Identity identity{read_pem_file(certificate_file), read_pem_file(key_file), certificate_file};
    const BioPointer bio = bio_of(identity.certificate);
    const CertificatePointer certificate = next_certificate(*bio);
    if (!certificate) throw BadCredentials(certificate_file + " holds no certificate in PEM form");
    const KeyPointer key = key_of(identity.key);
    if (!key)
        throw BadCredentials(key_file + " holds no private key in PEM form that needs no password");
    if (X509_check_private_key(certificate.get(), key.get()) != 1)
        throw BadCredentials(key_file + " is not the key of the certificate in " +
                             certificate_file);
    ERR_clear_error();
    return identity;
}

Identity make_identity(std::span<const std::string> names) {
    TF_CHECK(!names.empty());
    const KeyPointer key(EVP_RSA_gen(2048));
    TF_CHECK(key);
    const CertificatePointer certificate = certificate_of(*key, names);
    const BioPointer certificate_text(BIO_new(BIO_s_mem()));
    const BioPointer key_text(BIO_new(BIO_s_mem()));
    TF_CHECK(PEM_write_bio_X509(certificate_text.get(), certificate.get()) == 1);
    TF_CHECK(PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr,
                                      nullptr) == 1);
    return {text_of(*certificate_text), text_of(*key_text), "the self-made certificate"};
}

}  // namespace twofifty::tls
