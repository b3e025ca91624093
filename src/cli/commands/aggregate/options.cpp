#include "cli/commands/aggregate/options.h"

#include <algorithm>
#include <utility>

#include "base/quantity.h"
#include "base/suggest.h"
#include "cli/commands/aggregate/report.h"
#include "cli/commands/aggregate/spark.h"
#include "cli/values.h"

namespace racesim::cli {
namespace {

constexpr const char* kHow = "Aggregations";
constexpr const char* kResults = "To";
constexpr const char* kReporting = "Output";

constexpr SourceTexts kAggregateTexts{
    "Where events come from: stdin, file:PATH (a pattern, compressed, several times), kafka, sqlite:PATH, "
    "postgres:DSN",
    "stdin if that is a pipe or a file; kafka with --brokers",
    "Go on with what comes: files that grow, Kafka for ever; otherwise end with what is there now",
    "f1-telemetry",
    "racesim-aggregate",
};

std::vector<std::string> aggregation_names() {
  std::vector<std::string> names;
  for (const AggregationEntry* entry : aggregations()) names.emplace_back(entry->name);
  return names;
}

/// "lap", or several with commas between.
Setter add_aggregations(std::vector<std::string>& target) {
  return [&target](const std::string& text) -> Done {
    for (std::size_t begin = 0; begin <= text.size();) {
      const std::size_t end = std::min(text.find(',', begin), text.size());
      const std::string name = text.substr(begin, end - begin);
      if (const auto entry = find_aggregation(name); !entry) return tl::make_unexpected(entry.error());
      if (std::find(target.begin(), target.end(), name) == target.end()) target.push_back(name);
      begin = end + 1;
    }
    return {};
  };
}

std::vector<std::string> target_words() {
  std::vector<std::string> words;
  for (const OutputInfo& output : output_registry())
    words.push_back(std::string(output.name) + (output.target.empty() ? "" : ":"));
  for (const StoreInfo& store : store_registry())
    if (store.open_reader != nullptr) words.push_back(std::string(store.name) + ":");
  words.push_back(std::string(kParquet) + ":");
  return words;
}

Result<ResultTarget> parse_result_target(std::string_view text) {
  const std::string_view kind = text.substr(0, text.find(':'));
  const std::string target(text.size() > kind.size() ? text.substr(kind.size() + 1) : "");
  std::vector<std::string> known;
  for (const OutputInfo& output : output_registry()) {
    known.emplace_back(output.name);
    if (output.name != kind) continue;
    if (target.empty() == output.target.empty()) return ResultTarget{std::string(kind), target};
    return fail(ErrorKind::usage, "'" + std::string(text) + "' is not a place for results",
                "write " + std::string(output.name) +
                    (output.target.empty() ? "" : ":" + std::string(output.target)));
  }
  known.emplace_back(kParquet);
  if (kind == kParquet && !target.empty()) return ResultTarget{std::string(kind), target};
  for (const StoreInfo& store : store_registry()) {
    if (store.open_reader == nullptr) continue;
    known.emplace_back(store.name);
    if (store.name != kind && !text.starts_with("postgresql://")) continue;
    Result<StoreText> parsed = parse_store(text);
    if (!parsed) return tl::make_unexpected(parsed.error());
    return ResultTarget{std::string(parsed->store->name), parsed->target};
  }
  return tl::make_unexpected(unknown_choice(kind, known));
}

Setter add_target(std::vector<ResultTarget>& targets) {
  return [&targets](const std::string& text) -> Done {
    Result<ResultTarget> target = parse_result_target(text);
    if (!target) return tl::make_unexpected(target.error());
    targets.push_back(std::move(*target));
    return {};
  };
}

Setter add_aggregate_threshold(std::vector<Threshold>& target) {
  return [&target](const std::string& text) -> Done {
    Result<Threshold> threshold = parse_threshold(text, aggregate_metric_names());
    if (!threshold) return tl::make_unexpected(threshold.error());
    target.push_back(std::move(*threshold));
    return {};
  };
}

/// The options that aggregations declare, a group for each. One that several have is read once per group.
OptionSpec spec_of_aggregation(const AggregationEntry& entry, const ContentOption& option) {
  OptionSpec spec;
  spec.name = option.name;
  spec.metavar = option.metavar;
  spec.group = "Aggregation " + std::string(entry.name);
  spec.help = option.help;
  spec.default_note = option.fallback;
  if (option.kind == ValueKind::choice) spec.choices = {option.choices.begin(), option.choices.end()};
  if (option.kind == ValueKind::list) spec.suggestions = {option.choices.begin(), option.choices.end()};
  spec.list = option.kind == ValueKind::list;
  spec.alias_variable = option.env_alias;
  spec.common = option.common;
  spec.set = [option](const std::string& text) -> Done {
    const auto value = parse_value(option, text);
    if (!value) return tl::make_unexpected(value.error());
    return {};
  };
  return spec;
}

std::vector<OptionSpec> how_options(AggregateOptions& o) {
  OptionSpec by =
      option_of(kHow,
                {"by", "NAME,…", "",
                 "What to make: lap, window, standings, top-songs, violations; several in one pass"},
                add_aggregations(o.by));
  by.repeatable = true;
  by.list = true;
  by.suggestions = aggregation_names();
  OptionSpec master = option_of(kHow,
                                {"master-data-dir", "DIR", "data/master/",
                                 "Folder with the names of what events refer to, if it is there"},
                                set_text(o.master_data_dir));
  master.complete = Complete::directory;
  std::vector<OptionSpec> all{
      by,
      chosen(option_of(kHow,
                       {"engine", "NAME", "local",
                        "local: this process; spark: the same windows and laps on Apache Spark, from Kafka"},
                       nullptr),
             o.engine, {"local", "spark"}),
      option_of(kHow,
                {"watermark", "DURATION", "10s",
                 "How far behind the newest event of its partition or file an event may come"},
                set_parsed(o.watermark_ns, &parse_duration_ns)),
      option_of(
          kHow,
          {"allowed-lateness", "DURATION", "0s", "How long behind the watermark a result is still corrected"},
          set_parsed(o.allowed_lateness_ns, &parse_duration_ns)),
      noted(option_of(kHow,
                      {"idle-timeout", "DURATION", "",
                       "A partition or file that gives nothing for so long does not hold results back"},
                      set_parsed(o.idle_timeout_ns, &parse_duration_ns)),
            "30s with --follow, else none"),
      noted(chosen(option_of(kHow,
                             {"emit", "WHEN", "",
                              "update: a result whenever it changes; final: once nothing can change it"},
                             nullptr),
                   o.emit, {"update", "final"}),
            "update with --follow, else final"),
      master,
  };
  for (const AggregationEntry* entry : aggregations())
    for (const ContentOption& option : entry->options) all.push_back(spec_of_aggregation(*entry, option));
  return all;
}

std::vector<OptionSpec> result_options(AggregateOptions& o) {
  OptionSpec to =
      offering(target_words(), option_of(kResults,
                                         {"to", "TARGET", "",
                                          "Where results go: stdout, file:PATH, kafka, sqlite:PATH, "
                                          "postgres:DSN, on Spark parquet:FOLDER; several times for several"},
                                         add_target(o.to)));
  to.repeatable = true;
  return {
      noted(to, "stdout"),
      noted(chosen(option_of(kResults, {"format", "NAME", "", "How stdout and files get results"}, nullptr),
                   o.format, {"table", "csv", "json"}),
            "table on a terminal, else json"),
      option_of(kResults, {"topic-out", "TOPIC", "f1-analytics", "Topic for results"}, set_text(o.topic_out)),
      option_of(kResults, {"create-topics", "", "", "Make the topic for results if it is not there"},
                set_flag(o.create_topics)),
      noted(option_of(kResults, {"partitions", "N", "", "Partitions of a topic that is made"},
                      set_number(o.partitions, std::uint32_t{1}, std::uint32_t{10'000})),
            "as the cluster likes"),
      option_of(
          kResults,
          {"txn", "", "",
           "Kafka: results, state and positions in one transaction: exactly once for read_committed readers"},
          set_flag(o.txn)),
      file(option_of(kResults,
                     {"checkpoint", "FILE", "",
                      "Keep state and positions here, for results that go elsewhere than to a database"},
                     set_text(o.checkpoint))),
      option_of(kResults, {"resume", "", "", "Go on where the checkpoint stands"}, set_flag(o.resume)),
      file(option_of(kResults, {"late-output", "FILE", "", "Append events that came too late to this file"},
                     set_text(o.late_output))),
      file(option_of(
          kResults,
          {"dead-letter", "FILE", "dead-letter.ndjson",
           "File for records that are no events, made when needed; databases have a table for them"},
          set_text(o.dead_letter))),
      option_of(kResults, {"batch", "N", "10000", "Records in a transaction, about"},
                set_number(o.batch, std::uint32_t{1}, std::uint32_t{1'000'000})),
      option_of(kResults, {"flush-ms", "MS", "250", "Longest time that a record waits for its transaction"},
                set_number(o.flush_ms, std::uint32_t{0}, std::uint32_t{3'600'000})),
      option_of(
          kResults,
          {"retry-max-time", "DURATION", "5m", "How long a database that is away or locked is waited for"},
          set_parsed(o.retry_max_ns, &parse_duration_ns)),
      file(option_of(kResults, {"password-file", "FILE", "", "File with the password for postgres"},
                     set_text(o.password_file))),
  };
}

std::vector<OptionSpec> reporting_options(AggregateOptions& o) {
  OptionSpec threshold =
      option_of(kReporting,
                {"threshold", "CONDITION", "", "Exit with 5 unless this condition holds, such as 'late==0'"},
                add_aggregate_threshold(o.thresholds));
  threshold.repeatable = true;
  return {
      file(option_of(kReporting,
                     {"lock", "FILE", "",
                      "Run only if no other process holds this lock, otherwise exit with 6; useful in cron"},
                     set_text(o.lock))),
      file(option_of(kReporting, {"summary-export", "FILE", "", "Write the summary as JSON to this file"},
                     set_text(o.summary_export))),
      threshold,
      option_of(kReporting,
                {"metrics-listen", "HOST:PORT", "",
                 "Serve /metrics (Prometheus), /healthz and /readyz at this address"},
                set_text(o.metrics_listen)),
  };
}

}  // namespace

std::vector<OptionSpec> aggregate_options(AggregateOptions& options) {
  std::vector<OptionSpec> all = source_options(options.from, kAggregateTexts);
  for (const auto part : {how_options, result_options, reporting_options})
    for (OptionSpec& option : part(options)) all.push_back(std::move(option));
  for (OptionSpec& option : spark_options(options.spark)) all.push_back(std::move(option));
  return all;
}

}  // namespace racesim::cli
