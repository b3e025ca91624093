#include "run/ingest/transaction.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace racesim {
namespace {

constexpr const char* kConflict = "conflict: another row with this key is there";

/// Takes the rows with these indices out of the part.
void remove_rows(TableRows& part, const std::vector<RecordFate>& rows) {
  const std::size_t row_size = part.rows.schema().row_size;
  std::size_t to = 0;
  auto next = rows.begin();
  for (std::size_t i = 0; i < part.rows.size(); ++i) {
    if (next != rows.end() && next->index == i) {
      ++next;
      continue;
    }
    if (to != i) {
      std::memcpy(part.rows.row_bytes(to), part.rows.row_bytes(i), row_size);
      part.records[to] = part.records[i];
      if (!part.rows.missing.empty()) part.rows.missing[to] = part.rows.missing[i];
    }
    ++to;
  }
  part.rows.resize(to);
  part.records.resize(to);
  if (!part.rows.missing.empty()) part.rows.missing.resize(to);
}

}  // namespace

/// What the decoder took for rows and the store cannot keep exactly.
void Transaction::set_aside_unfit(Work& work) const {
  std::vector<RecordFate> unfit;
  for (const auto& part : work.decoded.parts) {
    unfit.clear();
    if (!part->rows.empty()) store_.find_unfit(part->table, part->rows, unfit);
    if (unfit.empty()) continue;
    for (const RecordFate& row : unfit)
      work.decoded.rejects.push_back({part->records[row.index], Fate::rejected, row.reason});
    remove_rows(*part, unfit);
    std::stable_sort(work.decoded.rejects.begin(), work.decoded.rejects.end(),
                     [](const RecordFate& a, const RecordFate& b) { return a.index < b.index; });
  }
}

Result<bool> Transaction::write() {
  counts_ = {};
  appended_.clear();
  if (Done ok = store_.begin(); !ok) return tl::make_unexpected(ok.error());
  for (const auto& work : works_)
    if (Done ok = write_block(*work); !ok) return tl::make_unexpected(ok.error());
  const Result<bool> ours =
      source_.has_positions() && store_.is_exact() ? advance_lanes() : Result<bool>(true);
  if (!ours || !*ours) return ours;
  if (Done ok = store_.commit(); !ok) return tl::make_unexpected(ok.error());
  if (Done ok = bury_refused(); !ok) return tl::make_unexpected(ok.error());
  ++counts_.commits;
  return true;
}

Done Transaction::write_block(Work& work) {
  const RecordBlock& block = work.block;
  const DecodedBlock& decoded = work.decoded;
  BlockOutcome outcome;
  outcome.blank = decoded.blank;
  counts_.consumed += block.size() - decoded.blank;
  counts_.gaps += block.gap;
  if (on_invalid_ == OnInvalid::reject && !decoded.rejects.empty()) {
    outcome.refused = true;
    outcome.rejected = block.size() - decoded.blank;
    outcome.others = decoded.rejects;
    counts_.rejected += outcome.rejected;
    work.outcome = std::move(outcome);
    return {};
  }
  dead_ = decoded.rejects;
  outcome.rejected = dead_.size();
  work.outcome = std::move(outcome);
  for (const auto& part : work.decoded.parts)
    if (!part->rows.empty())
      if (Done ok = append(work, *part); !ok) return ok;
  if (dead_.empty()) return {};
  std::stable_sort(dead_.begin(), dead_.end(),
                   [](const RecordFate& a, const RecordFate& b) { return a.index < b.index; });
  std::vector<DeadRecord> letters;
  for (const RecordFate& dead : dead_)
    letters.push_back({block.after.source, block.after.lane, block.offsets[dead.index], dead.reason,
                       block.record(dead.index)});
  counts_.dead_lettered += letters.size();
  if (source_.wants_fates()) work.outcome.others = dead_;
  return store_.add_dead_letters(letters);
}

Done Transaction::append(Work& work, TableRows& part) {
  fates_.assign(source_.wants_fates() ? part.rows.size() : 0, Fate::stored);
  const Result<Appended> appended = store_.append(part.table, part.rows, fates_);
  if (!appended) return tl::make_unexpected(appended.error());
  appended_.push_back({&work, &part});
  BlockOutcome& outcome = work.outcome;
  outcome.stored += appended->stored;
  outcome.duplicates += appended->duplicates;
  outcome.conflicts += appended->conflicts;
  outcome.expired += appended->expired;
  counts_.stored += appended->stored;
  counts_.duplicates += appended->duplicates;
  counts_.conflicts += appended->conflicts;
  counts_.expired += appended->expired;
  if (appended->stored > 0) counts_.stored_by_table[std::string(part.table.table->name)] += appended->stored;
  for (const std::uint32_t row : appended->conflicting)
    dead_.push_back({part.records[row], Fate::conflict, kConflict});
  return {};
}

/// Rows that the store was sure of until it committed.
Done Transaction::bury_refused() {
  // begin() forgets them.
  const std::vector<RefusedRow> refused(store_.refused().begin(), store_.refused().end());
  if (refused.empty()) return {};
  std::vector<DeadRecord> letters;
  for (const RefusedRow& row : refused) {
    const Part& part = appended_[row.append];
    const RecordBlock& block = part.work->block;
    const std::uint32_t record = part.rows->records[row.row];
    letters.push_back(
        {block.after.source, block.after.lane, block.offsets[record], row.reason, block.record(record)});
    BlockOutcome& outcome = part.work->outcome;
    --outcome.stored;
    ++outcome.rejected;
    if (source_.wants_fates()) outcome.others.push_back({record, Fate::rejected, row.reason});
    --counts_.stored_by_table[std::string(part.rows->table.table->name)];
  }
  for (const auto& work : works_)
    std::stable_sort(work->outcome.others.begin(), work->outcome.others.end(),
                     [](const RecordFate& a, const RecordFate& b) { return a.index < b.index; });
  counts_.stored -= refused.size();
  counts_.dead_lettered += refused.size();
  if (Done ok = store_.begin(); !ok) return ok;
  if (Done ok = store_.add_dead_letters(letters); !ok) return ok;
  return store_.commit();
}

/// Once per lane, from where its first block began to where its last one ended.
Result<bool> Transaction::advance_lanes() {
  struct Step {
    std::uint32_t lane;
    const LanePosition* before;
    const LanePosition* after;
  };
  std::vector<Step> steps;
  for (const auto& work : works_) {
    const auto known = std::find_if(steps.begin(), steps.end(),
                                    [&](const Step& step) { return step.lane == work->block.lane; });
    if (known == steps.end())
      steps.push_back({work->block.lane, &work->block.before, &work->block.after});
    else
      known->after = &work->block.after;
  }
  for (const Step& step : steps) {
    const Result<bool> ours = store_.advance(*step.before, *step.after);
    if (!ours || !*ours) return ours;
  }
  return true;
}

void Transaction::count(IngestCounts& counts) const {
  counts.consumed += counts_.consumed;
  counts.stored += counts_.stored;
  counts.duplicates += counts_.duplicates;
  counts.conflicts += counts_.conflicts;
  counts.dead_lettered += counts_.dead_lettered;
  counts.rejected += counts_.rejected;
  counts.expired += counts_.expired;
  counts.gaps += counts_.gaps;
  counts.commits += counts_.commits;
  for (const auto& [table, rows] : counts_.stored_by_table) counts.stored_by_table[table] += rows;
}

}  // namespace racesim
