#include "serve/service.h"

#include <future>
#include <utility>

#include "base/check.h"
#include "io/http/server/listen_address.h"
#include "io/http/server/metrics.h"
#include "serve/asyncapi.h"
#include "serve/control/control_routes.h"
#include "serve/control/runs.h"
#include "serve/control/service_metrics.h"
#include "serve/gateway/graphql/graphql_service.h"
#include "serve/gateway/proof_routes.h"
#include "serve/gateway/query_threads.h"
#include "serve/gateway/rest_routes.h"
#include "serve/keeping/keeping_routes.h"
#include "serve/live/live_routes.h"
#include "serve/openapi.h"
#include "serve/pages/pages.h"
#include "serve/pages/session_routes.h"
#include "serve/processing/processing.h"
#include "serve/reading/topic_reader.h"
#include "serve/telemetry/telemetry_routes.h"
#include "sim/registry.h"

namespace racesim::serve {

struct Service::Impl {
  explicit Impl(ServiceOptions given);
  ~Impl();
  std::vector<http::Route> routes();
  std::unique_ptr<const GatewaySchema> make_schema();
  GraphqlControl graphql_control();
  static http::ServerOptions server_options(const ServiceOptions& options);
  static std::optional<HistoryOptions> history_options(const ServiceOptions& options);

  const ServiceOptions options;
  Clock& clock;
  LiveFeed feed;
  RunBook book;
  std::unique_ptr<StoreKeeper> store;   // null: nothing is kept
  std::unique_ptr<TopicReader> topics;  // null: there are simulations
  std::unique_ptr<Processing> processing;
  std::unique_ptr<Runs> runs;
  std::unique_ptr<const GatewaySchema> schema;
  GraphqlService graphql;
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
      store(options.store ? std::make_unique<StoreKeeper>(*options.store, book, clock, options.warn)
                          : nullptr),
      topics(options.topics
                 ? std::make_unique<TopicReader>(*options.topics, options.store, feed, clock, options.warn)
                 : nullptr),
      processing(std::make_unique<Processing>(feed, book, clock, options.warn)),
      runs(std::make_unique<Runs>(feed, book, store.get(), clock, options.warn)),
      schema(make_schema()),
      graphql(*schema, graphql_control()),
      queries(std::make_unique<QueryThreads>(GatewayParts{feed, *runs, book, *processing, store.get(), clock},
                                             history_options(options))),
      server(routes(), server_options(options)) {
  feed.on_delivered([this] { processing->wake(); });
}

// No request is handled any more, then no run wakes the server or feeds the store any more, then its
// connections leave the feed.
Service::Impl::~Impl() {
  server.close();
  queries.reset();
  runs.reset();
  topics.reset();
  processing.reset();
}

http::ServerOptions Service::Impl::server_options(const ServiceOptions& options) {
  http::ServerOptions server = options.server;
  server.sites.strict = true;
  if (const auto address = http::parse_listen_address(options.listen)) server.sites.own_host = address->host;
  return server;
}

std::optional<HistoryOptions> Service::Impl::history_options(const ServiceOptions& options) {
  if (!options.store) return std::nullopt;
  HistoryOptions history;
  history.store = options.store->store;
  history.options = options.store->options;
  return history;
}

std::unique_ptr<const GatewaySchema> Service::Impl::make_schema() {
  const GatewayParts parts{feed, *runs, book, *processing, store.get(), clock};
  Result<std::unique_ptr<const GatewaySchema>> made =
      make_gateway_schema(Resolvers(parts, nullptr), options.start_fields);
  if (!made) options.warn(made.error());  // a type that does not fit
  RACESIM_CHECK(made.has_value());
  return std::move(*made);
}

/// Query threads wait for what the server's thread does and a run's thread tells. A server that closes drops
/// it, which they are told by the promise.
GraphqlControl Service::Impl::graphql_control() {
  const auto wait = [](auto& answer) -> decltype(answer.get()) {
    try {
      return answer.get();
    } catch (const std::future_error&) {
      return {fail(ErrorKind::runtime, "the service is stopping")};
    }
  };
  const ControlParts parts{*runs, feed, options.configure, options.start_fields, store.get(), topics.get()};
  GraphqlControl control;
  control.start = [this, parts, wait](const StartFields& fields) -> StartOutcome {
    const auto told = std::make_shared<std::promise<StartOutcome>>();
    std::future<StartOutcome> answer = told->get_future();
    server.post([parts, fields, told = std::move(told)] {
      start_run(parts, fields, [told](const StartOutcome& outcome) { told->set_value(outcome); });
    });
    return wait(answer);
  };
  control.stop = [this, wait](const ScenarioEntry* scenario) -> Done {
    const auto ended = std::make_shared<std::promise<Done>>();
    std::future<Done> answer = ended->get_future();
    runs->stop(scenario, [ended = std::move(ended)] { ended->set_value({}); });
    return wait(answer);
  };
  return control;
}

std::vector<http::Route> Service::Impl::routes() {
  http::StatusCallbacks probes;
  std::vector<http::Route> all;
  const auto add = [&](std::vector<http::Route> part) {
    for (http::Route& route : part) all.push_back(std::move(route));
  };
  add(control_routes({*runs, feed, options.configure, options.start_fields, store.get(), topics.get()}));
  add(store != nullptr ? store->routes() : routes_without_store());
  add(telemetry_routes(feed));
  add(live_routes(feed));
  add(rest_routes(*queries));
  add(proof_routes(*queries));
  add(graphql_routes(
      graphql, *queries,
      [this](std::int64_t delay_ns, std::function<void()> call) {
        server.post_after(delay_ns, std::move(call));
      },
      clock));
  probes.metrics = [this] { return service_metrics(runs->statuses(), feed, store.get()); };
  probes.trouble = [this] { return runs->open() ? std::string() : std::string("it is stopping"); };
  add(http::status_routes(probes));
  add({asyncapi_route({all, options.version, options.server.tls != nullptr})});
  add({openapi_route(all, options.version)});
  if (options.pages) {  // behind the description: only pages ask for these
    add(page_routes(*runs));
    add(session_routes(options.server.token, options.server.tls != nullptr));
  }
  return all;
}

Service::Service(ServiceOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}

Service::~Service() {
  stop();
  abandon();
}

Done Service::listen() {
  if (impl_->store != nullptr)
    if (Done ok = impl_->store->open(); !ok) return ok;
  if (Done ok = impl_->server.listen(impl_->options.listen); !ok) return ok;
  return impl_->topics != nullptr ? impl_->topics->open() : Done();
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
  if (impl_->topics != nullptr) impl_->topics->abandon();
  if (impl_->store != nullptr) impl_->store->abandon();
}

bool Service::wait_for(std::int64_t timeout_ns) {
  return impl_->runs->wait_for(timeout_ns);
}

void Service::close() {
  // Who writes is the last to leave the store: a SQLite database is then one file again.
  impl_->queries->close();
  if (impl_->topics != nullptr) {
    impl_->topics->stop();
    impl_->topics->close();
  }
  if (impl_->store != nullptr) {
    impl_->store->stop();
    impl_->store->close();  // answers the requests that it has stored
  }
  impl_->server.close();
}

}  // namespace racesim::serve
