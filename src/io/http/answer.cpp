#include "io/http/answer.h"

#include <algorithm>
#include <charconv>

#include "io/http/answer_fallback.h"

namespace racesim::http {
namespace {

constexpr std::string_view kHeadEnd = "\r\n\r\n";

bool same_name(std::string_view name, std::string_view lower) {
  return std::equal(name.begin(), name.end(), lower.begin(), lower.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
}

// Blanks around a value are not part of it (RFC 9110, 5.5).
std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// What the headers of a usual answer said.
struct Seen {
  bool length = false;
  bool unusual = false;
};

void read_field(std::string_view name, std::string_view value, Answer& answer, std::uint64_t& body_size,
                Seen& seen) {
  // By length first: most headers of an answer are none of these.
  switch (name.size()) {
    case 10:
      if (!same_name(name, "connection")) break;
      answer.keep_alive = same_name(value, "keep-alive");
      if (!answer.keep_alive && !same_name(value, "close")) seen.unusual = true;
      break;
    case 11:
      if (same_name(name, "retry-after")) answer.retry_after = value;
      break;
    case 12:
      if (same_name(name, "content-type"))
        answer.json = value.starts_with("application/json") || value.starts_with("application/problem+json");
      break;
    case 14: {
      if (!same_name(name, "content-length")) break;
      const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), body_size);
      // Two lengths, a sign or a list are left to the fall-back, which knows what is lawful.
      if (seen.length || error != std::errc() || end != value.data() + value.size()) seen.unusual = true;
      seen.length = true;
      break;
    }
    case 17:
      if (same_name(name, "transfer-encoding")) seen.unusual = true;
      break;
    default:
      break;
  }
}

// "HTTP/1.1 204 No Content"
bool read_status_line(std::string_view line, Answer& answer) {
  if (line.size() < 12 || !line.starts_with("HTTP/1.1 ")) return false;
  if (line.size() > 12 && line[12] != ' ') return false;
  const auto [end, error] = std::from_chars(line.data() + 9, line.data() + 12, answer.status);
  return error == std::errc() && end == line.data() + 12 && answer.status >= 100 && answer.status <= 599;
}

}  // namespace

namespace answer_detail {

Simple parse_simple_head(std::string_view head, Answer& answer, std::uint64_t& body_size) {
  answer = Answer{};
  answer.keep_alive = true;
  body_size = 0;
  std::size_t line_end = head.find("\r\n");
  if (!read_status_line(head.substr(0, line_end), answer)) return Simple::unusual;
  Seen seen;
  for (std::size_t begin = line_end + 2; begin + 2 < head.size(); begin = line_end + 2) {
    line_end = head.find("\r\n", begin);
    const std::string_view line = head.substr(begin, line_end - begin);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0 || line.find_first_of(" \t") < colon)
      return Simple::unusual;
    read_field(line.substr(0, colon), trimmed(line.substr(colon + 1)), answer, body_size, seen);
  }
  if (seen.unusual || answer.status == 101) return Simple::unusual;
  if (answer.status < 200) return Simple::interim;
  if (answer.status == 204 || answer.status == 304) {
    body_size = 0;
    return Simple::yes;
  }
  return seen.length && body_size <= kBodyBytesMax ? Simple::yes : Simple::unusual;
}

}  // namespace answer_detail

AnswerReader::AnswerReader() = default;
AnswerReader::~AnswerReader() = default;

void AnswerReader::reset() {
  head_.clear();
  body_left_ = 0;
  in_body_ = started_ = leftover_ = false;
  fallback_.reset();
}

AnswerReader::State AnswerReader::feed(std::string_view bytes) {
  if (bytes.empty()) return State::more;
  started_ = true;
  if (fallback_) return feed_fallback(bytes);
  if (in_body_) return read_body(bytes);
  return read_head(bytes);
}

AnswerReader::State AnswerReader::read_head(std::string_view bytes) {
  // Nearly always the whole head is in one piece and is read where it lies.
  const std::size_t known = head_.size();
  if (known > 0) {
    head_.append(bytes);
    bytes = head_;
  }
  const std::size_t from = known > kHeadEnd.size() ? known - kHeadEnd.size() : 0;
  const std::size_t end = bytes.find(kHeadEnd, from);
  if (end == std::string_view::npos) {
    static constexpr std::string_view kStart = "HTTP/1.";
    // What cannot become HTTP is told at once instead of waiting for its end.
    const std::size_t compared = std::min(bytes.size(), kStart.size());
    if (bytes.substr(0, compared) != kStart.substr(0, compared) || bytes.size() > kHeaderBytesMax)
      return State::bad;
    if (known == 0) head_.assign(bytes);
    return State::more;
  }
  if (end > kHeaderBytesMax) return State::bad;

  const std::size_t head_size = end + kHeadEnd.size();
  switch (answer_detail::parse_simple_head(bytes.substr(0, head_size), answer_, body_left_)) {
    case answer_detail::Simple::unusual: {
      fallback_ = std::make_unique<Fallback>();
      // The fall-back starts over with the head. A copy, since `bytes` may lie in head_.
      const std::string whole(bytes);
      return feed_fallback(whole);
    }
    case answer_detail::Simple::interim: {
      // The answer itself follows. A copy, since `bytes` may lie in head_.
      const std::string rest(bytes.substr(head_size));
      head_.clear();
      return rest.empty() ? State::more : read_head(rest);
    }
    case answer_detail::Simple::yes:
      break;
  }
  in_body_ = true;
  return read_body(bytes.substr(head_size));
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
  return fallback_->feed(bytes, answer_, leftover_);
}

AnswerReader::State AnswerReader::finish() {
  return fallback_ ? fallback_->finish(answer_) : State::bad;
}

}  // namespace racesim::http
