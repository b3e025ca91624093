// OpenSSL's side of ServerTls, for the files that speak to OpenSSL.
#pragma once

#include <openssl/ssl.h>

#include "io/http/server/tls.h"

namespace racesim::http {

struct ServerTls::Impl {
  Impl() = default;
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() { SSL_CTX_free(context); }

  SSL_CTX* context = nullptr;
};

}  // namespace racesim::http
