// The body of a request from the bytes of its connection: framing, then gzip, under one limit.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "io/http/server/head_reader.h"
#include "io/http/server/message.h"
#include "model/batch.h"

namespace racesim::http {

/// Inflates gzip members one behind the other.
class Gunzip {
 public:
  Gunzip();
  ~Gunzip();
  /// Appends what `bytes` holds to `to`, which never grows beyond `most`. The answer to give if it cannot.
  std::optional<Response> feed(std::string_view bytes, std::size_t most, ByteBuffer& to);
  /// Of the end of the input: the answer to give if it is torn.
  std::optional<Response> finish() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// One thread.
class BodyReader {
 public:
  enum class State : std::uint8_t { more, done, refused };

  /// `most`: bytes of the body, as they come and as gzip inflates them.
  BodyReader(const BodyFrame& frame, bool gzip, std::size_t most);

  /// Takes from the front of `bytes` what belongs to the body. Not after done or refused.
  State feed(std::string_view& bytes);

  const Response& refusal() const { return *refusal_; }
  ByteBuffer take() { return std::move(body_); }
  std::size_t size() const { return body_.size(); }
  /// Bytes of the connection so far.
  std::uint64_t received() const { return received_; }

 private:
  enum class At : std::uint8_t { data, size_line, chunk_data, chunk_end, trailer };

  bool add(std::string_view bytes);
  void feed_chunked(std::string_view& bytes);
  void take_chunk_byte(char byte);
  void end_line();
  void begin_chunk(std::string_view size_line);
  void refuse(Response response);
  State end();

  const std::size_t most_;
  std::unique_ptr<Gunzip> gunzip_;
  At at_;
  std::uint64_t left_;  // of the body or the chunk
  std::uint64_t received_ = 0;
  std::size_t trailer_bytes_ = 0;
  std::string line_;
  bool ended_ = false;
  ByteBuffer body_;
  std::optional<Response> refusal_;
};

/// 413, naming the limit.
Response too_large(std::size_t most);

}  // namespace racesim::http
