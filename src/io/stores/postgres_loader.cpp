#include "io/stores/postgres_loader.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "io/stores/postgres_columns.h"

namespace racesim::postgres {
namespace {

constexpr std::size_t kCopyChunk = 128 * 1024;  // the server reads one while the next is written
constexpr std::string_view kUniqueViolation = "23505";

// Indices of rows, from their ordinals.
Result<std::vector<std::uint32_t>> rows_of(Connection& connection, const std::string& sql,
                                           std::int32_t first_ordinal) {
  const Result<Answer> found = connection.run(sql);
  if (!found) return tl::make_unexpected(found.error());
  std::vector<std::uint32_t> rows;
  for (int row = 0; row < found->rows(); ++row)
    rows.push_back(static_cast<std::uint32_t>(std::stol(std::string(found->value(row, 0))) - first_ordinal));
  return rows;
}

}  // namespace

Result<Appended> Loader::load(Connection& connection, LoadedTable& table, const RowBatch& rows,
                              std::span<Fate> fates) {
  const auto wanted = static_cast<std::uint64_t>(std::count(fates.begin(), fates.end(), Fate::stored));
  Appended out;
  if (wanted == 0) return out;
  if (table.plan.of.table->replaces) return load_replacing(connection, table, rows, fates);
  if (!table.expects_repeats) {
    const Result<bool> is_in = load_directly(connection, table, rows, fates);
    if (!is_in) return tl::make_unexpected(is_in.error());
    out.stored = wanted;
    if (*is_in) return out;
  }
  return load_staged(connection, table, rows, fates);
}

Result<std::uint64_t> Loader::copy_rows(Connection& connection, LoadedTable& table, const RowBatch& rows,
                                        std::span<const Fate> fates, bool is_staged) {
  buffer_.clear();
  buffer_.reserve_more(kCopyHeader.size());
  std::copy(kCopyHeader.begin(), kCopyHeader.end(), buffer_.data());
  buffer_.set_size(kCopyHeader.size());
  bool going = true;
  for (const std::uint32_t i : table.order.of(rows)) {
    if (fates[i] != Fate::stored) continue;
    append_tuple(rows, i, is_staged, table.staged + static_cast<std::int32_t>(i), buffer_);
    if (buffer_.size() < kCopyChunk) continue;
    going = connection.copy_data(buffer_.view());
    buffer_.clear();
    if (!going) break;
  }
  // Where sending fails, copy_end() tells why.
  if (going) (void)(connection.copy_data(buffer_.view()) && connection.copy_data(kCopyTrailer));
  return connection.copy_end();
}

// Straight into the table, which is all it takes while every row is new. False: one was there already, and
// nothing has happened.
Result<bool> Loader::load_directly(Connection& connection, LoadedTable& table, const RowBatch& rows,
                                   std::span<const Fate> fates) {
  // The savepoint before this one is not needed any more.
  const std::string sql = std::string(has_savepoint_ ? "RELEASE SAVEPOINT racesim_rows; " : "") +
                          "SAVEPOINT racesim_rows; " + table.plan.copy;
  if (Done begun = connection.copy_begin(sql); !begun) return tl::make_unexpected(begun.error());
  has_savepoint_ = true;
  if (const Result<std::uint64_t> copied = copy_rows(connection, table, rows, fates, false); copied)
    return true;
  else if (connection.trouble().sqlstate != kUniqueViolation)
    return tl::make_unexpected(copied.error());
  return connection.run("ROLLBACK TO SAVEPOINT racesim_rows").map([](const Answer&) { return false; });
}

// Into the temporary table; returns how many.
Result<std::uint64_t> Loader::stage(Connection& connection, LoadedTable& table, const RowBatch& rows,
                                    std::span<const Fate> fates) {
  if (Done begun = connection.copy_begin(table.plan.stage + "; " + table.plan.copy_stage); !begun)
    return tl::make_unexpected(begun.error());
  const Result<std::uint64_t> copied = copy_rows(connection, table, rows, fates, true);
  if (copied) table.staged += static_cast<std::int32_t>(rows.size());
  return copied;
}

Result<Appended> Loader::load_replacing(Connection& connection, LoadedTable& table, const RowBatch& rows,
                                        std::span<Fate> fates) {
  const std::int32_t first = table.staged;
  const Result<std::uint64_t> copied = stage(connection, table, rows, fates);
  if (!copied) return tl::make_unexpected(copied.error());
  const Result<Answer> repeated = connection.run(table.plan.repeated(first));
  if (!repeated) return tl::make_unexpected(repeated.error());
  if (const Result<Answer> put = connection.run(table.plan.replace(first)); !put)
    return tl::make_unexpected(put.error());
  Appended out;
  for (int i = 0; i < repeated->rows(); ++i) {
    const auto row = static_cast<std::size_t>(std::stol(std::string(repeated->value(i, 0))) - first);
    const bool is_other = repeated->value(i, 1) == "t";
    fates[row] = is_other ? Fate::replaced : Fate::duplicate;
    ++(is_other ? out.replaced : out.duplicates);
  }
  out.stored = *copied - out.replaced - out.duplicates;
  return out;
}

Result<Appended> Loader::load_staged(Connection& connection, LoadedTable& table, const RowBatch& rows,
                                     std::span<Fate> fates) {
  const std::int32_t first = table.staged;
  const Result<std::uint64_t> copied = stage(connection, table, rows, fates);
  if (!copied) return tl::make_unexpected(copied.error());

  const auto stored = rows_of(connection, table.plan.put(first), first);
  if (!stored) return tl::make_unexpected(stored.error());
  Appended out;
  out.stored = stored->size();
  table.expects_repeats = out.stored < *copied;
  if (!table.expects_repeats) return out;
  auto conflicting = rows_of(connection, table.plan.differing(first), first);
  if (!conflicting) return tl::make_unexpected(conflicting.error());
  std::replace(fates.begin(), fates.end(), Fate::stored, Fate::duplicate);
  for (const std::uint32_t row : *stored) fates[row] = Fate::stored;
  for (const std::uint32_t row : *conflicting) fates[row] = Fate::conflict;
  out.conflicts = conflicting->size();
  out.duplicates = *copied - out.stored - out.conflicts;
  out.conflicting = std::move(*conflicting);
  return out;
}

}  // namespace racesim::postgres
