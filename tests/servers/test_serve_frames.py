"""Goal: binary messages of `racesim serve` hold what the text messages print, digit by digit, for every scenario and stream;
choices work as with JSON. Method: two clients of the same run, one of each kind; a reader in Python that knows only the
format's page."""

import decimal
import json
import pathlib
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "cli"), str(HERE)]
from live_frames import Frames  # noqa: E402
from serve_process import Service, WebSocket  # noqa: E402
from workdir import SOURCE, Workdir  # noqa: E402

BINARY, TEXT = 2, 1


def as_printed(event):
    """Equal only if every digit is: 1.20 is not 1.2."""
    return json.dumps(event, default=lambda number: f"digits {number}")


class Reader:
    """A client of the live feed that notes what comes."""

    def __init__(self, service, query):
        self.socket = WebSocket(service, f"/ws?{query}")
        self.frames = Frames()
        self.texts, self.events, self.bytes, self.binary_messages = [], [], 0, 0

    def take(self):
        opcode, payload = self.socket.frame()
        if opcode == BINARY:
            stream, events = self.frames.read(payload)
            self.binary_messages += 1
            self.bytes += len(payload)
            self.events += [(stream, event) for event in events]
        elif opcode == TEXT:
            message = json.loads(payload, parse_float=decimal.Decimal)
            self.texts.append(message)
            if message["type"] == "forms":
                self.frames.learn(message)
            if message["type"] == "event":
                self.bytes += len(payload)
                self.events.append((message.get("stream"), message["data"]))

    def until(self, enough):
        while not enough(self):
            self.take()
        return self


class BinaryMessages(Workdir):
    def serve(self, *options):
        service = Service(self.dir, "--master-data-dir", SOURCE / "data/master", *options)
        self.addCleanup(service.cleanup)
        return service

    def pair(self, service, query):
        readers = [Reader(service, query), Reader(service, query + "&encoding=binary")]
        for reader in readers:
            self.addCleanup(reader.socket.close)
            reader.until(lambda one: one.texts)  # greeted, so from here on both get all
        return readers

    def same(self, text, binary, key, streams):
        """What both got is the same, and is enough."""
        by_key = {key(stream, event): as_printed(event) for stream, event in text.events}
        both = [(stream, event) for stream, event in binary.events if key(stream, event) in by_key]
        self.assertGreater(len(both), 100)
        for stream, event in both:
            self.assertEqual(as_printed(event), by_key[key(stream, event)])
        self.assertEqual({stream for stream, _ in both}, streams)
        self.assertEqual([one["type"] for one in binary.texts], ["snapshot", "forms"])

    def test_a_race_with_all_its_streams(self):
        service = self.serve("--scenario", "race")
        text, binary = self.pair(service, "scenario=race")
        service.post("/start?scenario=race&at=70s&cars=20&rate_hz=10&speed=20&streams=telemetry,checkpoints,laps,race-control")
        streams = {None, "checkpoints", "laps", "race-control"}
        for reader in (binary, text):
            reader.until(lambda one: {stream for stream, _ in one.events} == streams and len(one.events) > 3000)
        self.same(text, binary, lambda stream, event: (stream, event.get("car"), event["seq"]), streams)
        # In the order in which they happened, as the text messages are.
        count = min(len(text.events), len(binary.events))
        self.assertEqual([(s, e["seq"]) for s, e in binary.events[:count]], [(s, e["seq"]) for s, e in text.events[:count]])
        self.assertLess(binary.bytes / len(binary.events), 0.2 * text.bytes / len(text.events))
        self.assertEqual(service.stop(), 0)

    def test_packets_and_plays(self):
        service = self.serve("--scenario", "fleet")
        for scenario, options, key in (
                ("fleet", "vehicles=10&rate_hz=40", lambda _, event: (event["vehicle_id"], event["seq"])),
                ("plays", "volume=60000/min", lambda _, event: event["event_id"])):
            text, binary = self.pair(service, f"scenario={scenario}")
            status, body = service.post(f"/start?scenario={scenario}&{options}")
            self.assertEqual(status, 200, body)
            for reader in (binary, text):
                reader.until(lambda one: len(one.events) > 400)
            self.same(text, binary, key, {None})
        self.assertEqual(service.stop(), 0)

    def test_another_run_has_forms_of_its_own(self):
        service = self.serve("--scenario", "race")
        reader = Reader(service, "scenario=race&encoding=binary&fields=car,speed_kmh&rate=5")
        self.addCleanup(reader.socket.close)
        service.post("/start?scenario=race&seed=1&at=5m")
        reader.until(lambda one: len(one.events) > 20)
        self.assertEqual({tuple(event) for _, event in reader.events}, {("car", "speed_kmh")})
        service.post("/stop")
        service.post("/start?scenario=race&seed=2&at=5m&as=openf1")
        reader.until(lambda one: sum(text["type"] == "forms" for text in one.texts) == 2)
        first, second = [text for text in reader.texts if text["type"] == "forms"]
        self.assertNotEqual(first["run"], second["run"])
        self.assertEqual([field["path"] for field in first["forms"][0]["fields"]], ["car", "speed_kmh"])
        self.assertNotEqual(first["forms"][0]["schema"], second["forms"][0]["schema"])
        self.assertEqual(service.stop(), 0)

    def test_damaged_lines_are_told_as_text(self):
        service = self.serve("--scenario", "race")
        reader = Reader(service, "scenario=race&encoding=binary")
        self.addCleanup(reader.socket.close)
        service.post("/start", {"scenario": "race", "at": "5m", "faults": "corrupt=5%"})
        reader.until(lambda one: len(one.events) > 200 and any(text["type"] == "corrupt" for text in one.texts))
        self.assertEqual({text["type"] for text in reader.texts}, {"snapshot", "forms", "corrupt"})
        self.assertEqual(service.stop(), 0)

    def test_what_is_refused(self):
        service = self.serve("--scenario", "fleet")
        upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
                   "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
        status, _, body = service.ask("GET", "/ws?encoding=xml", headers=upgrade)
        self.assertEqual(status, 400)
        self.assertIn("one of: json, binary", json.loads(body)["detail"])
        self.assertEqual(service.ask("GET", "/events/stream?encoding=binary")[0], 400)
        reader = Reader(service, "encoding=json")
        self.addCleanup(reader.socket.close)
        reader.take()
        self.assertEqual(reader.texts[0]["type"], "snapshot")
        self.assertEqual(service.stop(), 0)


if __name__ == "__main__":
    unittest.main()
