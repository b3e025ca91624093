// The target that stores rows: blocks that are committed together, and how they are written to a store.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "io/sources/source.h"
#include "io/stores/store.h"
#include "run/ingest/beside_rows.h"
#include "run/ingest/ingest_config.h"
#include "run/ingest/ingest_counts.h"
#include "run/ingest/work_target.h"

namespace racesim {

class Transaction final : public WorkTarget {
 public:
  /// `source` outlives it. `beside`: null: nothing is stored beside the rows.
  Transaction(Source& source, std::unique_ptr<Store> store, OnInvalid on_invalid,
              std::unique_ptr<BesideRows> beside = nullptr)
      : source_(source),
        owned_(std::move(store)),
        store_(*owned_),
        on_invalid_(on_invalid),
        beside_(std::move(beside)) {}

  std::string name() const override { return store_.name(); }
  Result<std::vector<LanePosition>> positions(std::string_view source) override {
    return store_.positions(source);
  }
  void set_aside_unfit(Work& work) const override;
  Result<bool> write() override;
  void count(IngestCounts& counts) const override;
  void rollback() override { store_.rollback(); }
  bool worth_retrying() const override { return store_.worth_retrying(); }
  Result<std::uint64_t> expire() override { return store_.expire(); }
  void abandon() override { store_.abandon(); }
  Done close() override { return store_.close(); }
  const WaitNote* wait() const override { return store_.wait(); }

 private:
  struct Part {
    Work* work;
    const TableRows* rows;
  };
  /// Rows of one table that go to the store with one call.
  struct Group {
    explicit Group(const TableRows& first) : rows(first.rows.schema()) {}
    std::vector<Part> parts;  ///< in the order of the blocks
    std::size_t size = 0;     ///< rows of all parts
    RowBatch rows;            ///< of all parts, if there are several
  };

  void judge(Work& work);
  Group& group_for(const TableRows& rows);
  Done append(Group& group);
  void note(const Part& part, std::uint32_t row, Fate fate);
  Done bury();
  Result<bool> advance_lanes();
  Done bury_refused();

  Source& source_;
  const std::unique_ptr<Store> owned_;
  Store& store_;
  const OnInvalid on_invalid_;
  const std::unique_ptr<BesideRows> beside_;
  IngestCounts counts_;
  std::vector<Fate> fates_;
  std::vector<std::unique_ptr<Group>> groups_;  ///< those of this write() first, then memory for later
  std::size_t group_count_ = 0;                 ///< of this write()
};

}  // namespace racesim
