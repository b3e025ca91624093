#include "serve/reading/unkept_target.h"

namespace racesim::serve {
namespace {

class UnkeptTarget final : public WorkTarget {
 public:
  std::string name() const override { return "the live view"; }
  Result<std::vector<LanePosition>> positions(std::string_view) override {
    return std::vector<LanePosition>();
  }

  Result<bool> write() override {
    counts_ = {};
    for (const auto& work : works_) {
      BlockOutcome& outcome = work->outcome = {};
      outcome.blank = work->decoded.blank;
      outcome.rejected = work->decoded.rejects.size();
      counts_.consumed += work->block.size() - outcome.blank;
      counts_.rejected += outcome.rejected;
      counts_.gaps += work->block.gap;
    }
    return true;
  }
  void count(IngestCounts& counts) const override {
    counts.consumed += counts_.consumed;
    counts.rejected += counts_.rejected;
    counts.gaps += counts_.gaps;
  }
  void rollback() override {}
  bool worth_retrying() const override { return false; }
  Result<std::uint64_t> expire() override { return std::uint64_t{0}; }
  void abandon() override {}
  Done close() override { return {}; }
  const WaitNote* wait() const override { return nullptr; }

 private:
  IngestCounts counts_;
};

}  // namespace

std::unique_ptr<WorkTarget> make_unkept_target() {
  return std::make_unique<UnkeptTarget>();
}

}  // namespace racesim::serve
