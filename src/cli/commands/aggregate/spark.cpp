#include "cli/commands/aggregate/spark.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "agg/window_shape.h"
#include "base/quantity.h"
#include "cli/commands/kafka_property.h"
#include "cli/commands/milliseconds.h"
#include "cli/exit_codes.h"
#include "cli/values.h"

namespace racesim::cli {
namespace {

constexpr const char* kOnSpark = "Spark";

/// What the job can do; all else that is typed is refused.
constexpr std::string_view kTaken[] = {
    "engine",    "spark-master",    "spark-trigger", "spark-conf",  "from",      "follow",
    "brokers",   "topic",           "start-at",      "exit-at-end", "allow-gap", "property",
    "by",        "watermark",       "window",        "slide",       "emit",      "to",
    "topic-out", "format",          "create-topics", "partitions",  "batch",     "checkpoint",
    "resume",    "allowed-lateness"};
/// What the job makes.
constexpr std::string_view kMade[] = {"window", "lap"};

/// "5 seconds", as the variable of the document has it, or "5s".
Result<std::int64_t> parse_trigger_ms(std::string_view text) {
  constexpr std::pair<std::string_view, std::string_view> kWords[] = {
      {"milliseconds", "ms"}, {"millisecond", "ms"}, {"seconds", "s"}, {"second", "s"},
      {"minutes", "m"},       {"minute", "m"},       {"hours", "h"},   {"hour", "h"}};
  std::string short_text(text);
  for (const auto& [word, unit] : kWords) {
    if (!text.ends_with(word)) continue;
    std::string_view number = text.substr(0, text.size() - word.size());
    while (number.ends_with(' ')) number.remove_suffix(1);
    short_text = std::string(number) + std::string(unit);
    break;
  }
  const Result<std::int64_t> ns = parse_duration_ns(short_text);
  if (!ns || *ns % kNsPerMs != 0)
    return fail(ErrorKind::usage, "'" + std::string(text) + "' is not a number of milliseconds or more",
                "examples: 5s, '5 seconds', 500ms");
  return *ns / kNsPerMs;
}

Setter add_spark_setting(std::vector<std::string>& target) {
  return [&target](const std::string& text) -> Done {
    const std::size_t equals = text.find('=');
    if (!text.starts_with("spark.") || equals == std::string::npos)
      return fail(ErrorKind::usage, "'" + text + "' is not KEY=VALUE of Spark",
                  "example: --spark-conf spark.executor.memory=2g");
    target.push_back(text);
    return {};
  };
}

Done refuse_what_spark_lacks(const Context& context, const AggregateOptions& o) {
  for (const auto& [name, setting] : context.settings)
    if (setting.source == Source::flag &&
        std::find(std::begin(kTaken), std::end(kTaken), name) == std::end(kTaken))
      return fail(ErrorKind::usage, "--" + name + " is not for --engine spark", "leave one of them out");
  if (const std::string& emit = o.emit; emit == "update")
    return fail(ErrorKind::usage, "--emit update: on Spark a window is given out once, when it is final",
                "leave it out, or leave out --engine spark");
  if (!o.format.empty() && o.format != "json")
    return fail(ErrorKind::usage, "--format " + o.format + ": results of Spark are JSON", "leave it out");
  for (const SourceText& from : o.from.from)
    if (from.kind != "kafka")
      return fail(ErrorKind::usage, "--from " + from.kind + ": the Spark job reads Kafka",
                  "add: --from kafka   or leave out --engine spark");
  for (const std::string& by : o.by)
    if (std::find(std::begin(kMade), std::end(kMade), by) == std::end(kMade))
      return fail(ErrorKind::usage, "--by " + by + ": the Spark job makes windows and laps",
                  "leave it out, or leave out --engine spark");
  if (o.from.request.follow && o.checkpoint.empty())
    return fail(ErrorKind::usage, "--follow on Spark needs a folder for its state",
                "add: --checkpoint FOLDER   (on a cluster, one that all machines see)");
  if (o.resume && o.checkpoint.empty())
    return fail(ErrorKind::usage, "--resume goes on where a checkpoint stands, and none is named",
                "add: --checkpoint FOLDER");
  return {};
}

/// The job: installed with the program, or beside it in the project.
Result<std::string> find_spark_job() {
  std::error_code none;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", none);
  const std::filesystem::path folder = program.parent_path();
  for (const char* relative : {"../share/racesim/spark", "../../spark", "spark"}) {
    const std::filesystem::path job = (folder / relative / "aggregate.py").lexically_normal();
    if (std::filesystem::exists(job, none)) return job.string();
  }
  return fail(ErrorKind::usage,
              "the Spark job is not there: no share/racesim/spark beside " + program.string(),
              "install racesim with cmake --install, or run it from its build folder");
}

std::string joined(const std::vector<std::string>& list) {
  return fmt::format("{}", fmt::join(list, ","));
}

std::string start_text(const StartAt& at) {
  if (at.place == StartAt::Place::time) return std::to_string(at.time_ns / kNsPerMs);
  return at.place == StartAt::Place::latest ? "latest" : "earliest";
}

Done add_windows(const Context& context, SparkCommand& command) {
  OptionValues values((*find_aggregation("window"))->options);
  for (const char* name : {"window", "slide"}) {
    const auto given = context.settings.find(name);
    if (given == context.settings.end() || given->second.source == Source::builtin) continue;
    values.set(name, OptionValue(given->second.values.back()), GivenBy::line);
  }
  const Result<WindowShape> shape = read_aligned_windows(values);
  if (!shape) return tl::make_unexpected(shape.error());
  for (const auto& [name, value] : {std::pair{"--window-ms", std::to_string(shape->size_us / 1000)},
                                    std::pair{"--slide-ms", std::to_string(shape->slide_us / 1000)},
                                    std::pair{"--windowing", shape->text()}}) {
    command.words.emplace_back(name);
    command.words.push_back(value);
  }
  return {};
}

Done add_targets(const AggregateOptions& o, SparkCommand& command) {
  std::vector<std::string>& words = command.words;
  if (o.to.empty()) words.emplace_back("--stdout");
  for (const ResultTarget& target : o.to) {
    if (target.kind == "stdout") {
      words.emplace_back("--stdout");
    } else if (target.kind == "kafka") {
      words.insert(words.end(), {"--topic-out", o.topic_out});
      if (o.create_topics) words.emplace_back("--create-topics");
      if (o.partitions > 0) words.insert(words.end(), {"--partitions", std::to_string(o.partitions)});
    } else if (target.kind == kParquet) {
      words.insert(words.end(), {"--parquet", target.target});
    } else {
      return fail(ErrorKind::usage,
                  "--to " + target.kind + ": the Spark job writes to stdout, kafka and parquet",
                  "example: --to parquet:results");
    }
  }
  return {};
}

std::string shell_word(const std::string& word) {
  const bool plain = !word.empty() && word.find_first_not_of(
                                          "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                          "0123456789_-+=./:,@%") == std::string::npos;
  if (plain) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

/// Python with what scripts/spark/fetch fetched; else the system's, whose pyspark or SPARK_HOME the job looks
/// for.
void choose_python(const Context& context, SparkCommand& command) {
  const auto home = context.environment.find("RACESIM_SPARK_HOME");
  if (home == context.environment.end() || home->second.empty()) {
    command.words.emplace_back("python3");
    return;
  }
  const std::string python = home->second + "/venv/bin/python";
  command.words.push_back(python);
  // What the executors run; on a cluster it may lie elsewhere.
  if (context.environment.count("PYSPARK_PYTHON") == 0)
    command.variables.emplace_back("PYSPARK_PYTHON", python);
}

}  // namespace

std::vector<OptionSpec> spark_options(SparkOptions& target) {
  OptionSpec master =
      option_of(kOnSpark,
                {"spark-master", "URL", "local[4]",
                 "Where Spark runs: local[N] in this machine, or a cluster: spark://HOST:7077"},
                set_text(target.master));
  master.alias_variable = "SPARK_MASTER";
  OptionSpec trigger = option_of(
      kOnSpark,
      {"spark-trigger", "DURATION", "5 seconds", "Time from one micro-batch to the next, with --follow"},
      set_parsed(target.trigger_ms, &parse_trigger_ms));
  trigger.alias_variable = "SPARK_TRIGGER_INTERVAL";
  OptionSpec setting = option_of(
      kOnSpark, {"spark-conf", "KEY=VALUE", "", "A setting of Spark's own, such as spark.executor.memory=2g"},
      add_spark_setting(target.settings));
  setting.repeatable = true;
  return {master, trigger, setting};
}

Result<SparkCommand> make_spark_command(const Context& context, const AggregateOptions& o) {
  if (Done ok = refuse_what_spark_lacks(context, o); !ok) return tl::make_unexpected(ok.error());
  if (Done ok = check_no_secret_on_line(context.settings, "aggregate"); !ok)
    return tl::make_unexpected(ok.error());
  const Result<std::string> job = find_spark_job();
  if (!job) return tl::make_unexpected(job.error());
  const Result<std::vector<std::string>> topics = parse_topics(o.from.topics, "f1-telemetry");
  if (!topics) return tl::make_unexpected(topics.error());
  SparkCommand command;
  choose_python(context, command);
  std::vector<std::string>& words = command.words;
  words.push_back(*job);
  words.insert(words.end(),
               {"--master", o.spark.master, "--brokers", o.from.request.kafka.brokers, "--topic",
                joined(*topics), "--start-at", start_text(o.from.request.start_at), "--by", joined(o.by),
                "--watermark-ms", std::to_string((o.watermark_ns + o.allowed_lateness_ns) / kNsPerMs)});
  if (Done ok = add_windows(context, command); !ok) return tl::make_unexpected(ok.error());
  if (Done ok = add_targets(o, command); !ok) return tl::make_unexpected(ok.error());
  for (const std::string& setting : o.spark.settings) words.insert(words.end(), {"--conf", setting});
  if (is_typed(context.settings, "batch"))
    words.insert(words.end(), {"--batch-records", std::to_string(o.batch)});
  if (!o.checkpoint.empty()) words.insert(words.end(), {"--checkpoint", o.checkpoint});
  if (o.from.request.follow)
    words.insert(words.end(),
                 {"--follow", "--trigger", std::to_string(o.spark.trigger_ms) + " milliseconds"});
  const Globals& globals = *context.globals;
  for (const auto& [flag, given] :
       {std::pair{"--resume", o.resume}, std::pair{"--allow-gap", o.from.request.allow_gap},
        std::pair{"--quiet", globals.quiet}, std::pair{"--summary-json", globals.json}})
    if (given) words.emplace_back(flag);
  // Not on the command line, which everyone can see.
  std::string properties;
  for (const auto& [key, value] : o.from.request.kafka.properties) properties += key + '=' + value + '\n';
  if (!properties.empty()) command.variables.emplace_back("RACESIM_SPARK_PROPERTIES", properties);
  return command;
}

Result<int> run_on_spark(const Context& context, const AggregateOptions& options) {
  const Result<SparkCommand> command = make_spark_command(context, options);
  if (!command) return tl::make_unexpected(command.error());
  if (context.globals->dry_run) {
    std::string line;
    for (const std::string& word : command->words) line += (line.empty() ? "" : " ") + shell_word(word);
    if (Done ok = write_stdout(line + "\n"); !ok) return tl::make_unexpected(ok.error());
    return kExitOk;
  }
  for (const auto& [name, value] : command->variables) ::setenv(name.c_str(), value.c_str(), 1);
  std::vector<char*> arguments;
  for (const std::string& word : command->words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  ::execvp(arguments[0], arguments.data());
  return fail(ErrorKind::usage,
              fmt::format("{} cannot be started: {}", command->words[0], std::strerror(errno)),
              "fetch Spark: export RACESIM_SPARK_HOME=\"$(scripts/spark/fetch)\"");
}

}  // namespace racesim::cli
