"""Random requests for a schema that introspection describes: valid ones, and ones that are damaged."""

import random
import re

TOKEN = re.compile(r'"""(?:[^"]|"(?!""))*"""|"(?:[^"\\\n]|\\.)*"|\.\.\.|[_A-Za-z][_0-9A-Za-z]*|-?[0-9][0-9.eE+-]*|[^\s\w]|\s+')


class Schema:
    """Types by name, from the answer to an introspection query."""

    def __init__(self, introspected):
        schema = introspected["data"]["__schema"]
        self.types = {t["name"]: t for t in schema["types"]}
        self.roots = {"query": "Query", "mutation": "Mutation", "subscription": "Subscription"}

    def possible(self, name):
        of = self.types[name]
        return [name] if of["kind"] == "OBJECT" else [p["name"] for p in of["possibleTypes"]]


def named(ref):
    while ref["ofType"]:
        ref = ref["ofType"]
    return ref["name"]


def text_of(ref):
    if ref["kind"] == "NON_NULL":
        return text_of(ref["ofType"]) + "!"
    return "[" + text_of(ref["ofType"]) + "]" if ref["kind"] == "LIST" else ref["name"]


class Generator:
    """One random, mostly valid request at a time."""

    def __init__(self, schema, seed):
        self.schema = schema
        self.random = random.Random(seed)

    def chance(self, share):
        return self.random.random() < share

    # Values

    def scalar(self, name):
        choose = self.random.choice
        return {
            "Int": lambda: choose(["0", "1", "2", "-3", "7", "2147483647", "-2147483648"]),
            "Float": lambda: choose(["0", "1.5", "-2.25e3", "7", "1e-2"]),
            "String": lambda: choose(['""', '"a"', '"tab\\t \\u00e9 \\"q\\""', '"""block\n    of text"""', '"Ada"']),
            "Boolean": lambda: choose(["true", "false"]),
            "ID": lambda: choose(['"d1"', '"d2"', '"d3"', '"t1"', '"l1"', "7", '"none"']),
            "Json": lambda: choose(["1", '"x"', "[1, {a: true}]", "{a: [null], b: E}", "1.5"]),
            "Moment": lambda: '"2026-01-02T03:04:05Z"',
        }[name]()

    def literal(self, ref, depth=0):
        if ref["kind"] == "NON_NULL":
            return self.literal_of_kind(ref["ofType"], depth)
        if self.chance(0.08):
            return "null"
        return self.literal_of_kind(ref, depth)

    def literal_of_kind(self, ref, depth):
        if ref["kind"] == "LIST":
            if self.chance(0.2):
                return self.literal_of_kind({**ref["ofType"], **(ref["ofType"]["ofType"] or {})}
                                            if ref["ofType"]["kind"] == "NON_NULL" else ref["ofType"], depth)
            return "[" + ", ".join(self.literal(ref["ofType"], depth + 1) for _ in range(self.random.randint(0, 3))) + "]"
        of = self.schema.types[ref["name"]]
        if of["kind"] == "ENUM":
            return self.random.choice(of["enumValues"])["name"]
        if of["kind"] == "INPUT_OBJECT":
            fields = [f for f in of["inputFields"]
                      if (f["type"]["kind"] == "NON_NULL" and f["defaultValue"] is None) or (depth < 2 and self.chance(0.4))]
            return "{" + ", ".join(f"{f['name']}: {self.literal(f['type'], depth + 1)}" for f in fields) + "}"
        return self.scalar(ref["name"])

    def json_value(self, ref, depth=0):
        if ref["kind"] == "NON_NULL":
            return self.json_of_kind(ref["ofType"], depth)
        return None if self.chance(0.1) else self.json_of_kind(ref, depth)

    def json_of_kind(self, ref, depth):
        if self.chance(0.04):
            wrong = self.random.choice([1, "x", True, [], {}, 1.5, [None], {"low": 1}])
            # For graphql-js a list is an object too; the specification says otherwise.
            is_object = self.schema.types[named(ref)]["kind"] == "INPUT_OBJECT"
            return 1 if is_object and isinstance(wrong, list) else wrong
        if ref["kind"] == "LIST":
            return [self.json_value(ref["ofType"], depth + 1) for _ in range(self.random.randint(0, 3))]
        of = self.schema.types[ref["name"]]
        if of["kind"] == "ENUM":
            return self.random.choice(of["enumValues"])["name"]
        if of["kind"] == "INPUT_OBJECT":
            return {f["name"]: self.json_value(f["type"], depth + 1) for f in of["inputFields"]
                    if (f["type"]["kind"] == "NON_NULL" and f["defaultValue"] is None) or (depth < 2 and self.chance(0.4))}
        return {"Int": 5, "Float": 2.5, "String": "v", "Boolean": True, "ID": "d2", "Json": {"k": [1]}, "Moment": "t"}[ref["name"]]

    # Selections

    def value(self, ref):
        """A literal, or a variable that is declared with the type."""
        if not self.chance(0.25):
            return self.literal(ref)
        name = f"v{len(self.variables)}"
        kind = text_of(ref)
        default = self.literal(ref) if self.chance(0.3) else None
        if self.chance(0.3) and not kind.endswith("!"):
            kind += "!"
            default = None
        self.variables.append((name, kind, default))
        if self.chance(0.7):
            self.values[name] = self.json_value(ref)
        return "$" + name

    def directive(self):
        if not self.chance(0.08):
            return ""
        return f" @{self.random.choice(['skip', 'include'])}(if: {self.value(BOOLEAN)})"

    def field(self, field, depth):
        text = field["name"]
        if self.chance(0.2):
            text = self.random.choice("abcd") + str(self.random.randint(0, 9)) + ": " + text
        given = [a for a in field["args"]
                 if (a["type"]["kind"] == "NON_NULL" and a["defaultValue"] is None) or self.chance(0.3)]
        if given:
            text += "(" + ", ".join(f"{a['name']}: {self.value(a['type'])}" for a in given) + ")"
        text += self.directive()
        of = self.schema.types[named(field["type"])]
        if of["kind"] in ("OBJECT", "INTERFACE", "UNION"):
            text += " " + self.selections(of["name"], depth + 1)
        return text

    def selections(self, name, depth):
        of = self.schema.types[name]
        parts = []
        fields = [f for f in of["fields"] or []
                  if depth < 4 or self.schema.types[named(f["type"])]["kind"] in ("SCALAR", "ENUM")]
        for _ in range(self.random.randint(1, 4)):
            kind = self.random.random()
            if kind < 0.1 or not fields:
                parts.append("__typename")
            elif kind < 0.78 or depth > 4:
                parts.append(self.field(self.random.choice(fields), depth))
            else:
                parts.append(self.fragment(name, depth))
        return "{ " + " ".join(parts) + " }"

    def fragment(self, name, depth):
        overlapping = self.random.choice([name, *self.schema.possible(name)])
        if self.chance(0.5):
            condition = "" if self.chance(0.2) else f" on {overlapping}"
            return f"...{condition}{self.directive()} " + self.selections(overlapping if condition else name, depth + 1)
        fitting = [f for f, on in self.fragments.items() if on == overlapping and f not in self.open]
        if fitting and self.chance(0.6):
            return "..." + self.random.choice(fitting) + self.directive()
        fragment = f"F{len(self.fragments)}"
        self.fragments[fragment] = overlapping
        self.open.add(fragment)
        self.texts.append(f"fragment {fragment} on {overlapping} " + self.selections(overlapping, depth + 1))
        self.open.discard(fragment)
        return "..." + fragment + self.directive()

    def request(self):
        self.variables, self.values, self.fragments, self.texts, self.open = [], {}, {}, [], set()
        kind = self.random.choices(["query", "mutation", "subscription"], [8, 1, 1])[0]
        root = self.schema.types[self.schema.roots[kind]]
        if kind == "subscription":
            body = "{ " + self.field(self.random.choice(root["fields"]), 0) + " }"
        else:
            body = self.selections(root["name"], 0)
        head = kind + (" Q" if self.chance(0.5) else "")
        if self.variables:
            head += "(" + ", ".join(f"${n}: {t}" + (f" = {d}" if d else "") for n, t, d in self.variables) + ")"
        text = ("" if kind == "query" and head == "query" and self.chance(0.5) else head + " ") + body
        return {"query": "\n".join([text, *self.texts]).replace("} ", "}\n"), "variables": self.values}

    # Damage

    def damaged(self, request):
        """Some tokens removed, doubled, exchanged or replaced."""
        tokens = TOKEN.findall(request["query"])
        names = ["name", "laps", "driver", "Driver", "Lap", "on", "$v0", "...", "}", "{", "@skip", "(", ")", ":", "null", "[", "]",
                 '"text"', "1", "1.5", "true", "SOFT", "fragment", "query", "first", "filter", "@include(if: true)", "__typename",
                 "...F0", "F0", "... on Team { name }", "x: name", "!", "\n", '"open', "\\", "#"]
        for _ in range(self.random.randint(1, 3)):
            at = self.random.randrange(len(tokens))
            kind = self.random.randrange(5)
            if kind == 0:
                tokens[at] = ""
            elif kind == 1:
                tokens[at] += " " + tokens[at]
            elif kind == 2:
                other = self.random.randrange(len(tokens))
                tokens[at], tokens[other] = tokens[other], tokens[at]
            elif kind == 3:
                tokens[at] = self.random.choice(names)
            else:
                tokens[at] += " " + self.random.choice(names)
        return {**request, "query": "".join(tokens)}


BOOLEAN = {"kind": "NON_NULL", "name": None, "ofType": {"kind": "SCALAR", "name": "Boolean", "ofType": None}}
