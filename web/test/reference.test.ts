// Goal: the API's page asks for what its forms say, and reads both descriptions. Method: small descriptions as the server gives
// them; values that need quoting.
import { describe, expect, it } from "vitest";
import { addressOf, curlOf, grouped, operationsOf } from "../src/reference/openapi";
import { namedType, typesOf } from "../src/reference/sdl";

const operations = operationsOf({
  info: { title: "racesim serve", version: "1" },
  paths: {
    "/start": { post: { summary: "Starts", parameters: [{ name: "scenario", in: "query" }], responses: { "200": { content: { "application/json": {} } } } } },
    "/api/v1/races/{run}/laps": { get: { parameters: [{ name: "driver" }], responses: { "200": { content: { "application/json": {} } } } } },
    "/ws": { get: { responses: { "101": {} } } },
  },
});
const [start, laps, ws] = operations;

describe("the REST description", () => {
  it("gives operations with all their parameters, grouped", () => {
    expect(operations.map((o) => `${o.method} ${o.path} ${o.answers}`)).toEqual([
      "POST /start application/json", "GET /api/v1/races/{run}/laps application/json", "GET /ws ",
    ]);
    expect(laps!.parameters.map((p) => `${p.name} ${p.in} ${p.required}`)).toEqual(["run path true", "driver query false"]);
    expect(grouped(operations).map(([name, of]) => `${name} ${of.length}`)).toEqual(["Control 1", "Live 1", "Races, vehicles, songs 1"]);
  });
  it("gives the address of what a form says", () => {
    expect(addressOf(laps!, { run: "a/b", driver: "" })).toBe("/api/v1/races/a%2Fb/laps");
    expect(addressOf(laps!, { run: "live", driver: "A&B" })).toBe("/api/v1/races/live/laps?driver=A%26B");
    expect(addressOf(ws!, {})).toBe("/ws");
    expect(curlOf(start!, { scenario: "it's" }, "http://h")).toBe("curl -X POST 'http://h/start?scenario=it%27s'");
  });
});

describe("the GraphQL schema", () => {
  const types = typesOf(`"""
What can
be asked
"""
type Query {
  "All races"
  races(
    "how many"
    limit: Int = 10
    run: ID! = "live"
  ): [Race!]!
  status: Status
}

# a comment
enum State { 
  running
  stopped
}
scalar Time
type Race { run: ID! }
`);
  it("is read with its descriptions", () => {
    expect(types.map((type) => `${type.kind} ${type.name}: ${type.about}`)).toEqual([
      "type Query: What can be asked", "enum State: ", "scalar Time: ", "type Race: ",
    ]);
    expect(types[0]!.fields).toEqual([
      { name: "races", args: '(limit: Int = 10, run: ID! = "live")', type: "[Race!]!", about: "All races" },
      { name: "status", args: "", type: "Status", about: "" },
    ]);
    expect(types[1]!.fields.map((field) => field.name)).toEqual(["running", "stopped"]);
    expect(namedType("[Race!]!")).toBe("Race");
  });
});
