// Goal: what a store did with the events of a run is named rightly: rows that are missing, changed, too many
// or gone by age, dead letters, rows of others. Method: runs of race, plays and fleet, with and without
// injected faults, put into a store in memory by a plain reference of what ingest does (the first row of a
// key stays, what is no row is a dead letter), read back in the order of time; then changed at random places
// in each way, 40 times each.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/random.h"
#include "codec/decoder.h"
#include "sim/registry.h"
#include "support/memory_store.h"
#include "support/rounds.h"
#include "support/verify_world.h"
#include "verify/arrivals/store_arrivals.h"
#include "verify/identity/identity.h"
#include "verify/report.h"

namespace racesim::store_mutants {
namespace {

using namespace verify_test;

/// The value behind `path` ("location.lat" by its last name) as it stands in a JSON line; empty: none.
std::string json_value(const std::string& line, const std::string& path) {
  const std::string name = "\"" + path + "\":";
  const std::size_t at = line.find(name);
  if (at == std::string::npos) return {};
  const std::size_t begin = at + name.size();
  if (line[begin] == '"') return line.substr(begin, line.find('"', begin + 1) + 1 - begin);
  return line.substr(begin, line.find_first_of(",}", begin) - begin);
}

const RowForm& form_of(const SmallRun& run, std::uint32_t stream) {
  return *find_row_form(*run.truth->scenario->streams()[stream].schema);
}

std::string key_of(const RowForm& form, const std::string& line) {
  std::string key;
  for (const std::string_view part : form.table.key.scope) key += json_value(line, std::string(part)) + "/";
  return key + json_value(line, std::string(form.table.key.number));
}

/// The stream whose schema decodes the line strictly, spelled anew; empty: it is no row.
std::string as_row(const SmallRun& run, const std::string& line, std::uint32_t& stream) {
  const auto streams = run.truth->scenario->streams();
  for (stream = 0; stream < streams.size(); ++stream) {
    RowBatch rows(*streams[stream].schema);
    Rejects rejects;
    auto decoder = make_decoder(*streams[stream].schema, "json");
    (*decoder)->decode(line, rows, rejects);
    (*decoder)->finish(rows, rejects);
    if (rows.size() != 1 || !rejects.empty()) continue;
    WireBatch written;
    run.truth->encoders[stream]->encode(rows, written);
    return std::string(written.text.view());
  }
  return {};
}

/// What ingest makes of the lines, one at a time.
test::MemoryTables stored(const SmallRun& run, const std::vector<std::string>& lines) {
  test::MemoryTables tables;
  std::map<std::string, std::string> rows;  // by table and key
  for (const std::string& line : lines) {
    std::uint32_t stream = 0;
    const std::string row = as_row(run, line, stream);
    const std::string raw = line.substr(0, line.size() - 1);
    if (row.empty()) {
      tables.letters.push_back({"no row", raw});
      continue;
    }
    const RowForm& form = form_of(run, stream);
    const std::string table(form.table.name);
    const auto [there, fresh] = rows.try_emplace(table + "/" + key_of(form, row), row);
    if (fresh)
      tables.lines[table].push_back(row);
    else if (there->second != row)
      tables.letters.push_back({"another row has this key", raw});
  }
  for (std::uint32_t stream = 0; stream < run.truth->scenario->streams().size(); ++stream) {
    const RowForm& form = form_of(run, stream);
    std::vector<std::string>& table = tables.lines[std::string(form.table.name)];
    std::stable_sort(table.begin(), table.end(), [&](const std::string& a, const std::string& b) {
      return json_value(a, std::string(form.table.time)) < json_value(b, std::string(form.table.time));
    });
  }
  return tables;
}

VerifyResult verify_store(const SmallRun& run, const test::MemoryTables& tables, VerifyOptions options = {}) {
  options.comparison = Comparison::by_value;
  auto arrivals = open_store_arrivals(std::make_unique<test::MemoryReader>(tables), run.manifest, *run.truth);
  EXPECT_TRUE(arrivals);
  auto result = verify(run.manifest, *run.truth, **arrivals, options);
  EXPECT_TRUE(result) << (result ? "" : result.error().what);
  return result ? std::move(*result) : VerifyResult{};
}

FaultRules faults_of(double share) {
  FaultRules rules;
  rules.late = rules.duplicate = rules.reorder = share;
  rules.drop = share / 2;
  rules.corrupt = share / 2;
  rules.late_delay_ns = 5'000'000'000;
  return rules;
}

RunConfig fleet_run(std::uint64_t seed) {
  RunConfig config;
  config.content = test::options_of("fleet");
  config.content.seed = seed;
  config.content.start_ns = kStart_ns;
  config.content.end_ns = kStart_ns + std::int64_t{60} * 1'000'000'000;
  test::set_option(config.content, "vehicles", "20");
  test::set_option(config.content, "rate-hz", "1");
  config.pace.live = false;
  return config;
}

struct StoredSubject {
  std::string name;
  SmallRun run;
  test::MemoryTables tables;
};

std::vector<StoredSubject> subjects(double share) {
  std::vector<StoredSubject> all;
  const auto add = [&](const char* name, RunConfig config) {
    if (share > 0) config.faults = faults_of(share);
    SmallRun run = make_run(config);
    test::MemoryTables tables = stored(run, lines_of(run));
    all.push_back({name, std::move(run), std::move(tables)});
  };
  add("race", race_run(7, 300));
  RunConfig to_the_end = race_run(8, 300);
  test::set_option(to_the_end.content, "laps", "1");
  test::set_option(to_the_end.content, "streams", "laps,race-control,results");
  add("results", to_the_end);
  add("simple", simple_run(7, 120));
  add("plays", plays_run(7, 800, kMaster));
  add("fleet", fleet_run(7));
  return all;
}

/// Draws from one seed.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : key_(stream_key(seed, "verify.store-test", 0)) {}
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(racesim::below(draw(key_, at_++), n)); }

 private:
  StreamKey key_;
  std::uint64_t at_ = 0;
};

/// A random table with rows, and a row of it.
std::pair<std::string, std::size_t> pick(const test::MemoryTables& tables, Dice& dice) {
  std::vector<std::string> names;
  for (const auto& [name, lines] : tables.lines)
    if (!lines.empty()) names.push_back(name);
  const std::string name = names[dice.below(names.size())];
  return {name, dice.below(tables.lines.at(name).size())};
}

/// A changed store and what has to be found in it.
struct Mutant {
  test::MemoryTables tables;
  std::string named;
};
using Mutation = std::function<Mutant(const StoredSubject&, Dice&)>;

Mutant delete_row(const StoredSubject& subject, Dice& dice) {
  Mutant m{subject.tables, "lost 1"};
  const auto [table, i] = pick(m.tables, dice);
  m.tables.lines[table].erase(m.tables.lines[table].begin() + static_cast<std::ptrdiff_t>(i));
  return m;
}

/// The last digit of a number that is no part of the key.
Mutant change_digit(const StoredSubject& subject, Dice& dice) {
  Mutant m{subject.tables, "altered 1"};
  for (;;) {
    const auto [table, i] = pick(m.tables, dice);
    std::string line = m.tables.lines[table][i];
    std::vector<std::size_t> ends;
    for (std::size_t at = 1; at < line.size(); ++at)
      if ((line[at] == ',' || line[at] == '}') && line[at - 1] >= '0' && line[at - 1] <= '9')
        ends.push_back(at - 1);
    char& digit = line[ends[dice.below(ends.size())]];
    digit = static_cast<char>('0' + (digit - '0' + 1) % 10);
    std::uint32_t stream = 0;
    if (as_row(subject.run, line, stream) != line) continue;  // a value that the field cannot have
    const RowForm& form = form_of(subject.run, stream);
    if (key_of(form, line) != key_of(form, m.tables.lines[table][i])) continue;
    m.tables.lines[table][i] = line;
    return m;
  }
}

Mutant null_field(const StoredSubject& subject, Dice& dice) {
  Mutant m{subject.tables, "altered 1"};
  const auto [table, i] = pick(m.tables, dice);
  const std::map<std::string, std::string> fields{{"telemetry", "speed_kmh"},    {"checkpoints", "s_m"},
                                                  {"laps", "lap_time_s"},        {"race_control", "lap"},
                                                  {"results", "points"},         {"simple_cars", "speed"},
                                                  {"plays", "play_duration_ms"}, {"fleet", "gear"}};
  std::string& line = m.tables.lines[table][i];
  line = with_value(line, fields.at(table), "null");
  return m;
}

/// A row of this run that the run never sent.
Mutant add_row(const StoredSubject& subject, Dice& dice) {
  Mutant m{subject.tables, "phantom 1"};
  const auto [table, i] = pick(m.tables, dice);
  std::string line = m.tables.lines[table][i];
  if (table == "plays") {
    const std::string id = json_value(line, "event_id");
    const auto parts = unpack_event_id(*parse_uuid_text(id.substr(1, 36)));
    std::string other;
    pack_event_id({parts->run, parts->cell, parts->seq + 100'000}).append_text(other);
    line = with_value(line, "event_id", "\"" + other + "\"");
  } else {
    line = with_value(line, "seq", "987654");
  }
  std::vector<std::string>& lines = m.tables.lines[table];
  lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(i), line);
  return m;
}

/// It says that it is another event, which was never sent.
Mutant change_key(const StoredSubject& subject, Dice& dice) {
  const Mutant added = add_row(subject, dice);
  Mutant m{subject.tables, "altered 1"};
  for (auto& [table, lines] : m.tables.lines) {
    const std::vector<std::string>& more = added.tables.lines.at(table);
    if (more.size() == lines.size()) continue;
    const auto at = std::mismatch(lines.begin(), lines.end(), more.begin());
    lines[static_cast<std::size_t>(at.first - lines.begin())] = *at.second;
    return m;
  }
  return m;
}

Mutant delete_entity(const StoredSubject& subject, Dice& dice) {
  Mutant m{subject.tables, ""};
  for (;;) {
    const auto [table, i] = pick(m.tables, dice);
    std::vector<std::string>& lines = m.tables.lines[table];
    const char* const name = table == "plays"         ? "user_id"
                             : table == "fleet"       ? "vehicle_id"
                             : table == "simple_cars" ? "id"
                                                      : "car";
    const std::string whose = json_value(lines[i], name);
    const auto gone = std::remove_if(
        lines.begin(), lines.end(), [&](const std::string& line) { return json_value(line, name) == whose; });
    m.named = "lost " + std::to_string(lines.end() - gone);
    lines.erase(gone, lines.end());
    return m;
  }
}

/// An event that the store took for no row.
Mutant refuse_row(const StoredSubject& subject, Dice& dice) {
  Mutant m{subject.tables, "refused 1"};
  const auto [table, i] = pick(m.tables, dice);
  std::vector<std::string>& lines = m.tables.lines[table];
  m.tables.letters.push_back({"speed_kmh: too fast", lines[i].substr(0, lines[i].size() - 1)});
  lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(i));
  return m;
}

/// Rows and dead letters of somebody else are no difference.
Mutant add_foreign(const StoredSubject& subject, Dice& dice) {
  Mutant m{subject.tables, ""};
  const auto [table, i] = pick(m.tables, dice);
  std::string line = m.tables.lines[table][i];
  if (table == "plays") {
    std::string other;
    pack_event_id({12345, 6, 7}).append_text(other);
    line = with_value(line, "event_id", "\"" + other + "\"");
  } else {
    line = with_value(line, "run", "\"00000001\"");
  }
  std::vector<std::string>& lines = m.tables.lines[table];
  lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(i), line);
  m.tables.letters.push_back({"no row", "garbage of somebody"});
  return m;
}

TEST(VerifyStore, NamesEveryMutant) {
  const std::vector<StoredSubject> all = subjects(0);
  const std::vector<std::pair<const char*, Mutation>> mutations{
      {"delete a row", delete_row}, {"change a digit", change_digit}, {"null a field", null_field},
      {"add a row", add_row},       {"change a key", change_key},     {"delete an entity", delete_entity},
      {"refuse a row", refuse_row}, {"add foreign rows", add_foreign}};
  for (const auto& [what, mutation] : mutations)
    for (std::uint64_t seed = 0; seed < test::rounds(40); ++seed) {
      const StoredSubject& subject = all[seed % all.size()];
      Dice dice(seed);
      const Mutant mutant = mutation(subject, dice);
      VerifyOptions options;
      options.window = 64 + 997 * (seed % 3);
      EXPECT_EQ(named(verify_store(subject.run, mutant.tables, options).findings), mutant.named)
          << what << " in " << subject.name << ", seed " << seed;
    }
}

TEST(VerifyStore, HasNoFalseAlarmWhateverWasInjected) {
  std::uint64_t displaced = 0;
  for (std::uint64_t seed = 0; seed < 16; ++seed) {
    RunConfig config = seed % 4 == 0   ? plays_run(seed, 400, kMaster)
                       : seed % 4 == 1 ? race_run(seed, 120)
                       : seed % 4 == 2 ? simple_run(seed, 90)
                                       : fleet_run(seed);
    config.faults = faults_of(0.1);
    if (seed % 3 == 0) config.shard = {static_cast<std::uint32_t>(1 + seed % 2), 2};
    const SmallRun run = make_run(config);
    const test::MemoryTables tables = stored(run, lines_of(run));
    VerifyOptions options;
    options.window = 64 + 512 * (seed % 4);
    const VerifyResult result = verify_store(run, tables, options);
    EXPECT_EQ(named(result.findings), "") << "seed " << seed;
    EXPECT_EQ(result.findings.injected_present.duplicate, 0u) << "seed " << seed;
    EXPECT_EQ(result.findings.expected(), result.findings.found) << "seed " << seed;
    displaced += result.findings.displaced;
  }
  EXPECT_GT(displaced, 0u);
}

/// What --keep removed or refused is expired, however much of it is still there.
TEST(VerifyStore, TellsWhatWasRemovedByAge) {
  for (const StoredSubject& subject : subjects(0)) {
    test::MemoryTables tables = subject.tables;
    std::uint64_t removed = 0;
    for (auto& [name, lines] : tables.lines) {
      tables.expired_before_us[name] = kStart_ns / 1000 + 30'000'000;
      std::vector<std::string> kept;
      for (std::size_t i = 0; i < lines.size(); ++i) {
        const std::string time = json_value(lines[i], name == "plays"   ? "played_at"
                                                      : name == "fleet" ? "timestamp"
                                                                        : "time");
        const bool is_old = time < "\"2026-07-05T14:00:30";
        if (is_old && i % 3 != 0)
          ++removed;
        else
          kept.push_back(lines[i]);
      }
      lines = kept;
    }
    VerifyOptions options;
    options.most_missing = 50;
    const VerifyResult result = verify_store(subject.run, tables, options);
    EXPECT_EQ(named(result.findings), removed == 0 ? "" : "expired " + std::to_string(removed))
        << subject.name;
    EXPECT_EQ(result.findings.overflowed, false) << subject.name;
  }
}

TEST(VerifyStore, SaysThatTablesHaveNoOrderAndDuplicatesAreGone) {
  const std::vector<StoredSubject> all = subjects(0.05);
  VerifyReport report;
  report.result = verify_store(all[0].run, all[0].tables);
  const std::string text = report_text(report);
  EXPECT_NE(text.find("VERIFIED "), std::string::npos) << text;
  EXPECT_NE(text.find("(dedup complete)"), std::string::npos) << text;
  EXPECT_NE(text.find("order: not applicable"), std::string::npos) << text;
  EXPECT_NE(report_junit(report).find("skipped message=\"not applicable"), std::string::npos);
  EXPECT_NE(report_json(report).find("\"order_judged\":false"), std::string::npos);
}

}  // namespace
}  // namespace racesim::store_mutants
