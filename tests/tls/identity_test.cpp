// Files that cannot be used: each complaint names the file and says what is wrong with it.
#include "tests/support/complaint.hpp"
#include "tests/tls/handshakes.hpp"
#include "tls/openssl.hpp"

namespace twofifty::tls {
namespace {

template <class Action>
std::string complaint(Action action) {
    return test::complaint_of<BadCredentials>([&] { action(); });
}

std::string text_of(BIO& bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(&bio, &data);
    return {data, static_cast<std::size_t>(size)};
}

/// With a key that is no longer long enough for anything.
Identity weak_identity() {
    const KeyPointer key(EVP_RSA_gen(1024));
    const CertificatePointer certificate(X509_new());
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_set_pubkey(certificate.get(), key.get());
    X509_sign(certificate.get(), key.get(), EVP_sha256());
    const BioPointer pem(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(pem.get(), certificate.get());
    const std::string certificate_text = text_of(*pem);
    BIO_reset(pem.get());
    PEM_write_bio_PrivateKey(pem.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    return {certificate_text, text_of(*pem), "weak.pem"};
}

/// The alternative names of a certificate, as OpenSSL prints them.
std::string names_of(const Identity& identity) {
    const BioPointer pem = bio_of(identity.certificate);
    const CertificatePointer certificate = next_certificate(*pem);
    const int place = X509_get_ext_by_NID(certificate.get(), NID_subject_alt_name, -1);
    const BioPointer printed(BIO_new(BIO_s_mem()));
    X509V3_EXT_print(printed.get(), X509_get_ext(certificate.get(), place), 0, 0);
    return text_of(*printed);
}

TEST(Identity, FromFilesIsWhatTheyHold) {
    const PemFile certificate(server_identity().certificate);
    const PemFile key(server_identity().key);
    const Identity identity = load_identity(certificate.path(), key.path());
    EXPECT_EQ(identity.certificate, server_identity().certificate);
    EXPECT_EQ(identity.key, server_identity().key);
}

TEST(Identity, MayStandInOneFile) {
    const PemFile both(server_identity().key + server_identity().certificate);
    EXPECT_EQ(complaint([&] { load_identity(both.path(), both.path()); }), "no error");
}

TEST(Identity, AMissingFileIsNamed) {
    const PemFile key(server_identity().key);
    EXPECT_EQ(complaint([&] { load_identity("/nowhere/cert.pem", key.path()); }),
              "cannot read /nowhere/cert.pem: No such file or directory");
    EXPECT_EQ(complaint([&] { load_identity("/", key.path()); }), "cannot read /: Is a directory");
}

TEST(Identity, AnEmptyFileIsNamed) {
    const PemFile empty("");
    EXPECT_EQ(complaint([&] { load_identity(empty.path(), empty.path()); }),
              "cannot read " + empty.path() + ": the file is empty");
}

TEST(Identity, AFileWithoutACertificateOrAKeyIsNamed) {
    const PemFile text("Dear postmaster,\n");
    const PemFile certificate(server_identity().certificate);
    EXPECT_EQ(complaint([&] { load_identity(text.path(), text.path()); }),
              text.path() + " holds no certificate in PEM form");
    EXPECT_EQ(complaint([&] { load_identity(certificate.path(), certificate.path()); }),
              certificate.path() + " holds no private key in PEM form that needs no password");
}

TEST(Identity, AKeyOfAnotherCertificateIsNamed) {
    const PemFile certificate(server_identity().certificate);
    const PemFile key(other_identity().key);
    EXPECT_EQ(complaint([&] { load_identity(certificate.path(), key.path()); }),
              key.path() + " is not the key of the certificate in " + certificate.path());
}

TEST(Identity, AKeyThatIsTooShortIsNamed) {
    EXPECT_EQ(complaint([] { Context::for_server(weak_identity()); }),
              "weak.pem cannot be used as a certificate: ee key too small");
}

TEST(Authorities, AreReadFromAFileThatHoldsSome) {
    const PemFile two(server_identity().certificate + other_identity().certificate);
    const PemFile text("Dear postmaster,\n");
    EXPECT_EQ(complaint([&] { Context::for_client(two.path()); }), "no error");
    EXPECT_EQ(complaint([&] { Context::for_client(text.path()); }),
              text.path() + " holds no certificate in PEM form");
    EXPECT_EQ(complaint([&] { Context::for_client("/nowhere/ca.pem"); }),
              "cannot read /nowhere/ca.pem: No such file or directory");
}

TEST(SelfMade, BearsEachOfItsNames) {
    const std::vector<std::string> names{"mx.example.test", "127.0.0.1", "::1"};
    EXPECT_EQ(names_of(make_identity(names)),
              "DNS:mx.example.test, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1");
}

}  // namespace
}  // namespace twofifty::tls
