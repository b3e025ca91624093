// racesim verify
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/quantity.h"
#include "cli/commands/commands.h"
#include "cli/commands/connect_grace.h"
#include "cli/commands/kafka_property.h"
#include "cli/commands/store_target.h"
#include "cli/commands/verify_aggregates.h"
#include "cli/commands/verify_input.h"
#include "cli/commands/verify_options.h"
#include "cli/commands/verify_screen.h"
#include "cli/exit_codes.h"
#include "cli/globals.h"
#include "cli/terminal/log.h"
#include "cli/values.h"
#include "io/files/atomic_file.h"
#include "io/files/secret_file.h"
#include "verify/report.h"

namespace racesim::cli {
namespace {

/// Opened before anything is read, so that a path that cannot be written is told at once.
Result<std::optional<AtomicFile>> open_output(const std::string& path) {
  if (path.empty()) return std::optional<AtomicFile>();
  Result<AtomicFile> file = AtomicFile::create(path);
  if (!file) return tl::make_unexpected(file.error());
  return std::optional<AtomicFile>(std::move(*file));
}

Done write_output(std::optional<AtomicFile>& file, const std::string& text) {
  if (!file) return {};
  if (Done ok = file->write(text); !ok) return ok;
  return file->commit();
}

Done check(const Context& context, const VerifyCommand& command) {
  if (command.fast + command.full + command.by_value > 1)
    return fail(ErrorKind::usage, "--fast, --full and --by-value exclude each other", "give one of them");
  if (command.input.against.empty())
    return fail(ErrorKind::usage, "--against is missing", "example: --against file:events.ndjson");
  if (command.invariants && context.on_line("manifest"))
    return fail(ErrorKind::usage, "--invariants is for data without a manifest",
                "with a manifest every event is compared: leave out --invariants");
  if (!command.invariants && command.input.manifest.empty())
    return fail(ErrorKind::usage, "--manifest is missing",
                "give the file that racesim run --manifest wrote, or use --invariants without one");
  if (command.fast && names_readable_store(command.input.against))
    return fail(ErrorKind::usage, "--fast: the rows of a store are compared by all their values",
                "leave out --fast");
  return check_no_secret_on_line(context.settings, "verify");
}

/// Rows have values and no spelling.
Comparison comparison_of(const VerifyCommand& command) {
  if (command.by_value || names_readable_store(command.input.against)) return Comparison::by_value;
  return command.fast ? Comparison::fast : Comparison::full;
}

/// To read the sources of a replay.
Result<SourceAccess> source_access(const VerifyCommand& command) {
  SourceAccess access{command.input.kafka, {}};
  access.kafka.connect_grace_ns = connect_grace_ns(command.connect_timeout_ns);
  if (command.input.password_file.empty()) return access;
  Result<std::string> read = read_secret(command.input.password_file, "--password-file");
  if (!read) return tl::make_unexpected(read.error());
  access.password = std::move(*read);
  return access;
}

Result<VerifyReport> compare(const VerifyCommand& command, const VerifyProgress& progress) {
  VerifyReport report;
  report.allowed = command.allowed;
  report.comparison = comparison_of(command);
  Result<OpenedInput> input = open_input(command.input);
  if (!input) return tl::make_unexpected(input.error());
  report.against = input->name;
  VerifyOptions options;
  options.comparison = report.comparison;
  options.threads = command.threads;
  options.progress = progress;
  if (command.watermark_ns >= 0) options.watermark_ns = command.watermark_ns;
  const Result<SourceAccess> access = source_access(command);
  if (!access) return tl::make_unexpected(access.error());
  const Result<std::unique_ptr<Truth>> truth = open_whole_truth(input->manifest, *access);
  if (!truth) return tl::make_unexpected(truth.error());
  VerifyInput named = command.input;
  named.kafka.connect_grace_ns = connect_grace_ns(command.connect_timeout_ns);
  if (Done ok = open_kept(named, **truth, *input); !ok) return tl::make_unexpected(ok.error());
  Result<VerifyResult> result = verify(input->manifest, **truth, *input->arrived, options, input->learn);
  if (!result) return tl::make_unexpected(result.error());
  report.result = std::move(*result);
  return report;
}

Result<VerifyReport> check_laws(const VerifyCommand& command, const VerifyProgress& progress) {
  VerifyReport report;
  report.against = command.input.against;
  report.allowed = command.allowed;
  report.invariants = true;
  Result<Findings> findings = check_laws_of(command.input, progress);
  if (!findings) return tl::make_unexpected(findings.error());
  report.result.findings = std::move(*findings);
  return report;
}

/// With a line on the terminal while it goes on.
Result<VerifyReport> compare_or_check(const Context& context, const VerifyCommand& command) {
  const Globals& globals = *context.globals;
  VerifyLine line(progress_form(globals.progress, globals.quiet, context.out, context.err, false),
                  context.err);
  const auto progress = [&line](std::uint64_t lines, std::optional<std::uint64_t> expected) {
    line.tell(lines, expected);
  };
  return command.invariants ? check_laws(command, progress) : compare(command, progress);
}

Result<int> run(Context& context, const VerifyCommand& command) {
  if (command.aggregates) return verify_aggregates(context, command);
  if (Done ok = check(context, command); !ok) return tl::make_unexpected(ok.error());
  if (context.globals->dry_run) return kExitOk;
  auto report_file = open_output(command.report);
  if (!report_file) return tl::make_unexpected(report_file.error());
  auto junit_file = open_output(command.junit);
  if (!junit_file) return tl::make_unexpected(junit_file.error());
  const std::int64_t begin_ns = system_clock().now_ns();
  Result<VerifyReport> report = compare_or_check(context, command);
  if (!report) return tl::make_unexpected(report.error());
  report->seconds = static_cast<double>(system_clock().now_ns() - begin_ns) / 1e9;
  Done written = write_output(*report_file, report_json(*report));
  if (Done ok = write_output(*junit_file, report_junit(*report)); !ok && written) written = std::move(ok);
  const Globals& globals = *context.globals;
  if (globals.json || !globals.quiet)
    if (Done ok = write_stdout(globals.json ? report_json(*report) : shown_report(*report, context.out)); !ok)
      return tl::make_unexpected(ok.error());
  if (!written) return tl::make_unexpected(written.error());
  return report->good() ? kExitOk : kExitDifference;
}

}  // namespace

CommandSpec verify_command() {
  const auto options = std::make_shared<VerifyCommand>();
  CommandSpec command;
  command.name = "verify";
  command.summary = "Compare what arrived with what was sent, event by event";
  command.details =
      "verify regenerates the stream of a run from its manifest and compares it with what arrived. It counts "
      "and names every event that was lost, duplicated, altered, reordered or never sent, after subtracting "
      "the faults that --faults injected.\n\nThe exit code is 5 if there is any difference that --allow does "
      "not name.";
  command.options = verify_options(*options);
  for (OptionSpec& option : verify_aggregates_options(*options)) command.options.push_back(std::move(option));
  mark_common(command.options,
              {"manifest", "against", "by-value", "fast", "invariants", "aggregates", "allow", "report"});
  command.examples = {
      {"racesim verify --manifest run.manifest.json --against file:events.ndjson",
       "check that the file has every event of the run, once, unchanged and in order"},
      {"racesim run --duration 10s --manifest m.json | racesim verify --manifest m.json --against -",
       "verify a live run while it runs"},
      {"racesim verify --aggregates --manifest m.json --against kafka --brokers localhost:9092",
       "judge the laps and windows in f1-analytics"},
      {"racesim verify --invariants --against file:events.ndjson", "check a stream without a manifest"},
  };
  command.run = [options](Context& context) { return run(context, *options); };
  return command;
}

}  // namespace racesim::cli
