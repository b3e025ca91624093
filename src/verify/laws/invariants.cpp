#include "verify/laws/invariants.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "run/master/load.h"
#include "run/rows/numbering.h"
#include "verify/arrivals/arrived_lines.h"
#include "verify/identity/line_fields.h"
#include "verify/laws/line_rows.h"

namespace racesim {
namespace {

constexpr std::string_view kNumbers = "the numbers of an owner have no gap and no copy";
constexpr std::uint64_t kToldEvery = 10'000;  ///< lines
constexpr std::string_view kTimes = "the time does not go back";

std::string_view line_text(std::string_view line) {
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
  return line;
}

/// The laws of one scenario, and the master data that they look at.
struct LawSet {
  std::optional<MasterData> master;
  std::unique_ptr<Laws> laws;  ///< null: it has none
};

class Checker {
 public:
  Checker(const std::string& master_data_dir, Findings& findings)
      : master_data_dir_(master_data_dir), findings_(findings) {}

  Done read(ArrivedSequence& sequence, const VerifyProgress& progress);
  void account();

 private:
  /// How often the laws that hold for all rows were judged on those of a form.
  struct Counts {
    std::uint64_t numbers = 0, times = 0;
  };
  /// Which event a row is.
  struct Which {
    std::string owner;   ///< tells the owners of all streams apart
    std::string entity;  ///< whose time is in order
    std::string seq;     ///< for messages
    std::int64_t time_us = 0;
  };

  Done check_line(std::string_view line, const std::string& place);
  Result<LawSet*> laws_of(const ScenarioEntry& scenario);
  bool check_number(const LineRows::Row& row, Which& which, const std::string& place, bool& follows);
  void check_time(const LineRows::Row& row, const Which& which, const std::string& place);
  void note(Finding kind, const LineRows::Row& row, const Which& which, const std::string& place,
            Breach breach);

  const std::string& master_data_dir_;
  Findings& findings_;
  LineRows rows_;
  Numbering numbering_;
  std::unordered_map<std::string, std::int64_t> last_time_us_;  ///< of each entity
  std::map<const ScenarioEntry*, LawSet> laws_;
  std::map<const SchemaInfo*, Counts> counts_;
  std::vector<Breach> breaches_;
};

Done Checker::read(ArrivedSequence& sequence, const VerifyProgress& progress) {
  ArrivedLines lines(sequence);
  bool first = true;
  rows_.forget_header();
  while (lines.fill()) {
    const std::string_view line = lines.line();
    const std::string_view text = line_text(line);
    if (!first || !rows_.take_header(text))
      if (Done ok = check_line(text, lines.place()); !ok) return ok;
    first = false;
    lines.advance(line.size(), 1);
    if (progress && lines.line_number() % kToldEvery == 0) progress(lines.line_number(), std::nullopt);
  }
  if (lines.error()) return tl::make_unexpected(*lines.error());
  return {};
}

Result<LawSet*> Checker::laws_of(const ScenarioEntry& scenario) {
  const auto [found, fresh] = laws_.try_emplace(&scenario);
  LawSet& set = found->second;
  if (!fresh || scenario.laws == nullptr) return &set;
  LawInput input;
  if (scenario.needs_master && !master_data_dir_.empty()) {
    Result<MasterData> loaded = load_master(master_data_dir_, scenario.master_entities);
    if (!loaded) return tl::make_unexpected(loaded.error());
    set.master = std::move(*loaded);
    input.master = set.master->tables();
  }
  set.laws = scenario.laws(input);
  return &set;
}

Done Checker::check_line(std::string_view line, const std::string& place) {
  const LineRows::Row row = rows_.decode(line);
  if (row.blank) return {};
  ++findings_.found;
  if (row.reader == nullptr) {
    ++findings_[Finding::altered];
    if (findings_.wants(Finding::altered))
      findings_.examples.push_back({Finding::altered, "", "", "", place, "line", row.why, printable(line)});
    return {};
  }
  const auto laws = laws_of(row.reader->scenario());
  if (!laws) return tl::make_unexpected(laws.error());
  Which which;
  which.time_us = row.reader->time_us(*row.rows, 0);
  bool follows = false;
  if (!check_number(row, which, place, follows)) return {};
  if ((*laws)->laws == nullptr) return {};
  breaches_.clear();
  (*laws)->laws->check(*row.rows, 0, {which.owner, which.time_us, follows}, breaches_);
  for (Breach& breach : breaches_) note(Finding::invariant, row, which, place, std::move(breach));
  return {};
}

/// Whose event it is, its number and its time. False: it came before.
bool Checker::check_number(const LineRows::Row& row, Which& which, const std::string& place, bool& follows) {
  const RowReader& reader = *row.reader;
  const RowForm& form = reader.form();
  which.entity = reader.entity(*row.rows, 0);
  const auto [owner, seq] = reader.row_owner(*row.rows, 0);
  which.owner = owner;
  if (owner.empty()) {
    std::string text;
    reader.event_id(*row.rows, 0)->append_text(text);
    note(Finding::invariant, row, which, place, {"event_id", "an id that racesim made", text});
    return true;
  }
  if (seq) {
    which.seq = std::to_string(*seq);
    ++counts_[&reader.schema()].numbers;
    switch (numbering_.note(which.owner, *seq, form.seq_in_time_order)) {
      case Numbering::Came::next:
        follows = true;
        break;
      case Numbering::Came::ahead:
        break;
      case Numbering::Came::missed:
        if (!form.seq_in_time_order) break;
        note(Finding::reordered, row, which, place, {});
        return true;
      case Numbering::Came::again:
        note(Finding::duplicated, row, which, place, {});
        return false;
      case Numbering::Came::leapt:
        note(Finding::invariant, row, which, place,
             {std::string(form.seq), fmt::format("{} or shortly after", numbering_.expected(which.owner)),
              which.seq});
        return true;
    }
  }
  check_time(row, which, place);
  return true;
}

void Checker::check_time(const LineRows::Row& row, const Which& which, const std::string& place) {
  const RowForm& form = row.reader->form();
  if (form.time.empty()) return;
  ++counts_[&row.reader->schema()].times;
  // Where numbers are in the order of time, the owner's are the entity's.
  const std::string& key = form.seq_in_time_order ? which.owner : which.entity;
  const auto [last, first] = last_time_us_.try_emplace(key, which.time_us);
  if (!first && which.time_us < last->second)
    note(form.seq_in_time_order ? Finding::invariant : Finding::reordered, row, which, place,
         {std::string(form.time), "not before the event before it", ""});
  last->second = std::max(last->second, which.time_us);
}

/// What never came between the numbers that did, and what could not be judged.
void Checker::account() {
  for (const auto& [owner, numbers] : numbering_.owners()) {
    findings_[Finding::lost] += numbers.holes.size();
    for (const std::uint64_t hole : numbers.holes)
      if (findings_.wants(Finding::lost))
        findings_.examples.push_back(
            {Finding::lost, "", owner, std::to_string(hole), "between others", "", "", ""});
  }
  findings_.overflowed = numbering_.overflowed();
  for (const auto& [schema, counts] : counts_) {
    findings_.laws.push_back({{schema->name, kNumbers}, counts.numbers, true});
    findings_.laws.push_back({{schema->name, kTimes}, counts.times, true});
  }
  for (const auto& [scenario, set] : laws_)
    if (set.laws != nullptr)
      for (const LawCount& count : set.laws->counts())
        if (count.had_rows) findings_.laws.push_back(count);
}

void Checker::note(Finding kind, const LineRows::Row& row, const Which& which, const std::string& place,
                   Breach breach) {
  ++findings_[kind];
  if (!findings_.wants(kind)) return;
  findings_.examples.push_back({kind, std::string(row.reader->schema().name), which.entity, which.seq, place,
                                std::move(breach.field), std::move(breach.expected),
                                std::move(breach.found)});
}

}  // namespace

Result<Findings> check_invariants(ArrivedSequences& arrivals, const std::string& master_data_dir,
                                  const VerifyProgress& progress) {
  Findings findings;
  Checker checker(master_data_dir, findings);
  for (ArrivedSequence* sequence : arrivals.sequences())
    if (Done ok = checker.read(*sequence, progress); !ok) return tl::make_unexpected(ok.error());
  checker.account();
  return findings;
}

}  // namespace racesim
