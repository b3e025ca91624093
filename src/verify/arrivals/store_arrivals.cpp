#include "verify/arrivals/store_arrivals.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "base/quantity.h"
#include "model/event_id.h"
#include "run/rows/row_lines.h"
#include "run/run_id.h"
#include "sim/registry.h"
#include "verify/matching/arrival_finder.h"
#include "verify/matching/refused_lines.h"
#include "verify/values/respeller.h"

namespace racesim {
namespace {

constexpr std::size_t kRowsAtOnce = 4096;
constexpr std::int64_t kNoLimit_ms = 0;

const FieldInfo* find_field(const SchemaInfo& schema, std::string_view path) {
  for (const FieldInfo& field : schema.fields)
    if (!path.empty() && field.path == path) return &field;
  return nullptr;
}

std::int64_t time_of_us(const FieldInfo& field, const std::byte* row) {
  std::int64_t time = 0;
  std::memcpy(&time, row + field.offset, sizeof time);
  return field.type == FieldType::time_ms ? time * 1000 : time;
}

/// Which rows of a table may be the run's, where no column says so.
class RowFilter {
 public:
  RowFilter(const RowForm& form, const Manifest& manifest, std::uint32_t run) : run_(run) {
    const SchemaInfo& schema = form.schema();
    if (!form.run.empty()) return;
    event_id_ = find_field(schema, form.event_id);
    if (event_id_ != nullptr) return;
    time_ = find_field(schema, form.table.time);
    begin_us_ = manifest.content.start_ns / 1000;
    if (manifest.content.end_ns) end_us_ = *manifest.content.end_ns / 1000;
  }

  /// Takes out all others.
  void keep_own(RowBatch& rows) {
    if (event_id_ == nullptr && time_ == nullptr) return;
    std::size_t kept = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (!takes(rows, i)) continue;
      if (kept != i) std::memcpy(rows.row_bytes(kept), rows.row_bytes(i), rows.schema().row_size);
      if (!rows.missing.empty()) rows.missing[kept] = rows.missing[i];
      ++kept;
    }
    rows.resize(kept);
    if (!rows.missing.empty()) rows.missing.resize(kept);
  }
  std::uint64_t of_unknown_runs() const { return of_unknown_runs_; }

 private:
  bool takes(const RowBatch& rows, std::size_t i) {
    if (event_id_ != nullptr) return is_of_run(rows.row_bytes(i));
    if (time_ == nullptr) return true;
    const std::int64_t time_us = time_of_us(*time_, rows.row_bytes(i));
    return time_us >= begin_us_ && (!end_us_ || time_us < *end_us_);
  }
  bool is_of_run(const std::byte* row) {
    Uuid id;
    std::memcpy(id.bytes.data(), row + event_id_->offset, id.bytes.size());
    const auto parts = unpack_event_id(id);
    of_unknown_runs_ += parts ? 0 : 1;
    return parts && parts->run == run_;
  }

  const std::uint32_t run_;
  const FieldInfo* event_id_ = nullptr;
  const FieldInfo* time_ = nullptr;
  std::int64_t begin_us_ = 0;
  std::optional<std::int64_t> end_us_;
  std::uint64_t of_unknown_runs_ = 0;
};

class TableSequence final : public ArrivedSequence {
 public:
  TableSequence(StoreReader& reader, StoreTable table, std::string run, RowFilter filter,
                const Encoder& encoder, std::string_view format)
      : reader_(reader),
        table_(table),
        run_(std::move(run)),
        filter_(std::move(filter)),
        rows_(*table.schema),
        lines_(*table.schema, encoder, format) {}

  Result<bool> read(ByteBuffer& to) override {
    while (!ended_) {
      rows_.clear();
      const Result<bool> more = reader_.scan(table_, run_, kRowsAtOnce, rows_);
      if (!more) return tl::make_unexpected(more.error());
      ended_ = !*more;
      filter_.keep_own(rows_);
      if (rows_.empty()) continue;
      lines_.append(rows_, to);
      return true;
    }
    return false;
  }
  std::string place(std::uint64_t line, std::uint64_t) const override {
    return fmt::format("table {}, row {} of the run in order of time", table_.table->name,
                       format_count(line + 1));
  }
  std::string name() const override { return std::string(table_.table->name); }
  std::uint64_t of_unknown_runs() const { return filter_.of_unknown_runs(); }

 private:
  StoreReader& reader_;
  const StoreTable table_;
  const std::string run_;
  RowFilter filter_;
  RowBatch rows_;
  RowLines lines_;
  bool ended_ = false;
};

class StoreArrivals final : public ArrivedSequences {
 public:
  explicit StoreArrivals(std::unique_ptr<StoreReader> reader)
      : reader_(std::move(reader)), refused_([this](std::int64_t id) { return reason_of(id); }) {}

  Done open(const Manifest& manifest, const Content& truth);

  std::vector<ArrivedSequence*> sequences() override {
    std::vector<ArrivedSequence*> all;
    for (TableSequence& sequence : sequences_) all.push_back(&sequence);
    return all;
  }
  std::uint32_t sequence_of(std::uint32_t stream, std::string_view) const override { return stream; }
  bool has_header() const override { return false; }
  std::string why_no_order() const override { return "not applicable: the rows of a table have none"; }
  RefusedLines* refused() override { return &refused_; }
  std::optional<std::int64_t> expired_before_us(std::uint32_t stream) const override {
    return expired_before_us_[stream];
  }
  std::uint64_t of_unknown_runs() const override {
    std::uint64_t count = 0;
    for (const TableSequence& sequence : sequences_) count += sequence.of_unknown_runs();
    return count;
  }

 private:
  Done open_table(const StreamInfo& stream, const Encoder& encoder, const Manifest& manifest,
                  std::uint32_t run);
  Done read_refused(const Manifest& manifest, const Content& truth);
  std::string reason_of(std::int64_t id);

  std::unique_ptr<StoreReader> reader_;  // goes last: the sequences read with it
  RefusedLines refused_;
  std::vector<std::optional<std::int64_t>> expired_before_us_;  ///< by stream
  std::deque<TableSequence> sequences_;
};

Done StoreArrivals::open(const Manifest& manifest, const Content& truth) {
  const std::span<const StreamInfo> streams = truth.scenario->streams();
  for (std::size_t i = 0; i < streams.size(); ++i)
    if (Done ok = open_table(streams[i], *truth.encoders[i], manifest, truth.run); !ok) return ok;
  return read_refused(manifest, truth);
}

Done StoreArrivals::open_table(const StreamInfo& stream, const Encoder& encoder, const Manifest& manifest,
                               std::uint32_t run) {
  const RowForm* const form = find_row_form(*stream.schema);
  if (form == nullptr || form->table.name.empty())
    return fail(ErrorKind::usage, fmt::format("stores have no table for the stream {}", stream.name),
                "verify it against a file or a topic");
  const StoreTable table{stream.schema, &form->table, manifest.content.scenario->name, form->run};
  const auto before_us = reader_->expired_before_us(table);
  if (!before_us) return tl::make_unexpected(before_us.error());
  expired_before_us_.push_back(*before_us);
  sequences_.emplace_back(*reader_, table, form->run.empty() ? std::string() : run_text(run),
                          RowFilter(*form, manifest, run), encoder, manifest.event_format);
  return {};
}

/// Whose they are they need not say: they are compared with what is missing.
Done StoreArrivals::read_refused(const Manifest& manifest, const Content& truth) {
  auto letters = reader_->query("SELECT id, raw FROM dead_letter ORDER BY id", kNoLimit_ms);
  if (!letters) return tl::make_unexpected(letters.error());
  Respeller respeller(truth.scenario->streams(), manifest.event_format == "csv");
  std::vector<Cell> cells;
  std::string line, spelled;
  for (;;) {
    const Result<bool> more = (*letters)->next(cells);
    if (!more) return tl::make_unexpected(more.error());
    if (!*more) return {};
    line = cells[1].text;
    std::replace(line.begin(), line.end(), '\n', ' ');
    line += '\n';
    spelled.clear();
    respeller.spell(line, spelled);
    if (!refused_.add(key_of_bytes(spelled), std::stoll(cells[0].text))) return {};
  }
}

std::string StoreArrivals::reason_of(std::int64_t id) {
  const auto rows =
      reader_->query(fmt::format("SELECT reason FROM dead_letter WHERE id = {}", id), kNoLimit_ms);
  std::vector<Cell> cells;
  if (!rows) return "not known: " + rows.error().what;
  const Result<bool> more = (*rows)->next(cells);
  return more && *more ? cells[0].text : "not known";
}

}  // namespace

void compare_as_rows(Manifest& manifest) {
  if (manifest.faults.corrupt <= 0) manifest.event_format = "json";
}

Result<std::unique_ptr<ArrivedSequences>> open_store_arrivals(std::unique_ptr<StoreReader> reader,
                                                              const Manifest& manifest,
                                                              const Content& truth) {
  auto arrivals = std::make_unique<StoreArrivals>(std::move(reader));
  if (Done ok = arrivals->open(manifest, truth); !ok) return tl::make_unexpected(ok.error());
  return arrivals;
}

}  // namespace racesim
