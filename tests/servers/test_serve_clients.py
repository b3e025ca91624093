"""Goal: clients that people use get what RFC 6455 promises from `racesim serve`, also where they do odd things: messages in
pieces, pings with a payload, close codes, offered compression and subprotocols, a connection that is closed on one side,
messages that are huge, binary or mean nothing. Method: Python's websockets, npm's ws and Chromium, each against one service
that lives on; `socket_clients.mjs` drives the last two.
"""

import asyncio
import json
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "cli"), str(HERE.parent / "browser"), str(HERE)]
from live_frames import Frames  # noqa: E402
from serve_process import Service  # noqa: E402
from web_packages import modules  # noqa: E402
from workdir import HANG_S, Workdir  # noqa: E402

try:
    import websockets
except ImportError:  # the system's Python has it (scripts/packages)
    websockets = None


class Clients(Workdir):
    def setUp(self):
        super().setUp()
        self.service = Service(self.dir, "--scenario", "fleet")
        self.addCleanup(self.service.cleanup)
        self.service.post("/start?scenario=fleet&vehicles=5&rate_hz=10")
        self.url = f"ws://127.0.0.1:{self.service.port}"

    def ended_well(self):
        """Nobody is left, and the service lives."""
        self.service.until("/status", lambda body: body["clients"] == 0 and body["running"])
        self.assertEqual(self.service.stop(), 0)


class PythonWebsockets(Clients):
    def setUp(self):
        if websockets is None:
            raise unittest.SkipTest("python3-websockets is not installed: scripts/install-packages test")
        super().setUp()

    def with_client(self, path, work, **options):
        async def whole():
            async with websockets.connect(self.url + path, max_size=None, **options) as client:
                return await work(client)
        return asyncio.run(asyncio.wait_for(whole(), HANG_S))

    def closed_with(self, path, send, **options):
        """The code with which the service closes."""
        async def work(client):
            await send(client)
            await client.wait_closed()
            return client.close_code
        return self.with_client(path, work, **options)

    def test_compression_is_offered_and_not_used(self):
        async def work(client):
            await client.recv()
            return client.extensions, client.subprotocol
        self.assertEqual(self.with_client("/ws", work, compression="deflate", subprotocols=["chat", "soap"]), ([], None))
        self.ended_well()

    def test_binary_messages(self):
        async def work(client):
            frames, events = Frames(), []
            while len(events) < 50:
                message = await client.recv()
                if isinstance(message, bytes):
                    events += frames.read(message)[1]
                elif (text := json.loads(message))["type"] == "forms":
                    frames.learn(text)
            return events
        events = self.with_client("/ws?encoding=binary", work)
        self.assertEqual(len({event["vehicle_id"] for event in events}), 5)
        self.ended_well()

    def test_pieces_pings_and_what_means_nothing(self):
        async def work(client):
            await client.send(["a message ", "in three ", "pieces"])
            await client.send([b"\x00\xff", b"", b"\xfe"])
            await client.send('{"type":"nobody knows this"}')
            await client.send("")
            await client.send("x" * (64 << 10))
            for payload in (b"", b"mark", bytes(range(125))):
                await (await client.ping(payload))  # the pong with the same payload
            return json.loads(await client.recv())["type"]
        self.assertEqual(self.with_client("/ws", work, ping_interval=None), "snapshot")
        self.ended_well()

    def test_close_codes(self):
        for code in (1000, 1001, 3000, 4999):
            async def work(client, code=code):
                await client.recv()
                await client.close(code, "ü" * 61)
                return client.close_code
            self.assertEqual(self.with_client("/ws", work), code)
        self.assertEqual(self.closed_with("/ws", lambda client: client.send("x" * ((64 << 10) + 1))), 1009)
        self.assertEqual(self.closed_with("/ws", lambda client: client.send(["x" * 40_000, "x" * 40_000])), 1009)
        self.ended_well()

    def test_a_connection_that_is_closed_on_one_side(self):
        async def work(client):
            await client.recv()
            client.transport.write_eof()
            await client.wait_closed()
            return client.close_code
        self.assertEqual(self.with_client("/ws", work), 1006)
        self.ended_well()

    def test_graphql(self):
        options = {"subprotocols": ["graphql-ws", "graphql-transport-ws"]}

        async def work(client):
            await client.send(['{"type":', '"connection_init"}'])
            answer = await client.recv()
            await client.send(json.dumps({"type": "ping", "payload": {"text": "x" * 1000}}))
            return client.subprotocol, answer, json.loads(await client.recv())["type"]
        self.assertEqual(self.with_client("/graphql", work, **options),
                         ("graphql-transport-ws", '{"type":"connection_ack"}', "pong"))
        for bad in ("no JSON", '{"type":"nobody knows this"}', "[]", "x" * 70_000, b'{"type":"connection_init"}'):
            expected = 1009 if len(bad) > 65_536 else 4400
            self.assertEqual(self.closed_with("/graphql", lambda client, bad=bad: client.send(bad), **options), expected, bad[:40])
        self.ended_well()


class NodeAndChromium(Clients):
    def run_clients(self, kind):
        done = subprocess.run([shutil.which("node"), HERE / "socket_clients.mjs", modules(), kind, str(self.service.port)],
                              capture_output=True, text=True, timeout=HANG_S, env={**os.environ, "HOME": str(self.dir)}, check=False)
        self.assertEqual(done.returncode, 0, done.stderr[-2000:])
        return json.loads(done.stdout)

    def check(self, seen):
        self.assertEqual(seen["extensions"], "")
        self.assertEqual(seen["first"], "snapshot")
        self.assertGreater(seen["binary_messages"], 0)
        self.assertEqual(seen["closed_by_client"], 3000)
        self.assertEqual(seen["after_text_and_binary"], "open")
        self.assertEqual(seen["huge"], 1009)
        self.assertEqual(seen["graphql_protocol"], "graphql-transport-ws")
        self.assertEqual(seen["graphql_unknown"], 4400)
        self.assertEqual(seen["graphql_binary"], 4400)
        self.assertIn(seen["unknown_protocol"], ("refused", "open without it"))
        self.ended_well()

    def test_ws(self):
        seen = self.run_clients("ws")
        self.assertEqual(seen["pong"], "mark")
        self.assertEqual(seen["pieces"], "open")
        self.check(seen)

    def test_chromium(self):
        if not pathlib.Path("/usr/bin/chromium").exists():
            self.skipTest("no chromium; scripts/install-packages test installs it")
        self.check(self.run_clients("chromium"))


if __name__ == "__main__":
    unittest.main()
