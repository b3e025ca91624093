#!/usr/bin/env python3
"""Takes song plays over HTTP. Each play is in FILE, and on the disk, before it is answered; a repeated play (racesim
delivers at least once) is answered but not stored twice. FILE has the bytes that were sent, one play per line, so that
`racesim verify --against file:FILE` can compare them. What a store keeps after parsing (a database, json.dumps) has the
same values in other bytes: verify that with --by-value.
Usage: receiver.py FILE [PORT]    default port 8000, this machine only
"""

import http.server
import json
import os
import sys
import threading


def events_of(body):
    """The events of a request, one JSON object or an array of them: each as its own bytes, and what they say. Parsed and
    written again they would be other bytes of the same value (blanks, 1.0 for 1.00)."""
    text = body.decode()
    decoder = json.JSONDecoder()
    blanks = " \t\r\n"

    def skip(at, more=""):
        while at < len(text) and text[at] in blanks + more:
            at += 1
        return at

    json.loads(text)  # what is not JSON as a whole is refused as a whole
    at = skip(0)
    is_array = text[at] == "["
    at = skip(at + 1) if is_array else at
    while at < len(text) and text[at] != "]":
        value, end = decoder.raw_decode(text, at)
        # A line end within an event can only stand between its parts, where a blank says the same.
        yield text[at:end].replace("\r", " ").replace("\n", " ").encode(), value
        at = skip(end, ",")


class Store:
    def __init__(self, path):
        self.lock = threading.Lock()
        self.file = open(path, "ab+")
        self.file.seek(0)
        lines = self.file.read().splitlines(keepends=True)
        if lines and not lines[-1].endswith(b"\n"):  # torn when an earlier receiver was killed; never answered
            self.file.truncate(sum(map(len, lines[:-1])))
            lines.pop()
        self.known = {json.loads(line)["event_id"] for line in lines}

    def add(self, plays):
        with self.lock:
            for line, play in plays:
                if play["event_id"] not in self.known:
                    self.known.add(play["event_id"])
                    self.file.write(line + b"\n")
            self.file.flush()
            os.fdatasync(self.file.fileno())


class Receiver(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    store = None

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        try:
            plays = list(events_of(body))
            if not all("event_id" in play for _, play in plays):
                raise KeyError("event_id")  # before any of them is stored
            self.store.add(plays)
            status = 201
        except (ValueError, KeyError, TypeError):
            status = 400
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        pass


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    Receiver.store = Store(sys.argv[1])
    server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2]) if len(sys.argv) > 2 else 8000), Receiver)
    print(f"listening on http://127.0.0.1:{server.server_address[1]}/play", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
