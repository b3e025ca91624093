#include "io/sources/store.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <deque>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "base/quantity.h"
#include "io/stores/registry.h"

namespace racesim {
namespace {

constexpr std::size_t kRowsAtOnce = 4096;

/// Event time of a row in microseconds, to choose among tables; 0 where the rows have none.
class RowTime {
 public:
  explicit RowTime(const StoreTable& table) {
    for (const FieldInfo& field : table.schema->fields)
      if (!table.table->time.empty() && field.path == table.table->time) field_ = &field;
  }
  std::int64_t of(const RowBatch& rows, std::size_t i) const {
    std::int64_t time = 0;
    if (field_ == nullptr || field_->size != sizeof time) return 0;
    std::memcpy(&time, rows.row_bytes(i) + field_->offset, sizeof time);
    return field_->type == FieldType::time_ms ? time * 1000 : time;
  }

 private:
  const FieldInfo* field_ = nullptr;
};

struct TableLane {
  TableLane(const StoreTable& of, RowsToLines lines)
      : table(of), time(of), to_lines(std::move(lines)), rows(*of.schema) {
    info.name = of.table->name;
  }

  StoreTable table;
  RowTime time;
  RowsToLines to_lines;
  RowBatch rows;  ///< read and not handed out yet
  bool at_end = false;
  LanePosition position;
  LaneInfo info;
};

class StoreSource final : public Source {
 public:
  StoreSource(StoreSourceOptions options, const StoreInfo& store)
      : options_(std::move(options)), store_(store), name_(options_.kind) {}

  std::string name() const override { return name_; }
  Done open(LaneKeeper& keeper) override;
  Result<Pulled> pull(RecordBlock& to, int wait_ms) override;
  const LaneInfo& lane(std::uint32_t number) const override { return lanes_[number].info; }
  void settled(const RecordBlock&, const Result<BlockOutcome>&) override {}
  bool is_bounded() const override { return true; }
  Done restart() override { return open(*keeper_); }
  void stop() override { stopping_ = true; }

 private:
  Done open_reader();
  Done open_lanes();
  Done go_on(TableLane& lane, const LanePosition& known);
  Error moved(const TableLane& lane, std::uint64_t row) const;
  Done fill(TableLane& lane, std::size_t most);

  const StoreSourceOptions options_;
  const StoreInfo& store_;
  std::string name_;  ///< an address may hold a password, so the reader's own
  LaneKeeper* keeper_ = nullptr;
  std::unique_ptr<StoreReader> reader_;
  std::deque<TableLane> lanes_;
  WireBatch lines_;
  std::atomic<bool> stopping_{false};
};

Done StoreSource::open(LaneKeeper& keeper) {
  keeper_ = &keeper;
  if (Done ok = open_reader(); !ok) return ok;
  if (Done ok = open_lanes(); !ok) return ok;
  std::vector<LanePosition> asked;
  for (const TableLane& lane : lanes_) asked.push_back(lane.position);
  const auto known = keeper.positions(asked);
  if (!known) return tl::make_unexpected(known.error());
  for (std::size_t i = 0; i < lanes_.size(); ++i)
    if ((*known)[i])
      if (Done ok = go_on(lanes_[i], *(*known)[i]); !ok) return ok;
  return {};
}

Done StoreSource::open_reader() {
  StoreOptions options;
  options.target = options_.target;
  options.password = options_.password;
  lanes_.clear();
  auto reader = store_.open_reader(options);
  if (!reader) return tl::make_unexpected(reader.error());
  reader_ = std::move(*reader);
  name_ = reader_->name();
  return {};
}

Done StoreSource::open_lanes() {
  const Result<std::vector<std::string>> there = reader_->tables();
  if (!there) return tl::make_unexpected(there.error());
  std::error_code ignored;
  const auto path = std::filesystem::canonical(options_.target, ignored);
  for (const StoreTable& table : options_.tables) {
    if (std::find(there->begin(), there->end(), table.table->name) == there->end()) continue;
    Result<RowsToLines> to_lines = options_.to_lines(table);
    if (!to_lines) return tl::make_unexpected(to_lines.error());
    TableLane& lane = lanes_.emplace_back(table, std::move(*to_lines));
    lane.position.source = ignored ? name_ : options_.kind + ":" + path.string();
    lane.position.lane = table.table->name;
  }
  return {};
}

/// A count of rows alone would not tell that others stand before them by now.
Done StoreSource::go_on(TableLane& lane, const LanePosition& known) {
  auto left = static_cast<std::uint64_t>(known.next);
  while (left > 0) {
    lane.rows.clear();
    if (Done ok = fill(lane, static_cast<std::size_t>(std::min<std::uint64_t>(left, kRowsAtOnce))); !ok)
      return ok;
    if (lane.rows.empty())
      return tl::make_unexpected(moved(lane, static_cast<std::uint64_t>(known.next) - left));
    left -= lane.rows.size();
  }
  if (known.next > 0) {
    lines_.clear();
    lane.to_lines(lane.rows, lines_);
    std::string_view last = lines_.line(lines_.size() - 1);
    last.remove_suffix(1);
    if (record_hash(last) != known.last_hash)
      return tl::make_unexpected(moved(lane, static_cast<std::uint64_t>(known.next)));
  }
  lane.rows.clear();
  lane.position = known;
  return {};
}

Error StoreSource::moved(const TableLane& lane, std::uint64_t row) const {
  return {
      ErrorKind::runtime,
      fmt::format("{}, table {}: row {} in order of time is not the one at which reading ended: rows were "
                  "added or removed before it",
                  name_, lane.info.name, format_count(row)),
      "read the whole store into a new place"};
}

/// Reads on where nothing is waiting.
Done StoreSource::fill(TableLane& lane, std::size_t most) {
  if (lane.at_end || !lane.rows.empty()) return {};
  const Result<bool> more = reader_->scan(lane.table, options_.run, most, lane.rows);
  if (!more) return tl::make_unexpected(more.error());
  lane.at_end = !*more;
  return {};
}

Result<Pulled> StoreSource::pull(RecordBlock& to, int) {
  to.clear();
  if (stopping_) return Pulled::ended;
  TableLane* oldest = nullptr;
  for (TableLane& lane : lanes_) {
    if (Done ok = fill(lane, std::min(kRowsAtOnce, to.most_records)); !ok)
      return tl::make_unexpected(ok.error());
    if (lane.rows.empty()) continue;
    if (oldest == nullptr || lane.time.of(lane.rows, 0) < oldest->time.of(oldest->rows, 0)) oldest = &lane;
  }
  if (oldest == nullptr) return Pulled::ended;
  lines_.clear();
  oldest->to_lines(oldest->rows, lines_);
  std::swap(to.text, lines_.text);
  std::swap(to.ends, lines_.ends);
  to.pad();
  to.lane = static_cast<std::uint32_t>(
      std::find_if(lanes_.begin(), lanes_.end(), [&](const TableLane& lane) { return &lane == oldest; }) -
      lanes_.begin());
  for (std::size_t i = 0; i < to.size(); ++i)
    to.offsets.push_back(oldest->position.next + static_cast<std::int64_t>(i));
  to.before = oldest->position;
  oldest->position.next += static_cast<std::int64_t>(to.size());
  oldest->position.consumed += to.size();
  oldest->position.last_hash = record_hash(to.record(to.size() - 1));
  to.after = oldest->position;
  oldest->rows.clear();
  return Pulled::records;
}

Result<const StoreInfo*> readable_store(const std::string& kind) {
  for (const StoreInfo& store : store_registry())
    if (store.name == kind && store.open_reader != nullptr) return &store;
  return fail(ErrorKind::usage, kind + " cannot be read from", "read from sqlite:PATH or postgres:DSN");
}

}  // namespace

Result<std::unique_ptr<Source>> make_store_source(StoreSourceOptions options) {
  const Result<const StoreInfo*> store = readable_store(options.kind);
  if (!store) return tl::make_unexpected(store.error());
  return std::make_unique<StoreSource>(std::move(options), **store);
}

Done check_store_source(const StoreSourceOptions& options) {
  const Result<const StoreInfo*> store = readable_store(options.kind);
  if (!store) return tl::make_unexpected(store.error());
  std::error_code ignored;
  if (options.kind == "sqlite" && !std::filesystem::exists(options.target, ignored))
    return fail(ErrorKind::runtime, "open " + options.target + ": no such file",
                "name the database that racesim ingest wrote");
  return {};
}

}  // namespace racesim
