#include <nlohmann/json.hpp>

#include "cli/commands/ingest/report.h"

namespace racesim::cli {
namespace {

std::string schema_name(const IngestPlan& plan) {
  return plan.decoder.scenario.empty() ? "auto" : plan.decoder.scenario;
}

}  // namespace

std::string ingest_plan_text(const IngestPlan& plan, const std::string& tables) {
  std::string text = "from    " + plan.source.kind;
  for (const std::string& target : plan.source.targets) text += " " + target;
  for (const std::string& topic : plan.source.topics) text += " " + topic;
  text += "\nschema  " + schema_name(plan);
  return text + "\ninto    " + std::string(plan.to.store->name) + "\n" + tables;
}

std::string ingest_plan_json(const IngestPlan& plan, const std::string& tables) {
  using Json = nlohmann::ordered_json;
  Json object;
  object["source"] = {
      {"kind", plan.source.kind}, {"targets", plan.source.targets}, {"topics", plan.source.topics}};
  object["schema"] = schema_name(plan);
  object["store"] = plan.to.store->name;
  object["tables"] = tables;
  return object.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace racesim::cli
