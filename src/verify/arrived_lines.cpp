#include "verify/arrived_lines.h"

#include <cstring>

namespace racesim {

/// One read; what was used up makes room.
bool ArrivedLines::read() {
  if (ended_) return false;
  if (used_ > 0) {
    const std::size_t left = buffer_.size() - used_;
    if (left > 0) std::memmove(buffer_.data(), buffer_.data() + used_, left);
    buffer_.set_size(left);
    used_ = 0;
  }
  const Result<bool> more = lane_.read(buffer_);
  if (!more) error_ = more.error();
  ended_ = !more || !*more;
  return !ended_;
}

bool ArrivedLines::fill() {
  find_end(0);
  return !rest().empty();
}

/// Relative to rest(): one behind the line that begins at `from`.
std::size_t ArrivedLines::find_end(std::size_t from) {
  std::size_t searched = from;
  for (;;) {
    const std::string_view bytes = rest();
    const void* found = bytes.size() > searched
                            ? std::memchr(bytes.data() + searched, '\n', bytes.size() - searched)
                            : nullptr;
    if (found != nullptr) return static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data()) + 1;
    if (bytes.size() - from > kLongestLine) return from + kLongestLine;
    searched = bytes.size();
    if (!read()) return rest().size();
  }
}

std::string_view ArrivedLines::line() {
  const std::size_t end = find_end(0);
  return rest().substr(0, end);
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
    lines_.push_back(rest().substr(begin, each - begin));
    begin = each;
  }
  return lines_;
}

}  // namespace racesim
