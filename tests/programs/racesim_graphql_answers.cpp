// The service of tests/support/graphql_world.h as a program: each line of the input is a request as HTTP
// carries it
// ({"query", "variables", "operationName"}), each line of the output its answer. `racesim_graphql_answers
// DATA sdl` prints the schema.
#include <fstream>
#include <iostream>
#include <sstream>

#include "graphql/request.h"
#include "graphql/schema/sdl.h"
#include "graphql/values/json.h"
#include "support/graphql_world.h"

namespace {

namespace graphql = racesim::graphql;

std::string answer_of(graphql::test::World& world, const std::string& line) {
  const auto message = graphql::parse_json(line);
  if (!message) return "{\"errors\":[{\"message\":\"" + message.error().what + "\"}]}";
  graphql::Request request;
  request.context = &world;
  request.root = world.root();
  request.limits.depth = 100;
  request.limits.aliases = 1'000;
  request.limits.complexity = INT64_MAX;  // which saturates, so nothing is above
  const graphql::Value* name = message->find("operationName");
  if (name != nullptr && !name->is_null()) request.operation_name = name->text();
  if (const graphql::Value* variables = message->find("variables")) request.variables = *variables;
  const auto prepared = graphql::prepare(*world.schema, message->find("query")->text(), request.limits);
  return graphql::execute(*world.schema, *prepared, request).body;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 2) return 2;
  std::ifstream file(arguments[1]);
  std::stringstream data;
  data << file.rdbuf();
  const auto world = graphql::test::make_world(data.str());
  if (!world) {
    std::cerr << world.error().what << '\n';
    return 1;
  }
  if (count > 2) {
    std::cout << graphql::print_sdl(*(*world)->schema);
    return 0;
  }
  std::string line;
  while (std::getline(std::cin, line)) std::cout << answer_of(**world, line) << std::endl;
  return 0;
}
