// racesim aggregate
#include <unistd.h>

#include <memory>
#include <optional>

#include "base/clock.h"
#include "cli/commands/aggregate/making.h"
#include "cli/commands/aggregate/options.h"
#include "cli/commands/aggregate/report.h"
#include "cli/commands/aggregate/spark.h"
#include "cli/commands/commands.h"
#include "cli/commands/held_files.h"
#include "cli/commands/pipeline_text.h"
#include "cli/exit_codes.h"
#include "cli/globals.h"
#include "cli/terminal/log.h"
#include "cli/terminal/signals.h"

namespace racesim::cli {
namespace {

constexpr std::int64_t kAggregateDrain_ns = 30 * kNsPerSecond;

bool events_on_stdout(const AggregatePlan& plan) {
  for (const OutputRequest& output : plan.outputs)
    if (output.kind == "stdout") return true;
  return false;
}

Result<int> tell_plan(const AggregatePlan& plan) {
  std::string text = "from    " + plan.source.kind;
  for (const std::string& target : plan.source.targets) text += " " + target;
  for (const std::string& topic : plan.source.topics) text += " " + topic;
  text += "\nby      " + options_text(plan) + "\ninto   ";
  for (const OutputRequest& output : plan.outputs)
    text += " " + output.kind + (output.target.empty() ? "" : ":" + output.target);
  if (plan.store != nullptr) {
    const Result<std::string> tables = plan.store->plan(plan.store_options);
    if (!tables) return tl::make_unexpected(tables.error());
    text += " " + std::string(plan.store->name) + "\n" + *tables;
  }
  if (text.back() != '\n') text += '\n';
  if (Done ok = write_stdout(text); !ok) return tl::make_unexpected(ok.error());
  return kExitOk;
}

void watch_aggregate(const MadeAggregate& made, const SignalWatch& signals, AggregateProgress& progress) {
  bool told = false;
  while (!made.pipeline->wait_for(Progress::kTick_ns)) {
    progress.tick(made.pipeline->status(), made.target->counts());
    if (told || signals.count() == 0) continue;
    told = true;
    progress.clear();
    log(LogLevel::info, "ending: what was read is being worked off; a second signal ends at once");
  }
  progress.clear();
}

Result<int> tell_end(const Context& context, const AggregateReport& report, bool stdout_has_results,
                     HeldFiles& files) {
  const Globals& globals = *context.globals;
  int code = aggregate_exit_code(report);
  const std::optional<Error>& error = report.result.error;
  if (error && error->kind != ErrorKind::reader_gone) show_error(context, *error, code);
  if (const std::string warning = aggregate_warning(report); !warning.empty()) log(LogLevel::warn, warning);
  for (const Threshold& threshold : report.thresholds) {
    const std::optional<double> value = aggregate_metric(threshold.metric, report);
    if (!holds(threshold, value)) show_error(context, violation_of(threshold, value), code);
  }
  if (files.wants_summary()) files.write_summary(context, aggregate_summary_json(report, code), code);
  if (globals.json && stdout_has_results) {
    write_stderr(aggregate_summary_json(report, code));
  } else if (globals.json) {
    if (Done ok = write_stdout(aggregate_summary_json(report, code)); !ok)
      return tl::make_unexpected(ok.error());
  } else if (!globals.quiet) {
    write_stderr(aggregate_summary(report, context.err));
  }
  return code;
}

Result<int> run_aggregate(Context& context, const AggregateOptions& options) {
  if (options.engine == "spark") return run_on_spark(context, options);
  const Globals& globals = *context.globals;
  Result<AggregatePlan> plan =
      make_aggregate_plan(options, context.settings, stdin_has_data(), context.out.tty);
  if (!plan) return tl::make_unexpected(plan.error());
  if (globals.dry_run) return tell_plan(*plan);
  Result<HeldFiles> files = HeldFiles::hold(options.lock, options.summary_export);
  if (!files) return tl::make_unexpected(files.error());
  // Before the threads: they inherit the blocked signals.
  SignalWatch signals(kAggregateDrain_ns);
  if (Done ok = signals.start(); !ok) return tl::make_unexpected(ok.error());
  AggregateReport done;
  for (const ChosenAggregation& one : plan->aggregations) {
    done.aggregations.emplace_back(one.entry->name);
    for (const AggregationInput& input : one.entry->inputs) done.inputs.emplace_back(input.schema().name);
  }
  const bool stdout_has_results = events_on_stdout(*plan);
  Result<MadeAggregate> made = make_aggregate(std::move(*plan), signals);
  if (signals.count() > 0) return kExitSignalBase + signals.signal();
  if (!made) return tl::make_unexpected(made.error());
  Ingest& pipeline = *made->pipeline;
  if (Done ok = pipeline.open(); !ok) return tl::make_unexpected(ok.error());
  if (!globals.quiet && !stdout_has_results)
    log(LogLevel::info, "aggregating " + pipeline.source().name() + " into " + made->target->name());
  pipeline.start();
  signals.attach({[&pipeline] { pipeline.stop(); }, [&pipeline] { pipeline.abandon(); }});
  AggregateProgress progress(
      progress_form(globals.progress, globals.quiet, context.out, context.err, stdout_has_results),
      context.err);
  watch_aggregate(*made, signals, progress);
  done.source = pipeline.source().name();
  done.target = made->target->name();
  done.bounded = pipeline.source().is_bounded();
  done.result = pipeline.wait();
  done.counts = made->target->counts();
  done.thresholds = options.thresholds;
  signals.detach();
  done.signal = signals.signal();
  done.signals = signals.count();
  return tell_end(context, done, stdout_has_results, *files);
}

}  // namespace

CommandSpec aggregate_command() {
  const auto options = std::make_shared<AggregateOptions>();
  CommandSpec command;
  command.name = "aggregate";
  command.summary = "Make windows, laps, standings and other results of a stream of events";
  command.details =
      "Reads events once and makes results of several kinds from them. Time is event time: a watermark "
      "follows "
      "the newest event of each partition or file; events that come behind it are late and are "
      "counted.\n\nInto "
      "SQLite and PostgreSQL results, state and positions are one transaction: after a kill or a restart "
      "each "
      "event has counted once.";
  command.options = aggregate_options(*options);
  mark_common(command.options, {"from", "follow", "brokers", "topic", "by", "watermark", "emit", "to",
                                "format", "topic-out", "late-output", "checkpoint", "threshold"});
  for (const AggregationEntry* entry : aggregations())
    for (const AggregationExample& example : entry->examples)
      command.examples.push_back({std::string(example.command), std::string(example.text)});
  command.missing = [options](const Settings&) {
    return options->by.empty() ? std::vector<std::string>{"by"} : std::vector<std::string>{};
  };
  command.run = [options](Context& context) { return run_aggregate(context, *options); };
  return command;
}

}  // namespace racesim::cli
