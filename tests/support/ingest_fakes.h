// A source, a store and a decoder in memory, for tests of the pipeline between them. Records are texts
// "OWNER SEQ VALUE"; anything else is no row.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "io/sources/source.h"
#include "io/stores/store.h"
#include "model/table.h"
#include "run/rows/block_decoder.h"

namespace racesim {

struct NumberRow {
  std::uint32_t owner;
  std::uint64_t seq;
  std::uint32_t value;
};
template <>
struct Schema<NumberRow> {
  static constexpr std::string_view name = "numbers";
  static constexpr int version = 1;
  static constexpr auto fields = std::make_tuple(
      field("owner", &NumberRow::owner), field("seq", &NumberRow::seq), field("value", &NumberRow::value));
};

namespace ingest_fakes {

inline constexpr std::string_view kOwner[] = {"owner"};
inline const TableInfo kNumbers{.name = "numbers", .key = {kOwner, "seq"}};
inline const StoreTable& number_table() {
  static const StoreTable table{&schema_info<NumberRow>(), &kNumbers, "test", ""};
  return table;
}

/// What several stores write to, as processes share a database.
struct Database {
  using Key = std::pair<std::uint32_t, std::uint64_t>;
  std::mutex mutex;  ///< held by the store that has a transaction
  std::map<Key, std::uint32_t> rows;
  std::map<std::pair<std::string, std::string>, LanePosition> positions;
  std::vector<std::pair<std::int64_t, std::string>> dead;  ///< offset and raw bytes
  std::uint64_t commits = 0;
};

/// What goes wrong, each as one call in so many; 0: never.
struct Trouble {
  unsigned retryable = 0;
  unsigned fatal = 0;
};

class MemoryStore final : public Store {
 public:
  MemoryStore(Database& db, std::uint64_t seed, Trouble trouble)
      : db_(db), random_(seed), trouble_(trouble) {}

  std::string name() const override { return "memory"; }
  Result<std::vector<LanePosition>> positions(std::string_view source) override {
    const std::scoped_lock lock(db_.mutex);
    std::vector<LanePosition> found;
    for (const auto& [key, position] : db_.positions)
      if (key.first == source) found.push_back(position);
    return found;
  }
  Done begin() override {
    if (Done ok = chance(); !ok) return ok;
    lock_ = std::unique_lock(db_.mutex);
    rows_ = db_.rows;
    positions_ = db_.positions;
    dead_ = db_.dead;
    return {};
  }
  Result<Appended> append(const StoreTable&, const RowBatch& rows, std::span<Fate> fates) override {
    if (Done ok = chance(); !ok) return tl::make_unexpected(ok.error());
    Appended appended;
    const auto numbers = rows.rows<NumberRow>();
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      const auto [at, fresh] = rows_.try_emplace({numbers[i].owner, numbers[i].seq}, numbers[i].value);
      const Fate fate = fresh                            ? Fate::stored
                        : at->second == numbers[i].value ? Fate::duplicate
                                                         : Fate::conflict;
      if (!fates.empty()) fates[i] = fate;
      if (fate == Fate::stored) ++appended.stored;
      if (fate == Fate::duplicate) ++appended.duplicates;
      if (fate != Fate::conflict) continue;
      ++appended.conflicts;
      appended.conflicting.push_back(static_cast<std::uint32_t>(i));
    }
    return appended;
  }
  void find_unfit(const StoreTable&, const RowBatch& rows, std::vector<RecordFate>& out) const override {
    const auto numbers = rows.rows<NumberRow>();
    for (std::size_t i = 0; i < numbers.size(); ++i)
      if (numbers[i].seq > INT64_MAX)
        out.push_back({static_cast<std::uint32_t>(i), Fate::rejected, "seq: beyond 63 bits"});
  }
  Done add_dead_letters(std::span<const DeadRecord> records) override {
    if (Done ok = chance(); !ok) return ok;
    for (const DeadRecord& record : records) dead_.emplace_back(record.offset, record.raw);
    return {};
  }
  Result<bool> advance(const LanePosition& before, const LanePosition& after) override {
    if (Done ok = chance(); !ok) return tl::make_unexpected(ok.error());
    const auto known = positions_.find({after.source, after.lane});
    if ((known == positions_.end() ? 0 : known->second.next) != before.next) return false;
    positions_[{after.source, after.lane}] = after;
    return true;
  }
  Done commit() override {
    if (Done ok = chance(); !ok) return ok;
    db_.rows = std::move(rows_);
    db_.positions = std::move(positions_);
    db_.dead = std::move(dead_);
    ++db_.commits;
    lock_.unlock();
    return {};
  }
  void rollback() override {
    if (lock_.owns_lock()) lock_.unlock();
  }
  bool worth_retrying() const override { return retryable_; }
  Done close() override { return {}; }

 private:
  Done chance() {
    const auto hits = [&](unsigned one_in) { return one_in > 0 && random_() % one_in == 0; };
    if (hits(trouble_.fatal)) {
      retryable_ = false;
      return fail(ErrorKind::runtime, "the disk is gone");
    }
    if (!hits(trouble_.retryable)) return {};
    retryable_ = true;
    return fail(ErrorKind::runtime, "a moment, please");
  }

  Database& db_;
  std::mt19937_64 random_;
  const Trouble trouble_;
  bool retryable_ = false;
  std::unique_lock<std::mutex> lock_;
  std::map<Database::Key, std::uint32_t> rows_;
  std::map<std::pair<std::string, std::string>, LanePosition> positions_;
  std::vector<std::pair<std::int64_t, std::string>> dead_;
};

using Lanes = std::vector<std::vector<std::string>>;

/// A block that was settled well.
struct SettledBlock {
  std::size_t lane = 0, first = 0, size = 0;  ///< its records
  BlockOutcome outcome;
};

/// Hands out the lanes' records in pieces of random size; keeps what became of each block. If it is awaited,
/// some blocks say that another one follows at once.
class MemorySource final : public Source {
 public:
  MemorySource(const Lanes& lanes, std::uint64_t seed) : lanes_(lanes), random_(seed), next_(lanes.size()) {}

  std::string name() const override { return "memory"; }
  Done open(LaneKeeper& keeper) override {
    keeper_ = &keeper;
    return restart();
  }
  Done restart() override {
    std::vector<LanePosition> asked;
    for (std::size_t i = 0; i < lanes_.size(); ++i) asked.push_back(position(i, 0));
    const auto known = keeper_->positions(asked);
    if (!known) return tl::make_unexpected(known.error());
    for (std::size_t i = 0; i < lanes_.size(); ++i)
      next_[i] = (*known)[i] ? static_cast<std::size_t>((*known)[i]->next) : 0;
    return {};
  }
  Result<Pulled> pull(RecordBlock& to, int) override {
    to.clear();
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < lanes_.size(); ++i)
      if (next_[i] < lanes_[i].size()) open.push_back(i);
    if (open.empty() || stopped_) return Pulled::ended;
    if (random_() % 8 == 0) return Pulled::nothing;
    const std::size_t lane = open[random_() % open.size()];
    const std::size_t end = std::min(lanes_[lane].size(), next_[lane] + random_() % most_ + 1);
    to.lane = static_cast<std::uint32_t>(lane);
    to.before = position(lane, next_[lane]);
    for (; next_[lane] < end; ++next_[lane]) add(to, lanes_[lane][next_[lane]], next_[lane]);
    to.after = position(lane, end);
    to.more = awaited && random_() % 4 > 0;
    return Pulled::records;
  }
  const LaneInfo& lane(std::uint32_t) const override { return info_; }
  void settled(const RecordBlock& block, const Result<BlockOutcome>& outcome) override {
    const std::scoped_lock lock(mutex_);
    if (outcome)
      outcomes_.push_back({block.lane, static_cast<std::size_t>(block.before.next), block.size(), *outcome});
    else
      ++failed_;
  }
  bool is_bounded() const override { return true; }
  bool is_awaited() const override { return awaited; }
  void stop() override { stopped_ = true; }

  std::vector<SettledBlock> outcomes() const {
    const std::scoped_lock lock(mutex_);
    return outcomes_;
  }
  std::uint64_t failed() const {
    const std::scoped_lock lock(mutex_);
    return failed_;
  }

  bool awaited = false;

 private:
  static LanePosition position(std::size_t lane, std::size_t next) {
    LanePosition position;
    position.source = "memory";
    position.lane = std::to_string(lane);
    position.next = static_cast<std::int64_t>(next);
    return position;
  }
  static void add(RecordBlock& to, const std::string& record, std::size_t offset) {
    to.text.reserve_more(record.size() + 1 + kBlockReadAhead);
    std::copy(record.begin(), record.end(), to.text.data() + to.text.size());
    to.text.data()[to.text.size() + record.size()] = '\n';
    to.text.set_size(to.text.size() + record.size() + 1);
    to.ends.push_back(static_cast<std::uint32_t>(to.text.size()));
    to.offsets.push_back(static_cast<std::int64_t>(offset));
  }

  const Lanes& lanes_;
  std::mt19937_64 random_;
  std::vector<std::size_t> next_;
  const std::size_t most_ = 40;
  LaneKeeper* keeper_ = nullptr;
  LaneInfo info_;
  std::atomic<bool> stopped_{false};
  mutable std::mutex mutex_;
  std::vector<SettledBlock> outcomes_;
  std::uint64_t failed_ = 0;
};

inline std::optional<NumberRow> parse_number(const std::string& text) {
  unsigned owner = 0, value = 0;
  unsigned long long seq = 0;
  char more = 0;
  if (std::sscanf(text.c_str(), "%u %llu %u%c", &owner, &seq, &value, &more) != 3) return std::nullopt;
  return NumberRow{owner, seq, value};
}

class NumberDecoder final : public BlockDecoder {
 public:
  void decode(const RecordBlock& block, const LaneInfo&, DecodedBlock& out) override {
    for (std::size_t i = 0; i < block.size(); ++i) {
      const std::string record(block.record(i));
      const auto index = static_cast<std::uint32_t>(i);
      if (record.empty()) {
        ++out.blank;
        continue;
      }
      const std::optional<NumberRow> row = parse_number(record);
      if (!row) {
        out.rejects.push_back({index, Fate::rejected, "no numbers"});
        continue;
      }
      TableRows& part = out.part(number_table());
      part.rows.resize(part.rows.size() + 1);
      part.rows.rows<NumberRow>().back() = *row;
      part.records.push_back(index);
    }
  }
  void forget() override {}
  const std::map<std::string, std::uint64_t>& unknown_fields() const override { return none_; }

 private:
  std::map<std::string, std::uint64_t> none_;
};

}  // namespace ingest_fakes
}  // namespace racesim
