// How the options of racesim ingest become a source, a store and a pipeline.
#include <algorithm>
#include <filesystem>
#include <system_error>

#include "base/clock.h"
#include "cli/commands/connect_grace.h"
#include "cli/commands/ingest/options.h"
#include "cli/commands/kafka_property.h"
#include "io/files/secret_file.h"
#include "io/http/server/tls.h"
#include "io/kafka/cluster/names.h"
#include "run/ingest/store_lines.h"
#include "run/rows/event_tables.h"
#include "sim/registry.h"

namespace racesim::cli {
namespace {

constexpr OptionFor kOwnOfSources[] = {
    {"follow", "file"}, {"listen", "http"}, {"max-clients", "http"}, {"cert", "http"}, {"key", "http"}};
constexpr OptionFor kStoreOptions[] = {
    {"org", "influx"}, {"bucket", "influx"}, {"dead-letter", "influx"}, {"ca-file", "influx"}};

constexpr OptionFor kSecretOptions[] = {{"password-file", "postgres"}};

Done read_secrets(const IngestOptions& o, IngestPlan& plan) {
  if (!o.token_file.empty()) {
    const Result<std::string> token = read_secret(o.token_file, "--token-file");
    if (!token) return tl::make_unexpected(token.error());
    plan.source.token = plan.store.token = *token;
  }
  if (!o.password_file.empty()) {
    const Result<std::string> password = read_secret(o.password_file, "--password-file");
    if (!password) return tl::make_unexpected(password.error());
    plan.store.password = plan.source.rows.password = *password;
  }
  if (const http::TlsFiles files{o.certificate, o.key}; files.given()) {
    auto tls = http::ServerTls::load(files);
    if (!tls) return tl::make_unexpected(tls.error());
    plan.source.tls = std::move(*tls);
  }
  return {};
}

Done choose_source(const IngestOptions& o, const Settings& settings, bool stdin_has_data, IngestPlan& plan) {
  plan.source = o.from.request;
  std::vector<SourceText> from = o.from.from;
  // A broker that somebody named on the line is meant.
  if (from.empty())
    from.push_back({is_typed(settings, "brokers") ? "kafka" : stdin_has_data ? "stdin" : "http", ""});
  if (Done ok = set_sources(from, plan.source); !ok) return ok;
  for (const std::span<const OptionFor> own :
       {std::span<const OptionFor>(kOwnOfSources), options_of_sources()})
    if (Done ok = check_kind(own, settings, plan.source.kind, "--from"); !ok) return ok;
  plan.source.start_at.is_given = is_given(settings, "start-at");
  plan.source.kafka.connect_grace_ns = connect_grace_ns(o.from.connect_timeout_ns);
  plan.source.clock = &system_clock();
  const std::span<const StoreTable> tables = event_tables();
  plan.source.rows.tables.assign(tables.begin(), tables.end());
  plan.source.rows.to_lines = &rows_to_json;
  if (plan.source.kind == "kafka") {
    const ScenarioEntry* scenario = find_scenario(o.schema);
    Result<std::vector<std::string>> topics =
        parse_topics(o.from.topics, (scenario != nullptr ? scenario : scenarios().front())->topic);
    if (!topics) return tl::make_unexpected(topics.error());
    plan.source.topics = std::move(*topics);
  }
  return check_no_secret_on_line(settings, "ingest");
}

/// A copy into the same database would wait for itself.
Done check_not_itself(const IngestPlan& plan) {
  if (plan.source.kind != plan.to.store->name || plan.source.targets.empty()) return {};
  std::error_code ignored;
  const std::string& from = plan.source.targets.front();
  if (from != plan.to.target && !std::filesystem::equivalent(from, plan.to.target, ignored)) return {};
  return fail(ErrorKind::usage, "--from and --to name the same database: " + plan.source.kind,
              "its events are there already; give another --to");
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
  if (Done ok = check_not_itself(plan); !ok) return ok;
  if (plan.source.kind != "postgres")
    if (Done ok = check_kind(kSecretOptions, settings, o.to.store->name, "--to"); !ok) return ok;
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
