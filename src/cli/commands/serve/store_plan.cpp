// From --db, --from and the options beside them to what the service keeps and reads.
#include <optional>
#include <utility>

#include "base/clock.h"
#include "cli/commands/connect_grace.h"
#include "cli/commands/serve/options.h"
#include "cli/commands/source_options.h"
#include "io/files/secret_file.h"
#include "run/rows/block_decoder.h"
#include "sim/registry.h"

namespace racesim::cli {
namespace {

constexpr OptionFor kOfDb[] = {{"keep", "--db"}, {"durability", "--db"}, {"password-file", "--db"}};

Done check_alone(const Settings& settings) {
  for (const OptionFor& one : kOfDb)
    if (is_typed(settings, one.option))
      return fail(ErrorKind::usage, "--" + std::string(one.option) + " is for a store, and --db names none",
                  "add --db sqlite:PATH, or leave it out");
  return {};
}

constexpr const char* kOfTopics[] = {"group", "start-at"};

}  // namespace

Result<std::optional<SourceRequest>> make_topics_request(const ServeOptions& options,
                                                         const Settings& settings) {
  if (options.from.empty()) {
    for (const char* const one : kOfTopics)
      if (is_typed(settings, one))
        return fail(ErrorKind::usage, "--" + std::string(one) + " is for --from kafka",
                    "add --from kafka, or leave it out");
    return std::optional<SourceRequest>();
  }
  if (options.autostart)
    return fail(ErrorKind::usage, "--autostart and --from kafka together: nothing is simulated there",
                "leave one of them out");
  SourceRequest request;
  request.kind = options.from;
  request.kafka = options.run.kafka;
  request.kafka.connect_grace_ns = connect_grace_ns(options.run.connect_timeout_ns);
  Result<std::vector<std::string>> topics =
      parse_topics(options.topics, find_scenario(options.scenarios.front())->topic);
  if (!topics) return tl::make_unexpected(topics.error());
  request.topics = std::move(*topics);
  request.group = options.group;
  request.start_at = options.start_at;
  request.start_at.is_given = is_given(settings, "start-at");
  request.clock = &system_clock();
  if (Done ok = check_source(request); !ok) return tl::make_unexpected(ok.error());
  return std::optional<SourceRequest>(std::move(request));
}

Result<std::optional<serve::StorePlan>> make_store_plan(const ServeOptions& options,
                                                        const Settings& settings) {
  if (options.db.store == nullptr) {
    if (Done ok = check_alone(settings); !ok) return tl::make_unexpected(ok.error());
    return std::optional<serve::StorePlan>();
  }
  serve::StorePlan plan;
  plan.store = options.db.store;
  plan.options.target = options.db.target;
  plan.options.durability = options.durability == "normal" ? Durability::normal : Durability::full;
  plan.options.small_commits = true;
  plan.options.summaries = true;
  plan.options.keep_ns = options.keep_ns;
  plan.options.clock = &system_clock();
  plan.options.busy_wait_ns = kNsPerSecond;
  const std::span<const StoreTable> tables = store_tables();
  plan.options.tables.assign(tables.begin(), tables.end());
  if (!options.password_file.empty()) {
    const Result<std::string> password = read_secret(options.password_file, "--password-file");
    if (!password) return tl::make_unexpected(password.error());
    plan.options.password = *password;
  }
  plan.config.expires = options.keep_ns > 0;
  return std::optional<serve::StorePlan>(std::move(plan));
}

}  // namespace racesim::cli
