"""A `racesim serve` on a port of its own, and clients that share no code with it: HTTP by Python's http.client, WebSocket by
hand, so that a test can also break the protocol."""

import base64
import contextlib
import hashlib
import http.client
import json
import os
import re
import signal
import socket
import ssl
import struct
import subprocess
import time

from workdir import BINARY, HANG_S, PAUSE

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class Service:
    """One process, whose messages are in FOLDER/serve.err."""

    def __init__(self, folder, *options, env=None, before=(), listen="127.0.0.1:0", trust=None):
        self.folder = folder
        self.tls = ssl.create_default_context(cafile=str(trust)) if trust else None  # of a server with --cert
        self.messages_path = folder / "serve.err"
        command = [*before, BINARY, "serve", "--listen", listen, *map(str, options)]
        with open(self.messages_path, "w", encoding="utf-8") as err:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=err,
                                            cwd=folder, env={"PATH": "/usr/bin:/bin", "HOME": str(folder), **(env or {})})
        deadline = time.monotonic() + HANG_S
        while not (found := re.search(r"(https?://[^ ]+:(\d+))", self.messages())):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"serve did not start: {self.messages()}")
            PAUSE.wait(0.01)
        self.url, self.port = found.group(1), int(found.group(2))

    def messages(self):
        return self.messages_path.read_text(encoding="utf-8")

    def ask(self, method, target, body=None, headers=None):
        """(status, headers, body as text) of one request."""
        kind = http.client.HTTPSConnection if self.tls else http.client.HTTPConnection
        more = {"context": self.tls} if self.tls else {}
        connection = kind("127.0.0.1", self.port, timeout=HANG_S, **more)
        try:
            connection.request(method, target, body=body, headers=headers or {})
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read().decode()
        finally:
            connection.close()

    def get(self, target, **headers):
        status, _, body = self.ask("GET", target, headers=headers)
        return status, json.loads(body)

    def post(self, target, body=None):
        status, _, text = self.ask("POST", target, body=None if body is None else json.dumps(body),
                                   headers={"Content-Type": "application/json"} if body is not None else {})
        return status, json.loads(text)

    def raw(self, data):
        """Sends bytes and returns all that comes until the server ends the connection."""
        with self.connect() as plain:
            plain.sendall(data)
            answer = b""
            while piece := plain.recv(65536):
                answer += piece
            return answer

    def connect(self):
        return self.secured(socket.create_connection(("127.0.0.1", self.port), timeout=HANG_S))

    def secured(self, plain):
        return self.tls.wrap_socket(plain, server_hostname="127.0.0.1") if self.tls else plain

    def until(self, target, holds):
        """The first answer for which `holds`."""
        deadline = time.monotonic() + HANG_S
        while time.monotonic() < deadline:
            status, body = self.get(target)
            if status == 200 and holds(body):
                return body
            PAUSE.wait(0.02)
        raise AssertionError(f"{target} stays {body}")

    def stop(self, number=signal.SIGTERM):
        """The exit code behind this signal."""
        self.process.send_signal(number)
        return self.process.wait(timeout=HANG_S)

    def cleanup(self):
        if self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGKILL)
            self.process.wait()


class WebSocket:
    """A client of RFC 6455 that does as it is told."""

    def __init__(self, service, target="/ws", headers=(), receive_buffer=None):
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(HANG_S)
        self.socket.connect(("127.0.0.1", service.port))
        self.socket = service.secured(self.socket)
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [f"GET {target} HTTP/1.1", f"Host: 127.0.0.1:{service.port}", "Upgrade: websocket", "Connection: Upgrade",
                 f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13", *headers]
        self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        self.input = b""
        while b"\r\n\r\n" not in self.input:
            self.input += self._receive()
        head, _, self.input = self.input.partition(b"\r\n\r\n")
        self.head = head.decode()
        expected = base64.b64encode(hashlib.sha1((key + GUID).encode()).digest()).decode()
        if not self.head.startswith("HTTP/1.1 101") or f"Sec-WebSocket-Accept: {expected}" not in self.head:
            raise AssertionError(self.head)

    def _receive(self):
        piece = self.socket.recv(65536)
        if not piece:
            raise EOFError("the server closed the connection")
        return piece

    def _take(self, size):
        while len(self.input) < size:
            self.input += self._receive()
        taken, self.input = self.input[:size], self.input[size:]
        return taken

    def frame(self):
        """(opcode, payload) of the next frame of the server."""
        first, second = self._take(2)
        assert first & 0x80 and not second & 0x80, "servers neither cut nor mask here"
        size = second
        if size == 126:
            size = struct.unpack("!H", self._take(2))[0]
        elif size == 127:
            size = struct.unpack("!Q", self._take(8))[0]
        return first & 0x0f, self._take(size)

    def message(self):
        """The next message as JSON."""
        while True:
            opcode, payload = self.frame()
            if opcode == 1:
                return json.loads(payload)
            if opcode == 8:
                raise EOFError(f"closed: {struct.unpack('!H', payload[:2])[0]} {payload[2:].decode()}")

    def send(self, opcode, payload=b"", last=True, masked=True, reserved=0):
        size = len(payload)
        head = bytes([(0x80 if last else 0) | reserved << 4 | opcode])
        bit = 0x80 if masked else 0
        if size < 126:
            head += bytes([bit | size])
        elif size < 65536:
            head += bytes([bit | 126]) + struct.pack("!H", size)
        else:
            head += bytes([bit | 127]) + struct.pack("!Q", size)
        if masked:
            mask = os.urandom(4)
            head += mask
            payload = bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))
        self.socket.sendall(head + payload)

    def until_frame(self, wanted):
        """The payload of the next frame of this kind."""
        while True:
            opcode, payload = self.frame()
            if opcode == wanted:
                return payload

    def close_code(self):
        """The code that the server closes with."""
        return struct.unpack("!H", self.until_frame(8)[:2])[0]

    def close(self):
        with contextlib.suppress(OSError):
            self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.close()


class EventStream:
    """Server-sent events, one after the other."""

    def __init__(self, service, target="/events/stream", headers=None):
        self.connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=HANG_S)
        self.connection.request("GET", target, headers=headers or {})
        self.answer = self.connection.getresponse()

    def event(self):
        """The fields of the next event: event, id, data."""
        fields = {}
        while True:
            line = self.answer.readline().decode()
            if not line:
                raise EOFError("the stream ended")
            if line == "\n":
                if fields:
                    return fields
            elif not line.startswith(":"):
                name, _, value = line.rstrip("\n").partition(": ")
                fields[name] = value

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.connection.close()
