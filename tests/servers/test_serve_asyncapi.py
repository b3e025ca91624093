"""Goal: /asyncapi.json is AsyncAPI 3.0, and every message of a real session is one that it describes. Method: the standard's own
JSON Schema (npm's @asyncapi/specs); then WebSockets, event streams and subscriptions of every scenario, each message held
against the payloads of its channel.
"""

import json
import pathlib
import sys
import unittest
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "cli"), str(HERE.parent / "browser"), str(HERE.parent / "support")]
import json_schema  # noqa: E402
from serve_process import EventStream, Service, WebSocket  # noqa: E402
from web_packages import modules  # noqa: E402
from workdir import SOURCE, Workdir  # noqa: E402

PROTOCOL = "Sec-WebSocket-Protocol: graphql-transport-ws"
RACE = "/start?scenario=race&at=70s&speed=20&rate_hz=10&streams=telemetry,checkpoints,laps,race-control&faults=corrupt=1%25"


class LocalReferences:
    """Finds "#/definitions/…" in one document. jsonschema's own resolver stumbles over a property that is called $id."""

    def __init__(self, document):
        self.document = document

    def resolve(self, reference):
        at = self.document
        for step in filter(None, reference.removeprefix("#").split("/")):
            at = at[urllib.parse.unquote(step).replace("~1", "/").replace("~0", "~")]
        return reference, at

    def push_scope(self, scope):
        """All references are of the one document."""

    def pop_scope(self):
        """As above."""


class Asyncapi(Workdir):
    def setUp(self):
        super().setUp()
        self.service = Service(self.dir, "--scenario", "race", "--master-data-dir", SOURCE / "data/master")
        self.addCleanup(self.service.cleanup)
        self.document = self.service.get("/asyncapi.json")[1]

    def test_the_document_keeps_the_standard(self):
        standard = json.loads((modules() / "@asyncapi/specs/schemas/3.0.0-without-$id.json").read_text(encoding="utf-8"))
        json_schema.validator_class()(standard, resolver=LocalReferences(standard)).validate(self.document)
        text = json.dumps(self.document)
        self.assertEqual(set(self.document["channels"]), {"live", "eventStream", "subscriptions"})
        for name in self.references(self.document):
            at = self.document
            for step in name.removeprefix("#/").split("/"):
                at = at[step]
        self.assertIn("encoding", self.document["channels"]["live"]["bindings"]["ws"]["query"]["properties"])
        self.assertNotIn("racesim::", text)

    def references(self, node):
        if isinstance(node, dict):
            for name, value in node.items():
                if name == "$ref":
                    yield value
                else:
                    yield from self.references(value)
        elif isinstance(node, list):
            for value in node:
                yield from self.references(value)

    def checker(self, channel):
        """Names of the messages of the channel that a payload fits; those of chosen fields fit too much."""
        known = {name: json_schema.validator_class()({**message["payload"], "components": self.document["components"]})
                 for name, message in self.document["channels"][channel]["messages"].items() if not name.startswith("chosen")}
        return lambda payload: [name for name, validator in known.items() if validator.is_valid(payload)]

    def test_messages_of_sockets(self):
        fits = self.checker("live")
        wanted = {"race": {"snapshot", "event", "corrupt"}, "fleet": {"snapshot", "event"}, "plays": {"snapshot", "event"}}
        for scenario, start in (("race", RACE), ("fleet", "/start?scenario=fleet&rate_hz=20&vehicles=5"),
                                ("plays", "/start?scenario=plays&volume=6000/min")):
            self.assertEqual(self.service.post(start)[0], 200)
            seen, streams = set(), set()
            with WebSocket(self.service, f"/ws?scenario={scenario}") as client:
                while not seen >= wanted[scenario] or (scenario == "race" and len(streams) < 4):
                    message = client.message()
                    self.assertEqual(fits(message), [message["type"]], message)
                    seen.add(message["type"])
                    streams.add(message.get("stream"))
        with WebSocket(self.service, "/ws?scenario=race&encoding=binary") as client:
            kinds = [client.message()["type"] for _ in range(2)]
            self.assertEqual(kinds, ["snapshot", "forms"])
        with WebSocket(self.service, "/ws?scenario=race&encoding=binary") as client:
            client.message()
            message = client.message()
            self.assertEqual(fits(message), ["forms"], message)

    def test_messages_of_event_streams(self):
        self.service.post(RACE)
        fits = self.checker("eventStream")
        seen = set()
        with EventStream(self.service, "/events/stream?scenario=race") as stream:
            while not seen >= {"snapshot", "event", "laps", "corrupt"}:
                event = stream.event()
                kind = event.get("event", "event")
                name = kind if kind in ("snapshot", "corrupt", "thinned") else "event"
                self.assertIn(name, fits(json.loads(event["data"])), event)
                seen.add(kind)

    def test_messages_of_subscriptions(self):
        self.service.post("/start?scenario=race&at=5m&rate_hz=10")
        fits = self.checker("subscriptions")
        seen = set()
        with WebSocket(self.service, "/graphql", [PROTOCOL]) as client:
            asked = [{"type": "connection_init"}, {"type": "ping"},
                     {"id": "1", "type": "subscribe", "payload": {"query": "subscription { status { state } }"}},
                     {"id": "2", "type": "subscribe", "payload": {"query": "{ races { run } }"}},
                     {"id": "3", "type": "subscribe", "payload": {"query": "subscription { nothing }"}}]
            for message in asked:
                name = "connectionInit" if message["type"] == "connection_init" else message["type"]
                self.assertEqual(fits(message), [name], message)
                client.send(1, json.dumps(message).encode())
            while not seen >= {"connection_ack", "pong", "next", "complete", "error"}:
                message = client.message()
                self.assertEqual(fits(message), ["connectionAck" if message["type"] == "connection_ack" else message["type"]], message)
                seen.add(message["type"])


if __name__ == "__main__":
    unittest.main()
