#include "serve/history/stored_events.h"

#include <cstring>
#include <memory>

#include "model/event_id.h"
#include "run/rows/event_tables.h"
#include "run/run_id.h"
#include "serve/history/history_rows.h"
#include "sim/registry.h"

namespace racesim::serve {
namespace {

constexpr std::size_t kRowsAtOnce = 4'096;

/// Whose rows name their run in a column, or in the event id.
class RunEvents {
 public:
  RunEvents(StoreReader& reader, std::uint32_t run) : reader_(reader), run_(run), name_(run_text(run)) {}

  /// False: there are too many.
  Result<bool> add(const StoreTable& table, const RowForm& form) {
    const FieldInfo* const id = table.run_path.empty() ? find_field(*table.schema, form.event_id) : nullptr;
    Result<RowsToLines> to_lines = rows_to_json(table);
    if (!to_lines) return tl::make_unexpected(to_lines.error());
    RowBatch rows(*table.schema);
    WireBatch lines;
    for (bool more = true; more;) {
      rows.clear();
      lines.clear();
      const Result<bool> read = reader_.scan(table, name_, kRowsAtOnce, rows);
      if (!read) return read;
      more = *read;
      read_ += rows.size();
      if (read_ > kRereadMost) return false;
      (*to_lines)(rows, lines);
      for (std::size_t row = 0; row < rows.size(); ++row) {
        if (id != nullptr && !is_of_run(rows.row_bytes(row) + id->offset)) continue;
        ++found.events;
        found.digest.add(lines.line(row));
      }
    }
    return true;
  }

  StoredEvents found;

 private:
  bool is_of_run(const std::byte* id_bytes) const {
    Uuid id;
    std::memcpy(id.bytes.data(), id_bytes, id.bytes.size());
    const auto parts = unpack_event_id(id);
    return parts && parts->run == run_;
  }

  StoreReader& reader_;
  const std::uint32_t run_;
  const std::string name_;
  std::uint64_t read_ = 0;
};

}  // namespace

Result<std::optional<StoredEvents>> read_stored_events(const StoreInfo& store, const StoreOptions& options,
                                                       const ScenarioEntry& scenario, std::uint32_t run) {
  if (store.open_reader == nullptr) return std::optional<StoredEvents>();
  Result<std::unique_ptr<StoreReader>> reader = store.open_reader(options);
  if (!reader) return tl::make_unexpected(reader.error());
  RunEvents events(**reader, run);
  for (const StoreTable& table : event_tables()) {
    const RowForm* const form = find_row_form(*table.schema);
    if (table.scenario != scenario.name || form == nullptr) continue;
    if (table.run_path.empty() && form->event_id.empty()) continue;  // under names that have no run
    const Result<bool> whole = events.add(table, *form);
    if (!whole) return tl::make_unexpected(whole.error());
    if (!*whole) return std::optional<StoredEvents>();
  }
  return std::optional(events.found);
}

}  // namespace racesim::serve
