// The target that stores rows: blocks that are committed together, and how they are written to a store.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "io/sources/source.h"
#include "io/stores/store.h"
#include "run/ingest/ingest_config.h"
#include "run/ingest/ingest_counts.h"
#include "run/ingest/work_target.h"

namespace racesim {

class Transaction final : public WorkTarget {
 public:
  /// `source` outlives it.
  Transaction(Source& source, std::unique_ptr<Store> store, OnInvalid on_invalid)
      : source_(source), owned_(std::move(store)), store_(*owned_), on_invalid_(on_invalid) {}

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
  Done write_block(Work& work);
  Done append(Work& work, TableRows& part);
  Result<bool> advance_lanes();
  Done bury_refused();

  Source& source_;
  const std::unique_ptr<Store> owned_;
  Store& store_;
  const OnInvalid on_invalid_;
  IngestCounts counts_;
  std::vector<Fate> fates_;
  std::vector<RecordFate> dead_;  ///< of the block that is being written
  struct Part {
    Work* work;
    const TableRows* rows;
  };
  std::vector<Part> appended_;  ///< by Store::append() since begin()
};

}  // namespace racesim
