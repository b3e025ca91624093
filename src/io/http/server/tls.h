// The certificate of a server that speaks https. OpenSSL stays behind this header.
#pragma once

#include <memory>
#include <string>

#include "base/error.h"

namespace racesim::http {

/// PEM files; both or none.
struct TlsFiles {
  std::string certificate;  ///< the server's own first, then those that lead to its authority
  std::string key;          ///< without a passphrase
  bool given() const { return !certificate.empty() || !key.empty(); }
};

/// What all connections of a server share. TLS 1.2 and 1.3.
class ServerTls {
 public:
  /// Errors (usage): a file that cannot be read or holds something else, a key of another certificate.
  static Result<std::shared_ptr<const ServerTls>> load(const TlsFiles& files);
  ~ServerTls();
  ServerTls(const ServerTls&) = delete;
  ServerTls& operator=(const ServerTls&) = delete;

  struct Impl;
  Impl& impl() const { return *impl_; }

 private:
  explicit ServerTls(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace racesim::http
