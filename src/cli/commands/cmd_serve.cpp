// racesim serve
#include <memory>
#include <utility>

#include "base/clock.h"
#include "cli/commands/commands.h"
#include "cli/commands/run/plan.h"
#include "cli/commands/run/watch.h"
#include "cli/commands/serve/options.h"
#include "cli/commands/serve/start_request.h"
#include "cli/exit_codes.h"
#include "cli/globals.h"
#include "cli/terminal/log.h"
#include "cli/terminal/signals.h"
#include "cli/version.h"
#include "io/files/secret_file.h"
#include "io/http/server/listen_address.h"
#include "io/http/server/tls.h"
#include "serve/service.h"
#include "sim/registry.h"

namespace racesim::cli {
namespace {

constexpr std::int64_t kLookAround_ns = kNsPerSecond / 10;

Result<serve::ServiceOptions> service_options(const ServeOptions& options, const Settings& settings) {
  serve::ServiceOptions service;
  service.listen = options.listen;
  service.pages = !options.no_ui;
  service.scenario = find_scenario(options.scenarios.front());
  service.server.insecure = options.insecure_listen;
  service.server.sites.allow_origins = options.allow_origins;
  service.server.limits.clients = options.max_clients;
  service.server.limits.clients_per_peer = options.max_per_peer;
  if (!options.token_file.empty()) {
    const Result<std::string> token = read_secret(options.token_file, "--token-file");
    if (!token) return tl::make_unexpected(token.error());
    service.server.token = *token;
  }
  if (const http::TlsFiles files{options.certificate, options.key}; files.given()) {
    const auto tls = http::ServerTls::load(files);
    if (!tls) return tl::make_unexpected(tls.error());
    service.server.tls = *tls;
  }
  Result<std::optional<serve::StorePlan>> store = make_store_plan(options, settings);
  if (!store) return tl::make_unexpected(store.error());
  service.store = std::move(*store);
  Result<std::optional<SourceRequest>> topics = make_topics_request(options, settings);
  if (!topics) return tl::make_unexpected(topics.error());
  service.topics = std::move(*topics);
  service.configure = [settings, served = options.scenarios](const serve::StartFields& fields) {
    return make_requested_run(fields, settings, served, system_clock());
  };
  service.start_fields = start_fields();
  service.version = version();
  service.warn = [](const Error& warning) { show_warnings({warning}); };
  return service;
}

/// Refuses what the service would refuse, and touches nothing.
Result<int> dry_run(const Globals& globals, const serve::ServiceOptions& service) {
  const Result<http::ListenAddress> address = http::parse_listen_address(service.listen);
  if (!address) return tl::make_unexpected(address.error());
  const bool is_protected = service.server.insecure || !service.server.token.empty();
  if (Done ok = http::check_protection(*address, is_protected); !ok) return tl::make_unexpected(ok.error());
  Result<RunConfig> config = service.configure({});
  if (!config) return tl::make_unexpected(config.error());
  const Result<RunPlan> plan = Run::check(*config, system_clock());
  if (!plan) return tl::make_unexpected(plan.error());
  if (service.store)
    if (const auto tables = service.store->store->plan(service.store->options); !tables)
      return tl::make_unexpected(tables.error());
  const std::string text = globals.json ? plan_json(*config, *plan)
                                        : "listen    " + address->text() + "\n" + plan_text(*config, *plan);
  if (Done ok = write_stdout(text); !ok) return tl::make_unexpected(ok.error());
  return kExitOk;
}

Result<int> run(Context& context, const ServeOptions& options) {
  Result<serve::ServiceOptions> made = service_options(options, context.settings);
  if (!made) return tl::make_unexpected(made.error());
  if (context.globals->dry_run) return dry_run(*context.globals, *made);
  // What the options exclude is told now, and not with the first request.
  for (const std::string& scenario : made->topics ? std::vector<std::string>() : options.scenarios)
    if (const auto config = made->configure({{"scenario", scenario}}); !config)
      return tl::make_unexpected(config.error());
  // Before the threads: they inherit the blocked signals.
  SignalWatch signals(options.run.drain_timeout_ns);
  if (Done ok = signals.start(); !ok) return tl::make_unexpected(ok.error());
  serve::Service service(std::move(*made));
  if (Done ok = service.listen(); !ok) return tl::make_unexpected(ok.error());
  log(LogLevel::info, "serving on " + service.url());
  signals.attach({[&service] { service.stop(); }, [&service] { service.abandon(); }});
  if (options.autostart)
    for (const std::string& scenario : options.scenarios)
      if (Done ok = service.autostart({{"scenario", scenario}}); !ok) return tl::make_unexpected(ok.error());
  bool told = false;
  while (!service.wait_for(kLookAround_ns)) {
    if (told || signals.count() == 0) continue;
    told = true;
    log(LogLevel::info, "ending: runs deliver what they have made; a second signal ends at once");
  }
  signals.detach();
  service.close();
  return kExitOk;
}

}  // namespace

CommandSpec serve_command() {
  const auto options = std::make_shared<ServeOptions>();
  CommandSpec command;
  command.name = "serve";
  command.summary = "Start, stop and watch simulations over HTTP: REST, WebSocket, event stream";
  command.details =
      "POST /start and /stop control a simulation, one per scenario; its events are shown live at /ws "
      "(WebSocket) and /events/stream (server-sent events), and from memory below /telemetry. With --brokers "
      "they go to Kafka too.\n\nWhat a request asks for is read like the options of racesim run; options "
      "that "
      "are given here hold where it asks for nothing else. Ctrl-C delivers what is made and ends.";
  command.options = serve_options(*options);
  mark_common(command.options, {"listen", "autostart", "scenario", "token-file", "allow-origin", "brokers",
                                "topic", "sink", "seed", "db", "keep", "from"});
  command.examples = {
      {"racesim serve", "wait for POST /start at http://127.0.0.1:8000"},
      {"racesim serve --listen 127.0.0.1:0 --autostart", "begin at once, on a free port"},
      {"racesim start --rate-hz 20", "start it from another terminal"},
  };
  command.run = [options](Context& context) { return run(context, *options); };
  return command;
}

}  // namespace racesim::cli
