#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <array>
#include <filesystem>
#include <system_error>
#include <utility>

#include "io/http/server/tls.h"
#include "io/http/server/tls_context.h"

namespace racesim::http {
namespace {

/// OpenSSL's own words for what failed last.
std::string openssl_words() {
  const unsigned long code = ERR_peek_last_error();
  std::array<char, 256> text{};
  if (const char* const reason = ERR_reason_error_string(code); reason != nullptr) return reason;
  ERR_error_string_n(code, text.data(), text.size());
  return text.data();
}

/// The file's trouble where it has one of its own, else what OpenSSL says of its content.
Error file_error(const std::string& what, const std::string& path, const std::string& hint) {
  std::error_code error;
  const bool is_file = std::filesystem::is_regular_file(path, error);
  const std::string why = error ? error.message() : !is_file ? "it is no file" : openssl_words();
  return {ErrorKind::usage, what + " " + path + ": " + why, hint};
}

// Browsers offer more than this server speaks.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                    unsigned int offered_size, void*) {
  static constexpr unsigned char kHttp11[] = "\x08http/1.1";
  unsigned char* found = nullptr;
  const int code = SSL_select_next_proto(&found, size, kHttp11, sizeof kHttp11 - 1, offered, offered_size);
  *chosen = found;
  return code == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

// Nobody is there to type one.
int no_passphrase(char*, int, int, void*) {
  return -1;
}

}  // namespace

ServerTls::ServerTls(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ServerTls::~ServerTls() = default;

Result<std::shared_ptr<const ServerTls>> ServerTls::load(const TlsFiles& files) {
  if (files.certificate.empty() || files.key.empty())
    return fail(ErrorKind::usage, "TLS needs a certificate and its key", "give both: --cert FILE --key FILE");
  ERR_clear_error();
  auto impl = std::make_unique<Impl>();
  impl->context = SSL_CTX_new(TLS_server_method());
  SSL_CTX* const context = impl->context;
  if (context == nullptr) return fail(ErrorKind::runtime, "set up TLS: " + openssl_words(), "");
  // Versions before 1.2 were withdrawn by RFC 8996.
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context,
                      SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  // Idle connections keep no buffers, and a write may go on from another place of memory.
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_alpn_select_cb(context, &choose_protocol, nullptr);
  SSL_CTX_set_default_passwd_cb(context, &no_passphrase);
  if (SSL_CTX_use_certificate_chain_file(context, files.certificate.c_str()) != 1)
    return tl::make_unexpected(file_error("read the certificate", files.certificate,
                                          "--cert takes a PEM file, the server's own certificate first"));
  // Its check against the certificate comes with it.
  if (SSL_CTX_use_PrivateKey_file(context, files.key.c_str(), SSL_FILETYPE_PEM) != 1)
    return tl::make_unexpected(
        file_error("read the key", files.key,
                   "--key takes the PEM file of the certificate's key, without a passphrase"));
  return std::shared_ptr<const ServerTls>(new ServerTls(std::move(impl)));
}

}  // namespace racesim::http
