"""Goal: nothing that a client sends brings `racesim serve` down, is taken for something else, or gets past its rules for other
sites and tokens. Method: raw sockets against one service per class: malformed and smuggled requests, WebSocket frames that
break the protocol, foreign pages and names, more connections than may be; after each the service still answers.
"""

import contextlib
import json
import pathlib
import re
import shutil
import socket
import struct
import tempfile
import unittest

from serve_process import EventStream, Service, WebSocket
from workdir import sanitized

CROWD = 80


class SharedService(unittest.TestCase):
    options = ["--scenario", "fleet", "--rate-hz", "50"]
    more = {}

    @classmethod
    def setUpClass(cls):
        cls.dir = pathlib.Path(tempfile.mkdtemp(prefix="racesim-serve-"))
        cls.addClassCleanup(shutil.rmtree, cls.dir, ignore_errors=True)
        cls.prepare()
        cls.service = Service(cls.dir, *cls.options, **cls.more)
        cls.addClassCleanup(cls.service.cleanup)

    @classmethod
    def prepare(cls):
        """Before the service starts."""

    def tearDown(self):
        self.assertIsNone(self.service.process.poll(), "the service is gone: " + self.service.messages())


class RequestTest(SharedService):
    def problem(self, method, target, body=None, headers=None):
        status, given, text = self.service.ask(method, target, body, headers)
        self.assertEqual(given["Content-Type"], "application/problem+json", text)
        problem = json.loads(text)
        self.assertEqual(problem["status"], status)
        self.assertNotRegex(text, r"\.cpp|\.h:|std::|0x[0-9a-f]{6}|" + str(self.dir), "no internals")
        return status, given, problem["detail"]

    def test_paths_and_methods(self):
        status, _, detail = self.problem("GET", "/telemetry/latst")
        self.assertEqual(status, 404)
        self.assertIn("did you mean /telemetry/latest", detail)
        for path in ("/..%2f..%2fetc/passwd", "/../etc/passwd", "/status/", "/STATUS", "//status", "/%73tatus"):
            self.assertEqual(self.problem("GET", path)[0], 404, path)
        for method, path, allowed in (("GET", "/start", "POST, OPTIONS"), ("POST", "/status", "GET, HEAD, OPTIONS"),
                                      ("DELETE", "/telemetry/latest", "GET, HEAD, OPTIONS"), ("POST", "/ws", "GET")):
            status, headers, _ = self.problem(method, path)
            self.assertEqual(status, 405)
            self.assertIn(allowed, headers["Allow"])
        for path in ("/status", "/telemetry/recent", "/events/stream"):
            status, headers, body = self.service.ask("HEAD", path)
            self.assertEqual((status, body), (200, ""), path)
        status, headers, _ = self.service.ask("OPTIONS", "/stop")
        self.assertEqual((status, headers["Allow"]), (204, "POST, OPTIONS"))

    def test_queries(self):
        for target in ("/telemetry/recent?limit=0", "/telemetry/recent?limit=-1", "/telemetry/recent?limit=abc",
                       "/telemetry/recent?limit=1e9", "/telemetry/recent?limit=", "/telemetry/recent?limit=5&limit=6",
                       "/telemetry/recent?Limit=5", "/telemetry/recent?limit=%ff", "/telemetry/recent?limit=%",
                       "/telemetry/latest?limit=5", "/telemetry/latest?scenario=x", "/status?x=1",
                       "/telemetry/violations?limit=5.5", "/telemetry/export.csv?limit=nan", "/start?rate_hz=NaN"):
            method = "POST" if target.startswith("/start") else "GET"
            self.assertEqual(self.problem(method, target)[0], 400, target)
        self.assertEqual(self.service.get("/telemetry/recent?limit=1000000000")[0], 200)
        self.assertEqual(self.problem("GET", "/telemetry/export.csv")[0], 404, "no events yet")
        self.assertIn("'Limit'", self.problem("GET", "/telemetry/recent?Limit=5")[2])

    def test_bodies(self):
        for body in (b"[]", b"{", b'{"rate_hz":NaN}', b'{"rate_hz":1e400}', b'{"seed":-0.5}', b'{"rate_hz":"\xff"}',
                     b'{"rate_hz":{}}', b"[" * 60000, b'{"a":' * 10000, b"\0", b'{"seed":1}\0', b'{"rate_hz":"\\u001b[2J"}',
                     b'{"seed":1,"seed":2}', b'{"rate_hz":' + b"9" * 60000 + b"}"):
            self.assertEqual(self.problem("POST", "/start", body, {"Content-Type": "application/json"})[0], 400, body[:40])
        self.assertEqual(self.problem("POST", "/start", b"x" * 1_100_000)[0], 413)
        self.assertEqual(self.problem("POST", "/stop", b"x" * 70_000)[0], 413)
        self.assertEqual(self.problem("POST", "/start-sim", b"x")[0], 413, "it takes no body")
        self.assertEqual(self.problem("GET", "/status", b"x")[0], 413)
        self.assertEqual(self.service.get("/status")[1]["runs"], [])

    def test_smuggling_and_other_malformed_heads(self):
        def status(head, body=b""):
            answer = self.service.raw(head.encode("latin-1") + b"\r\n\r\n" + body)
            self.assertEqual(len(re.findall(rb"HTTP/1.1 \d{3} ", answer)), 1, "one answer, then the end: " + repr(answer))
            return int(answer.split()[1])

        post = "POST /stop HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        hidden = b"0\r\n\r\nGET /status HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        for head in (post + "Content-Length: 4\r\nContent-Length: 5", post + "Content-Length: 4, 5",
                     post + "Content-Length: 4\r\nTransfer-Encoding: chunked",
                     post + "Transfer-Encoding: chunked\r\nContent-Length: 4", post + "Content-Length: -1",
                     post + "Content-Length: +5", post + "Content-Length: 0x5", post + "Content-Length : 5",
                     post + "Content-Length: 99999999999999999999", post + "Transfer-Encoding: chunked\rX: y",
                     post + "X: a\rContent-Length: 5", post + "X: y\0z", post + " folded: x",
                     "POST /stop HTTP/1.1", post + "Host: 127.0.0.1", "GET  /status HTTP/1.1\r\nHost: 127.0.0.1",
                     "GET /status HTTP/1.1\nHost: 127.0.0.1", "GET /st\ratus HTTP/1.1\r\nHost: 127.0.0.1",
                     "GET /status\0 HTTP/1.1\r\nHost: 127.0.0.1", "\x16\x03\x01"):
            self.assertEqual(status(head, hidden), 400, repr(head))
        self.assertIn(status(post + "Transfer-Encoding: xchunked", hidden), (400, 501))
        self.assertIn(status(post + "Transfer-Encoding: gzip, chunked", hidden), (400, 501))
        self.assertEqual(status("GET /status HTTP/2.0\r\nHost: 127.0.0.1"), 505)
        self.assertEqual(status("GET /status HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + "x" * 20000), 431)
        self.assertEqual(status("GET /status HTTP/1.1\r\nHost: 127.0.0.1" + "\r\nX: y" * 120), 431)
        self.assertEqual(status("GET /" + "x" * 20000 + " HTTP/1.1\r\nHost: 127.0.0.1"), 431)
        self.assertEqual(self.service.get("/status")[0], 200)

    def test_pipelined_requests_are_answered_in_order(self):
        ask = "GET {} HTTP/1.1\r\nHost: 127.0.0.1\r\n{}\r\n"
        answer = self.service.raw((ask.format("/healthz", "") + ask.format("/nowhere", "") +
                                   ask.format("/status", "Connection: close\r\n")).encode()).decode()
        self.assertEqual(re.findall(r"HTTP/1.1 (\d+)", answer), ["200", "404", "200"])
        # A stream takes a connection of its own.
        answer = self.service.raw((ask.format("/healthz", "") + ask.format("/events/stream?rate=x",
                                                                           "Connection: close\r\n")).encode()).decode()
        self.assertIn("400 Bad Request", answer)


class WebSocketTest(SharedService):
    options = ["--scenario", "fleet", "--rate-hz", "5"]

    def test_handshakes_that_are_none(self):
        def answer(*lines, version="HTTP/1.1"):
            head = [f"GET /ws {version}", "Host: 127.0.0.1", "Connection: Upgrade, close", *lines, "", ""]
            return self.service.raw("\r\n".join(head).encode()).split(b"\r\n", 1)[0].decode()

        key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
        self.assertIn("426", answer(key, "Sec-WebSocket-Version: 13"))
        self.assertIn("426", answer("Upgrade: websocket", key, "Sec-WebSocket-Version: 8"))
        self.assertIn("426", answer("Upgrade: websocket", key))
        self.assertIn("400", answer("Upgrade: websocket", "Sec-WebSocket-Version: 13"))
        self.assertIn("400", answer("Upgrade: websocket", "Sec-WebSocket-Key: short", "Sec-WebSocket-Version: 13"))
        self.assertIn("426", answer("Upgrade: websocket", key, "Sec-WebSocket-Version: 13", version="HTTP/1.0"))

    def client(self):
        client = WebSocket(self.service)
        self.addCleanup(client.close)
        self.assertEqual(client.message()["type"], "snapshot")
        return client

    def test_pings_and_what_clients_say(self):
        client = self.client()
        client.send(9, b"are you there")
        self.assertEqual(client.until_frame(10), b"are you there")
        client.send(1, b"hello")
        client.send(2, b"\xff\xfe")
        client.send(1, "é".encode()[:1], last=False)
        client.send(9, b"between")
        self.assertEqual(client.until_frame(10), b"between")
        client.send(0, "é".encode()[1:])
        client.send(9, b"still here")
        self.assertEqual(client.until_frame(10), b"still here")
        client.send(8, struct.pack("!H", 1000) + b"bye")
        self.assertEqual(client.close_code(), 1000)
        with self.assertRaises(EOFError):
            client.frame()

    def test_broken_frames(self):
        for send, code in ((lambda c: c.send(1, b"x", masked=False), 1002), (lambda c: c.send(1, b"x", reserved=4), 1002),
                           (lambda c: c.send(3, b"x"), 1002), (lambda c: c.send(11), 1002),
                           (lambda c: c.send(9, b"x" * 126), 1002), (lambda c: c.send(9, b"x", last=False), 1002),
                           (lambda c: c.send(0, b"x"), 1002), (lambda c: c.send(8, b"x"), 1002),
                           (lambda c: c.send(8, struct.pack("!H", 1005)), 1002),
                           (lambda c: (c.send(1, b"x", last=False), c.send(1, b"x")), 1002),
                           (lambda c: c.send(1, b"\xc3\x28"), 1007), (lambda c: c.send(1, b"\xed\xa0\x80"), 1007),
                           (lambda c: c.send(8, struct.pack("!H", 1000) + b"\xff"), 1007),
                           (lambda c: c.send(1, b"x" * 65537), 1009),
                           (lambda c: c.socket.sendall(b"\x82\xff" + b"\xff" * 8), 1009)):
            client = self.client()
            with contextlib.suppress(ConnectionError):
                send(client)
            self.assertEqual(client.close_code(), code)
        client = self.client()
        client.send(1, b"x" * 65536)
        client.send(9, b"ok")
        self.assertEqual(client.until_frame(10), b"ok", "64 KiB may be")
        self.service.until("/status", lambda body: body["clients"] <= 1)

    def test_frames_byte_by_byte_and_ends_without_a_word(self):
        client = self.client()
        mask = b"\1\2\3\4"
        for byte in b"\x89\x83" + mask + bytes(b ^ mask[i] for i, b in enumerate(b"abc")):
            client.socket.sendall(bytes([byte]))
        self.assertEqual(client.until_frame(10), b"abc")
        for _ in range(20):
            self.client().close()
        half = WebSocket(self.service)
        half.socket.sendall(b"\x81")
        half.close()
        self.service.until("/status", lambda body: body["clients"] <= 1)


class OtherSitesTest(SharedService):
    options = ["--allow-origin", "https://dash.example:8443"]

    def test_pages(self):
        own = self.service.url
        for origin, status in ((own, 200), ("https://dash.example:8443", 200), ("http://evil.example", 403),
                               ("null", 403), (own.replace("http", "https"), 200), ("http://localhost:1", 403)):
            for method, path in (("POST", "/stop"), ("GET", "/status"), ("GET", "/healthz")):
                self.assertEqual(self.service.ask(method, path, headers={"Origin": origin})[0], status, (origin, path))
            if status == 403:
                for path in ("/ws", "/events/stream"):
                    self.assertEqual(self.service.ask("GET", path, headers={"Origin": origin})[0], 403)
                with self.assertRaises(AssertionError):
                    WebSocket(self.service, headers=[f"Origin: {origin}"])
            else:
                WebSocket(self.service, headers=[f"Origin: {origin}"]).close()

    def test_names(self):
        for host, status in ((f"localhost:{self.service.port}", 200), ("127.0.0.1", 200), ("[::1]:80", 200),
                             ("dash.example", 200), ("evil.example", 403), (f"evil.example:{self.service.port}", 403),
                             ("127.0.0.1.evil.example", 403), ("", 403)):
            self.assertEqual(self.service.ask("GET", "/status", headers={"Host": host})[0], status, host)

    def test_allowed_pages_may_read(self):
        dash = {"Origin": "https://dash.example:8443"}
        for method, path, status in (("GET", "/status", 200), ("GET", "/nowhere", 404), ("POST", "/start?x=1", 400)):
            got, headers, _ = self.service.ask(method, path, headers=dash)
            self.assertEqual((got, headers.get("Access-Control-Allow-Origin"), headers.get("Vary")),
                             (status, dash["Origin"], "Origin"))
        self.assertNotIn("Access-Control-Allow-Origin", self.service.ask("GET", "/status")[1])
        status, headers, _ = self.service.ask("OPTIONS", "/start",
                                              headers={**dash, "Access-Control-Request-Method": "POST"})
        self.assertEqual((status, headers["Access-Control-Allow-Methods"]), (204, "POST, OPTIONS"))
        with EventStream(self.service, headers=dash) as stream:
            self.assertEqual(stream.answer.getheader("Access-Control-Allow-Origin"), dash["Origin"])


class TokenTest(SharedService):
    options = ["--token-file", "token"]

    @classmethod
    def prepare(cls):
        (cls.dir / "token").write_text("s3cret-of-this-test\n", encoding="utf-8")
        (cls.dir / "token").chmod(0o600)

    def test_token(self):
        right = {"Authorization": "Bearer s3cret-of-this-test"}
        for path in ("/status", "/telemetry/recent", "/metrics"):
            self.assertEqual(self.service.ask("GET", path)[0], 401)
            self.assertEqual(self.service.ask("GET", path, headers={"Authorization": "Bearer s3cret"})[0], 401)
            self.assertEqual(self.service.ask("GET", path, headers=right)[0], 200)
        self.assertEqual(self.service.ask("POST", "/start-sim")[0], 401)
        self.assertEqual(self.service.ask("GET", "/events/stream")[0], 401)
        with self.assertRaises(AssertionError):
            WebSocket(self.service)
        WebSocket(self.service, headers=["Authorization: Bearer s3cret-of-this-test"]).close()
        for path in ("/healthz", "/readyz"):
            self.assertEqual(self.service.ask("GET", path)[0], 200, "probes need none")
        self.assertEqual(self.service.ask("GET", "/status", headers={**right, "Host": "proxy.example"})[0], 200)
        self.assertNotIn("s3cret", self.service.messages())


class CrowdTest(SharedService):
    options = ["--max-clients", "10"]

    def test_more_clients_than_may_be(self):
        clients = [WebSocket(self.service) for _ in range(9)]
        self.assertEqual(self.service.get("/status")[1]["clients"], 9)
        with self.service.connect() as tenth:
            answer = self.service.raw(b"")  # it need not even ask
            self.assertIn(b"503 Service Unavailable", answer)
            self.assertIn(b"Retry-After", answer)
            tenth.close()
        for client in clients:
            client.close()
        self.service.until("/status", lambda body: body["clients"] == 0)


@unittest.skipIf(sanitized(), "full: a sanitizer needs more descriptors")
class FewFilesTest(SharedService):
    """Row F1 of reliability: descriptors run out."""
    options = ["--scenario", "fleet", "--rate-hz", "50", "--autostart"]
    more = {"before": ["prlimit", "--nofile=40:40"]}

    def test_a_crowd_waits_and_the_run_goes_on(self):
        sent = self.service.get("/status")[1]["runs"][0]["sent"]
        crowd = []
        for _ in range(CROWD):
            plain = socket.create_connection(("127.0.0.1", self.service.port), timeout=60)
            plain.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            crowd.append(plain)
        # Those in front have been answered and say nothing; they make room for those behind.
        for plain in crowd:
            self.assertIn(b"200 OK", plain.recv(4096))
            plain.close()
        self.service.until("/status", lambda body: body["runs"][0]["sent"] > sent)


class OpenTest(SharedService):
    options = ["--insecure-listen"]
    more = {"listen": "0.0.0.0:0"}

    def test_said_outright(self):
        self.assertEqual(self.service.ask("GET", "/status")[0], 200)
        self.assertEqual(self.service.ask("GET", "/status", headers={"Host": "evil.example"})[0], 403)


if __name__ == "__main__":
    unittest.main()
