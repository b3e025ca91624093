// GraphQL answers of 20 and of 2,000 rows with eight fields each, per row: from a document that is kept
// prepared, and from its text; against a loop that knows the fields and appends the same bytes with the same
// functions.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>
#include <vector>

#include "base/check.h"
#include "graphql/execute/value_writer.h"
#include "graphql/request.h"
#include "graphql/schema/builder.h"
#include "graphql/values/json.h"

namespace racesim::graphql {
namespace {

struct Standing {
  std::int64_t position;
  std::string driver;
  std::string tyre;
  double gap_s;
  std::int64_t last_lap_ms;
  std::int64_t stops;
  bool is_in_pit;
};

const std::string kQuery =
    "query Standings($run: ID!) { standings(run: $run) { position driver tyre gapS lastLapS stops isInPit "
    "__typename } }";

std::vector<Standing> make_rows(std::size_t count) {
  std::vector<Standing> rows;
  for (std::size_t i = 0; i < count; ++i) {
    const auto number = static_cast<std::int64_t>(i);
    rows.push_back({number + 1, "Driver " + std::to_string(i), i % 2 == 0 ? "MEDIUM" : "HARD",
                    static_cast<double>(number) * 1.375, 91'234 + number, number % 3, i % 7 == 0});
  }
  return rows;
}

std::unique_ptr<const Schema> make_schema() {
  SchemaBuilder builder;
  builder.enumeration("Tyre", "").value("SOFT").value("MEDIUM").value("HARD");
  auto row = builder.object<Standing>("Standing", "");
  const auto add = [&](const char* name, const char* type, auto write) {
    row.field(name, type, "",
              [write](const Standing& self, const Call&, ValueWriter& to) { write(self, to); });
  };
  add("position", "Int!", [](const Standing& self, ValueWriter& to) { to.integer(self.position); });
  add("driver", "String!", [](const Standing& self, ValueWriter& to) { to.text(self.driver); });
  add("tyre", "Tyre!", [](const Standing& self, ValueWriter& to) { to.text(self.tyre); });
  add("gapS", "Float", [](const Standing& self, ValueWriter& to) { to.number(self.gap_s); });
  add("lastLapS", "Float", [](const Standing& self, ValueWriter& to) { to.decimal(self.last_lap_ms, 3); });
  add("stops", "Int!", [](const Standing& self, ValueWriter& to) { to.integer(self.stops); });
  add("isInPit", "Boolean!", [](const Standing& self, ValueWriter& to) { to.boolean(self.is_in_pit); });
  auto query = builder.object("Query", "");
  query
      .field("standings", "[Standing!]!", "",
             [](const Call& call, ValueWriter& to) { to.objects(call.context_as<std::vector<Standing>>()); })
      .argument("run", "ID!", "");
  auto schema = std::move(builder).build();
  RACESIM_CHECK(schema.has_value());
  return std::move(*schema);
}

std::string by_hand(const std::vector<Standing>& rows, std::string memory = {}) {
  std::string out = std::move(memory);
  out = R"({"data":{"standings":[)";
  for (const Standing& row : rows) {
    if (&row != rows.data()) out += ',';
    out += R"({"position":)";
    append_json_number(out, row.position);
    out += R"(,"driver":)";
    append_json_text(out, row.driver);
    out += R"(,"tyre":)";
    append_json_text(out, row.tyre);
    out += R"(,"gapS":)";
    append_json_number(out, row.gap_s);
    out += R"(,"lastLapS":)";
    append_json_number(out, row.last_lap_ms / 1000);
    out += '.';
    const std::string thousandths = std::to_string(row.last_lap_ms % 1000 + 1000);
    out.append(thousandths, 1);
    out += R"(,"stops":)";
    append_json_number(out, row.stops);
    out += R"(,"isInPit":)";
    out += row.is_in_pit ? "true" : "false";
    out += R"(,"__typename":"Standing"})";
  }
  out += "]}}";
  return out;
}

Request make_request(std::vector<Standing>& rows) {
  Request request;
  request.context = &rows;
  request.variables = Value(Fields{{"run", Value(std::string("a1b2c3d4"))}});
  return request;
}

void executed(benchmark::State& state) {
  const auto schema = make_schema();
  auto rows = make_rows(static_cast<std::size_t>(state.range(0)));
  const auto prepared = prepare(*schema, kQuery, {});
  const Request request = make_request(rows);
  RACESIM_CHECK(execute(*schema, *prepared, request).body == by_hand(rows));
  std::string body;
  for (auto _ : state) body = execute(*schema, *prepared, request, std::move(body)).body;
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(executed)->ArgName("rows")->Arg(20)->Arg(2'000);

void prepared_and_executed(benchmark::State& state) {
  const auto schema = make_schema();
  auto rows = make_rows(static_cast<std::size_t>(state.range(0)));
  const Request request = make_request(rows);
  std::string body;
  for (auto _ : state) {
    const auto prepared = prepare(*schema, kQuery, {});
    body = execute(*schema, *prepared, request, std::move(body)).body;
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(prepared_and_executed)->ArgName("rows")->Arg(20);

void written_by_hand(benchmark::State& state) {
  const auto rows = make_rows(static_cast<std::size_t>(state.range(0)));
  std::string body;
  for (auto _ : state) body = by_hand(rows, std::move(body));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(written_by_hand)->ArgName("rows")->Arg(20)->Arg(2'000);

}  // namespace
}  // namespace racesim::graphql

BENCHMARK_MAIN();
