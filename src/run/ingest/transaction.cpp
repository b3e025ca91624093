#include "run/ingest/transaction.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace racesim {
namespace {

constexpr const char* kConflict = "conflict: another row with this key is there";
/// Rows of small blocks are copied together up to so many: a call of the store for each of 64 requests would
/// cost more than the rows.
constexpr std::size_t kJoinedMost = 16384;

void sort_by_index(std::vector<RecordFate>& fates) {
  std::stable_sort(fates.begin(), fates.end(),
                   [](const RecordFate& a, const RecordFate& b) { return a.index < b.index; });
}

DeadRecord dead_record(const RecordBlock& block, std::uint32_t record, std::string_view reason) {
  return {block.after.source, block.after.lane, block.offsets[record], reason, block.record(record)};
}

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
  group_count_ = 0;
  for (const auto& work : works_) judge(*work);
  if (Done ok = store_.begin(); !ok) return tl::make_unexpected(ok.error());
  for (std::size_t i = 0; i < group_count_; ++i)
    if (Done ok = append(*groups_[i]); !ok) return tl::make_unexpected(ok.error());
  if (Done ok = bury(); !ok) return tl::make_unexpected(ok.error());
  if (beside_ != nullptr)
    if (Done ok = beside_->write(store_, works_); !ok) return tl::make_unexpected(ok.error());
  const Result<bool> ours =
      source_.has_positions() && store_.is_exact() ? advance_lanes() : Result<bool>(true);
  if (!ours || !*ours) return ours;
  if (Done ok = store_.commit(); !ok) return tl::make_unexpected(ok.error());
  if (beside_ != nullptr) beside_->committed();
  if (Done ok = bury_refused(); !ok) return tl::make_unexpected(ok.error());
  ++counts_.commits;
  return true;
}

/// What is known of a block before the store has seen it; its rows are put into groups.
void Transaction::judge(Work& work) {
  const RecordBlock& block = work.block;
  const DecodedBlock& decoded = work.decoded;
  BlockOutcome& outcome = work.outcome = {};
  outcome.blank = decoded.blank;
  outcome.others = decoded.rejects;
  outcome.rejected = decoded.rejects.size();
  counts_.consumed += block.size() - decoded.blank;
  counts_.gaps += block.gap;
  if (on_invalid_ == OnInvalid::reject && !decoded.rejects.empty()) {
    outcome.refused = true;
    outcome.rejected = block.size() - decoded.blank;
    counts_.rejected += outcome.rejected;
    return;
  }
  for (const auto& rows : decoded.parts) {
    if (rows->rows.empty()) continue;
    Group& group = group_for(*rows);
    group.parts.push_back({&work, rows.get()});
    group.size += rows->rows.size();
  }
}

/// The latest one of the table if there is room: of two rows with one key the earlier block's is the one.
Transaction::Group& Transaction::group_for(const TableRows& rows) {
  for (std::size_t i = group_count_; i-- > 0;) {
    Group& group = *groups_[i];
    if (group.parts.front().rows->table.table != rows.table.table) continue;
    if (group.size + rows.rows.size() <= kJoinedMost) return group;
    break;
  }
  // The memory of an earlier write() that held rows of the same schema.
  const auto begin = groups_.begin() + static_cast<std::ptrdiff_t>(group_count_);
  auto known = std::find_if(begin, groups_.end(),
                            [&](const auto& group) { return &group->rows.schema() == &rows.rows.schema(); });
  if (known == groups_.end()) known = groups_.insert(groups_.end(), std::make_unique<Group>(rows));
  std::iter_swap(groups_.begin() + static_cast<std::ptrdiff_t>(group_count_), known);
  Group& group = *groups_[group_count_++];
  group.parts.clear();
  group.size = 0;
  return group;
}

Done Transaction::append(Group& group) {
  const TableRows& first = *group.parts.front().rows;
  group.rows.clear();
  if (group.parts.size() > 1)
    for (const Part& part : group.parts) group.rows.append(part.rows->rows);
  fates_.assign(group.size, Fate::stored);
  const Result<Appended> appended =
      store_.append(first.table, group.parts.size() > 1 ? group.rows : first.rows, fates_);
  if (!appended) return tl::make_unexpected(appended.error());
  counts_.stored += appended->stored;
  counts_.duplicates += appended->duplicates;
  counts_.conflicts += appended->conflicts;
  counts_.expired += appended->expired;
  if (appended->stored > 0) counts_.stored_by_table[std::string(first.table.table->name)] += appended->stored;
  auto fate = fates_.begin();
  for (const Part& part : group.parts)
    for (std::uint32_t row = 0; row < part.rows->rows.size(); ++row) note(part, row, *fate++);
  return {};
}

void Transaction::note(const Part& part, std::uint32_t row, Fate fate) {
  BlockOutcome& outcome = part.work->outcome;
  switch (fate) {
    case Fate::duplicate:
      ++outcome.duplicates;
      break;
    case Fate::conflict:
      ++outcome.conflicts;
      outcome.others.push_back({part.rows->records[row], Fate::conflict, kConflict});
      break;
    case Fate::expired:
      ++outcome.expired;
      break;
    default:
      ++outcome.stored;
  }
}

/// Keeps what is no row.
Done Transaction::bury() {
  std::vector<DeadRecord> letters;
  for (const auto& work : works_) {
    BlockOutcome& outcome = work->outcome;
    if (outcome.refused) continue;
    sort_by_index(outcome.others);
    for (const RecordFate& dead : outcome.others)
      letters.push_back(dead_record(work->block, dead.index, dead.reason));
  }
  if (letters.empty()) return {};
  counts_.dead_lettered += letters.size();
  return store_.add_dead_letters(letters);
}

/// Rows that the store was sure of until it committed.
Done Transaction::bury_refused() {
  // begin() forgets them.
  const std::vector<RefusedRow> refused(store_.refused().begin(), store_.refused().end());
  if (refused.empty()) return {};
  std::vector<DeadRecord> letters;
  for (const RefusedRow& of : refused) {
    auto part = groups_[of.append]->parts.begin();
    std::uint32_t row = of.row;
    for (; row >= part->rows->rows.size(); ++part) row -= static_cast<std::uint32_t>(part->rows->rows.size());
    const std::uint32_t record = part->rows->records[row];
    letters.push_back(dead_record(part->work->block, record, of.reason));
    BlockOutcome& outcome = part->work->outcome;
    --outcome.stored;
    ++outcome.rejected;
    outcome.others.push_back({record, Fate::rejected, of.reason});
    --counts_.stored_by_table[std::string(part->rows->table.table->name)];
  }
  for (const auto& work : works_) sort_by_index(work->outcome.others);
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
