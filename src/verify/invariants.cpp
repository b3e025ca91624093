#include "verify/invariants.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <unordered_map>

#include "base/time_text.h"
#include "model/event_id.h"
#include "model/play.h"
#include "model/race.h"
#include "model/race_as.h"
#include "model/race_simple.h"
#include "verify/arrivals/arrived_lines.h"
#include "verify/identity/identity.h"

namespace racesim {
namespace {

/// All forms of events, and the field that says when.
const std::vector<const SchemaInfo*>& known_schemas() {
  static const std::vector<const SchemaInfo*> all{
      &schema_info<TelemetryRow>(),       &schema_info<CheckpointPassRow>(), &schema_info<LapRow>(),
      &schema_info<RaceControlRow>(),     &schema_info<SimpleCarRow>(),      &schema_info<PlayRow>(),
      &schema_info<FastF1TelemetryRow>(), &schema_info<FastF1LapRow>(),      &schema_info<OpenF1CarDataRow>(),
      &schema_info<OpenF1LapRow>()};
  return all;
}

std::string header_of(const SchemaInfo& schema) {
  std::string line;
  for (const FieldInfo& field : schema.fields) {
    line += line.empty() ? "" : ",";
    for (const char c : field.path) line += c == '.' ? '_' : c;
  }
  return line;
}

std::string_view line_text(std::string_view line) {
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
  return line;
}

/// The numbers of one owner that came, so far.
struct Numbers {
  std::uint64_t next = 0;         ///< one behind the highest
  std::set<std::uint64_t> holes;  ///< below it
  std::uint64_t leapt_to = 0;     ///< one behind a number that leapt ahead, if that came last
  std::int64_t time_us = INT64_MIN;
};

class Checker {
 public:
  Checker(const MasterData* master, Findings& findings)
      : findings_(findings), race_(race_laws()), plays_(plays_laws(master)) {}

  Done read(ArrivedSequence& sequence);
  void account();

 private:
  static constexpr std::size_t kMostHoles = std::size_t{1} << 20;
  static constexpr std::uint64_t kLeap = 10'000;  ///< 100 s at 100 Hz

  void check_line(std::string_view line, const std::string& place);
  const SchemaInfo* schema_of(const LineFields& line) const;
  bool number(const LawRow& row, const std::string& place, bool& follows);
  void note(Finding kind, const LawRow& row, const std::string& place, Breach breach);

  Findings& findings_;
  std::unique_ptr<Laws> race_, plays_;
  const SchemaInfo* csv_ = nullptr;
  std::unordered_map<std::string, Numbers> owners_;
  std::unordered_map<std::string, std::int64_t> last_time_us_;  ///< of each entity
  std::size_t holes_ = 0;
  std::string owner_;
  std::vector<Breach> breaches_;
};

Done Checker::read(ArrivedSequence& sequence) {
  ArrivedLines lines(sequence);
  bool first = true;
  csv_ = nullptr;
  while (lines.fill()) {
    const std::string_view line = lines.line();
    const std::string_view text = line_text(line);
    if (first)
      for (const SchemaInfo* schema : known_schemas())
        if (text == header_of(*schema)) csv_ = schema;
    if (!first || csv_ == nullptr) check_line(text, lines.place());
    first = false;
    lines.advance(line.size(), 1);
  }
  if (lines.error()) return tl::make_unexpected(*lines.error());
  return {};
}

const SchemaInfo* Checker::schema_of(const LineFields& line) const {
  if (!line.complete) return nullptr;
  if (csv_ != nullptr) return csv_;
  for (const SchemaInfo* schema : known_schemas()) {
    if (line.fields.size() != schema->fields.size()) continue;
    bool same = true;
    for (const FieldInfo& field : schema->fields) same = same && line.find(field.path) != nullptr;
    if (same) return schema;
  }
  return nullptr;
}

void Checker::check_line(std::string_view line, const std::string& place) {
  ++findings_.found;
  const LineFields fields = take_apart(line, csv_ != nullptr, csv_ != nullptr ? *csv_ : *known_schemas()[0]);
  const SchemaInfo* schema = schema_of(fields);
  if (schema == nullptr) {
    ++findings_[Finding::altered];
    if (findings_.wants(Finding::altered))
      findings_.examples.push_back({Finding::altered, "", "", "", place, "line",
                                    fields.complete ? "the fields of a known stream" : fields.wrong,
                                    printable(line)});
    return;
  }
  const LawRow row(*schema, fields);
  bool follows = false;
  if (!number(row, place, follows)) return;
  breaches_.clear();
  (schema->name == "plays" ? plays_ : race_)->check(row, owner_, follows, breaches_);
  for (Breach& breach : breaches_) note(Finding::invariant, row, place, std::move(breach));
}

/// Whose event it is, its number and its time. False: it came before.
bool Checker::number(const LawRow& row, const std::string& place, bool& follows) {
  const SchemaInfo& schema = row.schema();
  const IdentityFields which = identity_fields(schema);
  const auto text = [&](int index) {
    return index < 0 ? std::string_view() : row.text(schema.fields[static_cast<std::size_t>(index)].path);
  };
  std::uint64_t seq = 0;
  const bool plays = which.event_id >= 0;
  if (plays) {
    const auto id = parse_uuid_text(text(which.event_id));
    const auto parts = id ? unpack_event_id(*id) : std::nullopt;
    if (!parts) {
      note(Finding::invariant, row, place,
           {"event_id", "an id that racesim made", std::string(text(which.event_id))});
      return true;
    }
    owner_ = fmt::format("plays {:08x} {}", parts->run, parts->cell);
    seq = parts->seq;
  } else if (which.seq >= 0) {
    owner_ = fmt::format("{} {} {}", schema.name, text(which.run), text(which.owner));
    const std::string_view digits = text(which.seq);
    std::from_chars(digits.data(), digits.data() + digits.size(), seq);
  } else {
    owner_ = fmt::format("{} {}{}", schema.name, row.text("DriverNumber"), row.text("driver_number"));
  }
  const std::int64_t time_us = row.time_us();
  if (plays || which.seq >= 0) {
    Numbers& numbers = owners_[owner_];
    const bool fresh = numbers.time_us == INT64_MIN && numbers.next == 0;
    follows = !fresh && seq == numbers.next;
    if (seq < numbers.next) {
      const bool hole = numbers.holes.erase(seq) > 0;
      holes_ -= hole ? 1 : 0;
      // Plays are numbered per cell, and told in the order of time.
      if (!hole || !plays) note(hole ? Finding::reordered : Finding::duplicated, row, place, {});
      if (!hole) return false;
      if (!plays) return true;
    }
    if (!fresh && !plays && seq > numbers.next + kLeap && seq != numbers.leapt_to) {
      // A wrong number, unless the next one goes on from it.
      numbers.leapt_to = seq + 1;
      note(Finding::invariant, row, place,
           {"seq", fmt::format("{} or not far behind", numbers.next), std::to_string(seq)});
      return true;
    }
    // A file may begin in the middle of a run, but not of a cell: its plays are told in any order.
    if (!fresh || plays)
      for (std::uint64_t hole = numbers.next; hole < seq && holes_ < kMostHoles; ++hole, ++holes_)
        numbers.holes.insert(numbers.holes.end(), hole);
    if (numbers.leapt_to == seq && seq > 0) holes_ -= numbers.holes.erase(seq - 1);
    numbers.leapt_to = 0;
    numbers.next = std::max(numbers.next, seq + 1);
    numbers.time_us = time_us;
  }
  const std::string entity = plays ? std::string(row.text("user_id")) : owner_;
  const auto [last, first] = last_time_us_.try_emplace(entity, time_us);
  if (!first && time_us < last->second)
    note(plays ? Finding::reordered : Finding::invariant, row, place,
         {"time", "not before the event before it", ""});
  last->second = std::max(last->second, time_us);
  return true;
}

/// What never came between the numbers that did.
void Checker::account() {
  for (const auto& [owner, numbers] : owners_) {
    findings_[Finding::lost] += numbers.holes.size();
    for (const std::uint64_t hole : numbers.holes)
      if (findings_.wants(Finding::lost))
        findings_.examples.push_back(
            {Finding::lost, "", owner, std::to_string(hole), "between others", "", "", ""});
  }
  findings_.overflowed = holes_ >= kMostHoles;
}

void Checker::note(Finding kind, const LawRow& row, const std::string& place, Breach breach) {
  ++findings_[kind];
  if (!findings_.wants(kind)) return;
  const std::string_view entity = row.text(row.schema().name == "plays" ? "user_id" : "car");
  findings_.examples.push_back({kind, std::string(row.schema().name), std::string(entity),
                                std::string(row.text("seq")), place, std::move(breach.field),
                                std::move(breach.expected), std::move(breach.found)});
}

}  // namespace

std::string_view LawRow::text(std::string_view path) const {
  const LineField* field = line_.find(path);
  return field == nullptr ? std::string_view() : field->value;
}

double LawRow::number(std::string_view path) const {
  const std::string_view digits = text(path);
  double value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

std::int64_t LawRow::time_us() const {
  for (const char* path : {"time", "played_at", "Date", "date", "date_start"})
    if (const std::string_view when = text(path); !when.empty()) {
      const auto ns = parse_datetime(when, "UTC");
      return ns ? *ns / 1000 : 0;
    }
  return static_cast<std::int64_t>(number("Time") * 1e6);
}

Result<Findings> check_invariants(ArrivedSequences& arrivals, const MasterData* master) {
  Findings findings;
  Checker checker(master, findings);
  for (ArrivedSequence* sequence : arrivals.sequences())
    if (Done ok = checker.read(*sequence); !ok) return tl::make_unexpected(ok.error());
  checker.account();
  return findings;
}

}  // namespace racesim
