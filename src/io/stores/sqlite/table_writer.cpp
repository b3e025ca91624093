#include "io/stores/sqlite/table_writer.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <tuple>
#include <utility>

#include "base/check.h"
#include "io/stores/sqlite/values.h"

namespace racesim::sqlite {
namespace {

/// What another key of the same form is told apart by, bound as the columns keep it.
void bind_field(Statement& statement, int parameter, const RowBatch& rows, std::size_t row,
                const FieldInfo& field, std::string& text) {
  const std::byte* const at = rows.row_bytes(row) + field.offset;
  if (storage_of(field) == Storage::integer) return statement.bind(parameter, load_integer(field, at));
  if (field.type == FieldType::text) {
    Text slice;
    std::memcpy(&slice, at, sizeof slice);
    return statement.bind_text(parameter, rows.text(slice));
  }
  if (field.type == FieldType::enumeration)
    return statement.bind_text(parameter, field.enum_names[static_cast<std::size_t>(*at)]);
  std::array<char, ValueText::kMost> value;
  text.assign(value.data(), ValueText().put(field, at, value.data()));
  statement.bind_text(parameter, text);
}

void widen(std::optional<std::int64_t>& first, std::optional<std::int64_t>& last, std::int64_t time) {
  first = first ? std::min(*first, time) : time;
  last = last ? std::max(*last, time) : time;
}

}  // namespace

TableWriter::TableWriter(Connection& connection, const StoreTable& table, std::int64_t keep_us)
    : connection_(connection),
      layout_(layout_of(table)),
      keep_us_(keep_us),
      feed_(layout_),
      keys_(connection, layout_),
      inserted_{layout_.name, {}},
      kept_(*table.schema) {}

Done TableWriter::prepare() {
  if (Done ok = feed_.add_to(connection_); !ok) return ok;
  const std::string fields = field_list(layout_);
  const std::string key(kRowKey);
  const auto prepare_into = [&](Statement& to, const std::string& sql) -> Done {
    Result<Statement> statement = connection_.prepare(sql);
    if (!statement) return tl::make_unexpected(std::move(statement.error()));
    to = std::move(*statement);
    return {};
  };
  // "WHERE true": without it the parser takes ON for a join's.
  const std::string insert = "INSERT INTO " + quote_name(layout_.name) + " (" + key + ", " + fields +
                             ") SELECT * FROM " + quote_name(feed_.name()) + " WHERE true ON CONFLICT DO ";
  if (Done ok = prepare_into(insert_, insert + "NOTHING"); !ok) return ok;
  if (layout_.table.table->replaces)
    if (Done ok = prepare_into(
            replace_, insert + "UPDATE SET (" + fields + ") = (" + field_list(layout_, "excluded.") + ")");
        !ok)
      return ok;
  const std::string select = "SELECT " + fields + " FROM " + quote_name(layout_.name) + " WHERE ";
  if (Done ok = prepare_into(select_packed_, select + key + " = ?1"); !ok) return ok;
  for (const KeyForm& form : layout_.keys) {
    select_unpacked_.emplace_back();
    if (form.is_packed) continue;
    if (Done ok = prepare_into(select_unpacked_.back(), select + where_unpacked(layout_, form)); !ok)
      return ok;
  }
  return {};
}

void TableWriter::begin() {
  keys_.begin();
  retention_.reset();
}

void TableWriter::forget() {
  keys_.forget();
  runs_.clear();
  retention_.reset();
}

std::int64_t TableWriter::time_us(const RowBatch& rows, std::uint32_t row) const {
  const FieldInfo& field = layout_.table.schema->fields[static_cast<std::size_t>(layout_.time_field)];
  return load_time_us(field, rows.row_bytes(row) + field.offset);
}

Result<Appended> TableWriter::append(const RowBatch& rows, std::span<Fate> fates) {
  Appended result;
  const Result<std::optional<std::int64_t>> horizon = horizon_us();
  if (!horizon) return tl::make_unexpected(horizon.error());
  which_.clear();
  for (std::uint32_t row = 0; row < rows.size(); ++row) {
    if (*horizon && time_us(rows, row) < **horizon) {
      ++result.expired;
      if (!fates.empty()) fates[row] = Fate::expired;
    } else {
      which_.push_back(row);
    }
  }
  if (result.expired > 0) retention_->expired_before_us = **horizon;
  keyed_.clear();
  if (Done ok = keys_.assign(rows, which_, keyed_); !ok) return tl::make_unexpected(std::move(ok.error()));
  // By key, so that rows of one page come together; of equal keys the first row of the batch is the one, and
  // of those that an index tells apart too.
  const auto order = [](const KeyedRow& a, const KeyedRow& b) {
    const std::int64_t key_a = std::max<std::int64_t>(a.key, -1);
    const std::int64_t key_b = std::max<std::int64_t>(b.key, -1);
    return std::tie(a.run, key_a, a.row) < std::tie(b.run, key_b, b.row);
  };
  if (!std::is_sorted(keyed_.begin(), keyed_.end(), order)) std::sort(keyed_.begin(), keyed_.end(), order);
  const std::span<const KeyedRow> all(keyed_);
  for (std::size_t first = 0; first < all.size();) {
    std::size_t end = first + 1;
    while (end < all.size() && all[end].run == all[first].run) ++end;
    if (Done ok = put(all.subspan(first, end - first), rows, fates, result); !ok)
      return tl::make_unexpected(std::move(ok.error()));
    first = end;
  }
  std::sort(result.conflicting.begin(), result.conflicting.end());
  return result;
}

Done TableWriter::put(std::span<const KeyedRow> group, const RowBatch& rows, std::span<Fate> fates,
                      Appended& result) {
  const std::size_t first_conflict = result.conflicting.size();
  const Result<std::uint64_t> stored = layout_.table.table->replaces
                                           ? replace_each(group, rows, fates, result)
                                           : insert(group, rows, fates, result);
  if (!stored) return tl::make_unexpected(stored.error());
  result.stored += *stored;
  tally(group, rows, *stored, first_conflict, result);
  return {};
}

Result<std::uint64_t> TableWriter::insert_new(std::span<const KeyedRow> part, const RowBatch& rows) {
  feed_.show(rows, part);
  inserted_.keys.clear();
  connection_.note_inserted(&inserted_);
  const int code = insert_.step();
  connection_.note_inserted(nullptr);
  if (code != SQLITE_DONE) {
    Error error = connection_.error("write");
    insert_.reset();
    return tl::make_unexpected(std::move(error));
  }
  insert_.reset();
  return inserted_.keys.size();
}

Result<std::uint64_t> TableWriter::insert(std::span<const KeyedRow> group, const RowBatch& rows,
                                          std::span<Fate> fates, Appended& result) {
  const std::size_t first_conflict = result.conflicting.size();
  const Result<std::uint64_t> stored = insert_new(group, rows);
  if (!stored) return stored;
  if (*stored == group.size()) {
    if (!fates.empty())
      for (const KeyedRow& keyed : group) fates[keyed.row] = Fate::stored;
  } else if (Done ok = judge_others(group, rows, fates, result); !ok) {
    return tl::make_unexpected(std::move(ok.error()));
  }
  const std::uint64_t conflicts = result.conflicting.size() - first_conflict;
  result.conflicts += conflicts;
  result.duplicates += group.size() - *stored - conflicts;
  return stored;
}

Result<std::uint64_t> TableWriter::replace_each(std::span<const KeyedRow> group, const RowBatch& rows,
                                                std::span<Fate> fates, Appended& result) {
  std::uint64_t stored = 0;
  for (std::size_t i = 0; i < group.size(); ++i) {
    const Result<std::uint64_t> added = insert_new(group.subspan(i, 1), rows);
    if (!added) return added;
    Fate fate = Fate::stored;
    if (*added == 0) {
      const Result<bool> same = is_stored(group[i], rows);
      if (!same) return tl::make_unexpected(same.error());
      fate = *same ? Fate::duplicate : Fate::replaced;
      if (!*same)
        if (Done ok = replace(group.subspan(i, 1), rows); !ok)
          return tl::make_unexpected(std::move(ok.error()));
    }
    ++(fate == Fate::stored ? stored : fate == Fate::duplicate ? result.duplicates : result.replaced);
    if (!fates.empty()) fates[group[i].row] = fate;
  }
  return stored;
}

Done TableWriter::replace(std::span<const KeyedRow> one, const RowBatch& rows) {
  feed_.show(rows, one);
  Done done;
  if (replace_.step() != SQLITE_DONE) done = tl::make_unexpected(connection_.error("write"));
  replace_.reset();
  return done;
}

Done TableWriter::judge_others(std::span<const KeyedRow> group, const RowBatch& rows, std::span<Fate> fates,
                               Appended& result) {
  // Rows go in in the order of the group.
  auto next = inserted_.keys.begin();
  for (const KeyedRow& keyed : group) {
    Fate fate = Fate::stored;
    if (next != inserted_.keys.end() && *next == keyed.key) {
      ++next;
    } else {
      const Result<bool> same = is_stored(keyed, rows);
      if (!same) return tl::make_unexpected(same.error());
      fate = *same ? Fate::duplicate : Fate::conflict;
      if (!*same) result.conflicting.push_back(keyed.row);
    }
    if (!fates.empty()) fates[keyed.row] = fate;
  }
  return {};
}

Result<bool> TableWriter::is_stored(const KeyedRow& keyed, const RowBatch& rows) {
  Statement* select = &select_packed_;
  std::vector<std::string> texts;
  if (keyed.key >= 0) {
    select_packed_.bind(1, keyed.key);
  } else {
    const KeyForm& form = *RowKeys::form_of(layout_, rows, keyed.row);
    select = &select_unpacked_[static_cast<std::size_t>(&form - layout_.keys.data())];
    texts.resize(form.scope.size() + 1);
    int parameter = 0;
    const std::span<const FieldInfo> fields = layout_.table.schema->fields;
    for (const std::uint16_t field : form.scope) {
      std::string& text = texts[static_cast<std::size_t>(parameter)];
      bind_field(*select, ++parameter, rows, keyed.row, fields[field], text);
    }
    bind_field(*select, ++parameter, rows, keyed.row, fields[form.number], texts.back());
  }
  const int code = select->step();
  bool same = code == SQLITE_ROW;
  if (same) {
    kept_.clear();
    kept_.resize(1);
    std::memset(kept_.row_bytes(0), 0, kept_.schema().row_size);
    for (std::size_t f = 0; f < layout_.fields(); ++f)
      read_column(layout_.table.schema->fields[f], f, select->get(), static_cast<int>(f), kept_, 0);
    same = same_row(kept_, 0, rows, keyed.row);
  } else {
    Error error =
        code == SQLITE_DONE
            ? Error{ErrorKind::runtime,
                    "write " + connection_.path() + ": a row of " + layout_.name + " is there and is not",
                    "check the file: sqlite3 FILE 'PRAGMA integrity_check'"}
            : connection_.error("read");
    select->reset();
    return tl::make_unexpected(std::move(error));
  }
  select->reset();
  return same;
}

void TableWriter::tally(std::span<const KeyedRow> group, const RowBatch& rows, std::uint64_t stored,
                        std::size_t first_conflict, const Appended& result) {
  if (group.empty()) return;
  RunTally added;
  added.events = stored;
  std::vector<std::uint32_t> conflicts(
      result.conflicting.begin() + static_cast<std::ptrdiff_t>(first_conflict), result.conflicting.end());
  std::sort(conflicts.begin(), conflicts.end());
  if (layout_.time_field >= 0)
    for (const KeyedRow& keyed : group)
      if (conflicts.empty() || !std::binary_search(conflicts.begin(), conflicts.end(), keyed.row))
        widen(added.first_us, added.last_us, time_us(rows, keyed.row));
  if (added.last_us && retention_)
    retention_->newest_us = std::max(retention_->newest_us.value_or(INT64_MIN), *added.last_us);
  const std::string& run = keys_.run(group.front().run);
  if (run.empty() || stored == 0 || layout_.table.scenario.empty()) return;
  RunTally& sum = runs_[run];
  sum.events += added.events;
  if (!added.first_us) return;
  widen(sum.first_us, sum.last_us, *added.first_us);
  widen(sum.first_us, sum.last_us, *added.last_us);
}

}  // namespace racesim::sqlite
