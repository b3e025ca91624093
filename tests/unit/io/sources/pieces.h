// Bytes that come in given pieces, as a pipe's do.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <random>
#include <string>
#include <utility>

#include "io/files/byte_source.h"

namespace racesim {

/// Pieces of up to `most` bytes, and now and then nothing. At the end of `bytes` it is ended, until more is
/// appended.
class Pieces final : public ByteSource {
 public:
  Pieces(std::shared_ptr<std::string> bytes, std::size_t most, std::mt19937::result_type seed)
      : bytes_(std::move(bytes)), most_(most), random_(seed) {}
  Result<ReadStep> read_within(ByteBuffer& to, int wait_ms) override {
    if (at_ == bytes_->size()) return ReadStep::ended;
    if (wait_ms >= 0 && random_() % 8 == 0) return ReadStep::nothing;
    const std::size_t size = std::min<std::size_t>(1 + random_() % most_, bytes_->size() - at_);
    to.append(std::string_view(*bytes_).substr(at_, size));
    at_ += size;
    return ReadStep::bytes;
  }

 private:
  std::shared_ptr<std::string> bytes_;
  std::size_t at_ = 0;
  const std::size_t most_;
  std::mt19937 random_;
};

}  // namespace racesim
