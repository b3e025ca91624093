#!/usr/bin/env python3
"""A receiver of plays for tests and for trying racesim out: it commits each play to a file before it answers.

    python3 tests/servers/play_server.py --port 8000 --file plays.ndjson [--fsync]

POST any path with a JSON object or an array of them: each is appended to the file as {"key":…,"play":…} and flushed,
then the answer is 204. Plays without a string event_id are left out and listed: 200 {"accepted", "rejected"}, or 400 if
none was good. GET /stats tells what the file holds. What was answered survives kill -9: at its start the server reads
its file again and cuts off a torn last line. Standard library only.
"""

import argparse
import json
import os
import socket
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BODY_BYTES_MAX = 8 * 1024 * 1024


class Store:
    """The file and what it holds. Every method may be called by any thread."""

    def __init__(self, path, fsync):
        self.lock = threading.Lock()
        self.fsync = fsync
        self.stored = 0
        self.key_of_id = {}  # the first key that brought each event
        self.repeats = 0
        self.repeats_with_other_key = 0
        self.repeats_with_other_content = 0
        self.content_of_id = {}
        self.requests = 0
        self.file = open(path, "a+b")
        self.recover()

    def recover(self):
        self.file.seek(0)
        whole = 0
        for line in self.file:
            if not line.endswith(b"\n"):
                break
            whole += len(line)
            record = json.loads(line)
            self.count(record["key"], record["play"])
        self.file.truncate(whole)
        self.file.seek(0, os.SEEK_END)

    def count(self, key, play):
        event_id = play["event_id"]
        content = json.dumps(play, separators=(",", ":"))
        self.stored += 1
        if event_id not in self.key_of_id:
            self.key_of_id[event_id] = key
            self.content_of_id[event_id] = content
            return
        self.repeats += 1
        self.repeats_with_other_key += self.key_of_id[event_id] != key
        self.repeats_with_other_content += self.content_of_id[event_id] != content

    def commit(self, key, plays):
        lines = "".join(json.dumps({"key": key, "play": play}, separators=(",", ":")) + "\n" for play in plays)
        with self.lock:
            self.file.write(lines.encode())
            self.file.flush()
            if self.fsync:
                os.fsync(self.file.fileno())
            for play in plays:
                self.count(key, play)

    def count_request(self):
        with self.lock:
            self.requests += 1

    def stats(self):
        with self.lock:
            return {
                "stored": self.stored,
                "unique": len(self.key_of_id),
                "repeats": self.repeats,
                "repeats_with_other_key": self.repeats_with_other_key,
                "repeats_with_other_content": self.repeats_with_other_content,
                "requests_since_start": self.requests,
            }


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # keeps connections alive
    server_version = "play-server"
    disable_nagle_algorithm = True
    wbufsize = -1  # the answer leaves in one piece

    def do_GET(self):
        if self.path == "/stats":
            self.answer(200, self.server.store.stats())
        else:
            self.answer(404, {"error": "only /stats"})

    def do_POST(self):
        self.server.store.count_request()
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > BODY_BYTES_MAX:
            self.close_connection = True
            self.answer(411 if not length else 413, {"error": "Content-Length up to 8 MiB is required"})
            return
        body = self.rfile.read(int(length))
        try:
            parsed = json.loads(body)
        except ValueError as error:
            self.answer(400, {"error": f"not JSON: {error}"})
            return
        plays = parsed if isinstance(parsed, list) else [parsed]
        good, rejected = [], []
        for index, play in enumerate(plays):
            if isinstance(play, dict) and isinstance(play.get("event_id"), str):
                good.append(play)
            else:
                rejected.append({"index": index, "reason": "no event_id"})
        if good:
            self.server.store.commit(self.headers.get("Idempotency-Key", ""), good)
        if not rejected:
            self.answer(204)
        else:
            self.answer(200 if good else 400, {"accepted": len(good), "rejected": rejected})

    def answer(self, status, content=None):
        body = b"" if content is None else json.dumps(content).encode()
        self.send_response(status)
        if content is not None:
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, *args):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address, store):
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        super().__init__(address, Handler)
        self.store = store

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], (ConnectionError, TimeoutError)):
            super().handle_error(request, client_address)


def main():
    parser = argparse.ArgumentParser(description="Receives plays and commits each to a file before it answers.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000, help="0: any; the first line on stdout names it")
    parser.add_argument("--file", required=True, help="made, or read and appended to")
    parser.add_argument("--fsync", action="store_true", help="survive a power cut too, not only kill -9")
    options = parser.parse_args()
    server = Server((options.host, options.port), Store(options.file, options.fsync))
    print(f"listening on port {server.server_address[1]}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
