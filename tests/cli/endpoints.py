"""Small servers that a test posts to: a good one that remembers, and bad ones."""

import contextlib
import http.server
import json
import socket
import struct
import threading


class Recorder:
    """Answers every POST with `status`, which may change, and remembers it; the first `failing` requests get 503."""

    def __init__(self, status=201, failing=0):
        self.requests, self.events, self.lock = [], [], threading.Lock()
        self.status = status
        recorder = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with recorder.lock:
                    recorder.requests.append((self.path, dict(self.headers), body))
                    code = 503 if len(recorder.requests) <= failing else recorder.status
                    if code < 300:
                        value = json.loads(body)
                        recorder.events.extend(value if isinstance(value, list) else [value])
                self.send_response(code)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/play"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *args):
        self.server.shutdown()
        self.server.server_close()

    def ids(self):
        return [event["event_id"] for event in self.events]


def read_request(connection):
    """Reads one request with a Content-Length; false when the peer closed instead."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return False
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n")
                  if line.lower().startswith(b"content-length"))
    while len(body) < length:
        body += connection.recv(65536)
    return True


def reset(connection):
    """Closes with RST in place of FIN."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


@contextlib.contextmanager
def misbehaving(answer):
    """The URL of a server that reads each request and then calls answer(connection, number of the request)."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    numbers, lock = iter(range(1 << 30)), threading.Lock()

    def serve(connection):
        with contextlib.suppress(OSError, StopIteration):
            while read_request(connection):
                with lock:
                    number = next(numbers)
                answer(connection, number)

    def accept():
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=serve, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/play"
    finally:
        listener.close()


def closed_port():
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]
