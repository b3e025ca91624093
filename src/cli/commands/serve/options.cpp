#include "cli/commands/serve/options.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/quantity.h"
#include "cli/commands/run/scenario_options.h"
#include "cli/commands/source_options.h"
#include "cli/values.h"
#include "io/http/server/sites.h"
#include "serve/control/start_fields.h"
#include "sim/registry.h"

namespace racesim::cli {
namespace {

constexpr std::array<std::string_view, 17> kOfRequests{
    "scenario",    "seed",         "volume", "run-id",     "duration", "duration-seconds",
    "backfill",    "posting-rate", "stages", "arrivals",   "speed",    "catch-up",
    "on-overload", "max-lag",      "faults", "late-delay", "sink"};
constexpr std::array<std::string_view, 6> kOfTheServer{"master-data-dir", "realtime", "connect-timeout",
                                                       "drain-timeout",   "threads",  "dead-letter"};

bool is_content_option(std::string_view name) {
  const auto all = scenarios();
  return std::any_of(all.begin(), all.end(),
                     [&](const ScenarioEntry* entry) { return find_option(*entry, name) != nullptr; });
}

bool is_served(const OptionSpec& option) {
  return option.group == "Kafka" || is_of_requests(option.name) ||
         std::find(kOfTheServer.begin(), kOfTheServer.end(), option.name) != kOfTheServer.end();
}

/// How the service reads an option of racesim run.
void adapt(OptionSpec& option, ServeOptions& o) {
  if (option.name == "scenario") {
    option.repeatable = true;
    option.help = "What to simulate. The first one is shown and started where none is named; " +
                  of_each([](const ScenarioEntry& e) { return std::string(e.summary); });
    option.set = [&o, choices = option.choices](const std::string& text) -> Done {
      std::string chosen;
      if (Done ok = set_choice(chosen, choices)(text); !ok) return ok;
      o.scenarios.push_back(std::move(chosen));
      return {};
    };
  }
  if (option.name == "topic") {
    option.metavar = "TOPIC,…";
    option.help = "Topic of the main stream; with --from kafka the topics to read";
    option.set = [&o](const std::string& text) -> Done {
      if (const auto topics = parse_topics(text, ""); !topics) return tl::make_unexpected(topics.error());
      o.topics = text;
      return {};
    };
  }
  if (option.name == "sink") {
    option.help = "Where events go besides: kafka, file:PATH, stdout, null";
    option.suggestions = {"kafka", "file:", "stdout", "null"};
    option.default_note = "kafka with --brokers, else nowhere";
  }
}

Setter add_origin(std::vector<std::string>& target) {
  return [&target](const std::string& text) -> Done {
    if (Done ok = http::check_origin_text(text); !ok) return ok;
    target.push_back(text);
    return {};
  };
}

std::vector<OptionSpec> server_options(ServeOptions& o) {
  const auto serve = [](const OptionText& text, Setter set) {
    return option_of("Server", text, std::move(set));
  };
  OptionSpec origin = serve({"allow-origin", "ORIGIN", "",
                             "Let pages of this origin use the service, such as https://dash.example:8443"},
                            add_origin(o.allow_origins));
  origin.repeatable = true;
  return {
      serve({"listen", "HOST:PORT", "127.0.0.1:8000", "Address to listen on; port 0 takes a free one"},
            set_text(o.listen)),
      serve({"autostart", "", "", "Start the scenarios at once, instead of with POST /start"},
            set_flag(o.autostart)),
      file(serve({"token-file", "FILE", "",
                  "File with the bearer token that requests must carry; needed unless --listen is a loopback "
                  "address"},
                 set_text(o.token_file))),
      file(serve({"cert", "FILE", "",
                  "Serve https: PEM file of the certificate, the server's own first; with --key"},
                 set_text(o.certificate))),
      file(serve({"key", "FILE", "", "PEM file of the certificate's key, without a passphrase"},
                 set_text(o.key))),
      serve({"insecure-listen", "", "", "Listen where other machines can connect, without a token"},
            set_flag(o.insecure_listen)),
      origin,
      serve({"no-ui", "", "", "Serve no pages: only the API"}, set_flag(o.no_ui)),
      serve({"max-clients", "N", "1024", "Connections at a time"},
            set_number(o.max_clients, std::uint32_t{1}, std::uint32_t{1'000'000})),
      serve({"max-per-peer", "N", "64", "Connections of one address, but for loopback"},
            set_number(o.max_per_peer, std::uint32_t{1}, std::uint32_t{1'000'000})),
  };
}

Done set_store(StoreText& target, const std::string& text) {
  Result<StoreText> store = parse_store(text);
  if (!store) return tl::make_unexpected(store.error());
  if (store->store->make_history == nullptr)
    return fail(ErrorKind::usage, "'" + std::string(store->store->name) + "' cannot be asked for history",
                "racesim serve --db sqlite:PATH or --db postgres:DSN; racesim ingest fills the others");
  target = std::move(*store);
  return {};
}

std::vector<OptionSpec> from_options(ServeOptions& o) {
  const auto from = [](const OptionText& text, Setter set) {
    return option_of("Source", text, std::move(set));
  };
  return {
      noted(chosen(from({"from", "SOURCE", "",
                         "Show the events of --topic at --brokers in place of simulations"},
                        nullptr),
                   o.from, {"kafka"}),
            "simulations"),
      from({"group", "NAME", "racesim-serve", "Consumer group, for --from kafka"}, set_text(o.group)),
      from({"start-at", "WHERE", "earliest",
            "Where to begin with partitions that nobody has read: earliest, latest or a time; for --from "
            "kafka"},
           set_start_at(o.start_at)),
  };
}

std::vector<OptionSpec> db_options(ServeOptions& o) {
  const auto store = [](const OptionText& text, Setter set) {
    return option_of("Store", text, std::move(set));
  };
  OptionSpec db = noted(store({"db", "STORE", "",
                               "Keep all events there, and answer for history from it: sqlite:PATH, "
                               "postgres:DSN. Takes POST /play and /events too"},
                              [&o](const std::string& text) { return set_store(o.db, text); }),
                        "nothing is kept");
  db.suggestions = {"sqlite:", "postgres:"};
  db.complete = Complete::target;
  return {
      db,
      noted(store({"keep", "DURATION", "",
                   "Remove events older than this behind the newest one of their table"},
                  set_parsed(o.keep_ns, &parse_duration_ns)),
            "for ever"),
      chosen(
          store({"durability", "HOW", "full",
                 "full: what is committed survives a power cut; normal: the last commits may be lost in one"},
                nullptr),
          o.durability, {"full", "normal"}),
      file(store({"password-file", "FILE", "", "File with the password for postgres"},
                 set_text(o.password_file))),
  };
}

}  // namespace

bool is_of_requests(std::string_view option) {
  return std::find(kOfRequests.begin(), kOfRequests.end(), option) != kOfRequests.end() ||
         is_content_option(option);
}

std::string option_name(std::string_view field) {
  std::string name(field);
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

std::string field_name(std::string_view option) {
  std::string name(option);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

std::vector<http::RouteParameter> start_fields() {
  RunOptions unused;
  CommandSpec run;
  run.options = run_options(unused);
  std::vector<http::RouteParameter> fields;
  for (const OptionSpec& option : distinct_options(run))
    if (is_of_requests(option.name)) fields.push_back({field_name(option.name), option.help});
  for (http::RouteParameter& field : fields)
    if (field.name == "sink")
      field.help = "Where events go besides: kafka (where brokers are named), or null";
  fields.push_back(
      {std::string(serve::kManifestField),
       "The manifest of a run, which is made again with the same events; beside it only fields that "
       "say when and where they are sent"});
  return fields;
}

std::vector<OptionSpec> serve_options(ServeOptions& options) {
  std::vector<OptionSpec> all = server_options(options);
  for (const auto part : {from_options, db_options})
    for (OptionSpec& option : part(options)) all.push_back(std::move(option));
  for (OptionSpec& option : run_options(options.run)) {
    if (!is_served(option)) continue;
    adapt(option, options);
    all.push_back(std::move(option));
  }
  return all;
}

}  // namespace racesim::cli
