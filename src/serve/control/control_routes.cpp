#include "serve/control/control_routes.h"

#include <fmt/format.h>

#include <memory>
#include <utility>

#include "serve/fleetstream.h"
#include "serve/replies.h"
#include "sim/registry.h"

namespace racesim::serve {
namespace {

constexpr std::size_t kControlBody = std::size_t{64} << 10;
/// A manifest may hold a track.
constexpr std::size_t kStartBody = std::size_t{1} << 20;

using Answerer = std::function<http::Response(const NamedStatus& status)>;

http::Response conflict(const StartOutcome& outcome) {
  return http::problem(409, outcome.done.error().what + "; " + outcome.done.error().hint,
                       fmt::format(R"("state":"{}","scenario":"{}")", to_string(outcome.status.status.state),
                                   outcome.status.scenario->name));
}

void start(const ControlParts& parts, const StartFields& fields, const Answerer& started, http::Reply reply) {
  // std::function wants what it holds to be copied.
  const auto shared = std::make_shared<http::Reply>(std::move(reply));
  start_run(parts, fields, [shared, started](const StartOutcome& outcome) {
    const bool is_busy = !outcome.done && outcome.status.scenario != nullptr;
    shared->send(outcome.done ? started(outcome.status)
                 : is_busy    ? conflict(outcome)
                              : problem_of(outcome.done.error()));
  });
}

http::Response run_answer(const NamedStatus& status) {
  return json_answer(run_json(status));
}

void start_any(const ControlParts& parts, const http::Request& request, http::Reply reply) {
  const Result<StartFields> fields = read_start_fields(request);
  if (!fields) return reply.send(problem_of(fields.error()));
  start(parts, *fields, run_answer, std::move(reply));
}

KnownParameters start_sim_parameters() {
  return {{"rate_hz", "Packets per vehicle and second"}};
}

void start_sim(const ControlParts& parts, const http::Request& request, http::Reply reply) {
  const Result<Parameters> parameters = read_query(request.head, start_sim_parameters());
  if (!parameters) return reply.send(problem_of(parameters.error()));
  StartFields fields{{"scenario", std::string(kFleetStreamScenario)}};
  std::string rate = "null";
  if (const std::string* const text = find_parameter(*parameters, "rate_hz")) {
    fields.push_back({"rate_hz", *text});
    rate = *text;  // a number: what is none never starts
  }
  start(
      parts, fields,
      [rate](const NamedStatus&) {
        return json_answer(fmt::format("{{\"status\":\"started\",\"rate_hz\":{}}}\n", rate));
      },
      std::move(reply));
}

void stop(const ControlParts& parts, const ScenarioEntry* scenario,
          const std::function<http::Response()>& ended, http::Reply reply) {
  const auto shared = std::make_shared<http::Reply>(std::move(reply));
  parts.runs.stop(scenario, [shared, ended] { shared->send(ended()); });
}

http::Response all_answer(const ControlParts& parts) {
  return json_answer(status_json(parts.runs.statuses(), parts.feed.current(), parts.feed.clients(),
                                 parts.store, parts.topics));
}

void stop_any(const ControlParts& parts, const http::Request& request, http::Reply reply) {
  const Result<StartFields> fields = read_start_fields(request);
  if (!fields) return reply.send(problem_of(fields.error()));
  Parameters parameters;
  for (const StartField& field : *fields) {
    if (field.name != "scenario")
      return reply.send(http::problem(400, "unknown field '" + field.name + "'; /stop takes scenario"));
    parameters.push_back({field.name, field.text});
  }
  const Result<const ScenarioEntry*> scenario = read_scenario(parameters);
  if (!scenario) return reply.send(problem_of(scenario.error()));
  stop(
      parts, *scenario, [parts] { return all_answer(parts); }, std::move(reply));
}

void stop_sim(const ControlParts& parts, const http::Request& request, http::Reply reply) {
  const Result<Parameters> parameters = read_query(request.head, {});
  if (!parameters) return reply.send(problem_of(parameters.error()));
  stop(
      parts, find_scenario(kFleetStreamScenario), [] { return json_answer("{\"status\":\"stopped\"}\n"); },
      std::move(reply));
}

void tell_status(const ControlParts& parts, const http::Request& request, http::Reply reply) {
  const Result<Parameters> parameters = read_query(request.head, {});
  reply.send(parameters ? all_answer(parts) : problem_of(parameters.error()));
}

struct ControlRoute {
  const char* method;
  const char* path;
  const char* summary;
  std::size_t body_most;
  void (*handle)(const ControlParts&, const http::Request&, http::Reply);
};
constexpr ControlRoute kControlRoutes[] = {
    {"POST", "/start", "Starts a run; answers once it sends", kStartBody, start_any},
    {"POST", "/stop", "Delivers what is made and ends one run, or all", kControlBody, stop_any},
    {"GET", "/status", "How all runs stand", 0, tell_status},
    {"POST", "/start-sim", "FleetStream's name for starting the vehicles", 0, start_sim},
    {"POST", "/stop-sim", "FleetStream's name for stopping the vehicles", 0, stop_sim},
};

}  // namespace

void start_run(const ControlParts& parts, const StartFields& fields,
               const std::function<void(const StartOutcome&)>& told) {
  if (!parts.runs.open()) return told({fail(ErrorKind::runtime, "the service is stopping"), {}});
  if (parts.topics != nullptr)
    return told(
        {fail(ErrorKind::busy, "this service shows " + parts.topics->status().name + " and simulates nothing",
              "start another one without --from kafka"),
         {}});
  Result<RunConfig> config = parts.configure(fields);
  if (!config) return told({tl::make_unexpected(config.error()), {}});
  const ScenarioEntry& scenario = *config->content.scenario;
  Runs& runs = parts.runs;
  const bool begun =
      runs.of(scenario).start(std::move(*config), [&runs, &scenario, told](const Done& opened) {
        if (opened)
          told({{}, runs.status(scenario)});
        else
          told({opened, {}});
      });
  if (begun) return;
  const NamedStatus now = runs.status(scenario);
  const std::string name(scenario.name);
  told({fail(ErrorKind::busy, name + " is " + to_string(now.status.state) + " already",
             "POST /stop?scenario=" + name + " ends it"),
        now});
}

std::vector<http::Route> control_routes(ControlParts parts) {
  std::vector<http::Route> routes;
  for (const ControlRoute& entry : kControlRoutes) {
    http::Route route;
    route.method = entry.method;
    route.path = entry.path;
    route.summary = entry.summary;
    route.answers = "application/json";
    route.body_most = entry.body_most;
    route.body_optional = true;
    route.handle = [parts, handle = entry.handle](const http::Request& request, http::Reply reply) {
      handle(parts, request, std::move(reply));
    };
    routes.push_back(std::move(route));
  }
  routes[0].parameters = parts.start_fields;
  routes[1].parameters = {{"scenario", "Whose run; all if none is named"}};
  routes[3].parameters = start_sim_parameters();
  return routes;
}

}  // namespace racesim::serve
