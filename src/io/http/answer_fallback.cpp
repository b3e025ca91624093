#include "io/http/answer_fallback.h"

#include <algorithm>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/message.hpp>
#include <string>

namespace racesim::http {
namespace {

namespace beast = boost::beast;
using ErrorCode = boost::system::error_code;

std::string_view plain(beast::string_view text) {
  return {text.data(), text.size()};
}

}  // namespace

// Takes from an answer what delivery needs. The body is counted, and only its beginning kept.
class AnswerReader::Fallback::Parser : public beast::http::basic_parser<false> {
 public:
  Parser() {
    header_limit(static_cast<std::uint32_t>(kHeaderBytesMax));
    body_limit(kBodyBytesMax);
    // One call reads on from head to body as far as the bytes go.
    eager(true);
  }
  const Answer& answer() const { return answer_; }

 private:
  using Text = beast::string_view;
  void on_request_impl(beast::http::verb, Text, Text, int, ErrorCode&) override {}
  void on_response_impl(int code, Text, int, ErrorCode&) override {
    answer_.status = static_cast<unsigned>(code);
  }
  void on_field_impl(beast::http::field name, Text, Text value, ErrorCode&) override {
    if (name == beast::http::field::retry_after) answer_.retry_after = plain(value);
    if (name == beast::http::field::content_type) {
      answer_.typed = true;
      answer_.json = answer_detail::is_json_type(plain(value));
    }
    if (name == beast::http::field::content_encoding && !beast::iequals(value, "identity"))
      answer_.encoding = plain(value);
  }
  void on_header_impl(ErrorCode&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, ErrorCode&) override {}
  std::size_t on_body_impl(Text bytes, ErrorCode&) override {
    const std::size_t room = kBodyKeptMax - std::min(kBodyKeptMax, answer_.body.size());
    answer_.body.append(plain(bytes).substr(0, room));
    answer_.body_size += bytes.size();
    return bytes.size();
  }
  void on_chunk_header_impl(std::uint64_t, Text, ErrorCode&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, Text bytes, ErrorCode& error) override {
    return on_body_impl(bytes, error);
  }
  void on_finish_impl(ErrorCode&) override {}

  Answer answer_;
};

AnswerReader::Fallback::Fallback() : parser_(std::make_unique<Parser>()) {}
AnswerReader::Fallback::~Fallback() = default;

AnswerReader::State AnswerReader::Fallback::feed(std::string_view bytes, Answer& answer, bool& leftover,
                                                 Trouble& trouble) {
  // The head comes whole and apart from what is behind it.
  if (parser_->is_header_done() && parser_->chunked())
    chunk_lines_.pass(bytes, pending_);
  else
    pending_.append(bytes);
  if (!parser_->got_some()) status_line_ = answer_detail::quoted_first_line(pending_);
  // Beast 1.81 asserts when the last chunk of an empty body comes in pieces; shorter than this none is whole.
  static constexpr std::size_t kLastChunkBytes = std::string_view("0\r\n\r\n").size();
  if (parser_->is_header_done() && parser_->chunked() && pending_.size() < kLastChunkBytes)
    return State::more;
  return run(answer, leftover, trouble);
}

AnswerReader::State AnswerReader::Fallback::refuse(const std::string& why, bool lasting,
                                                   Trouble& trouble) const {
  trouble = {status_line_ + ": " + why, lasting};
  return State::bad;
}

AnswerReader::State AnswerReader::Fallback::run(Answer& answer, bool& leftover, Trouble& trouble) {
  while (true) {
    ErrorCode error;
    const std::size_t used = parser_->put(boost::asio::const_buffer(pending_.data(), pending_.size()), error);
    pending_.erase(0, used);
    if (error == beast::http::error::need_more)
      return pending_.size() > kHeaderBytesMax ? refuse("a line without an end", false, trouble)
                                               : State::more;
    const unsigned status = parser_->answer().status;
    if (error == beast::http::error::body_limit)
      return refuse("a body of more than 8 MiB", status < 500, trouble);
    if (error) return refuse(error.message(), false, trouble);
    if (status == 101) return refuse("it changes to a protocol that was not asked for", true, trouble);
    if (parser_->is_header_done() && (status < 100 || status > 599))
      return refuse("there is no such status", true, trouble);
    if (!parser_->is_done()) {
      if (pending_.empty()) return State::more;
      continue;
    }
    if (status >= 200) break;
    // A parser reads one message; the next needs a new one.
    parser_ = std::make_unique<Parser>();  // interim: the answer itself follows
    status_line_ = answer_detail::quoted_first_line(pending_);
    if (pending_.empty()) return State::more;
  }
  answer = parser_->answer();
  answer.keep_alive = parser_->keep_alive();
  leftover = !pending_.empty();
  return State::done;
}

AnswerReader::State AnswerReader::Fallback::finish(Answer& answer) {
  ErrorCode error;
  if (parser_->got_some()) parser_->put_eof(error);
  if (error || !parser_->is_done()) return State::bad;
  answer = parser_->answer();
  answer.keep_alive = false;
  return State::done;
}

}  // namespace racesim::http
