// What a store should do with rows, in the plainest way: a map from key to row. And random rows that repeat
// keys, with the same content and with other content.
#pragma once

#include <algorithm>
#include <cstring>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "io/stores/store.h"
#include "model/batch.h"
#include "support/random_rows.h"

namespace racesim::test {

inline std::size_t field_index(const SchemaInfo& schema, std::string_view path) {
  const auto found = std::find_if(schema.fields.begin(), schema.fields.end(),
                                  [&](const FieldInfo& f) { return f.path == path; });
  return static_cast<std::size_t>(found - schema.fields.begin());
}

inline bool is_missing(const RowBatch& rows, std::size_t row, std::size_t field) {
  return !rows.missing.empty() && (rows.missing[row] >> field & 1) != 0;
}

/// Copies field `f` of a row, texts too.
inline void copy_field(const RowBatch& from, std::size_t i, RowBatch& to, std::size_t k, const FieldInfo& f) {
  const std::byte* const source = from.row_bytes(i);
  std::size_t items = 1;
  if (f.list_limit > 0) {
    to.row_bytes(k)[f.count_offset] = source[f.count_offset];
    items = static_cast<std::size_t>(source[f.count_offset]);
  }
  for (std::size_t item = 0; item < items; ++item) {
    const std::size_t offset = f.offset + item * f.size;
    if (f.type == FieldType::text) {
      Text slice;
      std::memcpy(&slice, source + offset, sizeof slice);
      const Text copy = to.add_text(std::string(from.text(slice)));
      std::memcpy(to.row_bytes(k) + offset, &copy, sizeof copy);
    } else {
      std::memcpy(to.row_bytes(k) + offset, source + offset, f.size);
    }
  }
}

/// Appends a copy of the row.
inline void copy_row(const RowBatch& from, std::size_t i, RowBatch& to) {
  const std::size_t k = to.size();
  to.resize(k + 1);
  std::memset(to.row_bytes(k), 0, to.schema().row_size);
  for (const FieldInfo& f : from.schema().fields) copy_field(from, i, to, k, f);
  if (from.missing.empty() && to.missing.empty()) return;
  to.missing.resize(k + 1);
  if (!from.missing.empty()) to.missing[k] = from.missing[i];
}

/// The row as bytes that are equal only for equal rows.
inline std::string row_text(const RowBatch& rows, std::size_t row, std::span<const std::size_t> fields) {
  std::string out;
  for (const std::size_t f : fields) {
    const FieldInfo& field = rows.schema().fields[f];
    std::size_t items = 1;
    if (field.list_limit > 0) items = static_cast<std::size_t>(rows.row_bytes(row)[field.count_offset]);
    out += is_missing(rows, row, f) ? 'm' : static_cast<char>('0' + items);
    for (std::size_t item = 0; item < items; ++item) {
      const std::string value = value_bytes(rows, row, field, item);
      out += std::to_string(value.size()) + ":" + value;
    }
  }
  return out;
}

inline std::vector<std::size_t> all_fields(const SchemaInfo& schema) {
  std::vector<std::size_t> fields(schema.fields.size());
  for (std::size_t f = 0; f < fields.size(); ++f) fields[f] = f;
  return fields;
}

/// The fields of the key that holds for the row.
inline std::vector<std::size_t> key_fields(const StoreTable& table, const RowBatch& rows, std::size_t row) {
  std::vector<std::size_t> fields;
  for (const TableKey* key : {&table.table->key, &table.table->key_without}) {
    if (key->empty()) continue;
    fields.clear();
    for (const std::string_view path : key->scope) fields.push_back(field_index(*table.schema, path));
    fields.push_back(field_index(*table.schema, key->number));
    if (std::none_of(fields.begin(), fields.end(), [&](std::size_t f) { return is_missing(rows, row, f); }))
      return fields;
  }
  return {};
}

inline std::string key_text(const StoreTable& table, const RowBatch& rows, std::size_t row) {
  const std::vector<std::size_t> fields = key_fields(table, rows, row);
  std::string text = std::to_string(fields.size()) + "/";
  for (const std::size_t f : fields) text += std::to_string(f) + ",";
  return text + row_text(rows, row, fields);
}

class StoreReference {
 public:
  explicit StoreReference(const StoreTable& table) : table_(table), all_(all_fields(*table.schema)) {}

  Appended append(const RowBatch& rows, std::vector<Fate>& fates) {
    Appended result;
    fates.clear();
    for (std::uint32_t row = 0; row < rows.size(); ++row) {
      const std::string content = row_text(rows, row, all_);
      const auto [at, is_new] = rows_.emplace(key_text(table_, rows, row), content);
      const bool replaces = table_.table->replaces;
      const Fate fate = is_new                  ? Fate::stored
                        : at->second == content ? Fate::duplicate
                        : replaces              ? Fate::replaced
                                                : Fate::conflict;
      if (replaces) at->second = content;
      fates.push_back(fate);
      ++(fate == Fate::stored      ? result.stored
         : fate == Fate::duplicate ? result.duplicates
         : fate == Fate::replaced  ? result.replaced
                                   : result.conflicts);
      if (fate == Fate::conflict) result.conflicting.push_back(row);
    }
    return result;
  }

  /// Contents of rows, sorted.
  std::vector<std::string> contents() const {
    std::vector<std::string> contents;
    for (const auto& [key, content] : rows_) contents.push_back(content);
    std::sort(contents.begin(), contents.end());
    return contents;
  }
  std::vector<std::string> contents_of(const RowBatch& rows) const {
    std::vector<std::string> contents;
    for (std::size_t row = 0; row < rows.size(); ++row) contents.push_back(row_text(rows, row, all_));
    std::sort(contents.begin(), contents.end());
    return contents;
  }

 private:
  StoreTable table_;
  std::vector<std::size_t> all_;
  std::map<std::string, std::string> rows_;
};

/// Batches of random rows of a table. One row in three repeats an earlier one, one in six its key only;
/// scopes are few.
class RepeatingRows {
 public:
  RepeatingRows(const StoreTable& table, std::uint64_t seed)
      : table_(table), random_(seed), scopes_(*table.schema), earlier_(*table.schema) {
    random_.add(scopes_, 4);
  }

  void add(RowBatch& rows, std::size_t count) {
    for (; count > 0; --count) {
      const std::size_t row = rows.size();
      const std::uint64_t choice = earlier_.empty() ? 5 : random_.below_n(6);
      const std::size_t other = earlier_.empty() ? 0 : random_.below_n(earlier_.size());
      if (choice < 2) {
        copy_row(earlier_, other, rows);
      } else {
        add_new(rows, row);
        if (choice == 2) {
          for (const std::size_t f : key_fields(table_, earlier_, other))
            copy_field(earlier_, other, rows, row, table_.schema->fields[f]);
          if (!earlier_.missing.empty()) rows.missing[row] = earlier_.missing[other];
          for (std::size_t f = 0; f < table_.schema->fields.size(); ++f)
            if (is_missing(rows, row, f)) clear(rows, row, table_.schema->fields[f]);
        }
      }
      if (earlier_.size() < 500) copy_row(rows, row, earlier_);
    }
  }

 private:
  void add_new(RowBatch& rows, std::size_t row) {
    random_.add(rows, 1);
    for (const TableKey* key : {&table_.table->key, &table_.table->key_without}) {
      const std::size_t scope = random_.below_n(scopes_.size());
      for (const std::string_view path : key->scope)
        copy_field(scopes_, scope, rows, row, table_.schema->fields[field_index(*table_.schema, path)]);
    }
    if (table_.table->optional.empty()) return;
    rows.missing.resize(rows.size());
    for (const std::string_view path : table_.table->optional) {
      if (random_.below_n(3) != 0) continue;
      const std::size_t f = field_index(*table_.schema, path);
      // A number that may be missing anyway says so itself.
      if (!table_.schema->fields[f].may_miss) rows.missing[row] |= 1ULL << f;
      clear(rows, row, table_.schema->fields[f]);
    }
  }

  /// As decoders leave what is missing.
  static void clear(RowBatch& rows, std::size_t row, const FieldInfo& f) {
    std::memset(rows.row_bytes(row) + f.offset, 0,
                static_cast<std::size_t>(f.size) * std::max<int>(1, f.list_limit));
    if (f.list_limit > 0) rows.row_bytes(row)[f.count_offset] = std::byte{0};
    const std::int64_t none = INT64_MIN >> (64 - 8 * f.size);
    if (f.may_miss) std::memcpy(rows.row_bytes(row) + f.offset, &none, f.size);
  }

  StoreTable table_;
  RandomRows random_;
  RowBatch scopes_, earlier_;
};

/// Those rows that the store can keep.
inline void keep_fit(const Store& store, const StoreTable& table, const RowBatch& rows, RowBatch& fit) {
  std::vector<RecordFate> unfit;
  store.find_unfit(table, rows, unfit);
  std::size_t next = 0;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (next < unfit.size() && unfit[next].index == row)
      ++next;
    else
      copy_row(rows, row, fit);
  }
}

}  // namespace racesim::test
