#include "io/http/server/body_reader.h"

#include <zlib.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "base/check.h"

namespace racesim::http {
namespace {

// A size of 16 hexadecimal digits and some extension that nobody reads.
constexpr std::size_t kChunkLineMost = 256;
constexpr std::size_t kTrailerMost = 16 * 1024;
constexpr std::size_t kInflatePiece = std::size_t{64} << 10;
constexpr int kGzipHeader = 15 + 16;  // the largest window; 16 more asks for gzip's header

}  // namespace

Response too_large(std::size_t most) {
  return problem(413, "the body is larger than " + std::to_string(most) +
                          " bytes, as sent or as gzip inflates it; send it in smaller requests");
}

struct Gunzip::Impl {
  z_stream zlib{};
  bool in_member = false;
  bool any = false;
};

Gunzip::Gunzip() : impl_(std::make_unique<Impl>()) {
  RACESIM_CHECK(inflateInit2(&impl_->zlib, kGzipHeader) == Z_OK);
}
Gunzip::~Gunzip() {
  inflateEnd(&impl_->zlib);
}

std::optional<Response> Gunzip::feed(std::string_view bytes, std::size_t most, ByteBuffer& to) {
  z_stream& z = impl_->zlib;
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));  // zlib does not write to it
  z.avail_in = static_cast<uInt>(bytes.size());
  bool full = false;
  while (z.avail_in > 0 || full) {
    if (!impl_->in_member) {
      if (z.avail_in == 0) break;
      inflateReset(&z);
      impl_->in_member = impl_->any = true;
    }
    // One byte beyond the limit tells that there is more.
    const std::size_t room = std::min(most + 1 - to.size(), kInflatePiece);
    to.reserve_more(room);
    z.next_out = reinterpret_cast<Bytef*>(to.data() + to.size());
    z.avail_out = static_cast<uInt>(room);
    const int code = inflate(&z, Z_NO_FLUSH);
    to.set_size(to.size() + room - z.avail_out);
    full = z.avail_out == 0;
    if (to.size() > most) return too_large(most);
    if (code == Z_STREAM_END) {
      impl_->in_member = false;
    } else if (code != Z_OK && code != Z_BUF_ERROR) {
      return problem(400, std::string("Content-Encoding says gzip, and the body is not: ") +
                              (z.msg != nullptr ? z.msg : zError(code)));
    }
  }
  return std::nullopt;
}

std::optional<Response> Gunzip::finish() const {
  if (impl_->any && !impl_->in_member) return std::nullopt;
  return problem(400, "the gzip data of the body ends in the middle; send all of it");
}

BodyReader::BodyReader(const BodyFrame& frame, bool gzip, std::size_t most)
    : most_(most),
      gunzip_(gzip ? std::make_unique<Gunzip>() : nullptr),
      at_(frame.chunked ? At::size_line : At::data),
      left_(frame.length.value_or(0)) {
  if (!frame.chunked && left_ > most_) refuse(too_large(most_));
  if (!gzip && !refusal_) body_.reserve_more(static_cast<std::size_t>(std::min<std::uint64_t>(left_, 4096)));
}

void BodyReader::refuse(Response response) {
  refusal_ = std::move(response);
  refusal_->close = true;
}

bool BodyReader::add(std::string_view bytes) {
  received_ += bytes.size();
  // A compressed body may be no longer than a plain one either.
  if (received_ > most_) {
    refuse(too_large(most_));
    return false;
  }
  if (gunzip_) {
    if (std::optional<Response> trouble = gunzip_->feed(bytes, most_, body_)) {
      refuse(std::move(*trouble));
      return false;
    }
    return true;
  }
  body_.reserve_more(bytes.size());
  std::memcpy(body_.data() + body_.size(), bytes.data(), bytes.size());
  body_.set_size(body_.size() + bytes.size());
  return true;
}

BodyReader::State BodyReader::end() {
  if (gunzip_) {
    if (std::optional<Response> trouble = gunzip_->finish()) refuse(std::move(*trouble));
  }
  return refusal_ ? State::refused : State::done;
}

BodyReader::State BodyReader::feed(std::string_view& bytes) {
  if (refusal_) return State::refused;
  if (at_ == At::data) {
    const std::string_view part =
        bytes.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size())));
    bytes.remove_prefix(part.size());
    left_ -= part.size();
    if (!part.empty() && !add(part)) return State::refused;
    return left_ == 0 ? end() : State::more;
  }
  feed_chunked(bytes);
  if (refusal_) return State::refused;
  return ended_ ? end() : State::more;
}

void BodyReader::feed_chunked(std::string_view& bytes) {
  while (!bytes.empty() && !refusal_ && !ended_) {
    if (at_ == At::chunk_data) {
      const std::string_view part =
          bytes.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size())));
      bytes.remove_prefix(part.size());
      left_ -= part.size();
      if (!add(part)) return;
      if (left_ == 0) at_ = At::chunk_end;
    } else {
      take_chunk_byte(bytes.front());
      bytes.remove_prefix(1);
    }
  }
}

// Of the lines between chunks: a size, the end of a chunk, or what follows the last one.
void BodyReader::take_chunk_byte(char byte) {
  if (byte != '\n') {
    line_ += byte;
    const std::size_t most = at_ == At::trailer ? kTrailerMost - trailer_bytes_ : kChunkLineMost;
    if (line_.size() > most) refuse(problem(400, "a line between the chunks of the body is too long"));
    return;
  }
  if (line_.empty() || line_.back() != '\r') {
    refuse(problem(400, "a line between the chunks of the body does not end in CR LF"));
    return;
  }
  line_.pop_back();
  end_line();
  line_.clear();
}

void BodyReader::end_line() {
  switch (at_) {
    case At::size_line:
      begin_chunk(line_);
      break;
    case At::chunk_end:
      if (!line_.empty()) refuse(problem(400, "a chunk of the body is longer than its size says"));
      at_ = At::size_line;
      break;
    default:  // a trailer: nothing in it is needed
      ended_ = line_.empty();
      trailer_bytes_ += line_.size();
  }
}

void BodyReader::begin_chunk(std::string_view size_line) {
  std::uint64_t size = 0;
  const auto [end, error] = std::from_chars(size_line.data(), size_line.data() + size_line.size(), size, 16);
  const std::string_view behind = size_line.substr(static_cast<std::size_t>(end - size_line.data()));
  const std::size_t next = std::min(behind.find_first_not_of(" \t"), behind.size());
  if (error != std::errc() || (next < behind.size() && behind[next] != ';')) {
    refuse(problem(400, "the size of a chunk of the body is no hexadecimal number"));
    return;
  }
  if (size > most_) {
    refuse(too_large(most_));
    return;
  }
  left_ = size;
  at_ = size == 0 ? At::trailer : At::chunk_data;
}

}  // namespace racesim::http
