"""An InfluxDB as racesim's tests see it: the v2 write API over a dictionary of points, with a script of troubles. Reads
line protocol by the rules of its description, apart from racesim's own code."""
import gzip
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlparse

NUMBER = re.compile(r"-?\d+(\.\d+)?\Z")


def split_bare(text, separators):
    """Parts between separators that no backslash stands in front of and that are in no string, and those separators."""
    parts, found, begin, at, quoted = [], [], 0, 0, False
    while at < len(text):
        if text[at] == "\\":
            at += 2
            continue
        if text[at] == '"':
            quoted = not quoted
        if text[at] in separators and not quoted:
            parts.append(text[begin:at])
            found.append(text[at])
            begin = at + 1
        at += 1
    return parts + [text[begin:]], found


def unescape(text):
    return re.sub(r"\\(.)", lambda m: {"n": "\n", "r": "\r"}.get(m[1], m[1]), text)


def read_value(text):
    if text.startswith('"'):
        if len(text) < 2 or not text.endswith('"'):
            raise ValueError(f"unbalanced quotes: {text}")
        return unescape(text[1:-1])
    if text in ("true", "false"):
        return text == "true"
    if text[-1:] in ("i", "u") and NUMBER.match(text[:-1]) and "." not in text:
        return int(text[:-1])
    if NUMBER.match(text):
        return float(text)
    raise ValueError(f"invalid value: {text}")


def read_point(line):
    """(measurement, tags, time in ns) and the fields."""
    parts, _ = split_bare(line, " ")
    if len(parts) != 3:
        raise ValueError(f"unable to parse '{line}'")
    names, _ = split_bare(parts[0], ",")
    tags = []
    for tag in names[1:]:
        (key, value), _ = split_bare(tag, "=")
        if not value:
            raise ValueError("a tag without a value")
        tags.append((unescape(key), unescape(value)))
    fields = {}
    for field in split_bare(parts[1], ",")[0]:
        key, value = field.split("=", 1)
        fields[unescape(key)] = read_value(value)
    return (unescape(names[0]), tuple(sorted(tags)), int(parts[2])), fields


class FakeInflux:
    """`trouble(number, lines)` may give (status, headers, body) or "cut before" or "cut after" for a request; None: none.
    A line that holds one of `refused` makes its request fail with 400, after the others of it were written."""

    def __init__(self, trouble=None, refused=()):
        self.points, self.requests, self.writes = {}, [], 0
        self.trouble, self.refused = trouble or (lambda number, lines: None), refused
        self.lock = threading.Lock()
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_POST(self):
                fake.answer(self)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def answer(self, request):
        body = request.rfile.read(int(request.headers["Content-Length"]))
        if request.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        lines = body.decode().splitlines()
        url = urlparse(request.path)
        with self.lock:
            number = len(self.requests)
            self.requests.append((url.path, {k: v[0] for k, v in parse_qs(url.query).items()}, dict(request.headers)))
            trouble = self.trouble(number, lines)
            if trouble == "cut before":
                return self.cut(request)
            if trouble in (None, "cut after"):
                status, headers, text = self.write(lines)
            else:
                status, headers, text = trouble
        if trouble == "cut after":
            return self.cut(request)
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name, value)
        if status != 204:
            request.send_header("Content-Length", str(len(text)))
        request.end_headers()
        if status != 204:
            request.wfile.write(text.encode())

    @staticmethod
    def cut(request):
        request.close_connection = True
        request.connection.shutdown(2)

    def write(self, lines):
        bad = None
        for line in lines:
            try:
                if any(text in line for text in self.refused):
                    raise ValueError("field type conflict")
                key, fields = read_point(line)
            except ValueError as error:
                bad = bad or str(error)
                continue
            self.points[key] = fields
            self.writes += 1
        if bad is None:
            return 204, {}, ""
        return 400, {"Content-Type": "application/json"}, json.dumps({"code": "invalid", "message": bad})
