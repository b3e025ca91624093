// What graphql_world.h declares, with the library under test.
#include "support/graphql_world.h"

#include "graphql/execute/value_writer.h"
#include "graphql/schema/builder.h"
#include "graphql/values/json.h"

namespace racesim::graphql::test {
namespace {

/// What a reference stands for.
const Value& followed(const World& world, const Value& value) {
  if (value.get<Fields>() == nullptr) return value;
  const Value* name = value.find("$ref");
  return name == nullptr ? value : *world.data.find("entities")->find(name->text());
}

void write_value(const World& world, const Value& written, ValueWriter& to) {
  const Value& value = followed(world, written);
  if (value.get<Fields>() != nullptr) {
    if (const Value* why = value.find("$error")) return to.refuse(why->text());
    if (const Value* json = value.find("$json")) {
      std::string text;
      append_json(text, *json);
      return to.json(text);
    }
    if (const Value* type = value.find("__typename")) return to.object(&value, type->text());
    return to.object(&value);
  }
  if (const auto* items = value.get<Items>()) {
    return to.list([&](ListWriter& list) {
      for (const Value& item : *items) {
        if (!list.item([&](ValueWriter& each) { write_value(world, item, each); })) return;
      }
    });
  }
  if (const auto* truth = value.get<bool>()) return to.boolean(*truth);
  if (const auto* whole = value.get<std::int64_t>()) return to.integer(*whole);
  if (const auto* number = value.get<double>()) return to.number(*number);
  if (value.is_null()) return to.null();
  to.text(value.text());
}

Done write_property(const Call& call, const std::string& name, ValueWriter& to) {
  const World& world = call.context_as<const World>();
  const Value* value = static_cast<const Value*>(call.parent)->find(name);
  const Value* first = call.arguments.find("first");
  if (first != nullptr && first->integer() < 0) return fail(ErrorKind::usage, "first is negative");
  if (value == nullptr) return {};
  if (first != nullptr && value->get<Items>() != nullptr) {
    Items items = value->items();
    if (items.size() > static_cast<std::size_t>(first->integer()))
      items.resize(static_cast<std::size_t>(first->integer()));
    write_value(world, Value(std::move(items)), to);
    return {};
  }
  write_value(world, *value, to);
  return {};
}

/// The property of the field's own name.
auto property(std::string name) {
  return
      [name = std::move(name)](const Call& call, ValueWriter& to) { return write_property(call, name, to); };
}

FieldDef& add(FieldsOf<>& type, const std::string& name, const char* of, const char* description = "") {
  return type.field(name, of, description, property(name));
}

FieldDef& add_echo(FieldsOf<>& type, const char* name) {
  return type.field(name, "String", "Its arguments, as JSON.", [](const Call& call, ValueWriter& to) {
    std::string text;
    append_json(text, Value(call.arguments.all()));
    to.text(text);
  });
}

void declare_inputs(SchemaBuilder& builder) {
  builder.scalar("Json", "Anything.");
  builder.scalar("Moment", "A time.\n\nIn UTC, with milliseconds.", "https://www.rfc-editor.org/rfc/rfc3339");
  auto tyres = builder.enumeration("Tyre", "What a car stands on.");
  tyres.value("SOFT")
      .value("MEDIUM", "Lasts longer.")
      .value("HARD")
      .value("GROOVED", "", "Not made any more");
  auto range = builder.input("Range", "From one number to another.");
  range.field("low", "Float!", "Where it begins.", "0.5").field("high", "Float!", "");
  range.field("inclusive", "Boolean", "", "true");
  auto filter = builder.input("Filter", "Which laps.");
  filter.field("numbers", "[Int!]", "").field("tyre", "Tyre", "", "SOFT").field("range", "Range", "");
  filter.field("text", "String", "", "\"a \\\"b\\\"\"").field("all", "[Filter!]", "All of these.");
}

void declare_entrants(SchemaBuilder& builder) {
  auto node = builder.interface("Node", "What has an id.");
  node.field("id", "ID!", "");
  auto entrant = builder.interface("Entrant", "Who takes part.");
  entrant.implements("Node");
  entrant.field("id", "ID!", "");
  entrant.field("name", "String!", "");
  entrant.field("rivals", "[Entrant]", "").argument("first", "Int", "", "2");
  auto driver = builder.object("Driver", "A person who drives.");
  driver.implements("Entrant").implements("Node");
  add(driver, "id", "ID!");
  add(driver, "name", "String!", "As on the car.");
  add(driver, "number", "Int!", "The car's.");
  add(driver, "rivals", "[Entrant]").argument("first", "Int", "How many.", "2").paged({"first"}, 2);
  add(driver, "best", "Float");
  add(driver, "team", "Team");
  add(driver, "tyre", "Tyre");
  add(driver, "tags", "[String!]!");
  add(driver, "notes", "[String]");
  add(driver, "laps", "[Lap!]", "Driven laps.")
      .argument("first", "Int", "")
      .argument("filter", "Filter", "", "{ tyre: HARD, range: { high: 3 } }")
      .argument("tyres", "[Tyre!]", "", "[SOFT, HARD]")
      .paged({"first"}, 10);
  add(driver, "grid", "[[Int!]]");
  add(driver, "extra", "Json");
  add(driver, "active", "Boolean!");
  add(driver, "surname", "String").deprecate("Use \"name\".");
  add(driver, "nick", "String").deprecate("No longer supported");
  auto team = builder.object("Team", "Those who run cars.");
  team.implements("Entrant").implements("Node");
  add(team, "id", "ID!");
  add(team, "name", "String!");
  add(team, "rivals", "[Entrant]").argument("first", "Int", "", "2").paged({"first"}, 2);
  add(team, "drivers", "[Driver!]!").paged({}, 10);
  add(team, "chief", "Driver!");
  add(team, "motto", "String!");
  add(team, "founded", "Moment");
}

void declare_laps(SchemaBuilder& builder) {
  auto lap = builder.object("Lap", "Once around.");
  add(lap, "number", "Int!");
  add(lap, "seconds", "Float!");
  add(lap, "tyre", "Tyre!");
  add(lap, "driver", "Driver!");
  add(lap, "sectors", "[Float!]");
  add(lap, "strict", "[[Int!]!]!");
  add(lap, "name", "String");
  builder.union_of("Found", "What a search finds.", {"Driver", "Team", "Lap"});
}

void declare_echoes(FieldsOf<>& query) {
  add_echo(query, "echo")
      .argument("int", "Int", "")
      .argument("float", "Float", "")
      .argument("text", "String", "")
      .argument("truth", "Boolean", "")
      .argument("id", "ID", "")
      .argument("tyre", "Tyre", "")
      .argument("json", "Json", "")
      .argument("filter", "Filter", "")
      .argument("filters", "[Filter]", "")
      .argument("ints", "[Int]", "")
      .argument("strict", "[Int!]", "")
      .argument("matrix", "[[Int]]", "")
      .argument("tyres", "[Tyre!]", "");
  add_echo(query, "echoStrict")
      .argument("int", "Int!", "")
      .argument("text", "String!", "", "\"default\"")
      .argument("ints", "[Int!]!", "", "[1, 2]")
      .argument("range", "Range", "", "{ high: 2 }");
}

void declare_roots(SchemaBuilder& builder) {
  auto query = builder.object("Query", "What can be asked for.");
  query
      .field("driver", "Driver", "",
             [](const Call& call, ValueWriter& to) {
               const World& world = call.context_as<const World>();
               const Value* found = world.data.find("entities")->find(call.arguments.find("id")->text());
               if (found != nullptr && found->find("__typename")->text() == "Driver") to.object(found);
             })
      .argument("id", "ID!", "");
  query
      .field("node", "Node", "",
             [](const Call& call, ValueWriter& to) {
               const World& world = call.context_as<const World>();
               const Value* found = world.data.find("entities")->find(call.arguments.find("id")->text());
               if (found != nullptr) to.object(found, found->find("__typename")->text());
             })
      .argument("id", "ID!", "");
  add(query, "drivers", "[Driver!]!").argument("first", "Int", "").paged({"first"}, 10);
  add(query, "entrants", "[Entrant]");
  add(query, "strictEntrants", "[Entrant!]");
  add(query, "found", "[Found]");
  add(query, "lap", "Lap");
  add(query, "badLap", "Lap");
  add(query, "badLaps", "[Lap]");
  add(query, "strictBadLaps", "[Lap!]");
  add(query, "required", "Driver!");
  add(query, "nothing", "Driver");
  add(query, "missing", "Driver!");
  add(query, "fails", "String");
  add(query, "failsStrictly", "String!");
  add(query, "texts", "[String]!");
  add(query, "wrong", "Int");
  add(query, "wrongTyre", "Tyre");
  declare_echoes(query);
  auto mutation = builder.object("Mutation", "What can be done.");
  add_echo(mutation, "echoStart").argument("scenario", "String!", "").argument("rateHz", "Float", "", "5");
  add(mutation, "stop", "Lap");
  add(mutation, "fails", "String");
  add(mutation, "failsStrictly", "String!");
  auto subscription = builder.object("Subscription", "What can be followed.");
  add(subscription, "lap", "Lap!").argument("car", "Int!", "", "1");
  add(subscription, "found", "[Found]");
  add(subscription, "texts", "[String]");
}

}  // namespace

Result<std::unique_ptr<World>> make_world(const std::string& data) {
  auto world = std::make_unique<World>();
  auto parsed = parse_json(data);
  if (!parsed) return tl::make_unexpected(parsed.error());
  world->data = std::move(*parsed);
  SchemaBuilder builder;
  builder.describe("A paddock.");
  declare_roots(builder);
  declare_entrants(builder);
  declare_laps(builder);
  declare_inputs(builder);
  auto schema = std::move(builder).build();
  if (!schema) return tl::make_unexpected(schema.error());
  world->schema = std::move(*schema);
  return world;
}

}  // namespace racesim::graphql::test
