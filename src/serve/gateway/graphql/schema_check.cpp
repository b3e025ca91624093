// PipelineCheck: whether every stage has what a run sent.
#include <utility>

#include "graphql/execute/value_writer.h"
#include "serve/gateway/graphql/graphql_service.h"
#include "serve/gateway/graphql/schema_parts.h"
#include "serve/gateway/pipeline_check.h"

namespace racesim::serve {
namespace {

using graphql::Call;
using graphql::FieldsOf;
using graphql::ValueWriter;

constexpr std::uint32_t kCheckedStages = 8;  // that a list is taken to have, for the limits

void write_count(const std::optional<std::uint64_t>& count, ValueWriter& to) {
  if (count) to.integer(static_cast<std::int64_t>(*count));
}

void declare_checked_stage(graphql::SchemaBuilder& builder) {
  auto stage = builder.object<CheckedStage>("CheckedStage", "What one stage has of a run's events.");
  stage.field("name", "String!", "simulation, a sink, rows (of the store), processing, results.",
              [](const CheckedStage& of, const Call&, ValueWriter& to) { to.text(of.name); });
  stage.field("status", "String!", "ok, unknown, altered, extra, missing.",
              [](const CheckedStage& of, const Call&, ValueWriter& to) { to.text(to_string(of.status)); });
  stage.field("expected", "Long", "Events.",
              [](const CheckedStage& of, const Call&, ValueWriter& to) { write_count(of.expected, to); });
  stage.field("found", "Long", "Events.",
              [](const CheckedStage& of, const Call&, ValueWriter& to) { write_count(of.found, to); });
  stage.field("missing", "Long", "Events.",
              [](const CheckedStage& of, const Call&, ValueWriter& to) { write_count(of.missing(), to); });
  stage.field("extra", "Long", "Events.",
              [](const CheckedStage& of, const Call&, ValueWriter& to) { write_count(of.extra(), to); });
  stage.field("digest", "String", "Of the events found, whatever their order: 32 hex digits.",
              [](const CheckedStage& of, const Call&, ValueWriter& to) {
                if (of.digest) to.text(*of.digest);
              });
  stage.field("note", "String", "Why it is unknown, or what became of the rest.",
              [](const CheckedStage& of, const Call&, ValueWriter& to) {
                if (!of.note.empty()) to.text(of.note);
              });
}

Done write_check(const Call& call, ValueWriter& to) {
  const Resolvers& resolvers = call.context_as<const GraphqlContext>().resolvers;
  const std::string name = text_argument(call, "run");
  const Result<std::optional<ListedRun>> run = resolvers.find_run(Subject::any, name);
  if (!run) return told(run.error());
  if (!*run) return {};
  const Result<PipelineCheck> check = check_pipeline(resolvers, **run);
  if (!check) return told(check.error());
  to.object(&*check);
  return {};
}

}  // namespace

void declare_check(graphql::SchemaBuilder& builder, FieldsOf<>& query) {
  declare_checked_stage(builder);
  auto check = builder.object<PipelineCheck>("PipelineCheck", "Whether every stage has what a run sent.");
  const auto text = [&](const char* name, const char* type, const char* help,
                        std::string PipelineCheck::*of) {
    check.field(name, type, help,
                [of](const PipelineCheck& all, const Call&, ValueWriter& to) { to.text(all.*of); });
  };
  text("run", "ID!", "8 hex digits.", &PipelineCheck::run);
  text("scenario", "String!", "", &PipelineCheck::scenario);
  text("state", "String!", "running, stopped, unknown.", &PipelineCheck::state);
  check.field("status", "String!", "Of the worst stage.",
              [](const PipelineCheck& of, const Call&, ValueWriter& to) { to.text(to_string(of.status)); });
  check.field("events", "Long", "That the run sent to each sink.",
              [](const PipelineCheck& of, const Call&, ValueWriter& to) { write_count(of.events, to); });
  check.field("digest", "String", "Of these, whatever their order: 32 hex digits.",
              [](const PipelineCheck& of, const Call&, ValueWriter& to) {
                if (of.digest) to.text(*of.digest);
              });
  check
      .field("stages", "[CheckedStage!]!", "As events pass them.",
             [](const PipelineCheck& of, const Call&, ValueWriter& to) { to.objects(of.stages); })
      .paged({}, kCheckedStages);
  query
      .field("pipelineCheck", "PipelineCheck", "Whether every stage has what a run sent; null: no such run.",
             write_check)
      .argument("run", "ID!", "8 hex digits, or live: the run of now or the last one.", "\"live\"");
}

}  // namespace racesim::serve
