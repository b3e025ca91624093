// What the service says of itself, and what it can be told: Stage, Status, Mutation, Subscription.
#include <algorithm>
#include <span>
#include <utility>

#include "base/suggest.h"
#include "base/time_text.h"
#include "graphql/execute/value_writer.h"
#include "graphql/values/json.h"
#include "serve/gateway/graphql/gateway_events.h"
#include "serve/gateway/graphql/schema_parts.h"
#include "serve/gateway/pipeline.h"
#include "sim/registry.h"

namespace racesim::serve {
namespace {

using graphql::Call;
using graphql::FieldsOf;
using graphql::ListWriter;
using graphql::ValueWriter;

constexpr std::uint32_t kStages = 10;  // that a list is taken to have, for the limits
constexpr std::uint32_t kScenarios = 3;

const GraphqlContext& context_of(const Call& call) {
  return call.context_as<const GraphqlContext>();
}

struct LagPart {
  double le_ms = 0;
  bool is_last = false;
  std::uint64_t count = 0;
};

std::vector<LagPart> parts_of(const LagSummary& lag) {
  std::vector<LagPart> parts;
  for (std::size_t i = 0; i < kLagBounds_ms.size(); ++i)
    parts.push_back({kLagBounds_ms[i], false, lag.within[i]});
  parts.push_back({0, true, lag.count});
  return parts;
}

void declare_lag(graphql::SchemaBuilder& builder) {
  auto part = builder.object<LagPart>("LagPart", "How many events were at most so late.");
  part.field("leMs", "Float", "In milliseconds; null: any.",
             [](const LagPart& of, const Call&, ValueWriter& to) {
               if (!of.is_last) to.number(of.le_ms);
             });
  part.field("count", "Long!", "", [](const LagPart& of, const Call&, ValueWriter& to) {
    to.integer(static_cast<std::int64_t>(of.count));
  });
  auto lag = builder.object<LagSummary>("Lag", "How late events were, in milliseconds.");
  const auto number = [&](const char* name, double LagSummary::*value) {
    lag.field(name, "Float!", "",
              [value](const LagSummary& of, const Call&, ValueWriter& to) { to.number(of.*value); });
  };
  number("p50", &LagSummary::p50_ms);
  number("p99", &LagSummary::p99_ms);
  number("max", &LagSummary::max_ms);
  lag.field("histogram", "[LagPart!]!", "Each part holds those before it.",
            [](const LagSummary& of, const Call&, ValueWriter& to) { to.objects(parts_of(of)); })
      .paged({}, kLagBounds_ms.size() + 1);
}

void declare_stage(graphql::SchemaBuilder& builder) {
  auto stage = builder.object<PipelineStage>("Stage", "A stage that events pass. Null is what is not known.");
  stage.field("name", "String!", "simulation, a sink, store, processing, clients.",
              [](const PipelineStage& of, const Call&, ValueWriter& to) { to.text(of.name); });
  stage.field("scenario", "String", "", [](const PipelineStage& of, const Call&, ValueWriter& to) {
    if (!of.scenario.empty()) to.text(of.scenario);
  });
  stage.field("state", "String!", "",
              [](const PipelineStage& of, const Call&, ValueWriter& to) { to.text(of.state); });
  const auto count = [&](const char* name, std::optional<std::uint64_t> PipelineStage::*value) {
    stage.field(name, "Long", "", [value](const PipelineStage& of, const Call&, ValueWriter& to) {
      if (of.*value) to.integer(static_cast<std::int64_t>(*(of.*value)));
    });
  };
  count("in", &PipelineStage::in);
  count("out", &PipelineStage::out);
  count("failed", &PipelineStage::failed);
  count("deadLetters", &PipelineStage::dead_letters);
  count("late", &PipelineStage::late);
  count("duplicates", &PipelineStage::duplicates);
  count("clients", &PipelineStage::clients);
  const auto rate = [&](const char* name, std::optional<double> PipelineStage::*value) {
    stage.field(name, "Float", "Events a second.",
                [value](const PipelineStage& of, const Call&, ValueWriter& to) {
                  if (of.*value) to.number(*(of.*value));
                });
  };
  rate("rateAsked", &PipelineStage::rate_asked);
  rate("rateGot", &PipelineStage::rate_got);
  const auto moment = [&](const char* name, std::optional<std::int64_t> PipelineStage::*value) {
    stage.field(name, "DateTime", "Event time.",
                [value](const PipelineStage& of, const Call&, ValueWriter& to) {
                  if (of.*value) to.text(format_datetime_us(*(of.*value)));
                });
  };
  moment("watermark", &PipelineStage::watermark_us);
  moment("newest", &PipelineStage::newest_us);
  stage.field("lagMs", "Lag", "", [](const PipelineStage& of, const Call&, ValueWriter& to) {
    if (of.lag) to.object(&*of.lag);
  });
}

void declare_run_status(graphql::SchemaBuilder& builder) {
  auto run =
      builder.object<NamedStatus>("RunStatus", "How a scenario's run stands, as GET /status tells it.");
  run.field("scenario", "String!", "",
            [](const NamedStatus& of, const Call&, ValueWriter& to) { to.text(of.scenario->name); });
  run.field("state", "String!", "idle, starting, running, draining, stopped, failed.",
            [](const NamedStatus& of, const Call&, ValueWriter& to) { to.text(to_string(of.status.state)); });
  run.field("run", "ID", "8 hex digits.", [](const NamedStatus& of, const Call&, ValueWriter& to) {
    if (!of.status.run.empty()) to.text(of.status.run);
  });
  const auto count = [&](const char* name, std::uint64_t RunStatus::*value) {
    run.field(name, "Long!", "", [value](const NamedStatus& of, const Call&, ValueWriter& to) {
      to.integer(static_cast<std::int64_t>(of.status.counts.*value));
    });
  };
  count("sent", &RunStatus::released);
  count("failed", &RunStatus::failed);
  const auto number = [&](const char* name, const char* text, double RunStatus::*value) {
    run.field(name, "Float!", text, [value](const NamedStatus& of, const Call&, ValueWriter& to) {
      to.number(of.status.counts.*value);
    });
  };
  number("uptimeS", "", &RunStatus::uptime_s);
  number("rateAsked", "Events a second.", &RunStatus::target_rate);
  number("rateGot", "Events a second.", &RunStatus::got_rate);
  run.field("lagMs", "Lag", "When events were sent after they were due.",
            [](const NamedStatus& of, const Call&, ValueWriter& to) {
              if (of.status.counts.send_lag.count > 0) to.object(&of.status.counts.send_lag);
            });
  run.field("eventTime", "DateTime", "Of the last event.",
            [](const NamedStatus& of, const Call&, ValueWriter& to) {
              if (of.status.counts.released > 0) to.text(format_datetime(of.status.counts.event_time_ns));
            });
  run.field("error", "String", "What ended it, or kept it from beginning.",
            [](const NamedStatus& of, const Call&, ValueWriter& to) {
              if (of.status.error) to.text(of.status.error->what);
            });
}

void declare_status(graphql::SchemaBuilder& builder) {
  auto status = builder.object<ServiceStatus>("Status", "How everything stands.");
  status.field("state", "String!", "Of the run that matters most.",
               [](const ServiceStatus& of, const Call&, ValueWriter& to) {
                 to.text(to_string(overall_state(of.runs)));
               });
  status.field("scenario", "String!", "That was started last.",
               [](const ServiceStatus& of, const Call&, ValueWriter& to) { to.text(of.scenario->name); });
  status.field("clients", "Int!", "Connections that are shown events.",
               [](const ServiceStatus& of, const Call&, ValueWriter& to) {
                 to.integer(static_cast<std::int64_t>(of.clients));
               });
  status
      .field("runs", "[RunStatus!]!", "Of every scenario that was started.",
             [](const ServiceStatus& of, const Call&, ValueWriter& to) {
               to.list([&](ListWriter& items) {
                 for (const NamedStatus& run : of.runs)
                   if (run.status.any && !items.object(&run)) return;
               });
             })
      .paged({}, kScenarios);
}

/// A setting as the command line would give it.
Result<std::string> setting_text(const std::string& name, const graphql::Value& value) {
  if (value.get<std::string>() != nullptr || value.get<graphql::EnumName>() != nullptr) return value.text();
  if (value.get<bool>() != nullptr) return std::string(value.truth() ? "true" : "false");
  if (value.get<std::int64_t>() != nullptr) return std::to_string(value.integer());
  if (value.get<double>() != nullptr) {
    std::string text;
    graphql::append_json_number(text, value.number());
    return text;
  }
  if (value.get<graphql::Items>() != nullptr && !value.items().empty()) {
    std::string list;
    for (const graphql::Value& item : value.items()) {
      if (item.get<std::string>() == nullptr) break;
      list += (list.empty() ? "" : ",") + item.text();
      if (&item == &value.items().back()) return list;
    }
  }
  return fail(ErrorKind::usage,
              "'" + name + "' is neither a text, nor a number, nor true or false, nor a list of texts");
}

/// The fields of `options` by the names that POST /start has.
Result<StartFields> start_fields_of(const Call& call, const std::vector<http::RouteParameter>& known) {
  StartFields fields;
  const graphql::Value* const options = call.arguments.find("options");
  if (options == nullptr) return fields;
  for (const auto& [name, value] : options->fields()) {
    if (value.is_null()) continue;
    const Result<std::string> text = setting_text(name, value);
    if (!text) return tl::make_unexpected(text.error());
    for (const http::RouteParameter& field : known)
      if (camel_name(field.name) == name) fields.push_back({field.name, *text});
  }
  return fields;
}

Done stop_runs(const Call& call, ValueWriter& to) {
  const std::string name = text_argument(call, "scenario");
  const ScenarioEntry* const scenario = name.empty() ? nullptr : find_scenario(name);
  if (!name.empty() && scenario == nullptr) {
    std::vector<std::string> known;
    for (const ScenarioEntry* entry : scenarios()) known.emplace_back(entry->name);
    return told(unknown_choice(name.substr(0, 80), known));
  }
  if (const Done done = context_of(call).control.stop(scenario); !done) return told(done.error());
  const ServiceStatus status = status_now(context_of(call).resolvers.parts());
  to.object(&status);
  return {};
}

}  // namespace

ServiceStatus status_now(const GatewayParts& parts) {
  return {parts.runs.statuses(), &parts.feed.current(), parts.feed.clients()};
}

void declare_service(graphql::SchemaBuilder& builder, FieldsOf<>& query) {
  declare_lag(builder);
  declare_stage(builder);
  declare_run_status(builder);
  declare_status(builder);
  query
      .field("pipeline", "[Stage!]!", "How events come along, stage by stage.",
             [](const Call& call, ValueWriter& to) {
               to.objects(pipeline_stages(context_of(call).resolvers.parts()));
             })
      .paged({}, kStages);
  query.field("status", "Status!", "How everything stands.", [](const Call& call, ValueWriter& to) {
    const ServiceStatus status = status_now(context_of(call).resolvers.parts());
    to.object(&status);
  });
}

void declare_mutations(graphql::SchemaBuilder& builder,
                       const std::vector<http::RouteParameter>& start_fields) {
  builder.scalar("Setting", "A text, a number, true or false, or a list of texts.");
  auto input = builder.input("StartOptions", "What a run is asked for: the fields of POST /start.");
  for (const http::RouteParameter& field : start_fields)
    input.field(camel_name(field.name), "Setting", field.help);
  auto mutation = builder.object("Mutation", "What can be done.");
  mutation
      .field("start", "RunStatus!", "Starts a run; answers once it sends.",
             [start_fields](const Call& call, ValueWriter& to) -> Done {
               const Result<StartFields> fields = start_fields_of(call, start_fields);
               if (!fields) return told(fields.error());
               const StartOutcome outcome = context_of(call).control.start(*fields);
               if (!outcome.done) return told(outcome.done.error());
               to.object(&outcome.status);
               return {};
             })
      .argument("options", "StartOptions", "What is not given is as the service was started.");
  mutation.field("stop", "Status!", "Delivers what is made and ends a run, or all.", stop_runs)
      .argument("scenario", "String", "Whose run; all if none is named.");
}

void declare_subscriptions(graphql::SchemaBuilder& builder) {
  // An event is what the source made of it, in the form in which rows are written.
  const auto rows = [](const Call& call, ValueWriter& to) {
    to.objects(static_cast<const RowSet*>(call.parent)->refs);
  };
  auto subscription = builder.object("Subscription", "What can be followed. The first event comes at once.");
  subscription
      .field("standings", "[Standing!]!", "The order of the race of now, whenever it has changed.", rows)
      .paged({}, 20);
  subscription
      .field("telemetry", "[Telemetry!]!", "The newest sample of each car, some times a second.", rows)
      .argument("driver", "String", "Only of this driver: three letters.")
      .argument("rateHz", "Float!", "How often at most, up to 20.", "5")
      .paged({}, 20);
  subscription.field("raceControl", "[RaceControl!]!", "Messages of race control since the last event.", rows)
      .paged({}, 5);
  subscription.field("status", "Status!", "How everything stands, once a second.",
                     [](const Call& call, ValueWriter& to) { to.object(call.parent); });
}

}  // namespace racesim::serve
