// The real Transport, over TCP or TLS. Included by loop.cpp only, since Asio is slow to compile.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>

#include "io/http/endpoint.h"
#include "io/http/loop.h"
#include "io/http/transport.h"

namespace racesim::http {

std::unique_ptr<Transport> make_connection(boost::asio::io_context& context, const Endpoint& endpoint,
                                           const TlsContext* tls, std::int64_t open_timeout_ns,
                                           TransportEvents& events);

}  // namespace racesim::http
