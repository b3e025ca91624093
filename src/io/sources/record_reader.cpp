#include "io/sources/record_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/quantity.h"

namespace racesim {
namespace {

constexpr const char* kShorter = "it is shorter than what was read of it";

void drop_front(ByteBuffer& buffer, std::size_t size) {
  std::memmove(buffer.data(), buffer.data() + size, buffer.size() - size);
  buffer.set_size(buffer.size() - size);
}

}  // namespace

Result<ReadStep> RecordReader::read(RecordBlock& to, int wait_ms) {
  start(to);
  Result<ReadStep> step = collect(to, wait_ms);
  finish(to);
  return step;
}

bool RecordReader::take_rest(RecordBlock& to, bool torn) {
  start(to);
  if (begun_ || begin(to.text, torn)) framer_.cut(to, torn);
  finish(to);
  return to.size() > 0;
}

void RecordReader::start(RecordBlock& to) {
  to.clear();
  to.text.append(rest_.view());
  rest_.clear();
  framer_.next_block();
}

Result<ReadStep> RecordReader::collect(RecordBlock& to, int wait_ms) {
  for (;;) {
    const bool last = ended_ && !growing_;
    if (begun_ || begin(to.text, last))
      if (framer_.cut(to, last)) return ReadStep::bytes;
    const bool some = to.size() > 0;
    if (some && (last || error_ || to.text.size() >= kBlockBytes)) return ReadStep::bytes;
    if (error_) return tl::make_unexpected(*error_);
    if (last) return ReadStep::ended;
    framer_.close_up(to);
    const Result<ReadStep> step = fill(to.text, some ? 0 : wait_ms);
    if (!step) {
      error_ = step.error();
      continue;
    }
    ended_ = *step == ReadStep::ended;
    const bool wait = *step == ReadStep::nothing || (ended_ && growing_);
    if (wait) return some ? ReadStep::bytes : *step;
  }
}

void RecordReader::finish(RecordBlock& to) {
  rest_.append(framer_.rest(to));
  to.text.set_size(to.ends.empty() ? 0 : to.ends.back());
  to.pad();
  if (to.size() == 0) return;
  to.torn = framer_.is_torn();
  last_hash_ = record_hash(to.record(to.size() - 1));
}

Result<ReadStep> RecordReader::fill(ByteBuffer& to, int wait_ms) {
  const std::size_t before = to.size();
  const Result<ReadStep> step = bytes_->read_within(to, wait_ms);
  const std::string_view come = to.view().substr(before);
  if (head_.size() < kFileHead) head_.append(come.substr(0, kFileHead - head_.size()));
  read_ += come.size();
  return step;
}

bool RecordReader::begin(ByteBuffer& text, bool last) {
  std::optional<Beginning> beginning = read_beginning(text.view(), last);
  if (!beginning) return false;
  header_ = std::move(beginning->header);
  framer_.begin(!header_.empty(), beginning->size);
  drop_front(text, beginning->size);
  begun_ = true;
  return true;
}

FileMark RecordReader::mark() const {
  FileMark mark;
  mark.head_size = std::min<std::uint64_t>(framer_.next(), head_.size());
  mark.head_hash = record_hash(std::string_view(head_).substr(0, mark.head_size));
  mark.last_size = framer_.last_size();
  mark.torn = framer_.is_torn();
  return mark;
}

/// Whether so many bytes are at hand in rest_; reads them.
Result<bool> RecordReader::need(std::size_t size) {
  while (rest_.size() < size) {
    const Result<ReadStep> step = fill(rest_, -1);
    if (!step) return tl::make_unexpected(step.error());
    if (*step == ReadStep::ended) return false;
  }
  return true;
}

/// False: there are not so many.
Result<bool> RecordReader::pass_over(std::uint64_t size) {
  const std::size_t here = static_cast<std::size_t>(std::min<std::uint64_t>(size, rest_.size()));
  drop_front(rest_, here);
  if (here == size) return true;
  const Result<std::uint64_t> there = bytes_->skip(size - here, rest_);
  if (!there) return tl::make_unexpected(there.error());
  read_ += *there + rest_.size();
  return *there == size - here;
}

Result<std::string> RecordReader::resume(const LanePosition& known, const FileMark& mark) {
  const Result<bool> whole = need(mark.head_size);
  if (!whole) return tl::make_unexpected(whole.error());
  if (!*whole) return std::string(kShorter);
  if (record_hash(std::string_view(head_).substr(0, mark.head_size)) != mark.head_hash)
    return fmt::format("its first {} bytes are not those that were read", format_count(mark.head_size));
  std::optional<Beginning> beginning;
  for (bool last = false; !(beginning = read_beginning(rest_.view(), last));) {
    const Result<bool> more = need(rest_.size() + 1);
    if (!more) return tl::make_unexpected(more.error());
    last = !*more;
  }
  header_ = std::move(beginning->header);
  begun_ = true;
  return find_last(known, mark);
}

Result<std::string> RecordReader::find_last(const LanePosition& known, const FileMark& mark) {
  const auto next = static_cast<std::uint64_t>(known.next);
  if (mark.last_size > next) return std::string("its position is damaged");
  Result<bool> enough = pass_over(next - mark.last_size);
  const bool overlong = mark.last_size > kLongestRecord + 2;  // by more than a line end
  const std::size_t size = overlong ? kLongestRecord + 1 : static_cast<std::size_t>(mark.last_size);
  if (enough && *enough) enough = need(size);
  if (!enough) return tl::make_unexpected(enough.error());
  if (!*enough) return std::string(kShorter);
  const std::string_view raw = rest_.view().substr(0, size);
  if (record_hash(overlong ? raw : record_text(raw)) != known.last_hash)
    return fmt::format("what stands before byte {} is not what was read there", format_count(next));
  last_hash_ = known.last_hash;
  if (mark.torn) {
    const Result<bool> more = need(size + 1);
    if (!more) return tl::make_unexpected(more.error());
    if (*more || growing_) {
      framer_.begin(!header_.empty(), next - mark.last_size);
      return std::string();
    }
  }
  enough = pass_over(mark.last_size);
  if (!enough) return tl::make_unexpected(enough.error());
  if (!*enough) return std::string(kShorter);
  framer_.begin(!header_.empty(), next);
  return std::string();
}

}  // namespace racesim
