// What the sources of this folder share of OpenSSL: owners of its objects, and its reasons in
// words. No header that others include needs this one.
#pragma once

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>
#include <string_view>

namespace twofifty::tls {

template <auto Free>
struct FreeWith {
    template <class T>
    void operator()(T* object) const {
        Free(object);
    }
};

using BioPointer = std::unique_ptr<BIO, FreeWith<BIO_free_all>>;
using KeyPointer = std::unique_ptr<EVP_PKEY, FreeWith<EVP_PKEY_free>>;
using CertificatePointer = std::unique_ptr<X509, FreeWith<X509_free>>;
using AddressPointer = std::unique_ptr<ASN1_OCTET_STRING, FreeWith<ASN1_OCTET_STRING_free>>;

/// For reading; the text must stay.
inline BioPointer bio_of(std::string_view text) {
    return BioPointer(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

/// The next certificate of a PEM text; null where there is none.
inline CertificatePointer next_certificate(BIO& pem) {
    return CertificatePointer(PEM_read_bio_X509(&pem, nullptr, nullptr, nullptr));
}

/// The key of a PEM text; null where there is none, or only one behind a password: nobody is there
/// to type it.
inline KeyPointer key_of(std::string_view pem) {
    const BioPointer bio = bio_of(pem);
    const auto no_password = [](char*, int, int, void*) { return 0; };
    return KeyPointer(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr));
}

inline bool is_address(const std::string& name) {
    return AddressPointer(a2i_IPADDRESS(name.c_str())) != nullptr;
}

/// Why OpenSSL's last call failed, in its own words; forgets it.
inline std::string last_reason() {
    const char* const reason = ERR_reason_error_string(ERR_peek_last_error());
    const std::string text = reason ? reason : "unknown reason";
    ERR_clear_error();
    return text;
}

}  // namespace twofifty::tls
