// How the options of racesim ingest become a source, a store and a pipeline.
#include <algorithm>

#include "base/clock.h"
#include "cli/commands/connect_grace.h"
#include "cli/commands/ingest/options.h"
#include "cli/commands/kafka_property.h"
#include "io/files/secret_file.h"
#include "io/kafka/cluster/names.h"
#include "run/ingest/store_lines.h"
#include "sim/registry.h"

namespace racesim::cli {
namespace {

bool is_given(const Settings& settings, const char* option) {
  const auto at = settings.find(option);
  return at != settings.end() && at->second.source != Source::builtin;
}

/// Which of the kinds of sources or stores an option is for; refused on the command line with another.
struct OptionFor {
  const char* option;
  const char* kind;
};
constexpr OptionFor kSourceOptions[] = {
    {"follow", "file"},           {"brokers", "kafka"},     {"topic", "kafka"},      {"group", "kafka"},
    {"start-at", "kafka"},        {"exit-at-end", "kafka"}, {"allow-gap", "kafka"},  {"property", "kafka"},
    {"connect-timeout", "kafka"}, {"listen", "http"},       {"max-clients", "http"},
};
constexpr OptionFor kStoreOptions[] = {{"password-file", "postgres"},
                                       {"org", "influx"},
                                       {"bucket", "influx"},
                                       {"dead-letter", "influx"},
                                       {"ca-file", "influx"}};

Done check_kind(std::span<const OptionFor> options, const Settings& settings, std::string_view kind,
                const std::string& chosen_by) {
  for (const OptionFor& one : options) {
    const auto at = settings.find(one.option);
    if (at == settings.end() || at->second.source != Source::flag || kind == one.kind) continue;
    return fail(ErrorKind::usage,
                "--" + std::string(one.option) + " is for " + one.kind + ", not for " + std::string(kind),
                "leave it out, or give " + chosen_by + " " + one.kind);
  }
  return {};
}

Result<std::vector<std::string>> topics_of(const IngestOptions& o) {
  std::vector<std::string> topics;
  const ScenarioEntry* scenario = find_scenario(o.schema);
  std::string list = o.topics;
  if (list.empty()) list = std::string((scenario != nullptr ? scenario : scenarios().front())->topic);
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    std::string topic = list.substr(begin, end - begin);
    topic.erase(0, std::min(topic.find_first_not_of(' '), topic.size()));
    topic.erase(topic.find_last_not_of(' ') + 1);
    if (Done ok = kafka::check_topic_name(topic); !ok)
      return fail(ErrorKind::usage, "--topic: " + ok.error().what, ok.error().hint);
    topics.push_back(std::move(topic));
    begin = end + 1;
  }
  return topics;
}

Done read_secrets(const IngestOptions& o, IngestPlan& plan) {
  if (!o.token_file.empty()) {
    const Result<std::string> token = read_secret(o.token_file, "--token-file");
    if (!token) return tl::make_unexpected(token.error());
    plan.source.token = plan.store.token = *token;
  }
  if (!o.password_file.empty()) {
    const Result<std::string> password = read_secret(o.password_file, "--password-file");
    if (!password) return tl::make_unexpected(password.error());
    plan.store.password = *password;
  }
  return {};
}

Done choose_source(const IngestOptions& o, const Settings& settings, bool stdin_has_data, IngestPlan& plan) {
  plan.source = o.source;
  std::vector<SourceText> from = o.from;
  // A broker that somebody named on the line is meant.
  const bool names_brokers = settings.count("brokers") > 0 && settings.at("brokers").source == Source::flag;
  if (from.empty()) from.push_back({names_brokers ? "kafka" : stdin_has_data ? "stdin" : "http", ""});
  if (Done ok = set_sources(from, plan.source); !ok) return ok;
  if (Done ok = check_kind(kSourceOptions, settings, plan.source.kind, "--from"); !ok) return ok;
  plan.source.start_at.is_given = is_given(settings, "start-at");
  plan.source.kafka.connect_grace_ns = connect_grace_ns(o.connect_timeout_ns);
  plan.source.clock = &system_clock();
  if (plan.source.kind == "kafka") {
    Result<std::vector<std::string>> topics = topics_of(o);
    if (!topics) return tl::make_unexpected(topics.error());
    plan.source.topics = std::move(*topics);
  }
  return check_no_secret_on_line(settings, "ingest");
}

Done choose_store(const IngestOptions& o, const Settings& settings, IngestPlan& plan) {
  plan.to = o.to;
  plan.store = o.store;
  plan.store.target = o.to.target;
  plan.store.durability = o.durability == "normal" ? Durability::normal : Durability::full;
  plan.store.small_commits = plan.source.kind == "http";
  plan.store.clock = &system_clock();
  const std::span<const StoreTable> tables = store_tables();
  plan.store.tables.assign(tables.begin(), tables.end());
  plan.store.to_lines = &rows_to_lines;
  plan.store.retry_max_ns = o.retry_max_ns;
  plan.store.connect_grace_ns = std::min(plan.store.connect_grace_ns, o.retry_max_ns);
  // A lock that lasts longer is a wait that people are told of.
  plan.store.busy_wait_ns = kNsPerSecond;
  return check_kind(kStoreOptions, settings, o.to.store->name, "--to");
}

Done choose_rules(const IngestOptions& o, IngestPlan& plan) {
  plan.decoder.scenario = o.schema == "auto" ? "" : o.schema;
  plan.decoder.master_data_dir = o.master_data_dir;
  plan.decoder.check_laws = o.check_laws;
  plan.config.batch_records = o.batch;
  plan.config.flush_ns = std::int64_t{o.flush_ms} * 1'000'000;
  plan.config.retry_max_ns = o.retry_max_ns;
  plan.config.expires = o.store.keep_ns > 0;
  if (o.on_invalid == "reject") plan.config.on_invalid = OnInvalid::reject;
  if (o.on_invalid == "fail") plan.config.on_invalid = OnInvalid::fail;
  if (o.on_invalid == "reject" && plan.source.kind != "http")
    return fail(ErrorKind::usage, "--on-invalid reject is for --from http: elsewhere nobody can be refused",
                "use dead-letter, which keeps such records, or fail, which ends");
  return {};
}

}  // namespace

Result<IngestPlan> make_ingest_plan(const IngestOptions& options, const Settings& settings,
                                    bool stdin_has_data) {
  IngestPlan plan;
  Done ok = choose_source(options, settings, stdin_has_data, plan);
  if (ok) ok = choose_store(options, settings, plan);
  if (ok) ok = choose_rules(options, plan);
  if (ok) ok = read_secrets(options, plan);
  if (ok) ok = check_source(plan.source);
  if (!ok) return tl::make_unexpected(ok.error());
  return plan;
}

}  // namespace racesim::cli
