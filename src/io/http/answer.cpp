#include "io/http/answer.h"

#include <algorithm>
#include <utility>

#include "io/http/answer_fallback.h"

namespace racesim::http {

AnswerReader::AnswerReader() = default;
AnswerReader::~AnswerReader() = default;

void AnswerReader::reset() {
  head_.clear();
  body_left_ = 0;
  in_body_ = started_ = leftover_ = false;
  fallback_.reset();
  trouble_ = {};
}

AnswerReader::State AnswerReader::feed(std::string_view bytes) {
  if (bytes.empty()) return State::more;
  started_ = true;
  if (fallback_) return feed_fallback(bytes);
  if (in_body_) return read_body(bytes);
  return read_head(bytes);
}

AnswerReader::State AnswerReader::refuse(std::string why, bool lasting) {
  trouble_ = {std::move(why), lasting};
  return State::bad;
}

AnswerReader::State AnswerReader::read_head(std::string_view bytes) {
  // Nearly always the whole head is in one piece and is read where it lies.
  const bool in_pieces = !head_.empty();
  if (in_pieces) {
    head_.append(bytes);
    bytes = head_;
  }
  static constexpr std::string_view kStart = "HTTP/";
  // What cannot become HTTP is told at once instead of waiting for its end.
  const std::size_t compared = std::min(bytes.size(), kStart.size());
  if (bytes.substr(0, compared) != kStart.substr(0, compared))
    return refuse("not HTTP: " + answer_detail::quoted_first_line(bytes), false);
  const bool line_is_whole = bytes.find('\n') != std::string_view::npos;
  if (line_is_whole && !bytes.starts_with("HTTP/1."))
    return refuse(answer_detail::quoted_first_line(bytes) + ": racesim speaks HTTP/1.1", true);
  const answer_detail::HeadEnd end = answer_detail::find_head_end(bytes);
  if ((end.size == 0 ? bytes.size() : end.size) > kHeaderBytesMax)
    return refuse(answer_detail::quoted_first_line(bytes) + ": more than " +
                      std::to_string(kHeaderBytesMax / 1024) + " KiB of headers",
                  true);
  if (end.size == 0) {
    if (!in_pieces) head_.assign(bytes);
    return State::more;
  }
  // A copy where `bytes` lies in head_, which the next answer takes.
  const std::string held = in_pieces ? std::exchange(head_, {}) : std::string();
  if (in_pieces) bytes = held;
  if (end.bare_line_feeds)
    return take_head(answer_detail::with_crlf(bytes.substr(0, end.size)), bytes.substr(end.size));
  return take_head(bytes.substr(0, end.size), bytes.substr(end.size));
}

/// `head` has CRLF line ends and is whole; what came with it is `behind`.
AnswerReader::State AnswerReader::take_head(std::string_view head, std::string_view behind) {
  switch (answer_detail::parse_simple_head(head, answer_, body_left_)) {
    case answer_detail::Simple::unusual: {
      fallback_ = std::make_unique<Fallback>();
      const State state = feed_fallback(head);
      return state == State::more && !behind.empty() ? feed_fallback(behind) : state;
    }
    case answer_detail::Simple::interim:
      return behind.empty() ? State::more : read_head(behind);  // the answer itself follows
    case answer_detail::Simple::yes:
      break;
  }
  in_body_ = true;
  return read_body(behind);
}

AnswerReader::State AnswerReader::read_body(std::string_view bytes) {
  // The rest of a long body is counted and thrown away.
  const std::size_t taken = static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), body_left_));
  const std::size_t kept = std::min(taken, kBodyKeptMax - std::min(kBodyKeptMax, answer_.body.size()));
  answer_.body.append(bytes.substr(0, kept));
  answer_.body_size += taken;
  body_left_ -= taken;
  leftover_ = bytes.size() > taken;
  return body_left_ == 0 ? State::done : State::more;
}

AnswerReader::State AnswerReader::feed_fallback(std::string_view bytes) {
  return fallback_->feed(bytes, answer_, leftover_, trouble_);
}

AnswerReader::State AnswerReader::finish() {
  return fallback_ ? fallback_->finish(answer_) : State::bad;
}

}  // namespace racesim::http
