#include "serve/gateway/rest_routes.h"

#include <memory>
#include <string>
#include <utility>

#include "model/aggregates/lap.h"
#include "model/aggregates/standings.h"
#include "model/aggregates/top_song.h"
#include "model/aggregates/violation.h"
#include "serve/gateway/pipeline.h"
#include "serve/gateway/rest_parameters.h"
#include "serve/gateway/run_json.h"
#include "serve/gateway/typed_rows.h"
#include "serve/replies.h"

namespace racesim::serve {
namespace {

constexpr std::size_t kRunsMost = 1'000;
constexpr std::size_t kRuns = 50;
constexpr std::size_t kRowsMost = 200'000;
constexpr std::size_t kRows = 20'000;
constexpr std::size_t kSongsMost = 20;
constexpr std::size_t kSongs = 10;

/// What is asked for of which run, for which there may be no run.
struct RunRequest {
  const Resolvers& resolvers;
  ListedRun run;
  const Parameters& parameters;
};
using RunAnswer = Result<std::string> (*)(const RunRequest& request);

struct RunRoute {
  const char* path;
  const char* summary;
  Subject subject;
  KnownParameters parameters;
  RunAnswer answer;
  std::string schema{};  ///< of the answer
};

Result<RowsQuestion> read_rows_question(const RunRequest& request, std::string_view whose) {
  RowsQuestion question;
  question.run = request.run.run;
  question.whose = read_text(request.parameters, whose);
  const auto from = read_moment(request.parameters, "from"), to = read_moment(request.parameters, "to");
  if (!from) return tl::make_unexpected(from.error());
  if (!to) return tl::make_unexpected(to.error());
  question.from_us = *from;
  question.to_us = *to;
  const Result<std::size_t> limit = read_limit(request.parameters, kRows, kRowsMost);
  if (!limit) return tl::make_unexpected(limit.error());
  question.limit = *limit;
  return question;
}

Result<std::string> items_of(const Result<HistoryRows>& rows) {
  if (!rows) return tl::make_unexpected(rows.error());
  return items_json(*rows);
}

Result<std::string> standings(const RunRequest& request) {
  RowsQuestion question;
  question.run = request.run.run;
  const auto at = read_moment(request.parameters, "at");
  if (!at) return tl::make_unexpected(at.error());
  if (*at) question.to_us = **at + 1;
  return items_of(request.resolvers.standings(request.run, question));
}

Result<std::string> laps(const RunRequest& request) {
  const Result<RowsQuestion> question = read_rows_question(request, "driver");
  if (!question) return tl::make_unexpected(question.error());
  return items_of(request.resolvers.laps(request.run, *question));
}

Result<std::string> violations(const RunRequest& request) {
  const Result<RowsQuestion> question = read_rows_question(request, "vehicle");
  if (!question) return tl::make_unexpected(question.error());
  return items_of(request.resolvers.violations(request.run, *question));
}

Result<std::string> telemetry_of(const RunRequest& request, std::string_view whose) {
  const Result<RowsQuestion> rows = read_rows_question(request, whose);
  if (!rows) return tl::make_unexpected(rows.error());
  const auto lap = read_whole(request.parameters, "lap");
  const auto every_us = read_every(request.parameters);
  const auto spread = read_flag(request.parameters, "spread");
  if (!lap) return tl::make_unexpected(lap.error());
  if (!every_us) return tl::make_unexpected(every_us.error());
  if (!spread) return tl::make_unexpected(spread.error());
  TelemetryQuestion question;
  question.scenario = request.run.scenario->name;
  question.run = rows->run;
  question.whose = rows->whose;
  question.lap = *lap;
  question.from_us = rows->from_us;
  question.to_us = rows->to_us;
  question.fields = read_list(request.parameters, "fields");
  question.every_us = *every_us;
  question.spread = *spread;
  question.limit = rows->limit;
  return items_of(request.resolvers.telemetry(request.run, question));
}

Result<std::string> car_telemetry(const RunRequest& request) {
  return telemetry_of(request, "driver");
}

Result<std::string> vehicle_telemetry(const RunRequest& request) {
  return telemetry_of(request, "vehicle");
}

/// The rows of each stream, one stream behind the other, each with the name of its stream.
Result<std::string> events(const RunRequest& request) {
  const Result<RowsQuestion> rows = read_rows_question(request, "driver");
  if (!rows) return tl::make_unexpected(rows.error());
  std::vector<std::string> streams = read_list(request.parameters, "streams");
  if (streams.empty()) streams = {"race_control", "results"};
  std::string text = R"({"items":[)";
  for (const std::string& stream : streams) {
    const Result<HistoryRows> found = request.resolvers.side_stream(request.run, {*rows, stream});
    if (!found) return tl::make_unexpected(found.error());
    for (std::size_t row = 0; row < found->size(); ++row) {
      if (!text.ends_with('[')) text += ',';
      text += R"({"stream":)";
      http::append_json_string(stream, text);
      std::string object;
      found->append_json(row, object);
      text.append(",").append(object, 1);
    }
  }
  return text + "]}\n";
}

http::RouteParameter rows_limit() {
  return limit_parameter(kRows, kRowsMost);
}

std::vector<RunRoute> run_routes() {
  const http::RouteParameter driver{"driver", "Only of this driver: three letters"};
  const http::RouteParameter vehicle{"vehicle", "Only of this vehicle: its vehicle_id"};
  const http::RouteParameter lap{"lap", "Only samples of this lap"};
  const http::RouteParameter fields{"fields", "Only these fields, separated by commas"};
  const http::RouteParameter every{
      "every", "One item for each driver or vehicle and stretch of this length, with the last values: 200ms"};
  const http::RouteParameter spread{"spread", "1: with every, the least and the greatest value too"};
  return {
      {"/api/v1/races/{run}/standings",
       "The order of the cars as each passed its last timing line",
       Subject::cars,
       {{"at", "As it was at this moment of event time"}},
       standings,
       items_schema(schema_info<StandingsRow>(), false)},
      {"/api/v1/races/{run}/laps",
       "Laps, by car and lap",
       Subject::cars,
       {driver, from_parameter(), to_parameter(), rows_limit()},
       laps,
       items_schema(schema_info<LapMetricsRow>(), false)},
      {"/api/v1/races/{run}/telemetry",
       "Samples of cars, by time",
       Subject::cars,
       {driver, lap, from_parameter(), to_parameter(), fields, every, spread, rows_limit()},
       car_telemetry},
      {"/api/v1/races/{run}/events",
       "Rows of side streams: race control, results",
       Subject::cars,
       {{"streams", "Names, separated by commas: race_control, results, laps, checkpoints"},
        driver,
        from_parameter(),
        to_parameter(),
        rows_limit()},
       events},
      {"/api/v1/fleet/{run}/telemetry",
       "Packets of vehicles, by time",
       Subject::vehicles,
       {vehicle, from_parameter(), to_parameter(), fields, every, spread, rows_limit()},
       vehicle_telemetry},
      {"/api/v1/fleet/{run}/violations",
       "Violations, by time",
       Subject::vehicles,
       {vehicle, from_parameter(), to_parameter(), rows_limit()},
       violations,
       items_schema(schema_info<ViolationRow>(), false)},
  };
}

http::Response response_of(const Result<std::string>& body) {
  return body ? json_answer(*body) : problem_of(body.error());
}

http::Response no_run(const Error& error) {
  return http::problem(404, error.what + "; " + error.hint);
}

http::Route base_route(const char* path, const char* summary, KnownParameters parameters) {
  http::Route route;
  route.method = "GET";
  route.path = path;
  route.summary = summary;
  route.answers = "application/json";
  route.parameters = std::move(parameters);
  return route;
}

http::Route route_of(QueryThreads& queries, const RunRoute& entry) {
  http::Route route = base_route(entry.path, entry.summary, entry.parameters);
  route.answer_schema = entry.schema;
  route.handle = [&queries, entry](const http::Request& request, http::Reply reply) {
    std::string key = answer_key(request.head);
    if (answer_again(queries, key, reply)) return;
    Result<Parameters> parameters = read_query(request.head, entry.parameters);
    if (!parameters) return reply.send(problem_of(parameters.error()));
    const std::string name(http::path_part(entry.path, request.head.path, "run"));
    answer_by_query(
        queries, std::move(reply),
        [name, subject = entry.subject, answer = entry.answer,
         given = std::move(*parameters)](const Resolvers& resolvers) {
          const Result<std::optional<ListedRun>> run = resolvers.find_run(subject, name);
          if (!run) return problem_of(run.error());
          if (!*run) return no_run(resolvers.run_named(subject, name).error());
          return response_of(answer({resolvers, **run, given}));
        },
        std::move(key));
  };
  return route;
}

http::Route list_route(QueryThreads& queries, const char* path, const char* summary, Subject subject) {
  const KnownParameters known{{"scenario", "Runs of this scenario"}, limit_parameter(kRuns, kRunsMost)};
  http::Route route = base_route(path, summary, known);
  route.handle = [&queries, known, subject](const http::Request& request, http::Reply reply) {
    const Result<Parameters> parameters = read_query(request.head, known);
    if (!parameters) return reply.send(problem_of(parameters.error()));
    const Result<const ScenarioEntry*> scenario = read_scenario(*parameters);
    if (!scenario) return reply.send(problem_of(scenario.error()));
    const Result<std::size_t> limit = read_limit(*parameters, kRuns, kRunsMost);
    if (!limit) return reply.send(problem_of(limit.error()));
    answer_by_query(queries, std::move(reply),
                    [subject, chosen = *scenario, most = *limit](const Resolvers& resolvers) {
                      const Result<std::vector<ListedRun>> runs = resolvers.runs(subject, chosen, most);
                      return runs ? response_of(runs_json(resolvers, *runs)) : problem_of(runs.error());
                    });
  };
  return route;
}

Result<ChartQuestion> read_chart(const Parameters& parameters) {
  ChartQuestion question;
  if (const std::string* const window = find_parameter(parameters, "window")) question.window = *window;
  question.country = read_text(parameters, "country");
  question.genre = read_text(parameters, "genre");
  if (!question.country.empty() && !question.genre.empty())
    return fail(ErrorKind::usage, "country and genre are charts of their own", "give one of them");
  const Result<std::size_t> limit = read_limit(parameters, kSongs, kSongsMost);
  if (!limit) return tl::make_unexpected(limit.error());
  question.limit = *limit;
  return question;
}

http::Route chart_route(QueryThreads& queries) {
  const KnownParameters known{{"window", "The last 1m, 5m or 1h, about; without it 1m"},
                              {"country", "The chart of this country: DE"},
                              {"genre", "The chart of this genre"},
                              limit_parameter(kSongs, kSongsMost)};
  http::Route route = base_route("/api/v1/songs/top", "The songs played most of late, by rank", known);
  route.answer_schema = items_schema(schema_info<TopSongRow>(), false);
  route.handle = [&queries, known](const http::Request& request, http::Reply reply) {
    std::string key = answer_key(request.head);
    if (answer_again(queries, key, reply)) return;
    const Result<Parameters> parameters = read_query(request.head, known);
    if (!parameters) return reply.send(problem_of(parameters.error()));
    const Result<ChartQuestion> question = read_chart(*parameters);
    if (!question) return reply.send(problem_of(question.error()));
    answer_by_query(
        queries, std::move(reply),
        [asked = *question](const Resolvers& resolvers) {
          return response_of(items_of(resolvers.top_songs(asked)));
        },
        std::move(key));
  };
  return route;
}

http::Route pipeline_route(QueryThreads& queries) {
  http::Route route = base_route("/api/v1/pipeline", "How events come along, stage by stage", {});
  route.handle = [&queries](const http::Request& request, http::Reply reply) {
    const Result<Parameters> parameters = read_query(request.head, {});
    if (!parameters) return reply.send(problem_of(parameters.error()));
    answer_by_query(queries, std::move(reply), [](const Resolvers& resolvers) {
      return json_answer(pipeline_json(pipeline_stages(resolvers.parts())));
    });
  };
  return route;
}

}  // namespace

void answer_by_query(QueryThreads& queries, http::Reply reply,
                     std::function<http::Response(const Resolvers& resolvers)> make, std::string key) {
  // std::function wants what it holds to be copied.
  const auto shared = std::make_shared<http::Reply>(std::move(reply));
  const std::optional<QueryThreads::Ticket> ticket = queries.ask(
      [&queries, shared, make = std::move(make), key = std::move(key)](const Resolvers& resolvers) {
        AnswerBasis basis;
        http::Response made = make(resolvers.noting(basis));
        if (!key.empty()) queries.answers().keep(key, std::move(basis), made);
        shared->send(std::move(made));
      });
  if (ticket) return shared->on_gone([&queries, ticket] { queries.give_up(*ticket); });
  http::Response busy = http::problem(503, "too many questions wait for their answers; ask again later");
  busy.headers.push_back({"Retry-After", "1"});
  shared->send(std::move(busy));
}

bool answer_again(QueryThreads& queries, std::string_view key, http::Reply& reply) {
  const std::shared_ptr<const http::Response> known = queries.answers().find(key);
  if (known != nullptr) reply.send(*known);
  return known != nullptr;
}

std::string answer_key(const http::RequestHead& head) {
  return head.path + "?" + head.query;
}

std::vector<http::Route> rest_routes(QueryThreads& queries) {
  std::vector<http::Route> routes{
      list_route(queries, "/api/v1/runs", "Runs of all scenarios, the newest first", Subject::any),
      list_route(queries, "/api/v1/races", "Races, the newest first", Subject::cars)};
  for (const RunRoute& entry : run_routes()) routes.push_back(route_of(queries, entry));
  routes.push_back(chart_route(queries));
  routes.push_back(pipeline_route(queries));
  return routes;
}

}  // namespace racesim::serve
