"""A TCP proxy on loopback that does to its connections what networks do: cuts them by a reset, swallows what comes from
one side before it cuts, stalls, passes single bytes, delays. Kinds and moments come from a seed.
"""

import random
import select
import socket
import struct
import threading

CHUNK_BYTES = 65536
CUTS = ("reset", "swallow_answers", "swallow_requests")
TROUBLES = (*CUTS, *CUTS, "stall", "single_bytes", "delay")


class Connection:
    """One client and the server behind it."""

    def __init__(self, proxy, client):
        self.proxy = proxy
        self.client = client
        self.server = socket.create_connection(proxy.target)
        for side in (client, self.server):
            side.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.ended = threading.Event()
        self.threads = [threading.Thread(target=self.pump, args=(client, self.server, "swallow_requests"), daemon=True),
                        threading.Thread(target=self.pump, args=(self.server, client, "swallow_answers"), daemon=True)]
        for thread in self.threads:
            thread.start()

    def pump(self, source, sink, swallowed_by):
        try:
            while not self.ended.is_set():
                if not select.select([source], [], [], 0.05)[0]:
                    continue
                trouble = self.proxy.trouble
                data = source.recv(1 if trouble == "single_bytes" else CHUNK_BYTES)
                if not data:
                    break
                if trouble == swallowed_by:
                    continue
                if trouble == "stall":
                    self.proxy.calm.wait(timeout=5)
                elif trouble == "delay":
                    self.ended.wait(0.02)
                sink.sendall(data)
        except OSError:
            pass
        self.cut()

    def cut(self):
        """Both sides see a reset instead of an orderly end."""
        if self.ended.is_set():
            return
        self.ended.set()
        for side in (self.client, self.server):
            try:
                side.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                side.close()
            except OSError:
                pass


class Proxy:
    """Listens at once on a free port; `target` may be set later. Use as a context manager."""

    def __init__(self):
        self.target = None
        self.trouble = ""
        self.calm = threading.Event()
        self.calm.set()
        self.cuts = 0
        self.connections = []
        self.opening = threading.Lock()  # from the first byte that a connection takes until it is in the list
        self.stopping = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self.listener.getsockname()[1]
        self.acceptor = threading.Thread(target=self.accept, daemon=True)
        self.acceptor.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.listener.close()
        self.acceptor.join()
        self.cut_all()

    def accept(self):
        while not self.stopping.is_set():
            try:
                if select.select([self.listener], [], [], 0.1)[0]:
                    with self.opening:
                        self.connections.append(Connection(self, self.listener.accept()[0]))
            except (OSError, ValueError):
                pass  # the server is down, or we are to stop

    def cut_all(self):
        """True if there was anything to cut."""
        with self.opening:
            open_ones = [c for c in self.connections if not c.ended.is_set()]
            for connection in open_ones:
                connection.cut()
            self.connections = []
        return bool(open_ones)

    def torment(self, seed, cuts, goes_on):
        """Makes trouble of all kinds until so many connections were cut, or goes_on() says no."""
        dice = random.Random(seed)
        pause = threading.Event()
        while self.cuts < cuts and goes_on():
            pause.wait(dice.uniform(0.02, 0.15))
            self.trouble = dice.choice(TROUBLES)
            self.calm.clear()
            pause.wait(dice.uniform(0.02, 0.12))
            cutting = self.trouble in CUTS
            # First, so that no connection swallows anything and lives on: TCP does not lose bytes within one.
            self.trouble = ""
            if cutting and self.cut_all():
                self.cuts += 1
            self.calm.set()
