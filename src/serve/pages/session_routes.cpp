#include "serve/pages/session_routes.h"

#include <string_view>
#include <utility>

#include "io/http/server/token.h"

namespace racesim::serve {
namespace {

constexpr std::size_t kTokenMost = 4096;

/// Scripts cannot read it, and no other site's page makes a browser send it.
http::Response cookie_answer(const std::string& cookie, std::string_view more) {
  http::Response response;
  response.status = 204;
  response.headers = {{"Set-Cookie", cookie + "; Path=/; HttpOnly; SameSite=Strict" + std::string(more)},
                      {"Cache-Control", "no-store"}};
  return response;
}

http::Response open_session(const std::string& token, std::string_view more, std::string_view given) {
  if (token.empty()) return http::problem(400, "this server has no token; ask it without one");
  while (!given.empty() && (given.back() == '\n' || given.back() == '\r')) given.remove_suffix(1);
  if (!http::same_secret(given, token))
    return http::problem(401,
                         "this is not the server's token; it stands in the file that --token-file names");
  return cookie_answer(http::token_cookie(token), more);
}

http::Response close_session(const std::string& token, std::string_view more) {
  if (token.empty())
    return http::problem(400, "this server has no token, so there is nothing to sign out of");
  const std::string cookie = http::token_cookie(token);
  return cookie_answer(cookie.substr(0, cookie.find('=') + 1), std::string(more) + "; Max-Age=0");
}

}  // namespace

std::vector<http::Route> session_routes(const std::string& token, bool secure) {
  const std::string_view more = secure ? "; Secure" : "";
  http::Route in;
  in.method = "POST";
  in.path = "/session";
  in.summary = "The body is the token; answers with a cookie that stands for it";
  in.body_most = kTokenMost;
  in.needs_token = false;
  in.handle = [token, more](const http::Request& request, http::Reply reply) {
    reply.send(open_session(token, more, request.body.view()));
  };
  http::Route out = in;
  out.method = "DELETE";
  out.summary = "Takes the cookie away";
  out.body_most = 0;
  out.handle = [token, more](const http::Request&, http::Reply reply) {
    reply.send(close_session(token, more));
  };
  return {std::move(in), std::move(out)};
}

}  // namespace racesim::serve
