#include "io/sources/record_framer.h"

#include <algorithm>
#include <cstring>

namespace racesim {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
/// A longer first line is no header.
constexpr std::size_t kHeaderMost = std::size_t{64} << 10;

bool is_blank_record(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

std::string_view without_line_end(std::string_view raw) {
  if (raw.ends_with('\n')) raw.remove_suffix(1);
  if (raw.ends_with('\r')) raw.remove_suffix(1);
  return raw;
}

bool is_name(std::string_view cell) {
  if (cell.size() >= 2 && cell.front() == '"' && cell.back() == '"') cell = cell.substr(1, cell.size() - 2);
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  const auto more = [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '-'; };
  // Tools that number their rows leave the name of that column empty.
  return cell.empty() || (letter(cell.front()) && std::all_of(cell.begin(), cell.end(), more));
}

/// Names of columns with commas between them. No JSON text looks so.
bool is_header(std::string_view line) {
  if (line.size() > kHeaderMost || line.find(',') == std::string_view::npos) return false;
  bool named = false;
  while (!line.empty()) {
    const std::size_t comma = std::min(line.find(','), line.size());
    if (!is_name(line.substr(0, comma))) return false;
    named |= comma > 0;
    line.remove_prefix(std::min(comma + 1, line.size()));
  }
  return named;
}

/// Every cell with a quote begins and ends with one. What is not so was taken for a record of several lines
/// by a stray quote.
bool is_well_quoted(std::string_view record) {
  std::size_t at = 0;
  for (;;) {
    if (at < record.size() && record[at] == '"') {
      do {
        at = record.find('"', at + 1);
        if (at == std::string_view::npos) return false;
        ++at;
      } while (at < record.size() && record[at] == '"');
    } else {
      const std::size_t end = record.find_first_of(",\"\n", at);
      at = std::min(end, record.size());
    }
    if (at == record.size()) return true;
    if (record[at] != ',') return false;
    ++at;
  }
}

}  // namespace

std::optional<Beginning> read_beginning(std::string_view bytes, bool last) {
  if (!last && bytes.size() < kByteOrderMark.size() && kByteOrderMark.starts_with(bytes)) return std::nullopt;
  const std::size_t mark = bytes.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  std::size_t at = mark;
  for (;;) {
    const std::string_view rest = bytes.substr(at);
    const std::size_t size = std::min(rest.find('\n'), rest.size());
    const std::string_view line = without_line_end(rest.substr(0, size));
    const bool ended = size < rest.size();
    if (!is_blank_record(line)) {
      const bool is_long = line.size() > kHeaderMost;
      if (!ended && !last && !is_long && line.front() != '{') return std::nullopt;
      if (!is_header(line)) return Beginning{mark, {}};
      return Beginning{at + size + (ended ? 1 : 0), std::string(line)};
    }
    // So many blank lines are not looked behind.
    if (!ended) return last || rest.size() > kHeaderMost ? std::optional(Beginning{mark, {}}) : std::nullopt;
    at += size + 1;
    if (at > kHeaderMost) return Beginning{mark, {}};
  }
}

std::string_view record_text(std::string_view raw) {
  return without_line_end(raw).substr(0, kLongestRecord + 1);
}

void RecordFramer::begin(bool csv, std::uint64_t offset) {
  csv_ = csv;
  scan_ = {};
  at_ = 0;
  offset_ = next_ = offset;
  last_size_ = 0;
  torn_ = false;
}

bool RecordFramer::cut(RecordBlock& to, bool last) {
  while (at_ < to.text.size()) {
    if (to.size() >= to.most_records) return true;
    const bool found = find_end(rest(to));
    if (found) {
      const bool stray = csv_ && scan_.first_line != scan_.scanned && scan_.dropped == 0 &&
                         !is_well_quoted(without_line_end(rest(to).substr(0, scan_.scanned)));
      take(to, stray ? scan_.first_line : scan_.scanned, true);
    } else if (!last) {
      if (!shorten(to)) return false;
    } else if (scan_.first_line != kNone) {
      // A quote that is never closed does not take the lines behind it along.
      take(to, scan_.first_line, true);
    } else {
      take(to, scan_.scanned, false);
    }
  }
  return false;
}

/// In front of the '\n' that ends the record; else all is scanned.
bool RecordFramer::find_end(std::string_view bytes) {
  if (csv_ && scan_.dropped == 0) return find_csv_end(bytes);
  const void* const found = std::memchr(bytes.data() + scan_.scanned, '\n', bytes.size() - scan_.scanned);
  scan_.scanned = found == nullptr ? bytes.size()
                                   : static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data());
  return found != nullptr;
}

bool RecordFramer::find_csv_end(std::string_view bytes) {
  while (scan_.scanned < bytes.size()) {
    const char* const from = bytes.data() + scan_.scanned;
    const void* const found = std::memchr(from, '\n', bytes.size() - scan_.scanned);
    const char* const end = found == nullptr ? bytes.data() + bytes.size() : static_cast<const char*>(found);
    if (std::count(from, end, '"') % 2 != 0) scan_.in_quotes = !scan_.in_quotes;
    scan_.scanned = static_cast<std::size_t>(end - bytes.data());
    if (found == nullptr) return false;
    if (scan_.first_line == kNone) scan_.first_line = scan_.scanned;
    if (!scan_.in_quotes) return true;
    ++scan_.scanned;
  }
  return false;
}

/// Of a record without an end that is overlong already only the head is kept; or if a quote made it so long,
/// its first line is a record of its own: then true.
bool RecordFramer::shorten(RecordBlock& to) {
  constexpr std::size_t kHead = kLongestRecord + 1;
  const std::size_t size = rest(to).size();
  if (size <= kHead) return false;  // the last of them may be the '\r' of its line end
  if (scan_.first_line != kNone) {
    take(to, scan_.first_line, true);
    return true;
  }
  to.text.set_size(at_ + kHead);
  scan_.dropped += size - kHead;
  scan_.scanned = kHead;
  return false;
}

/// The next `size` bytes are a record, and if it `ended`, '\n' is the one behind.
void RecordFramer::take(RecordBlock& to, std::size_t size, bool ended) {
  const std::string_view raw = rest(to).substr(0, size);
  const std::size_t in_text = size + (ended ? 1 : 0);
  const std::uint64_t raw_size = in_text + scan_.dropped;
  const std::string_view record = scan_.dropped > 0 ? raw.substr(0, kLongestRecord + 1) : record_text(raw);
  if (!is_blank_record(record)) {
    torn_ = !ended;
    keep(to, record, raw_size);
  }
  at_ = ended ? at_ + in_text : to.text.size();
  offset_ += raw_size;
  scan_ = {};
}

void RecordFramer::keep(RecordBlock& to, std::string_view record, std::uint64_t raw_size) {
  const std::size_t begin = to.ends.empty() ? 0 : to.ends.back();
  const std::size_t end = begin + record.size();
  if (begin != at_) std::memmove(to.text.data() + begin, record.data(), record.size());
  if (end == to.text.size()) to.text.append("\n");  // it is torn
  to.text.data()[end] = '\n';
  to.ends.push_back(static_cast<std::uint32_t>(end + 1));
  to.offsets.push_back(static_cast<std::int64_t>(offset_));
  next_ = offset_ + raw_size;
  last_size_ = raw_size;
}

void RecordFramer::close_up(RecordBlock& to) {
  const std::size_t begin = to.ends.empty() ? 0 : to.ends.back();
  if (begin == at_) return;
  const std::size_t size = rest(to).size();
  if (size > 0) std::memmove(to.text.data() + begin, to.text.data() + at_, size);
  to.text.set_size(begin + size);
  at_ = begin;
}

}  // namespace racesim
