// Goal: any text is answered as GraphQL within its limits: the answer is JSON, it has data or errors, and
// preparing the text twice gives the same. Method: the small service of the unit tests.
#include <fstream>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>

#include "graphql/request.h"
#include "support/graphql_world.h"
#include "target.h"

namespace racesim::graphql {
namespace {

test::World& world() {
  static const std::unique_ptr<test::World> made = [] {
    std::ifstream file(RACESIM_SOURCE_DIR "/tests/graphql/world.json");
    auto result = test::make_world({std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()});
    fuzz::must_hold(result.has_value(), "the world of the tests is there");
    return std::move(*result);
  }();
  return *made;
}

Answer answer_of(std::string_view text) {
  test::World& of = world();
  const auto prepared = prepare(*of.schema, std::string(text), Limits{});
  Request request;
  request.root = of.root();
  request.context = &of;
  return execute(*of.schema, *prepared, request);
}

void try_text(std::string_view text) {
  const Answer answer = answer_of(text);
  const auto json = nlohmann::json::parse(answer.body, nullptr, false);
  fuzz::must_hold(json.is_object(), "the answer is a JSON object");
  fuzz::must_hold(json.contains("data") || json.contains("errors"), "the answer has data or errors");
  fuzz::must_hold(json.contains("errors") == !answer.errors.empty(),
                  "the errors that are told are in the answer");
  fuzz::must_hold(answer_of(text).body == answer.body, "the same text has the same answer");
}

}  // namespace
}  // namespace racesim::graphql

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  racesim::graphql::try_text(racesim::fuzz::text_of(data, size));
  return 0;
}
