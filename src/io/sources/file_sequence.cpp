#include <fmt/format.h>

#include <utility>

#include "base/quantity.h"
#include "io/files/byte_source.h"
#include "io/sources/sequences.h"

namespace racesim {
namespace {

/// One file or pipe: one sequence.
class FileSequence final : public ArrivedSequences, public ArrivedSequence {
 public:
  explicit FileSequence(std::unique_ptr<ByteSource> source) : source_(std::move(source)) {}
  std::vector<ArrivedSequence*> sequences() override { return {this}; }
  Result<bool> read(ByteBuffer& to) override { return source_->read(to); }
  std::string place(std::uint64_t line, std::uint64_t byte) const override {
    return fmt::format("line {}, byte {}", format_count(line + 1), format_count(byte));
  }

 private:
  std::unique_ptr<ByteSource> source_;
};

}  // namespace

Result<std::unique_ptr<ArrivedSequences>> open_file_sequence(const std::string& path) {
  auto source = ByteSource::open(path);
  if (!source) return tl::make_unexpected(source.error());
  return std::make_unique<FileSequence>(std::move(*source));
}

}  // namespace racesim
