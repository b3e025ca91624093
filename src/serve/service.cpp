#include "serve/service.h"

#include <future>
#include <utility>

#include "io/http/server/listen_address.h"
#include "io/http/server/metrics.h"
#include "serve/control/control_routes.h"
#include "serve/control/runs.h"
#include "serve/control/service_metrics.h"
#include "serve/gateway/query_threads.h"
#include "serve/gateway/rest_routes.h"
#include "serve/live/live_routes.h"
#include "serve/openapi.h"
#include "serve/pages/pages.h"
#include "serve/pages/session_routes.h"
#include "serve/processing/processing.h"
#include "serve/telemetry/telemetry_routes.h"
#include "sim/registry.h"

namespace racesim::serve {

struct Service::Impl {
  explicit Impl(ServiceOptions given);
  ~Impl();
  std::vector<http::Route> routes();
  static http::ServerOptions server_options(const ServiceOptions& options);

  const ServiceOptions options;
  Clock& clock;
  LiveFeed feed;
  RunBook book;
  std::unique_ptr<Processing> processing;
  std::unique_ptr<Runs> runs;
  std::unique_ptr<QueryThreads> queries;
  http::Server server;
};

Service::Impl::Impl(ServiceOptions given)
    : options(std::move(given)),
      clock(*options.server.clock),
      feed(options.live, *options.scenario, clock,
           [this](std::int64_t delay_ns, std::function<void()> call) {
             server.post_after(delay_ns, std::move(call));
           }),
      processing(std::make_unique<Processing>(feed, book, clock, options.warn)),
      runs(std::make_unique<Runs>(feed, book, clock, options.warn)),
      queries(std::make_unique<QueryThreads>(GatewayParts{feed, *runs, book, *processing, clock})),
      server(routes(), server_options(options)) {
  feed.on_delivered([this] { processing->wake(); });
}

// No request is handled any more, then no run wakes the server any more, then its connections leave the feed.
Service::Impl::~Impl() {
  server.close();
  queries.reset();
  runs.reset();
  processing.reset();
}

http::ServerOptions Service::Impl::server_options(const ServiceOptions& options) {
  http::ServerOptions server = options.server;
  server.sites.strict = true;
  if (const auto address = http::parse_listen_address(options.listen)) server.sites.own_host = address->host;
  return server;
}

std::vector<http::Route> Service::Impl::routes() {
  http::StatusCallbacks probes;
  std::vector<http::Route> all;
  const auto add = [&](std::vector<http::Route> part) {
    for (http::Route& route : part) all.push_back(std::move(route));
  };
  add(control_routes({*runs, feed, options.configure, options.start_fields}));
  add(telemetry_routes(feed));
  add(live_routes(feed));
  add(rest_routes(*queries));
  probes.metrics = [this] { return service_metrics(runs->statuses(), feed); };
  probes.trouble = [this] { return runs->open() ? std::string() : std::string("it is stopping"); };
  add(http::status_routes(probes));
  if (options.pages) add(session_routes(options.server.token));
  add({openapi_route(all, options.version)});
  if (options.pages) add(page_routes(*runs));
  return all;
}

Service::Service(ServiceOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}

Service::~Service() {
  stop();
  abandon();
}

Done Service::listen() {
  return impl_->server.listen(impl_->options.listen);
}

std::string Service::url() const {
  return impl_->server.url();
}

Done Service::autostart(const StartFields& fields) {
  std::promise<Done> begun;
  impl_->server.post([&] {
    Result<RunConfig> config = impl_->options.configure(fields);
    if (!config) return begun.set_value(tl::make_unexpected(config.error()));
    LiveRun& run = impl_->runs->of(*config->content.scenario);
    run.start(std::move(*config), [](const Done&) {});
    begun.set_value({});
  });
  return begun.get_future().get();
}

void Service::stop() {
  impl_->runs->stop_all();
}

void Service::abandon() {
  impl_->runs->abandon_all();
}

bool Service::wait_for(std::int64_t timeout_ns) {
  return impl_->runs->wait_for(timeout_ns);
}

void Service::close() {
  impl_->server.close();
}

}  // namespace racesim::serve
