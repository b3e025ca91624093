// How the options of racesim aggregate become a source, aggregations and outputs.
#include <unistd.h>

#include <algorithm>

#include "base/clock.h"
#include "cli/commands/aggregate/options.h"
#include "cli/commands/connect_grace.h"
#include "cli/commands/kafka_property.h"
#include "cli/terminal/terminal.h"
#include "io/files/secret_file.h"
#include "run/ingest/store_lines.h"
#include "run/rows/event_tables.h"

namespace racesim::cli {
namespace {

constexpr std::int64_t kIdle_ns = 30 * kNsPerSecond;

Done choose_aggregate_source(const AggregateOptions& o, const Settings& settings, bool stdin_has_data,
                             AggregatePlan& plan) {
  for (const char* option : {"spark-master", "spark-trigger", "spark-conf"})
    if (is_typed(settings, option))
      return fail(ErrorKind::usage, "--" + std::string(option) + " is for --engine spark",
                  "add: --engine spark   or leave it out");
  plan.source = o.from.request;
  std::vector<SourceText> from = o.from.from;
  if (from.empty() && !is_given(settings, "brokers") && !stdin_has_data)
    return fail(ErrorKind::usage,
                "nothing to read: --from is not given, and the standard input is a terminal",
                "racesim aggregate --from file:events.ndjson --by lap");
  if (from.empty())
    from.push_back({is_typed(settings, "brokers") || !stdin_has_data ? "kafka" : "stdin", ""});
  if (Done ok = set_sources(from, plan.source); !ok) return ok;
  if (plan.source.kind == "http")
    return fail(ErrorKind::usage, "--from http: what is posted is to be stored before it is aggregated",
                "racesim ingest --from http --to sqlite:racesim.db, then racesim aggregate --from "
                "sqlite:racesim.db");
  if (Done ok = check_kind(options_of_sources(), settings, plan.source.kind, "--from"); !ok) return ok;
  const bool can_follow = plan.source.kind == "kafka" || plan.source.kind == "file";
  if (plan.source.follow && !can_follow)
    return fail(ErrorKind::usage, "--follow is for files and kafka, not for " + plan.source.kind,
                "leave it out");
  // Without --follow the end is what is there now.
  if (plan.source.kind == "kafka") plan.source.exit_at_end = !plan.source.follow || plan.source.exit_at_end;
  plan.source.start_at.is_given = is_given(settings, "start-at");
  plan.group_is_named = is_given(settings, "group");
  plan.source.kafka.connect_grace_ns = connect_grace_ns(o.from.connect_timeout_ns);
  plan.source.clock = &system_clock();
  const std::span<const StoreTable> tables = event_tables();
  plan.source.rows.tables.assign(tables.begin(), tables.end());
  plan.source.rows.to_lines = &rows_to_json;
  if (plan.source.kind == "kafka") {
    Result<std::vector<std::string>> topics = parse_topics(o.from.topics, "f1-telemetry");
    if (!topics) return tl::make_unexpected(topics.error());
    plan.source.topics = std::move(*topics);
  }
  return check_no_secret_on_line(settings, "aggregate");
}

/// What the settings give of the options of one aggregation.
Result<OptionValues> values_of(const AggregationEntry& entry, const Settings& settings) {
  OptionValues values(entry.options);
  for (const ContentOption& option : entry.options) {
    const auto found = settings.find(std::string(option.name));
    if (found == settings.end() || found->second.source == Source::builtin) continue;
    Result<OptionValue> value = parse_value(option, found->second.values.back());
    if (!value)
      return fail(value.error().kind, found->second.place + ": " + value.error().what, value.error().hint);
    values.set(option.name, std::move(*value),
               found->second.source == Source::flag ? GivenBy::line : GivenBy::elsewhere);
  }
  return values;
}

/// An option that was typed and that none of the chosen aggregations has.
Done refuse_options_of_others(const AggregatePlan& plan, const Settings& settings) {
  for (const AggregationEntry* entry : aggregations())
    for (const ContentOption& option : entry->options) {
      if (!is_typed(settings, std::string(option.name).c_str())) continue;
      const bool has_it =
          std::any_of(plan.aggregations.begin(), plan.aggregations.end(), [&](const ChosenAggregation& one) {
            return std::any_of(one.entry->options.begin(), one.entry->options.end(),
                               [&](const ContentOption& own) { return own.name == option.name; });
          });
      if (!has_it)
        return fail(ErrorKind::usage,
                    "--" + std::string(option.name) + " is for --by " + std::string(entry->name),
                    "add: --by " + std::string(entry->name) + "   or leave it out");
    }
  return {};
}

Done choose_aggregations(const AggregateOptions& o, const Settings& settings, AggregatePlan& plan) {
  for (const std::string& name : o.by) {
    const AggregationEntry* entry = *find_aggregation(name);
    Result<OptionValues> values = values_of(*entry, settings);
    if (!values) return tl::make_unexpected(values.error());
    plan.aggregations.push_back({entry, std::move(*values)});
  }
  const bool updates = o.emit.empty() ? plan.source.follow : o.emit == "update";
  plan.frame.emit = updates ? Emit::update : Emit::final;
  plan.frame.watermark_delay_us = o.watermark_ns / 1000;
  plan.frame.allowed_lateness_us = o.allowed_lateness_ns / 1000;
  plan.idle_timeout_ns = is_given(settings, "idle-timeout") ? o.idle_timeout_ns
                         : plan.source.follow               ? kIdle_ns
                                                            : 0;
  plan.master_data_dir = o.master_data_dir;
  plan.master_is_named = is_given(settings, "master-data-dir");
  return refuse_options_of_others(plan, settings);
}

Result<OutputRequest> output_request(const AggregateOptions& o, const ResultTarget& target,
                                     const AggregatePlan& plan, bool stdout_is_terminal) {
  OutputRequest request;
  request.kind = target.kind;
  request.target = target.target;
  const bool table = o.format.empty() && target.kind == "stdout" && stdout_is_terminal;
  request.format = table || o.format == "table" ? ResultFormat::table
                   : o.format == "csv"          ? ResultFormat::csv
                                                : ResultFormat::json;
  for (const ChosenAggregation& one : plan.aggregations) request.entries.push_back(one.entry);
  request.write_stdout = [](std::string_view text) { return write_rows(text); };
  request.kafka = plan.source.kafka;
  request.kafka.topic = o.topic_out;
  request.kafka.create_topics = o.create_topics;
  request.kafka.partitions = o.partitions;
  request.kafka.linger_ms = plan.source.follow ? 5 : 50;
  if (stdout_is_terminal)
    request.most_columns = static_cast<std::size_t>(std::max(terminal_columns(STDOUT_FILENO), 0));
  request.live = plan.source.follow;
  request.append = o.resume;
  return request;
}

Done choose_targets(const AggregateOptions& o, const Settings& settings, bool stdout_is_terminal,
                    AggregatePlan& plan) {
  std::vector<ResultTarget> targets = o.to;
  if (targets.empty()) targets.push_back({"stdout", ""});
  for (const ResultTarget& target : targets) {
    if (target.kind == kParquet)
      return fail(ErrorKind::usage, "--to parquet is for --engine spark",
                  "add: --engine spark   or write a file: --to file:results.csv");
    const auto store = std::find_if(store_registry().begin(), store_registry().end(),
                                    [&](const StoreInfo& info) { return info.name == target.kind; });
    if (store == store_registry().end()) {
      Result<OutputRequest> request = output_request(o, target, plan, stdout_is_terminal);
      if (!request) return tl::make_unexpected(request.error());
      plan.outputs.push_back(std::move(*request));
      continue;
    }
    if (plan.store != nullptr)
      return fail(ErrorKind::usage, "--to names two databases: results and state go to one",
                  "start a second aggregate for the other, with a --group of its own");
    plan.store = &*store;
    plan.store_options.target = target.target;
  }
  const auto has = [&](std::string_view kind) {
    return std::any_of(plan.outputs.begin(), plan.outputs.end(),
                       [&](const OutputRequest& request) { return request.kind == kind; });
  };
  for (const char* option : {"topic-out", "create-topics", "partitions", "txn"})
    if (is_typed(settings, option) && !has("kafka"))
      return fail(ErrorKind::usage, "--" + std::string(option) + " is for results that go to kafka",
                  "add: --to kafka   or leave it out");
  plan.txn = o.txn;
  plan.checkpoint = o.checkpoint;
  plan.resume = o.resume;
  if (!o.checkpoint.empty() && (plan.store != nullptr || o.txn))
    return fail(ErrorKind::usage,
                std::string("--checkpoint: ") +
                    (o.txn ? "with --txn the state is kept in Kafka" : "the database keeps the state too"),
                "leave it out");
  if (o.resume && o.checkpoint.empty())
    return fail(
        ErrorKind::usage, "--resume goes on where a checkpoint stands, and none is named",
        plan.store != nullptr ? "leave it out: the database says where to go on" : "add: --checkpoint FILE");
  if (!o.checkpoint.empty() && plan.source.kind == "stdin")
    return fail(ErrorKind::usage, "--checkpoint: the standard input cannot be read again from a place",
                "read a file or Kafka");
  return {};
}

Done choose_state(const AggregateOptions& o, AggregatePlan& plan) {
  plan.store_options.clock = &system_clock();
  plan.store_options.to_lines = &rows_to_lines;
  plan.store_options.retry_max_ns = o.retry_max_ns;
  plan.store_options.busy_wait_ns = kNsPerSecond;
  for (const ChosenAggregation& one : plan.aggregations)
    plan.store_options.tables.push_back({&one.entry->result(), &one.entry->table, {}, {}});
  if (!o.password_file.empty()) {
    const Result<std::string> password = read_secret(o.password_file, "--password-file");
    if (!password) return tl::make_unexpected(password.error());
    plan.store_options.password = plan.source.rows.password = *password;
  }
  plan.late_output = o.late_output;
  plan.dead_letter = o.dead_letter;
  plan.config.batch_records = o.batch;
  plan.config.flush_ns = std::int64_t{o.flush_ms} * 1'000'000;
  // What changes is shown at once; what is final can wait for a fuller transaction.
  plan.config.commit_at_once = plan.frame.emit == Emit::update && plan.store == nullptr;
  plan.config.retry_max_ns = o.retry_max_ns;
  return {};
}

}  // namespace

Result<AggregatePlan> make_aggregate_plan(const AggregateOptions& options, const Settings& settings,
                                          bool stdin_has_data, bool stdout_is_terminal) {
  AggregatePlan plan;
  if (options.by.empty())
    return fail(ErrorKind::usage, "--by is not given: what is to be made of the events",
                "such as: --by lap,standings   racesim aggregate --help lists them");
  Done ok = choose_aggregate_source(options, settings, stdin_has_data, plan);
  if (ok) ok = choose_aggregations(options, settings, plan);
  if (ok) ok = choose_targets(options, settings, stdout_is_terminal, plan);
  if (ok) ok = choose_state(options, plan);
  // A topic is read on and on anyway, unless it is to end.
  if (plan.source.kind == "kafka") plan.source.follow = false;
  if (ok) ok = check_source(plan.source);
  if (!ok) return tl::make_unexpected(ok.error());
  return plan;
}

}  // namespace racesim::cli
