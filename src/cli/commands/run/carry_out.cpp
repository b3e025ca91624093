#include "cli/commands/run/carry_out.h"

#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "cli/commands/run/outputs.h"
#include "cli/commands/run/plan.h"
#include "cli/commands/run/report.h"
#include "cli/commands/run/slow_start.h"
#include "cli/commands/run/summary.h"
#include "cli/commands/run/watch.h"
#include "cli/exit_codes.h"
#include "cli/globals.h"
#include "cli/terminal/log.h"
#include "cli/terminal/progress.h"
#include "cli/terminal/signals.h"
#include "io/files/atomic_file.h"
#include "io/files/lock_file.h"
#include "io/http/endpoint.h"
#include "io/http/proxy.h"
#include "io/http/server/metrics.h"
#include "run/generate/run.h"
#include "serve/control/run_metrics.h"

namespace racesim::cli {
namespace {

/// Then nothing else may be written there.
bool events_on_stdout(const RunConfig& config) {
  for (const SinkSpec& sink : config.delivery.sinks)
    if (sink.kind == "stdout") return true;
  return false;
}

/// Says how it went, everywhere it was asked for; returns the exit code.
Result<int> report(const Context& context, const RunOptions& options, const RunConfig& config,
                   const RunResult& result, const Interruption& interruption, RunOutputs& outputs,
                   const Done& manifest) {
  const Globals& globals = *context.globals;
  int code = run_exit_code(config, result, interruption, options.thresholds);
  // A file that could not be written does not hide how the run went.
  const auto note = [&](const Done& written) {
    if (written) return;
    if (code == kExitOk) code = exit_code(written.error().kind);
    show_error(context, written.error(), code);
  };
  note(manifest);
  // That letters were lost says all that the error says, and how many.
  const bool told_twice = result.error && result.lost && result.lost->hint == result.error->hint;
  if (result.error && !told_twice) show_error(context, *result.error, code);
  if (result.lost) show_error(context, *result.lost, code);
  if (const std::optional<Error> undelivered = undelivered_error(config, result))
    show_error(context, *undelivered, code);
  if (const std::optional<Error> refused = refused_error(config, result)) show_error(context, *refused, code);
  if (result.reader_gone && config.delivery.strict_pipe)
    show_error(context,
               {ErrorKind::runtime, "the reader closed stdout before the run ended",
                "leave out --strict-pipe to accept this"},
               code);
  for (const Error& violation : violations(options.thresholds, result)) show_error(context, violation, code);
  const std::string json = summary_json(config, result, options.manifest, options.thresholds, code);
  note(outputs.write_summary(json));
  if (globals.json && events_on_stdout(config))
    write_stderr(json);
  else if (globals.json) {
    if (const Done ok = write_stdout(json); !ok) return tl::make_unexpected(ok.error());
  } else if (globals.log_format == "json") {
    log(LogLevel::info, "run ended", summary_fields(result));
  } else if (!globals.quiet && !result.reader_gone) {
    write_stderr(summary_text(config, result, options.manifest, context.err));
  }
  return code;
}

/// Where a proxy is named, others would use it.
void warn_of_proxies(const std::vector<SinkSpec>& sinks) {
  const auto variable = [](const std::string& name) {
    const char* const value = std::getenv(name.c_str());
    return std::string(value == nullptr ? "" : value);
  };
  for (const SinkSpec& sink : sinks) {
    if (sink.kind != "http") continue;
    const auto endpoint = http::parse_endpoint(sink.target);
    if (!endpoint) continue;
    if (const std::optional<Error> unused = http::unused_proxy(*endpoint, variable)) show_warnings({*unused});
  }
}

/// Null: it is not asked for. `run` outlives the server.
Result<std::unique_ptr<http::Server>> serve_metrics(const RunOptions& options, const RunConfig& config,
                                                    const Run& run) {
  if (options.metrics_listen.empty()) return nullptr;
  http::StatusCallbacks callbacks;
  const std::string label = config.replay ? "replay" : std::string(config.content.scenario->name);
  callbacks.metrics = [&run, label] {
    return serve::run_metrics(std::vector<serve::LabelledRun>{{label, run.status()}});
  };
  auto server = http::serve_status(options.metrics_listen, callbacks, {});
  if (server) log(LogLevel::info, "metrics at " + (*server)->url() + "/metrics");
  return server;
}

/// Refuses what the run would refuse, and touches nothing.
Result<int> dry_run(const Globals& globals, const RunOptions& options, const RunConfig& config) {
  Result<RunPlan> plan = Run::check(config, system_clock());
  if (!plan) return tl::make_unexpected(plan.error());
  if (!options.lock.empty())
    if (const Done ok = check_file_path(options.lock, Existing::written); !ok)
      return tl::make_unexpected(ok.error());
  for (const std::string& path : {options.summary_export, options.manifest}) {
    if (path.empty()) continue;
    if (const Done ok = check_file_path(path, Existing::replaced); !ok)
      return tl::make_unexpected(ok.error());
  }
  show_warnings(plan->warnings);
  if (const Done ok = write_stdout(globals.json ? plan_json(config, *plan) : plan_text(config, *plan)); !ok)
    return tl::make_unexpected(ok.error());
  return kExitOk;
}

}  // namespace

Result<int> carry_out(Context& context, const RunOptions& options, RunConfig config) {
  const Globals& globals = *context.globals;
  warn_of_proxies(config.delivery.sinks);
  if (globals.dry_run) return dry_run(globals, options, config);
  std::optional<LockFile> lock;
  if (!options.lock.empty()) {
    Result<LockFile> held = LockFile::acquire(options.lock);
    if (!held) return tl::make_unexpected(held.error());
    lock.emplace(std::move(*held));
  }
  const Result<bool> complete = is_complete(options, config);
  if (!complete) return tl::make_unexpected(complete.error());
  if (*complete) return kExitOk;
  Result<RunOutputs> outputs = RunOutputs::open(options);
  if (!outputs) return tl::make_unexpected(outputs.error());
  // Before the run: its threads inherit the blocked signals.
  SignalWatch signals(config.delivery.drain_timeout_ns);
  if (const Done ok = signals.start(); !ok) return tl::make_unexpected(ok.error());
  if (config.replay) config.replay->interrupted = [&signals] { return signals.count() > 0; };
  std::optional<SlowStart> slow_start(std::in_place, config);
  Result<std::unique_ptr<Run>> opened = Run::open(config, system_clock());
  slow_start.reset();
  if (!opened) return tl::make_unexpected(opened.error());
  Run& running = **opened;
  const bool has_manifest = !options.manifest.empty();
  if (const Done ok = has_manifest ? outputs->begin(running.manifest()) : Done(); !ok)
    return tl::make_unexpected(ok.error());
  Result<std::unique_ptr<http::Server>> metrics = serve_metrics(options, config, running);
  if (!metrics) return tl::make_unexpected(metrics.error());
  running.start();
  signals.attach({[&running] { running.stop(); }, [&running] { running.abandon(); }});
  Progress progress(
      progress_form(globals.progress, globals.quiet, context.out, context.err, events_on_stdout(config)),
      context.err);
  const RunResult result = watch(running, config, progress, signals);
  metrics->reset();
  signals.detach();
  const Done manifest = has_manifest ? outputs->finish(running.manifest()) : Done();
  return report(context, options, config, result, {signals.signal(), signals.count()}, *outputs, manifest);
}

}  // namespace racesim::cli
