#include "io/http/chunk_lines.h"

#include <algorithm>
#include <charconv>

namespace racesim::http {

void ChunkLines::pass(std::string_view bytes, std::string& to) {
  while (!bytes.empty()) {
    std::size_t taken = bytes.size();
    if (at_ == At::data) {
      taken = static_cast<std::size_t>(std::min<std::uint64_t>(taken, data_left_));
      to.append(bytes.substr(0, taken));
      data_left_ -= taken;
      if (data_left_ == 0) at_ = At::data_end;
    } else if (at_ == At::behind) {
      to.append(bytes);
    } else {
      taken = pass_line(bytes, to);
    }
    bytes.remove_prefix(taken);
  }
}

/// Takes up to the end of a line.
std::size_t ChunkLines::pass_line(std::string_view bytes, std::string& to) {
  const std::size_t end = bytes.find('\n');
  const bool whole = end != std::string_view::npos;
  const std::size_t taken = whole ? end + 1 : bytes.size();
  line_.append(bytes.substr(0, whole ? end : taken));
  if (whole) {
    end_line(to);
  } else if (line_.size() > kHeldMost) {
    to += line_;
    at_ = At::behind;
  }
  return taken;
}

void ChunkLines::end_line(std::string& to) {
  if (line_.ends_with('\r')) line_.pop_back();
  to.append(line_).append("\r\n");
  const bool empty = line_.empty();
  const char* const begin = line_.data();
  switch (at_) {
    case At::size_line: {
      const auto [end, error] = std::from_chars(begin, begin + line_.size(), data_left_, 16);
      at_ = error != std::errc() || end == begin ? At::behind : data_left_ > 0 ? At::data : At::trailer;
      break;
    }
    case At::data_end:
      at_ = empty ? At::size_line : At::behind;
      break;
    case At::trailer:
      if (empty) at_ = At::behind;
      break;
    case At::data:
    case At::behind:
      break;
  }
  line_.clear();
}

}  // namespace racesim::http
