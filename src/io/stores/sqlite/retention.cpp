// What TableWriter keeps of runs and times, and how old rows go.
#include <algorithm>
#include <utility>

#include "io/stores/sqlite/table_writer.h"
#include "io/stores/sqlite/values.h"

namespace racesim::sqlite {
namespace {

void bind_optional(Statement& statement, int i, std::optional<std::int64_t> value) {
  if (value)
    statement.bind(i, *value);
  else
    statement.bind_null(i);
}

Done step_done(Connection& connection, Statement& statement) {
  if (statement.step() == SQLITE_DONE) return {};
  return tl::make_unexpected(connection.error("write"));
}

}  // namespace

Done TableWriter::load_retention() {
  if (retention_) return {};
  const Result<KeptStatement> kept =
      connection_.kept("SELECT newest_us, expired_before_us FROM retention WHERE table_name = ?1");
  if (!kept) return tl::make_unexpected(kept.error());
  Statement* const select = &**kept;
  select->bind_text(1, layout_.name);
  retention_.emplace();
  const int code = select->step();
  if (code == SQLITE_ROW) {
    if (!select->is_null(0)) retention_->newest_us = select->integer(0);
    if (!select->is_null(1)) retention_->expired_before_us = select->integer(1);
  } else if (code != SQLITE_DONE) {
    return tl::make_unexpected(connection_.error("read"));
  }
  stored_retention_ = retention_;
  return {};
}

Result<std::optional<std::int64_t>> TableWriter::horizon_us() {
  if (layout_.time_field < 0) return std::optional<std::int64_t>();
  if (Done ok = load_retention(); !ok) return tl::make_unexpected(std::move(ok.error()));
  std::optional<std::int64_t> horizon = retention_->expired_before_us;
  if (keep_us_ > 0 && retention_->newest_us)
    horizon = std::max(horizon.value_or(INT64_MIN), *retention_->newest_us - keep_us_);
  return horizon;
}

Done TableWriter::flush() {
  if (!runs_.empty()) {
    const Result<KeptStatement> kept = connection_.kept(
        "INSERT INTO runs VALUES (?1, ?2, ?3, ?4, ?5, strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) "
        "ON CONFLICT (run, scenario) DO UPDATE SET events = events + excluded.events, "
        "first_time = coalesce(min(first_time, excluded.first_time), first_time, excluded.first_time), "
        "last_time = coalesce(max(last_time, excluded.last_time), last_time, excluded.last_time)");
    if (!kept) return tl::make_unexpected(kept.error());
    Statement* const upsert = &**kept;
    for (const auto& [run, tally] : runs_) {
      std::string first, last;
      upsert->bind_text(1, run);
      upsert->bind_text(2, layout_.table.scenario);
      upsert->bind(3, static_cast<std::int64_t>(tally.events));
      if (tally.first_us) {
        const FieldInfo& field = layout_.table.schema->fields[static_cast<std::size_t>(layout_.time_field)];
        upsert->bind_text(4, first = time_text(field, *tally.first_us));
        upsert->bind_text(5, last = time_text(field, *tally.last_us));
      }
      if (Done ok = step_done(connection_, *upsert); !ok) return ok;
      upsert->reset();
    }
    runs_.clear();
  }
  if (!retention_ || retention_ == stored_retention_) return {};
  const Result<KeptStatement> upsert =
      connection_.kept("INSERT OR REPLACE INTO retention VALUES (?1, ?2, ?3)");
  if (!upsert) return tl::make_unexpected(upsert.error());
  (*upsert)->bind_text(1, layout_.name);
  bind_optional(**upsert, 2, retention_->newest_us);
  bind_optional(**upsert, 3, retention_->expired_before_us);
  if (Done ok = step_done(connection_, **upsert); !ok) return ok;
  stored_retention_ = retention_;
  return {};
}

Result<std::uint64_t> TableWriter::expire(std::uint64_t most) {
  const Result<std::optional<std::int64_t>> horizon = horizon_us();
  if (!horizon) return tl::make_unexpected(horizon.error());
  if (!*horizon) return std::uint64_t{0};
  const FieldInfo& field = layout_.table.schema->fields[static_cast<std::size_t>(layout_.time_field)];
  // Times from before the year 0 have no text; nothing is older.
  constexpr std::int64_t kYearZeroUs = -62'167'219'200'000'000;
  if (**horizon < kYearZeroUs) return std::uint64_t{0};
  const std::string before = time_text(field, **horizon);
  const Result<std::uint64_t> removed =
      layout_.has_time_index ? expire_by_index(before, most) : expire_blocks(before, most);
  if (!removed || *removed == 0) return removed;
  retention_->expired_before_us = **horizon;
  if (Done ok = flush(); !ok) return tl::make_unexpected(std::move(ok.error()));
  return removed;
}

Result<std::uint64_t> TableWriter::expire_by_index(const std::string& before, std::uint64_t most) {
  if (!delete_by_index_) {
    const std::string time = quote_name(layout_.columns[static_cast<std::size_t>(layout_.time_field)].name);
    const std::string table = quote_name(layout_.name);
    Result<Statement> prepared =
        connection_.prepare("DELETE FROM " + table + " WHERE row_key IN (SELECT row_key FROM " + table +
                            " WHERE " + time + " < ?1 ORDER BY " + time + " LIMIT ?2)");
    if (!prepared) return tl::make_unexpected(std::move(prepared.error()));
    delete_by_index_ = std::move(*prepared);
  }
  delete_by_index_.bind_text(1, before);
  delete_by_index_.bind(2, static_cast<std::int64_t>(most));
  Done done = step_done(connection_, delete_by_index_);
  delete_by_index_.reset();
  if (!done) return tl::make_unexpected(std::move(done.error()));
  return static_cast<std::uint64_t>(connection_.changes());
}

// A block's rows are numbered in the order of their time, so the old ones stand in front.
Result<std::uint64_t> TableWriter::expire_blocks(const std::string& before, std::uint64_t most) {
  if (!next_block_) {
    Result<Statement> prepared = connection_.prepare(
        "SELECT id FROM key_blocks WHERE table_name = ?1 AND id > ?2 ORDER BY id LIMIT 1");
    if (!prepared) return tl::make_unexpected(std::move(prepared.error()));
    next_block_ = std::move(*prepared);
  }
  std::uint64_t removed = 0;
  const std::int64_t started = last_block_;
  bool wrapped = false;
  while (removed < most) {
    next_block_.bind_text(1, layout_.name);
    next_block_.bind(2, last_block_);
    const int code = next_block_.step();
    const std::int64_t id = code == SQLITE_ROW ? next_block_.integer(0) : 0;
    next_block_.reset();
    if (code != SQLITE_ROW && code != SQLITE_DONE) return tl::make_unexpected(connection_.error("read"));
    if (code == SQLITE_DONE) {
      if (wrapped || started == 0) break;
      wrapped = true;
      last_block_ = 0;
      continue;
    }
    if (wrapped && id > started) break;
    const Result<std::uint64_t> part = expire_front(
        id << kBlockBits, (id << kBlockBits) + ((std::int64_t{1} << kBlockBits) - 1), before, most - removed);
    if (!part) return part;
    removed += *part;
    // A block with more of them is looked at again.
    if (removed < most) last_block_ = id;
  }
  if (removed < most) last_block_ = 0;
  return removed;
}

Result<std::uint64_t> TableWriter::expire_front(std::int64_t first, std::int64_t last,
                                                const std::string& before, std::uint64_t most) {
  if (!select_front_) {
    const std::string time = quote_name(layout_.columns[static_cast<std::size_t>(layout_.time_field)].name);
    const std::string table = quote_name(layout_.name);
    Result<Statement> select =
        connection_.prepare("SELECT row_key, " + time + " < ?3 FROM " + table +
                            " WHERE row_key BETWEEN ?1 AND ?2 ORDER BY row_key LIMIT ?4");
    if (!select) return tl::make_unexpected(std::move(select.error()));
    Result<Statement> remove =
        connection_.prepare("DELETE FROM " + table + " WHERE row_key BETWEEN ?1 AND ?2");
    if (!remove) return tl::make_unexpected(std::move(remove.error()));
    select_front_ = std::move(*select);
    delete_front_ = std::move(*remove);
  }
  select_front_.bind(1, first);
  select_front_.bind(2, last);
  select_front_.bind_text(3, before);
  select_front_.bind(4, static_cast<std::int64_t>(most));
  std::optional<std::int64_t> last_old;
  int code = SQLITE_ROW;
  while ((code = select_front_.step()) == SQLITE_ROW && select_front_.integer(1) == 1)
    last_old = select_front_.integer(0);
  Error error = connection_.error("read");
  select_front_.reset();
  if (code != SQLITE_ROW && code != SQLITE_DONE) return tl::make_unexpected(std::move(error));
  if (!last_old) return std::uint64_t{0};
  delete_front_.bind(1, first);
  delete_front_.bind(2, *last_old);
  Done done = step_done(connection_, delete_front_);
  delete_front_.reset();
  if (!done) return tl::make_unexpected(std::move(done.error()));
  return static_cast<std::uint64_t>(connection_.changes());
}

}  // namespace racesim::sqlite
