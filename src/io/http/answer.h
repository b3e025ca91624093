// Reads answers from a byte stream: a small strict reader for what servers send nearly always (HTTP/1.1, a
// Content-Length or 204), Boost.Beast's parser for everything else.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace racesim::http {

/// As curl and most servers allow for one header or more.
inline constexpr std::size_t kHeaderBytesMax = 64 * 1024;
inline constexpr std::size_t kBodyBytesMax = 8 * 1024 * 1024;
/// The part of a body that is kept, to look for rejected events (10,000 of them fit) and to tell why the
/// server refused.
inline constexpr std::size_t kBodyKeptMax = 1024 * 1024;

struct Answer {
  unsigned status = 0;
  bool keep_alive = false;
  bool json = false;        ///< the body's type is JSON
  bool typed = false;       ///< the body's type is named
  std::string encoding;     ///< Content-Encoding; empty: none, the body is as it is
  std::string retry_after;  ///< the header's value; empty: none
  std::string body;         ///< only the first kBodyKeptMax bytes
  std::uint64_t body_size = 0;
};

/// Why an answer could not be read.
struct Trouble {
  std::string why;  ///< names the status line, if there is one
  /// The server means it: the same request gets the same answer.
  bool lasting = false;
};

/// One answer after the other of one connection. Interim answers (1xx) are skipped. Lines of the head may end
/// in LF alone (RFC 9112, 2.2).
class AnswerReader {
 public:
  enum class State {
    more,  ///< feed more bytes
    done,  ///< answer() is complete
    bad,   ///< not HTTP, or beyond the bounds: close the connection; see trouble()
  };

  AnswerReader();
  ~AnswerReader();

  /// Forgets everything: a new connection or a new request on this one.
  void reset();
  State feed(std::string_view bytes);
  /// The connection ended in order: that may be the end of the body.
  State finish();
  const Answer& answer() const { return answer_; }
  /// After bad.
  const Trouble& trouble() const { return trouble_; }
  /// Bytes of the current answer came in.
  bool started() const { return started_; }
  /// After done: bytes came in behind the answer, so the connection is out of step.
  bool has_leftover() const { return leftover_; }

 private:
  class Fallback;
  State read_head(std::string_view bytes);
  State take_head(std::string_view head, std::string_view behind);
  State refuse(std::string why, bool lasting);
  State read_body(std::string_view bytes);
  State feed_fallback(std::string_view bytes);

  Answer answer_;
  Trouble trouble_;
  std::string head_;  // of an answer that came in pieces
  std::uint64_t body_left_ = 0;
  bool in_body_ = false;
  bool started_ = false;
  bool leftover_ = false;
  std::unique_ptr<Fallback> fallback_;
};

namespace answer_detail {

enum class Simple { yes, interim, unusual };
/// Reads a complete head (through its empty line, lines end in CRLF) if it is of the usual form; `body_size`
/// is its Content-Length.
Simple parse_simple_head(std::string_view head, Answer& answer, std::uint64_t& body_size);

/// Where a head ends, behind its empty line; 0: not within `bytes`.
struct HeadEnd {
  std::size_t size = 0;
  bool bare_line_feeds = false;
};
HeadEnd find_head_end(std::string_view bytes);
/// The head with CRLF at the end of each line.
std::string with_crlf(std::string_view head);
/// The first line in quotes, cut short, with escapes for what a terminal would obey.
std::string quoted_first_line(std::string_view bytes);
/// Whether a Content-Type is some JSON.
bool is_json_type(std::string_view value);

}  // namespace answer_detail

}  // namespace racesim::http
