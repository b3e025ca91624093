// Run and what hangs on it.
#include <algorithm>
#include <utility>

#include "base/quantity.h"
#include "base/time_text.h"
#include "graphql/connection/connection.h"
#include "graphql/execute/value_writer.h"
#include "serve/gateway/graphql/row_pages.h"
#include "serve/gateway/graphql/schema_parts.h"
#include "sim/registry.h"

namespace racesim::serve {
namespace {

using graphql::Call;
using graphql::FieldDef;
using graphql::FieldsOf;
using graphql::ValueWriter;

constexpr std::uint32_t kPageRows = 100;
constexpr std::uint32_t kPageRowsMost = 5'000;
constexpr std::uint32_t kRuns = 20;
constexpr std::uint32_t kRunsMost = 1'000;
constexpr std::uint32_t kCars = 20;  // that a list is taken to have, for the limits
constexpr std::uint32_t kSongs = 10;
constexpr std::uint32_t kSongsMost = 20;

const Resolvers& resolvers_of(const Call& call) {
  return call.context_as<const GraphqlContext>().resolvers;
}

/// Errors (usage): less than 1.
Result<std::size_t> limit_argument(const Call& call, std::uint32_t fallback, std::uint32_t most) {
  const graphql::Value* const value = call.arguments.find("limit");
  if (value == nullptr) return fallback;
  if (value->integer() < 1)
    return fail(ErrorKind::usage,
                "limit: " + std::to_string(value->integer()) + " is no whole number from 1 on");
  return static_cast<std::size_t>(std::min<std::int64_t>(value->integer(), most));
}

Result<RowsQuestion> rows_question(const Call& call, const ListedRun& run, std::string_view whose) {
  RowsQuestion question;
  question.run = run.run;
  question.whose = text_argument(call, whose);
  const auto from = moment_argument(call, "from"), to = moment_argument(call, "to");
  if (!from) return told(from.error());
  if (!to) return told(to.error());
  question.from_us = *from;
  question.to_us = *to;
  return question;
}

Done write_page(const Call& call, const RowType& type, const RowOrder& order, const FetchRows& fetch,
                ValueWriter& to) {
  const Result<graphql::PageRequest> request =
      graphql::read_page_request(call.arguments, kPageRows, kPageRowsMost);
  if (!request) return told(request.error());
  const Result<RowPage> page = read_page(type, order, *request, fetch);
  if (!page) return told(page.error());
  to.object(&page->page);
  return {};
}

Done write_rows(const RowType& type, Result<HistoryRows> rows, ValueWriter& to) {
  if (!rows) return told(rows.error());
  const std::unique_ptr<RowSet> set = type.bind(std::move(*rows));
  to.objects(set->refs);
  return {};
}

/// The question with what a page begins at and how long it is.
template <class Question>
Question paged(Question question, std::optional<std::int64_t> from_us, std::size_t limit) {
  if (from_us) question.from_us = std::max(question.from_us.value_or(INT64_MIN), *from_us);
  question.limit = limit;
  return question;
}

Done write_telemetry(const Call& call, const ListedRun& run, const RowType& type, std::string_view whose,
                     ValueWriter& to) {
  const Result<RowsQuestion> rows = rows_question(call, run, whose);
  if (!rows) return told(rows.error());
  TelemetryQuestion question;
  question.scenario = run.scenario->name;
  question.run = run.run;
  question.whose = rows->whose;
  question.from_us = rows->from_us;
  question.to_us = rows->to_us;
  if (const graphql::Value* const lap = call.arguments.find("lap")) question.lap = lap->integer();
  if (const std::string every = text_argument(call, "every"); !every.empty()) {
    const Result<std::int64_t> every_ns = parse_duration_ns(every);
    if (!every_ns || *every_ns < 1'000'000)
      return fail(ErrorKind::usage, "every: '" + every.substr(0, 80) + "' is no duration from 1ms on",
                  "example: every: \"200ms\"");
    question.every_us = *every_ns / 1000;
  }
  question.spread = type.asks_spread(call);
  // What a run's rows do not have is null: a run may have fewer columns than the type.
  std::vector<std::string> asked = type.asked_columns(call, question.every_us > 0);
  std::erase(asked, "event_time");
  question.fields = resolvers_of(call).known_fields(run, asked);
  const FetchRows fetch = [&](std::optional<std::int64_t> from_us, std::size_t limit) {
    return resolvers_of(call).telemetry(run, paged(question, from_us, limit));
  };
  return write_page(
      call, type, {{"event_time", std::string(whose == "vehicle" ? "vehicle_id" : whose)}, true}, fetch, to);
}

FieldDef& add_range(FieldDef& field) {
  return field.argument("from", "DateTime", "From this moment of event time on.")
      .argument("to", "DateTime", "Before this moment of event time.");
}

void add_run_facts(FieldsOf<ListedRun>& type) {
  const auto text_or_null = [](const std::optional<std::string>& text, ValueWriter& to) {
    if (text) to.text(*text);
  };
  type.field("run", "ID!", "8 hex digits.",
             [](const ListedRun& run, const Call&, ValueWriter& to) { to.text(run.run); });
  type.field("scenario", "String!", "Of which kind it is.",
             [](const ListedRun& run, const Call&, ValueWriter& to) { to.text(run.scenario->name); });
  type.field(
      "session", "String", "Of a race: race, qualifying, …",
      [text_or_null](const ListedRun& run, const Call&, ValueWriter& to) { text_or_null(run.session, to); });
  type.field(
      "track", "String", "Of a race.",
      [text_or_null](const ListedRun& run, const Call&, ValueWriter& to) { text_or_null(run.track, to); });
  type.field("seed", "Long", "What it is made from.", [](const ListedRun& run, const Call&, ValueWriter& to) {
    if (run.seed) to.json(std::to_string(*run.seed));
  });
  type.field("started", "DateTime", "Event time of its begin.",
             [](const ListedRun& run, const Call&, ValueWriter& to) {
               if (run.started_us) to.text(format_datetime_us(*run.started_us));
             });
  type.field("events", "Long", "How many there are so far.",
             [](const ListedRun& run, const Call& call, ValueWriter& to) {
               const std::optional<std::uint64_t> events = resolvers_of(call).events_of(run);
               if (events) to.integer(static_cast<std::int64_t>(*events));
             });
  type.field("live", "Boolean!", "It goes on.",
             [](const ListedRun& run, const Call&, ValueWriter& to) { to.boolean(run.is_live); });
  type.field("stored", "Boolean!", "The store has events of it.",
             [](const ListedRun& run, const Call& call, ValueWriter& to) -> Done {
               const Result<bool> is_stored = resolvers_of(call).is_stored(run);
               if (!is_stored) return told(is_stored.error());
               to.boolean(*is_stored);
               return {};
             });
}

void add_race_rows(FieldsOf<ListedRun>& type, const GatewayTypes& types) {
  const auto driver = [](FieldDef& field) -> FieldDef& {
    return field.argument("driver", "String", "Only of this driver: three letters.");
  };
  type.field(
          "standings", "[Standing!]!", "The order of the cars, each as it passed its last timing line.",
          [standing = types.standing.get()](const ListedRun& run, const Call& call, ValueWriter& to) -> Done {
            RowsQuestion question;
            question.run = run.run;
            const auto at = moment_argument(call, "at");
            if (!at) return told(at.error());
            if (*at) question.to_us = **at + 1;
            return write_rows(*standing, resolvers_of(call).standings(run, question), to);
          })
      .argument("at", "DateTime", "As it was at this moment of event time.")
      .paged({}, kCars);
  FieldDef& laps =
      type.field("laps", "LapConnection!", "By car and lap.",
                 [lap = types.lap.get()](const ListedRun& run, const Call& call, ValueWriter& to) -> Done {
                   const Result<RowsQuestion> question = rows_question(call, run, "driver");
                   if (!question) return told(question.error());
                   return write_page(
                       call, *lap, {{"session", "car", "lap"}, false},
                       [&](std::optional<std::int64_t> from_us, std::size_t limit) {
                         return resolvers_of(call).laps(run, paged(*question, from_us, limit));
                       },
                       to);
                 });
  graphql::add_page_arguments(add_range(driver(laps)), kPageRows);
  FieldDef& telemetry = type.field(
      "telemetry", "TelemetryConnection!", "Samples, by time.",
      [sample = types.telemetry.get()](const ListedRun& run, const Call& call, ValueWriter& to) -> Done {
        return write_telemetry(call, run, *sample, "driver", to);
      });
  driver(telemetry)
      .argument("lap", "Int", "Only samples of this lap.")
      .argument("every", "String",
                "One for each car and stretch of this length, with the last values: 200ms.");
  graphql::add_page_arguments(add_range(telemetry), kPageRows);
  FieldDef& control = type.field(
      "raceControl", "RaceControlConnection!", "Messages of race control, by time, if the run makes them.",
      [message = types.race_control.get()](const ListedRun& run, const Call& call, ValueWriter& to) -> Done {
        const Result<RowsQuestion> question = rows_question(call, run, "driver");
        if (!question) return told(question.error());
        return write_page(
            call, *message, {{"time", "seq"}, true},
            [&](std::optional<std::int64_t> from_us, std::size_t limit) {
              return resolvers_of(call).side_stream(run, {paged(*question, from_us, limit), "race_control"});
            },
            to);
      });
  graphql::add_page_arguments(add_range(control), kPageRows);
}

/// The run of `name`, then what `write` makes of it.
template <class Write>
auto with_run(Subject subject, Write write) {
  return [subject, write](const Call& call, ValueWriter& to) -> Done {
    const Result<ListedRun> run = resolvers_of(call).run_named(subject, text_argument(call, "run"));
    if (!run) return told(run.error());
    return write(*run, call, to);
  };
}

FieldDef& add_run_argument(FieldDef& field) {
  return field.argument("run", "ID!", "8 hex digits, or live: the run of now, or the last one.", "\"live\"");
}

void add_run_lists(FieldsOf<>& query) {
  const auto list = [](Subject subject) {
    return [subject](const Call& call, ValueWriter& to) -> Done {
      const Result<std::size_t> limit = limit_argument(call, kRuns, kRunsMost);
      if (!limit) return told(limit.error());
      const std::string name = text_argument(call, "scenario");
      const ScenarioEntry* const scenario = name.empty() ? nullptr : find_scenario(name);
      if (!name.empty() && scenario == nullptr)
        return fail(ErrorKind::usage, "scenario: '" + name.substr(0, 80) + "' is not known");
      const Result<std::vector<ListedRun>> runs = resolvers_of(call).runs(subject, scenario, *limit);
      if (!runs) return told(runs.error());
      to.objects(*runs);
      return {};
    };
  };
  query.field("races", "[Run!]!", "Races, the newest first.", list(Subject::cars))
      .argument("limit", "Int", "How many at most.", std::to_string(kRuns))
      .paged({"limit"}, kRuns);
  query.field("runs", "[Run!]!", "Runs of all scenarios, the newest first.", list(Subject::any))
      .argument("scenario", "String", "Only of this one.")
      .argument("limit", "Int", "How many at most.", std::to_string(kRuns))
      .paged({"limit"}, kRuns);
  add_run_argument(
      query.field("race", "Run", "One race.",
                  with_run(Subject::cars, [](const ListedRun& run, const Call&, ValueWriter& to) {
                    to.object(&run);
                    return Done();
                  })));
}

void add_master_lists(const GatewayTypes& types, FieldsOf<>& query) {
  const auto rows = [](const RowType& type, const char* entity) {
    return [&type, entity](const ListedRun& run, const Call& call, ValueWriter& to) {
      return write_rows(type, resolvers_of(call).master_rows(run, entity), to);
    };
  };
  add_run_argument(query.field("drivers", "[Driver!]!", "Who drives in a race.",
                               with_run(Subject::cars, rows(*types.driver, "drivers"))))
      .paged({}, kCars);
  add_run_argument(query.field("vehicles", "[Vehicle!]!", "The vehicles of a run.",
                               with_run(Subject::vehicles, rows(*types.vehicle, "vehicles"))))
      .paged({}, kPageRows);
}

void add_vehicle_rows(const GatewayTypes& types, FieldsOf<>& query) {
  FieldDef& violations = query.field(
      "violations", "ViolationConnection!", "By time.",
      with_run(
          Subject::vehicles,
          [type = types.violation.get()](const ListedRun& run, const Call& call, ValueWriter& to) -> Done {
            const Result<RowsQuestion> question = rows_question(call, run, "vehicle");
            if (!question) return told(question.error());
            return write_page(
                call, *type, {{"time", "vehicle_id", "kind"}, true},
                [&](std::optional<std::int64_t> from_us, std::size_t limit) {
                  return resolvers_of(call).violations(run, paged(*question, from_us, limit));
                },
                to);
          }));
  add_run_argument(violations).argument("vehicle", "String", "Only of this vehicle_id.");
  graphql::add_page_arguments(add_range(violations), kPageRows);
  FieldDef& packets = query.field(
      "packets", "PacketConnection!", "Packets of vehicles, by time.",
      with_run(Subject::vehicles,
               [type = types.packet.get()](const ListedRun& run, const Call& call, ValueWriter& to) {
                 return write_telemetry(call, run, *type, "vehicle", to);
               }));
  add_run_argument(packets)
      .argument("vehicle", "String", "Only of this vehicle_id.")
      .argument("every", "String",
                "One for each vehicle and stretch of this length, with the last values: 10s.");
  graphql::add_page_arguments(add_range(packets), kPageRows);
}

void add_charts(const GatewayTypes& types, FieldsOf<>& query) {
  query
      .field("topSongs", "[TopSong!]!", "The songs played most of late, by rank.",
             [type = types.song.get()](const Call& call, ValueWriter& to) -> Done {
               const Result<std::size_t> limit = limit_argument(call, kSongs, kSongsMost);
               if (!limit) return told(limit.error());
               ChartQuestion question{text_argument(call, "window"), text_argument(call, "country"),
                                      text_argument(call, "genre"), *limit};
               if (!question.country.empty() && !question.genre.empty())
                 return fail(ErrorKind::usage, "country and genre are charts of their own: give one of them");
               return write_rows(*type, resolvers_of(call).top_songs(question), to);
             })
      .argument("window", "String!", "1m, 5m or 1h, about.", "\"1m\"")
      .argument("country", "String", "The chart of this country: DE.")
      .argument("genre", "String", "The chart of this genre.")
      .argument("limit", "Int", "How many at most.", std::to_string(kSongs))
      .paged({"limit"}, kSongs);
}

}  // namespace

void declare_runs(graphql::SchemaBuilder& builder, const GatewayTypes& types, FieldsOf<>& query) {
  auto run = builder.object<ListedRun>("Run", "A run of a scenario.");
  add_run_facts(run);
  add_race_rows(run, types);
  add_run_lists(query);
  add_master_lists(types, query);
  add_vehicle_rows(types, query);
  add_charts(types, query);
}

}  // namespace racesim::serve
