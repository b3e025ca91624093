// The server's token as requests carry it: in a header, or, from a page that was given it, as a cookie.
#pragma once

#include <string>
#include <string_view>

#include "io/http/server/message.h"

namespace racesim::http {

/// Takes as long for a wrong token as for the right one, whatever their lengths.
bool same_secret(std::string_view given, std::string_view kept);

/// "Authorization: Bearer TOKEN".
bool has_bearer(const RequestHead& head, std::string_view token);

/// "racesim-1a2b3c4d=…": a browser cannot put a header on a WebSocket, so a page that gave the token carries
/// this in its place. It is made of the token alone: it holds when the server starts again, ends with the
/// token, and does not tell it. Servers with other tokens on other ports of the host use other names.
std::string token_cookie(std::string_view token);
bool has_token_cookie(const RequestHead& head, std::string_view token);

}  // namespace racesim::http
