#include "codec/decode/stream.h"

#include <algorithm>
#include <cstring>

#include <fmt/core.h>

#include "codec/decode/check.h"

namespace racesim {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
/// The buffer holds a piece and an unfinished record, whatever the size of a chunk.
constexpr std::size_t kPiece = 1 << 20;

}  // namespace

void StreamDecoder::begin_call(RowBatch& good, Rejects& bad) {
  good_ = &good;
  bad_ = &bad;
  lines_.clear();
}

void StreamDecoder::append(std::string_view piece) {
  const std::size_t rest = buffer_.size() - begin_;
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, rest);
    buffer_.set_size(rest);
    begin_ = 0;
  }
  buffer_.reserve_more(piece.size() + kReadAhead);
  if (!piece.empty()) std::memcpy(buffer_.data() + rest, piece.data(), piece.size());
  buffer_.set_size(rest + piece.size());
  std::memset(buffer_.data() + buffer_.size(), 0, kReadAhead);
}

/// False while it is not known whether the input starts with a mark.
bool StreamDecoder::skip_mark(bool last) {
  const std::string_view start = pending().substr(0, kByteOrderMark.size());
  if (start == kByteOrderMark)
    drop(start.size(), 0);
  else if (!last && kByteOrderMark.substr(0, start.size()) == start)
    return false;
  started_ = true;
  return true;
}

void StreamDecoder::decode(std::string_view chunk, RowBatch& good, Rejects& bad) {
  begin_call(good, bad);
  while (!chunk.empty()) {
    append(chunk.substr(0, kPiece));
    chunk.remove_prefix(std::min(chunk.size(), kPiece));
    if (started_ || skip_mark(false)) consume(false);
  }
}

void StreamDecoder::finish(RowBatch& good, Rejects& bad) {
  begin_call(good, bad);
  append({});
  if (!started_) skip_mark(true);
  consume(true);
  restart();
  buffer_.clear();
  started_ = false;
  begin_ = 0;
  offset_ = 0;
  line_ = 1;
  index_ = 0;
}

void StreamDecoder::reject(std::string reason, std::string_view raw) {
  reject_outside(std::move(reason), raw);
  ++index_;
}

void StreamDecoder::reject_outside(std::string reason, std::string_view raw) {
  if (raw.size() > kRecordLimit) raw = raw.substr(0, kRejectHead);
  bad_->push_back({line_, offset_, index_, std::move(reason), std::string(raw)});
}

std::string overlong_reason() {
  return fmt::format("longer than {} bytes; the first {} are kept", kRecordLimit, kRejectHead);
}

}  // namespace racesim
