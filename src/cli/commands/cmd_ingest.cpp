// racesim ingest
#include <memory>
#include <optional>

#include "base/clock.h"
#include "cli/commands/commands.h"
#include "cli/commands/held_files.h"
#include "cli/commands/ingest/making.h"
#include "cli/commands/ingest/options.h"
#include "cli/commands/ingest/progress.h"
#include "cli/commands/ingest/report.h"
#include "cli/commands/ingest/telling.h"
#include "cli/commands/pipeline_text.h"
#include "cli/exit_codes.h"
#include "cli/globals.h"
#include "cli/terminal/log.h"
#include "cli/terminal/signals.h"
#include "run/ingest/ingest.h"

namespace racesim::cli {
namespace {

constexpr std::int64_t kDrain_ns = 30 * kNsPerSecond;

Result<int> dry_run(const IngestPlan& plan, bool json) {
  const Result<std::string> tables = plan.to.store->plan(plan.store);
  if (!tables) return tl::make_unexpected(tables.error());
  const std::string text = json ? ingest_plan_json(plan, *tables) : ingest_plan_text(plan, *tables);
  if (Done ok = write_stdout(text); !ok) return tl::make_unexpected(ok.error());
  return kExitOk;
}

void watch(Ingest& ingest, const SignalWatch& signals, IngestProgress& progress) {
  bool told = false;
  while (!ingest.wait_for(Progress::kTick_ns)) {
    progress.tick(ingest.status());
    if (told || signals.count() == 0) continue;
    told = true;
    progress.clear();
    log(LogLevel::info, "ending: what was read is being stored; a second signal ends at once");
  }
  progress.clear();
}

Result<int> report(const Context& context, const IngestReport& report, HeldFiles& files) {
  const Globals& globals = *context.globals;
  int code = ingest_exit_code(report);
  if (report.result.error) show_error(context, *report.result.error, code);
  if (const std::string unknown = unknown_fields_text(report.result); !unknown.empty())
    log(LogLevel::warn, unknown);
  if (const std::uint64_t conflicts = report.result.status.counts.conflicts; conflicts > 0)
    show_error(context,
               {ErrorKind::partial,
                "conflicts: " + std::to_string(conflicts) + (conflicts == 1 ? " event has" : " events have") +
                    " the key of another one and other content",
                "racesim query dead-letters --db " + report.store + " shows them"},
               code);
  for (const Threshold& threshold : report.thresholds) {
    const std::optional<double> value = ingest_metric(threshold.metric, report.result);
    if (!holds(threshold, value)) show_error(context, violation_of(threshold, value), code);
  }
  if (files.wants_summary()) files.write_summary(context, ingest_summary_json(report, code), code);
  if (globals.json) {
    if (Done ok = write_stdout(ingest_summary_json(report, code)); !ok)
      return tl::make_unexpected(ok.error());
  } else if (!globals.quiet) {
    write_stderr(ingest_summary(report, context.err));
  }
  return code;
}

Result<int> run(Context& context, const IngestOptions& options) {
  const Globals& globals = *context.globals;
  Result<IngestPlan> plan = make_ingest_plan(options, context.settings, stdin_has_data());
  if (!plan) return tl::make_unexpected(plan.error());
  if (globals.dry_run) return dry_run(*plan, globals.json);
  Result<HeldFiles> files = HeldFiles::hold(options.lock, options.summary_export);
  if (!files) return tl::make_unexpected(files.error());
  // Before the threads: they inherit the blocked signals.
  SignalWatch signals(kDrain_ns);
  if (Done ok = signals.start(); !ok) return tl::make_unexpected(ok.error());
  const auto telling = std::make_shared<IngestTelling>();
  plan->source.status = callbacks_of(telling);
  std::unique_ptr<http::Server> metrics_server;
  if (!options.metrics_listen.empty()) {
    auto server = http::serve_status(options.metrics_listen, plan->source.status, plan->source.token);
    if (!server) return tl::make_unexpected(server.error());
    metrics_server = std::move(*server);
  }
  Result<std::unique_ptr<Ingest>> made = make_ingest(std::move(*plan), signals);
  if (signals.count() > 0) return kExitSignalBase + signals.signal();
  if (!made) return tl::make_unexpected(made.error());
  Ingest& ingest = **made;
  if (Done ok = ingest.open(); !ok) return tl::make_unexpected(ok.error());
  if (!globals.quiet)
    log(LogLevel::info, "reading " + ingest.source().name() + " into " + ingest.target().name());
  ingest.start();
  telling->watch(ingest);
  signals.attach({[&ingest] { ingest.stop(); }, [&ingest] { ingest.abandon(); }});
  IngestProgress progress(progress_form(globals.progress, globals.quiet, context.out, context.err, false),
                          context.err);
  watch(ingest, signals, progress);
  IngestReport done{
      ingest.source().name(), ingest.target().name(), ingest.source().is_bounded(), ingest.wait(), 0, 0,
      options.thresholds};
  telling->forget();
  signals.detach();
  done.signal = signals.signal();
  done.signals = signals.count();
  return report(context, done, *files);
}

}  // namespace

CommandSpec ingest_command() {
  const auto options = std::make_shared<IngestOptions>();
  CommandSpec command;
  command.name = "ingest";
  command.summary = "Take events in from stdin, files, HTTP or Kafka and store each once";
  command.details =
      "Each kind of event goes to a table of its own, with typed columns. Rows, what could not be stored and "
      "the "
      "position they were read up to are one transaction: after a kill, a crash or a restart no event is "
      "missing "
      "and none is there twice. InfluxDB has no transactions: there an event may be written again, onto the "
      "same "
      "point.\n\nRecords that are no events are kept with the reason: racesim query dead-letters.";
  command.options = ingest_options(*options);
  mark_common(command.options, {"from", "to", "brokers", "topic", "group", "listen", "follow", "exit-at-end",
                                "schema", "on-invalid", "keep", "threshold"});
  command.examples = {
      {"racesim run --historical --start-datetime 2026-07-05T14:00Z --end-datetime 2026-07-05T14:01Z -q | "
       "racesim ingest",
       "a minute of events into racesim.db"},
      {"racesim ingest --from kafka --brokers localhost:9092 --topic f1-telemetry --to "
       "postgres:dbname=racesim",
       "a topic into PostgreSQL, until stopped; start several to share the work"},
      {"racesim ingest --from http --listen 127.0.0.1:8000", "store what is posted to /play and /events"},
      {"racesim ingest --from 'file:out/*.ndjson' --follow", "files, and what is appended to them"},
  };
  command.run = [options](Context& context) { return run(context, *options); };
  return command;
}

}  // namespace racesim::cli
