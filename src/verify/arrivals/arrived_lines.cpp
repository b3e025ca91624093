#include "verify/arrivals/arrived_lines.h"

#include <algorithm>
#include <cstring>

namespace racesim {
namespace {

constexpr std::string_view kMark = "\xef\xbb\xbf";

bool is_blank_line(std::string_view line) {
  return !line.empty() && line.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

}  // namespace

/// One read; what was used up makes room.
bool ArrivedLines::read() {
  if (ended_) return false;
  if (used_ > 0) {
    const std::size_t left = buffer_.size() - used_;
    if (left > 0) std::memmove(buffer_.data(), buffer_.data() + used_, left);
    buffer_.set_size(left);
    sifted_ -= std::min(sifted_, used_);
    used_ = 0;
  }
  const Result<bool> more = sequence_.read(buffer_);
  if (!more) error_ = more.error();
  ended_ = !more || !*more;
  if (leave_out_) sift();
  return !ended_;
}

/// Drops what is to be left out from the lines that are new; a torn one waits for its end.
void ArrivedLines::sift() {
  char* const bytes = buffer_.data();
  const std::size_t size = buffer_.size();
  std::size_t from = sifted_;
  while (from < size) {
    const void* const found = std::memchr(bytes + from, '\n', size - from);
    if (found == nullptr && !ended_) break;
    const std::size_t end =
        found == nullptr ? size : static_cast<std::size_t>(static_cast<const char*>(found) - bytes) + 1;
    if (leave_out_({bytes + from, end - from})) {
      note_gap(passed_ + (sifted_ - used_), end - from);
    } else {
      if (from > sifted_) std::memmove(bytes + sifted_, bytes + from, end - from);
      sifted_ += end - from;
    }
    from = end;
  }
  if (from > sifted_) std::memmove(bytes + sifted_, bytes + from, size - from);
  buffer_.set_size(sifted_ + (size - from));
  pass_gaps();
}

void ArrivedLines::note_gap(std::uint64_t at, std::uint64_t bytes) {
  if (gaps_.empty() || gaps_.back().at != at) gaps_.push_back({at, 0, 0});
  gaps_.back().bytes += bytes;
  ++gaps_.back().lines;
  ++left_out_;
}

void ArrivedLines::pass_gaps() {
  while (!gaps_.empty() && gaps_.front().at <= passed_) {
    byte_ += gaps_.front().bytes;
    line_ += gaps_.front().lines;
    gaps_.pop_front();
    // A sequence keeps the keys from the last one asked for on: those of lines left out are not wanted.
    if (sequence_.has_keys()) static_cast<void>(sequence_.key(line_ - 1));
  }
}

bool ArrivedLines::fill() {
  if (respeller_ == nullptr)
    find_end(0);
  else
    skip_blanks();
  return !rest().empty();
}

/// In front of the next line.
void ArrivedLines::skip_blanks() {
  if (byte_ == 0) find_end(0);
  if (byte_ == 0 && at_hand().substr(0, kMark.size()) == kMark) use_up(kMark.size(), 0);
  for (;;) {
    const std::size_t end = find_end(0);
    const std::string_view at = at_hand();
    if (at.empty() || static_cast<unsigned char>(at.front()) > ' ') return;
    const std::string_view line = at.substr(0, end);
    if (!is_blank_line(line)) return;
    use_up(line.size(), 1);
  }
}

std::string_view ArrivedLines::rest() const {
  const std::string_view all = at_hand();
  return gaps_.empty() ? all : all.substr(0, gaps_.front().at - passed_);
}

void ArrivedLines::advance(std::size_t bytes, std::uint64_t lines) {
  use_up(bytes, lines);
  for (; lines > 0 && !spelled_.empty(); --lines) spelled_.pop_front();
  if (!spelled_.empty() && spelled_.front().blanks > 0) {
    use_up(spelled_.front().blanks, spelled_.front().blank_lines);
    spelled_.front().blanks = spelled_.front().blank_lines = 0;
  }
}

void ArrivedLines::advance_line() {
  advance(raw_line().size(), 1);
}

void ArrivedLines::use_up(std::size_t bytes, std::uint64_t lines) {
  used_ += bytes;
  sifted_ = std::max(sifted_, used_);
  passed_ += bytes;
  byte_ += bytes;
  line_ += lines;
  pass_gaps();
}

/// Relative to rest(): one behind the line that begins at `from`.
std::size_t ArrivedLines::find_end(std::size_t from) {
  std::size_t searched = from;
  for (;;) {
    const std::string_view bytes = at_hand();
    const void* found = bytes.size() > searched
                            ? std::memchr(bytes.data() + searched, '\n', bytes.size() - searched)
                            : nullptr;
    if (found != nullptr) return static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data()) + 1;
    if (bytes.size() - from > kLongestLine) return from + kLongestLine;
    // A torn line may turn out to be none of ours and give its place to the next.
    searched = leave_out_ ? from : bytes.size();
    if (!read()) return at_hand().size();
  }
}

std::string_view ArrivedLines::raw_line() {
  const std::size_t end = find_end(0);
  return at_hand().substr(0, end);
}

std::string_view ArrivedLines::line() {
  if (respeller_ == nullptr) return raw_line();
  if (spelled_.empty() && !spell_next()) return {};
  return spelled_.front().text;
}

/// One more; false at the end.
bool ArrivedLines::spell_next() {
  if (spelled_.empty()) skip_blanks();
  std::size_t from = 0;
  for (const Spelled& one : spelled_) from += one.blanks + one.raw_size;
  Spelled next;
  for (;;) {
    const std::size_t end = find_end(from);
    if (end == from) return false;
    const std::string_view raw = at_hand().substr(from, end - from);
    if (!is_blank_line(raw)) {
      next.raw_size = raw.size();
      respeller_->spell(raw, next.text);
      spelled_.push_back(std::move(next));
      return true;
    }
    next.blanks += raw.size();
    ++next.blank_lines;
    from = end;
  }
}

const std::vector<std::string_view>& ArrivedLines::lines(std::size_t count) {
  lines_.clear();
  if (respeller_ != nullptr) {
    while (spelled_.size() <= count && spell_next()) {
    }
    for (std::size_t i = 0; i <= count && i < spelled_.size(); ++i) lines_.push_back(spelled_[i].text);
    return lines_;
  }
  ends_.clear();
  std::size_t end = 0;
  for (std::size_t i = 0; i <= count; ++i) {
    const std::size_t next = find_end(end);
    if (next == end) break;
    ends_.push_back(end = next);
  }
  std::size_t begin = 0;
  for (const std::size_t each : ends_) {
    lines_.push_back(at_hand().substr(begin, each - begin));
    begin = each;
  }
  return lines_;
}

}  // namespace racesim
