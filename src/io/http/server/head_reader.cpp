#include "io/http/server/head_reader.h"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <utility>

#include "base/visible.h"

namespace racesim::http {
namespace {

namespace beast = boost::beast;
using ParseError = boost::system::error_code;

std::string_view as_plain(beast::string_view text) {
  return {text.data(), text.size()};
}

// Only ever given a whole head: what Beast makes of bodies is not used, since the chunk reader of
// version 1.81 asserts on some torn input.
class HeadParser : public beast::http::basic_parser<true> {
 public:
  HeadParser(ParsedHead& to, const HeadLimits& limits) : to_(to), fields_most_(limits.fields) {
    header_limit(limits.bytes);
    body_limit(boost::none);
  }
  bool too_many_fields() const { return too_many_fields_; }

 private:
  using Text = beast::string_view;
  void on_request_impl(beast::http::verb, Text method, Text target, int version, ParseError& error) override {
    RequestHead& head = to_.head;
    head.method = as_plain(method);
    head.http_11 = version == 11;
    set_target(as_plain(target));
    if (version != 10 && version != 11) error = beast::http::error::bad_version;
  }
  void on_response_impl(int, Text, int, ParseError&) override {}
  void on_field_impl(beast::http::field, Text name, Text value, ParseError& error) override {
    if (to_.head.headers.size() == fields_most_) {
      too_many_fields_ = true;
      error = beast::http::error::header_limit;
      return;
    }
    to_.head.headers.push_back({std::string(as_plain(name)), std::string(as_plain(value))});
  }
  void on_header_impl(ParseError&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, ParseError&) override {}
  std::size_t on_body_impl(Text, ParseError&) override { return 0; }
  void on_chunk_header_impl(std::uint64_t, Text, ParseError&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, Text, ParseError&) override { return 0; }
  void on_finish_impl(ParseError&) override {}

  void set_target(std::string_view target) {
    // The form for proxies, "http://host/play", means the same (RFC 9112, 3.2.2).
    if (const std::size_t scheme = target.find("://"); scheme < target.find('/')) {
      target.remove_prefix(scheme + 3);
      target.remove_prefix(std::min(target.find_first_of("/?"), target.size()));
    }
    const std::size_t mark = std::min(target.find('?'), target.size());
    to_.head.path = target.substr(0, mark);
    if (mark < target.size()) to_.head.query = target.substr(mark + 1);
    if (to_.head.path.empty()) to_.head.path = "/";
  }

  ParsedHead& to_;
  const std::size_t fields_most_;
  bool too_many_fields_ = false;
};

bool has_bare_line_feed(std::string_view bytes) {
  for (std::size_t at = bytes.find('\n'); at != std::string_view::npos; at = bytes.find('\n', at + 1))
    if (at == 0 || bytes[at - 1] != '\r') return true;
  return false;
}

Response refusal_of(const ParseError& error, const HeadParser& parser, std::string_view bytes,
                    const HeadLimits& limits) {
  using Code = beast::http::error;
  if (parser.too_many_fields())
    return problem(431, "more than " + std::to_string(limits.fields) + " headers; send fewer");
  if (error == Code::header_limit)
    return problem(431, "the head is longer than " + std::to_string(limits.bytes) + " bytes; send less");
  if (has_bare_line_feed(bytes))
    return problem(400, "a line of the head ends in LF alone; end each in CR LF");
  if (error == Code::bad_version)
    return problem(505, "not HTTP/1.1 or HTTP/1.0; of curl, leave out --http2-prior-knowledge");
  if (error == Code::bad_transfer_encoding || error == Code::bad_content_length ||
      error == Code::multiple_content_length)
    return problem(
        400, "Content-Length or Transfer-Encoding is malformed, or there are several; send one of them");
  const std::string_view line = bytes.substr(0, std::min<std::size_t>(bytes.find_first_of("\r\n"), 80));
  return problem(400,
                 "no HTTP request (" + error.message() + "); it begins with '" + visible_text(line) + "'");
}

std::size_t count_of(const RequestHead& head, std::string_view name) {
  return static_cast<std::size_t>(std::count_if(head.headers.begin(), head.headers.end(),
                                                [&](const Header& h) { return same_word(h.name, name); }));
}

/// What the grammar allows and no request may say.
std::optional<Response> check_framing(const ParsedHead& parsed) {
  const RequestHead& head = parsed.head;
  if (count_of(head, "Host") > 1 || (head.http_11 && count_of(head, "Host") == 0))
    return problem(400, "HTTP/1.1 takes exactly one Host header");
  const std::string* coding = head.header("Transfer-Encoding");
  if (coding == nullptr) return std::nullopt;
  if (!head.http_11) return problem(400, "Transfer-Encoding is not part of HTTP/1.0; send Content-Length");
  if (count_of(head, "Transfer-Encoding") > 1 || !same_word(*coding, "chunked"))
    return problem(501, "the only Transfer-Encoding here is chunked; for gzip send Content-Encoding: gzip");
  return std::nullopt;
}

}  // namespace

std::size_t find_head_end(std::string_view bytes, std::size_t seen) {
  // The end may have begun in the bytes that were searched before.
  std::size_t at = bytes.find('\n', seen < 2 ? 0 : seen - 2);
  for (; at != std::string_view::npos; at = bytes.find('\n', at + 1)) {
    if (at == 0 || bytes[at - 1] != '\r') return at + 1;
    if (at >= 3 && bytes[at - 2] == '\n') return at + 1;
  }
  return 0;
}

ParsedHead parse_head(std::string_view bytes, const HeadLimits& limits) {
  ParsedHead parsed;
  HeadParser parser(parsed, limits);
  ParseError error;
  const std::size_t used = parser.put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
  parsed.frame.keep_alive = false;
  if (error || !parser.is_header_done() || used != bytes.size()) {
    parsed.refusal = refusal_of(error, parser, bytes, limits);
    return parsed;
  }
  parsed.frame.keep_alive = parser.keep_alive();
  parsed.frame.chunked = parser.chunked();
  if (!parser.chunked() && parser.content_length()) parsed.frame.length = *parser.content_length();
  parsed.refusal = check_framing(parsed);
  // Beast joins them; another program on the way may have read two headers (RFC 9112, 5.2).
  if (bytes.find("\r\n ") != std::string_view::npos || bytes.find("\r\n\t") != std::string_view::npos) {
    parsed.frame.keep_alive = false;
    parsed.refusal = problem(400, "a header goes on in a further line; send it in one");
  }
  return parsed;
}

}  // namespace racesim::http
