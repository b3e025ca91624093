#include "run/replay/record_scan.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace racesim {
namespace {

/// What laps are called, ours and others'.
constexpr std::string_view kLapNames[] = {"lap", "lap_number", "LapNumber"};

bool is_moment(const FieldInfo& field) {
  return field.list_limit == 0 && (field.type == FieldType::time_ms || field.type == FieldType::time_us);
}

/// By which rows of a kind are ordered: a moment, where it has one.
const FieldInfo* time_field_of(const RowKind& kind) {
  const FieldInfo *named = nullptr, *moment = nullptr;
  for (const FieldInfo& field : kind.schema().fields) {
    if (field.path == kind.form->time) named = &field;
    if (is_moment(field) && moment == nullptr) moment = &field;
  }
  return named != nullptr && (is_moment(*named) || moment == nullptr) ? named : moment;
}

}  // namespace

std::vector<KindFields> RecordScan::fields_of(const std::vector<RowKind>& kinds) {
  std::vector<KindFields> fields;
  for (const RowKind& kind : kinds) fields.push_back({kind.table.schema, kind.table.table->optional});
  return fields;
}

RecordScan::RecordScan(const ReplayConfig& config) : kinds_(row_kinds(false)), finder_(fields_of(kinds_)) {
  add_forms(config);
  for (const FieldFilter& filter : config.filters) filter_paths_.push_back(path_number(filter.field));
  picker_ = std::make_unique<FieldPicker>(paths_);
  cell_values_.resize(paths_.size());
  at_ = cell_values_.data();
}

std::size_t RecordScan::path_number(std::string_view path) {
  const auto found = std::find(paths_.begin(), paths_.end(), path);
  if (found != paths_.end()) return static_cast<std::size_t>(found - paths_.begin());
  paths_.emplace_back(path);
  return paths_.size() - 1;
}

RecordForm RecordScan::form_of_kind(const RowKind& kind) {
  RecordForm form;
  form.kind = &kind;
  const auto number = [&](std::string_view path) {
    return path.empty() ? PathNumber() : PathNumber(path_number(path));
  };
  form.key = number(kind.form->entity);
  form.run = number(kind.form->run);
  form.event_id = number(kind.form->event_id);
  for (const FieldInfo& field : kind.schema().fields) {
    if (is_moment(field)) form.times.push_back(path_number(field.path));
    if (std::find(std::begin(kLapNames), std::end(kLapNames), field.path) != std::end(kLapNames))
      form.lap = path_number(field.path);
  }
  if (const FieldInfo* const time = time_field_of(kind)) {
    form.time = path_number(time->path);
    form.counts_seconds = !is_moment(*time);
  }
  return form;
}

void RecordScan::add_forms(const ReplayConfig& config) {
  if (!config.time_field.empty()) time_field_ = path_number(config.time_field);
  if (!config.key_field.empty()) key_field_ = path_number(config.key_field);
  for (const RowKind& kind : kinds_) kind_forms_.push_back(form_of_kind(kind));
  foreign_.lap = path_number(kLapNames[0]);
  // What the user names counts, whoever made the records.
  const auto name = [&](RecordForm& form) {
    if (key_field_) form.key = key_field_;
    if (!time_field_ || form.time == time_field_) return;
    form.time = time_field_;
    form.counts_seconds = false;
    if (std::find(form.times.begin(), form.times.end(), *time_field_) == form.times.end())
      form.times.push_back(*time_field_);
  };
  for (RecordForm& form : kind_forms_) name(form);
  name(foreign_);
}

RecordForm RecordScan::form_of(std::optional<std::size_t> kind, std::string unknown) const {
  if (kind) return kind_forms_[*kind];
  RecordForm form = foreign_;
  form.unknown = std::move(unknown);
  return form;
}

const RecordForm& RecordScan::form_of_shape(std::string_view record) {
  if (picker_->generation() != generation_) {
    by_shape_.clear();
    generation_ = picker_->generation();
  }
  const std::size_t shape = picker_->shape();
  if (shape >= by_shape_.size()) by_shape_.resize(shape + 1);
  std::unique_ptr<RecordForm>& form = by_shape_[shape];
  if (form == nullptr) {
    std::string why;
    const std::optional<std::size_t> kind = finder_.find(record, why);
    form = std::make_unique<RecordForm>(form_of(kind, std::move(why)));
  }
  return *form;
}

const RecordForm* RecordScan::scan(std::string_view record, const LaneInfo& lane, std::string& why) {
  if (!lane.header.empty()) return scan_csv(record, lane.header, why);
  if (!picker_->pick(record, why)) return nullptr;
  at_ = picker_->values();
  return &form_of_shape(record);
}

const RecordScan::Columns* RecordScan::columns_of(const std::string& header, std::string& why) {
  const auto known = columns_.find(header);
  if (known != columns_.end()) return &known->second;
  if (!cells_.split(header, why)) return nullptr;
  Columns made;
  const std::optional<std::size_t> kind = finder_.find_columns(cells_.views(), why);
  made.form = form_of(kind, why);
  made.count = cells_.views().size();
  for (const std::string_view cell : cells_.views()) {
    const auto found = std::find(paths_.begin(), paths_.end(), cell);
    made.paths.push_back(
        found == paths_.end() ? PathNumber() : PathNumber(static_cast<std::size_t>(found - paths_.begin())));
  }
  return &columns_.emplace(header, std::move(made)).first->second;
}

const RecordForm* RecordScan::scan_csv(std::string_view record, const std::string& header, std::string& why) {
  for (PickedValue& value : cell_values_) value = {};
  at_ = cell_values_.data();
  const Columns* const columns = columns_of(header, why);
  if (columns == nullptr || !cells_.split(record, why)) return nullptr;
  const std::vector<std::string_view>& cells = cells_.views();
  if (cells.size() != columns->count) {
    why = fmt::format("{} columns, and the header has {}", cells.size(), columns->count);
    return nullptr;
  }
  for (std::size_t i = 0; i < cells.size(); ++i)
    if (columns->paths[i] && !cells[i].empty()) cell_values_[*columns->paths[i]] = {cells[i], true, true};
  return &columns->form;
}

}  // namespace racesim
