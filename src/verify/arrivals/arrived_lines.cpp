#include "verify/arrivals/arrived_lines.h"

#include <algorithm>
#include <cstring>

namespace racesim {

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
  find_end(0);
  return !rest().empty();
}

std::string_view ArrivedLines::rest() const {
  const std::string_view all = at_hand();
  return gaps_.empty() ? all : all.substr(0, gaps_.front().at - passed_);
}

void ArrivedLines::advance(std::size_t bytes, std::uint64_t lines) {
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

std::string_view ArrivedLines::line() {
  const std::size_t end = find_end(0);
  return at_hand().substr(0, end);
}

const std::vector<std::string_view>& ArrivedLines::lines(std::size_t count) {
  ends_.clear();
  std::size_t end = 0;
  for (std::size_t i = 0; i <= count; ++i) {
    const std::size_t next = find_end(end);
    if (next == end) break;
    ends_.push_back(end = next);
  }
  lines_.clear();
  std::size_t begin = 0;
  for (const std::size_t each : ends_) {
    lines_.push_back(at_hand().substr(begin, each - begin));
    begin = each;
  }
  return lines_;
}

}  // namespace racesim
