#include "cli/commands/verify_aggregates.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <optional>

#include "base/clock.h"
#include "base/quantity.h"
#include "cli/commands/connect_grace.h"
#include "cli/commands/store_target.h"
#include "cli/exit_codes.h"
#include "cli/globals.h"
#include "cli/terminal/terminal.h"
#include "cli/values.h"
#include "codec/encoder.h"
#include "io/files/atomic_file.h"
#include "io/sources/registry.h"
#include "verify/aggregates/aggregate_report.h"

namespace racesim::cli {
namespace {

constexpr std::int64_t kWatermark_us = 10'000'000;
constexpr int kResultsPull_ms = 200;
constexpr std::size_t kRowsAtOnce = 4096;

/// Results are read from their beginning each time; the source asks how far it has come before it ends.
class ReadPositions final : public LaneKeeper {
 public:
  void note(const LanePosition& position) { read_[position.source + '\n' + position.lane] = position; }
  Result<std::vector<std::optional<LanePosition>>> positions(std::span<const LanePosition> lanes) override {
    std::vector<std::optional<LanePosition>> found;
    for (const LanePosition& lane : lanes) {
      const auto at = read_.find(lane.source + '\n' + lane.lane);
      found.push_back(at == read_.end() ? std::nullopt : std::optional(at->second));
    }
    return found;
  }
  Done release(std::span<const std::uint32_t>) override { return {}; }

 private:
  std::map<std::string, LanePosition> read_;
};

Result<SourceRequest> results_request(const VerifyCommand& command) {
  SourceRequest request;
  const std::string& against = command.input.against;
  request.kind = against == "-" ? "stdin" : against == "kafka" ? "kafka" : "file";
  if (request.kind == "file") request.targets = {against.substr(5)};
  request.kafka = command.input.kafka;
  request.kafka.connect_grace_ns = connect_grace_ns(command.connect_timeout_ns);
  request.topics = {command.input.kafka.topic.empty() ? "f1-analytics" : command.input.kafka.topic};
  request.group = fmt::format("racesim-verify-{}-{:x}", ::getpid(), system_clock().now_ns());
  request.exit_at_end = true;
  request.clock = &system_clock();
  return request;
}

Done read_lines(const VerifyCommand& command, FoundResults& found) {
  const Result<SourceRequest> request = results_request(command);
  if (!request) return tl::make_unexpected(request.error());
  auto source = make_source(*request);
  if (!source) return tl::make_unexpected(source.error());
  ReadPositions keeper;
  if (Done ok = (*source)->open(keeper); !ok) return ok;
  RecordBlock block;
  for (;;) {
    const Result<Pulled> pulled = (*source)->pull(block, kResultsPull_ms);
    if (!pulled) return tl::make_unexpected(pulled.error());
    if (*pulled == Pulled::ended) return {};
    if (*pulled == Pulled::nothing) continue;
    const std::string& lane = (*source)->lane(block.lane).name;
    for (std::size_t i = 0; i < block.size(); ++i)
      if (!block.record(i).empty())
        found.add_line(block.record(i),
                       fmt::format("{}{}{}", lane, lane.empty() ? "" : ":", block.offsets[i]));
    keeper.note(block.after);
    (*source)->settled(block, BlockOutcome{});
  }
}

/// The tables of aggregations that the store has.
Done read_tables(const VerifyCommand& command, FoundResults& found) {
  auto reader = open_store_reader(command.input.against, command.input.password_file);
  if (!reader) return tl::make_unexpected(reader.error());
  const Result<std::vector<std::string>> tables = (*reader)->tables();
  if (!tables) return tl::make_unexpected(tables.error());
  for (const AggregationEntry* entry : aggregations()) {
    if (std::find(tables->begin(), tables->end(), entry->table.name) == tables->end()) continue;
    const auto encoder = make_encoder(entry->result(), "json", &entry->table);
    if (!encoder) return tl::make_unexpected(encoder.error());
    RowBatch rows(entry->result());
    std::uint64_t number = 0;
    for (bool more = true; more;) {
      rows.clear();
      const Result<bool> scanned =
          (*reader)->scan({&entry->result(), &entry->table, {}, {}}, {}, kRowsAtOnce, rows);
      if (!scanned) return tl::make_unexpected(scanned.error());
      more = *scanned;
      WireBatch lines;
      (*encoder)->encode(rows, lines);
      for (std::size_t i = 0; i < lines.size(); ++i)
        found.add_row(*entry, lines.line(i), fmt::format("{} row {}", entry->table.name, ++number));
    }
  }
  return {};
}

Done check_combination(const Context& context, const VerifyCommand& command) {
  // From the environment and from files they may be meant for other calls.
  const auto is_given = [&](const char* option) { return context.on_line(option); };
  if (is_given("fast") || is_given("full") || is_given("by-value") || is_given("invariants"))
    return fail(ErrorKind::usage, "--aggregates judges results, not events",
                "leave out --fast, --full, --by-value and --invariants");
  if (!command.junit.empty())
    return fail(ErrorKind::usage, "--junit is for events; of results there is --report", "use --report FILE");
  if (command.input.manifest.empty())
    return fail(ErrorKind::usage, "--manifest is missing", "give the file that racesim run --manifest wrote");
  if (command.input.against.empty())
    return fail(ErrorKind::usage, "--against is missing",
                "example: --against file:laps.ndjson, or kafka for the topic f1-analytics");
  return {};
}

Done write_report(const std::string& path, const std::string& text) {
  if (path.empty()) return {};
  Result<AtomicFile> file = AtomicFile::create(path);
  if (!file) return tl::make_unexpected(file.error());
  if (Done ok = file->write(text); !ok) return ok;
  return file->commit();
}

}  // namespace

std::vector<OptionSpec> verify_aggregates_options(VerifyCommand& c) {
  constexpr const char* kGroup = "Aggregates";
  return {
      option_of(
          kGroup,
          {"aggregates", "", "",
           "Judge results of aggregations (racesim aggregate's, Spark's or anyone's) instead of events"},
          set_flag(c.aggregates)),
      option_of(
          kGroup,
          {"allowed-lateness", "DURATION", "0s", "How long behind the watermark results were corrected"},
          set_parsed(c.allowed_lateness_ns, &parse_duration_ns)),
      option_of(
          kGroup,
          {"batch-interval", "DURATION", "0s",
           "Event time that a batch of the engine may cover; 0: it moves its watermark with every event"},
          set_parsed(c.batch_interval_ns, &parse_duration_ns)),
  };
}

Result<int> verify_aggregates(Context& context, const VerifyCommand& command) {
  if (Done ok = check_combination(context, command); !ok) return tl::make_unexpected(ok.error());
  if (context.globals->dry_run) return kExitOk;
  const std::int64_t begin_ns = system_clock().now_ns();
  Result<Manifest> manifest = read_manifest(command.input.manifest);
  if (!manifest) return tl::make_unexpected(manifest.error());
  if (!command.input.master_data_dir.empty())
    manifest->content.master_data_dir = command.input.master_data_dir;
  const Result<std::unique_ptr<Content>> truth = open_truth(*manifest);
  if (!truth) return tl::make_unexpected(truth.error());
  FoundResults found(manifest->run);
  const Done read =
      names_readable_store(command.input.against) ? read_tables(command, found) : read_lines(command, found);
  if (!read) return tl::make_unexpected(read.error());
  AggregateRules rules;
  rules.threads = command.threads;
  rules.lateness.delay_us = command.watermark_ns >= 0 ? command.watermark_ns / 1000 : kWatermark_us;
  rules.lateness.allowed_us = command.allowed_lateness_ns / 1000;
  rules.lateness.batch_us = command.batch_interval_ns / 1000;
  const Result<AggregateFindings> findings = check_aggregates(*manifest, **truth, found, rules);
  if (!findings) return tl::make_unexpected(findings.error());
  AggregateReportInput report{*findings, manifest->run, command.input.against, rules.lateness, 0};
  report.seconds = static_cast<double>(system_clock().now_ns() - begin_ns) / 1e9;
  if (Done ok = write_report(command.report, aggregate_report_json(report)); !ok)
    return tl::make_unexpected(ok.error());
  const Globals& globals = *context.globals;
  if (globals.json || !globals.quiet)
    if (Done ok = write_stdout(globals.json ? aggregate_report_json(report) : aggregate_report_text(report));
        !ok)
      return tl::make_unexpected(ok.error());
  return findings->good() ? kExitOk : kExitDifference;
}

}  // namespace racesim::cli
