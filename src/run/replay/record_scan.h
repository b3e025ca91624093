// What a replay must know of a record without making a row of it: of which kind it is, and where its time,
// its key and other fields stand. For records of ours and of anybody.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/decode/csv_cells.h"
#include "codec/decode/field_picker.h"
#include "io/sources/source.h"
#include "run/replay/replay_config.h"
#include "run/rows/kind_finder.h"
#include "run/rows/row_kinds.h"

namespace racesim {

/// A number of a path among those that are looked for; none where there is no such field.
using PathNumber = std::optional<std::size_t>;

/// What the fields of a kind are for.
struct RecordForm {
  const RowKind* kind = nullptr;  ///< null: no kind of ours
  PathNumber time, key, run, event_id, lap;
  std::vector<std::size_t> times;  ///< all fields that hold a time
  bool counts_seconds = false;     ///< the time is a number of seconds since some start
  std::string unknown;             ///< why it is of no kind
};

/// One thread.
class RecordScan {
 public:
  explicit RecordScan(const ReplayConfig& config);

  /// Looks at a record of a lane. Null: it has no fields (it is not JSON, not the header's columns), and
  /// `why` says why. `record` is readable for kReadAhead more.
  const RecordForm* scan(std::string_view record, const LaneInfo& lane, std::string& why);
  /// Of the last record.
  /// Null: it has no such field.
  const PickedValue* value(PathNumber path) const { return path && at_[*path].there ? at_ + *path : nullptr; }
  /// By filter of the configuration.
  std::size_t filter_path(std::size_t filter) const { return filter_paths_[filter]; }

  std::span<const RowKind> kinds() const { return kinds_; }

 private:
  /// A CSV file's header.
  struct Columns {
    RecordForm form;
    std::size_t count = 0;
    std::vector<PathNumber> paths;  ///< by column
  };

  static std::vector<KindFields> fields_of(const std::vector<RowKind>& kinds);
  std::size_t path_number(std::string_view path);
  RecordForm form_of_kind(const RowKind& kind);
  void add_forms(const ReplayConfig& config);
  RecordForm form_of(std::optional<std::size_t> kind, std::string unknown) const;
  const RecordForm& form_of_shape(std::string_view record);
  const RecordForm* scan_csv(std::string_view record, const std::string& header, std::string& why);
  const Columns* columns_of(const std::string& header, std::string& why);

  const std::vector<RowKind> kinds_;
  KindFinder finder_;
  std::vector<std::string> paths_;
  std::vector<RecordForm> kind_forms_;  ///< by kind
  RecordForm foreign_;
  PathNumber time_field_, key_field_;
  std::vector<std::size_t> filter_paths_;
  std::unique_ptr<FieldPicker> picker_;
  std::vector<PickedValue> cell_values_;
  const PickedValue* at_ = nullptr;  ///< by path: of the last record
  std::vector<std::unique_ptr<RecordForm>> by_shape_;
  std::uint64_t generation_ = 0;
  std::map<std::string, Columns> columns_;  ///< by header
  CsvCells cells_;
};

}  // namespace racesim
