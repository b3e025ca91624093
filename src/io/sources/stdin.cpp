#include "io/sources/stdin.h"

#include <atomic>
#include <utility>

#include "io/sources/record_reader.h"

namespace racesim {
namespace {

class StdinSource final : public Source {
 public:
  std::string name() const override { return "standard input"; }
  Done open(LaneKeeper&) override {
    Result<std::unique_ptr<ByteSource>> bytes = ByteSource::open("-");
    if (!bytes) return tl::make_unexpected(bytes.error());
    reader_ = std::make_unique<RecordReader>(std::move(*bytes), false);
    position_.source = "stdin";
    return {};
  }
  Result<Pulled> pull(RecordBlock& to, int wait_ms) override {
    if (stopping_) {
      if (!reader_->take_rest(to, false)) return Pulled::ended;
      note(to);
      return Pulled::records;
    }
    const Result<ReadStep> step = reader_->read(to, wait_ms);
    if (!step) return tl::make_unexpected(step.error());
    if (*step != ReadStep::bytes) return *step == ReadStep::ended ? Pulled::ended : Pulled::nothing;
    note(to);
    return Pulled::records;
  }
  /// Its header is known with the first block, and stays.
  const LaneInfo& lane(std::uint32_t) const override { return info_; }
  void settled(const RecordBlock&, const Result<BlockOutcome>&) override {}
  bool has_positions() const override { return false; }
  bool is_bounded() const override { return true; }
  Done restart() override {
    return fail(ErrorKind::busy, "the standard input cannot be read again",
                "start again with the same input: what is stored already is told by its id");
  }
  void stop() override { stopping_ = true; }

 private:
  void note(RecordBlock& to) {
    if (position_.next == 0) info_.header = reader_->header();
    to.before = position_;
    position_.next = static_cast<std::int64_t>(reader_->next());
    position_.last_hash = reader_->last_hash();
    position_.consumed += to.size();
    to.after = position_;
  }

  std::unique_ptr<RecordReader> reader_;
  LanePosition position_;
  LaneInfo info_;
  std::atomic<bool> stopping_{false};
};

}  // namespace

Result<std::unique_ptr<Source>> make_stdin_source() {
  return std::make_unique<StdinSource>();
}

}  // namespace racesim
