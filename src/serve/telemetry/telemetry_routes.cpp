#include "serve/telemetry/telemetry_routes.h"

#include <algorithm>
#include <string>
#include <utility>

#include "serve/fleetstream.h"
#include "serve/live/messages.h"
#include "serve/replies.h"
#include "serve/telemetry/csv_export.h"

namespace racesim::serve {
namespace {

constexpr std::size_t kItemsMost = 2000;
constexpr std::size_t kRecentItems = 100;
constexpr std::size_t kViolationItems = 50;

/// What is asked of which ring.
struct Question {
  const EventRing& ring;
  const ScenarioEntry& scenario;
  Parameters parameters;
  std::size_t limit = 0;
};
using Answer = http::Response (*)(const Question& question);

http::Response no_events(const Question& question) {
  const std::string name(question.scenario.name);
  return http::problem(404, "no event of " + name + " yet; start it: POST /start?scenario=" + name);
}

http::Response items_answer(const std::vector<EventPlace>& events) {
  return json_answer(items_message(events, FieldChoice()) + "\n");
}

http::Response latest(const Question& question) {
  const std::vector<EventPlace> events = latest_events(question.ring, kItemsMost);
  return events.empty() ? no_events(question) : items_answer(events);
}

http::Response recent(const Question& question) {
  return items_answer(recent_events(question.ring, question.limit));
}

/// Of the newest run; null: there was none.
const SchemaInfo* schema_now(const EventRing& ring) {
  return ring.chunks().empty() ? nullptr : ring.chunks().back()->forms().schemas.front();
}

bool has_violations(const SchemaInfo& schema) {
  return std::any_of(schema.fields.begin(), schema.fields.end(), [](const FieldInfo& field) {
    return std::find(kViolationFields.begin(), kViolationFields.end(), field.path) != kViolationFields.end();
  });
}

/// Quotes within texts are escaped, so that no text can pass for a member.
bool is_violation(std::string_view line) {
  return std::any_of(kViolationFields.begin(), kViolationFields.end(), [&](std::string_view field) {
    return line.find("\"" + std::string(field) + "\":true") != std::string_view::npos;
  });
}

http::Response violations(const Question& question) {
  const SchemaInfo* const schema = schema_now(question.ring);
  if (schema != nullptr && !has_violations(*schema))
    return http::problem(404,
                         "events of " + std::string(question.scenario.name) +
                             " have no violations; ask for scenario=" + std::string(kFleetStreamScenario));
  return items_answer(recent_events(question.ring, question.limit, is_violation));
}

http::Response export_csv(const Question& question) {
  const SchemaInfo* const schema = schema_now(question.ring);
  if (schema == nullptr) return no_events(question);
  bool safe = false;
  if (const std::string* const text = find_parameter(question.parameters, "spreadsheet")) {
    if (*text != "1" && *text != "0")
      return http::problem(400, "spreadsheet: 1 keeps cells from being taken for formulas; 0 does not");
    safe = *text == "1";
  }
  Result<std::string> csv = csv_of(recent_events(question.ring, question.limit), *schema);
  if (!csv) return problem_of(csv.error());
  http::Response response;
  response.content_type = "text/csv; charset=utf-8";
  response.body = safe ? spreadsheet_safe(*csv) : std::move(*csv);
  response.headers = {{"Content-Disposition", "attachment; filename=\"telemetry.csv\""},
                      {"Cache-Control", "no-store"}};
  return response;
}

http::Route route_of_events(LiveFeed& feed, const char* path, const char* summary, std::size_t limit,
                            KnownParameters known, Answer answer) {
  http::Route route;
  route.method = "GET";
  route.path = path;
  route.summary = summary;
  route.answers = "application/json";
  route.parameters = known;
  route.handle = [&feed, limit, known = std::move(known), answer](const http::Request& request,
                                                                  http::Reply reply) {
    Result<Parameters> parameters = read_query(request.head, known);
    if (!parameters) return reply.send(problem_of(parameters.error()));
    const Result<const ScenarioEntry*> named = read_scenario(*parameters);
    if (!named) return reply.send(problem_of(named.error()));
    const Result<std::size_t> most = read_limit(*parameters, limit, kItemsMost);
    if (!most) return reply.send(problem_of(most.error()));
    const ScenarioEntry& scenario = *named != nullptr ? **named : feed.current();
    reply.send(answer({feed.caught_up(scenario), scenario, std::move(*parameters), *most}));
  };
  return route;
}

}  // namespace

std::vector<http::Route> telemetry_routes(LiveFeed& feed) {
  const http::RouteParameter scenario = scenario_parameter();
  const auto limited = [](std::size_t fallback) { return limit_parameter(fallback, kItemsMost); };
  std::vector<http::Route> routes{
      route_of_events(feed, "/telemetry/latest", "The last event of each vehicle, car or listener",
                      kItemsMost, {scenario}, latest),
      route_of_events(feed, "/telemetry/recent", "The last events, the newest at the end", kRecentItems,
                      {limited(kRecentItems), scenario}, recent),
      route_of_events(feed, "/telemetry/violations", "The last events that are violations", kViolationItems,
                      {limited(kViolationItems), scenario}, violations),
      route_of_events(feed, "/telemetry/export.csv", "The last events as CSV", kItemsMost,
                      {limited(kItemsMost),
                       scenario,
                       {"spreadsheet", "1: an apostrophe before cells that would be taken for formulas"}},
                      export_csv)};
  routes.back().answers = "text/csv";
  return routes;
}

}  // namespace racesim::serve
