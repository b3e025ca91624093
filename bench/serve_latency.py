#!/usr/bin/env python3
"""How soon `racesim serve` answers: from its start to /readyz, against the first event of a run; from a WebSocket's upgrade to
its snapshot; from the moment an event is due to the client that reads it (20 cars at 100 Hz: a tick is 10 ms); and what a server
costs that nobody asks for anything.

Times go up while other work keeps the cores busy: the client's own lateness is shown beside, as that of a loop that sleeps
until each tick.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from datetime import datetime, timezone

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
os.environ.setdefault("RACESIM_BIN", str(pathlib.Path(__file__).resolve().parent.parent / "build/release/racesim"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests/cli"))
from serve_process import Service, WebSocket  # noqa: E402
from support.measure import BINARY, QUICK, middle, processor_s, ratio, show  # noqa: E402

TICK_MS = 10
TURNS = 5 if QUICK else 15
SNAPSHOTS = 20 if QUICK else 100
LISTEN_S = 5 if QUICK else 30
IDLE_S = 5 if QUICK else 30


def ready_ms(folder):
    begin = time.perf_counter()
    service = Service(folder)
    try:
        with urllib.request.urlopen(f"{service.url}/readyz") as answer:
            answer.read()
        return (time.perf_counter() - begin) * 1000
    finally:
        service.stop()


def first_event_ms(folder):
    begin = time.perf_counter()
    with subprocess.Popen([BINARY, "run", "--live", "-q"], stdout=subprocess.PIPE, cwd=folder) as run:
        run.stdout.readline()
        spent = (time.perf_counter() - begin) * 1000
        run.kill()
    return spent


def snapshot_ms(service):
    socket = WebSocket(service, "/ws")
    begin = time.perf_counter()
    opcode, payload = socket.frame()
    spent = (time.perf_counter() - begin) * 1000
    if opcode != 1 or not payload.startswith(b'{"type":"snapshot"'):
        raise RuntimeError(f"no snapshot came first: {payload[:80]}")
    socket.socket.close()
    return spent


def lags_ms(service):
    """Of each event that came within LISTEN_S: when it was read, behind its own time."""
    socket = WebSocket(service, "/ws")
    socket.frame()  # the snapshot holds older events
    lags, end = [], time.monotonic() + LISTEN_S
    rest = socket.input
    due = re.compile(rb'"time":"([-0-9T:.]+)Z"')
    while time.monotonic() < end:
        piece = socket.socket.recv(1 << 20)
        now = time.time()
        rest += piece
        last = 0
        for found in due.finditer(rest):
            moment = datetime.fromisoformat(found[1].decode()).replace(tzinfo=timezone.utc).timestamp()
            lags.append((now - moment) * 1000)
            last = found.end()
        rest = rest[last:][-200:]
    socket.socket.close()
    return lags


def sleeper_ms(seconds):
    """How late a loop wakes that sleeps until each tick."""
    late, due = [], time.perf_counter()
    end = due + seconds
    while due < end:
        due += TICK_MS / 1000
        time.sleep(max(0, due - time.perf_counter()))
        late.append((time.perf_counter() - due) * 1000)
    return late


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def main():
    with tempfile.TemporaryDirectory(prefix="racesim-bench-") as name:
        folder = pathlib.Path(name)
        turns = [(ready_ms(folder), first_event_ms(folder)) for _ in range(TURNS)]
        show("serve: start to /readyz", [turn[0] for turn in turns], "ms")
        show("run: start to first event", [turn[1] for turn in turns], "ms")
        ratio(middle([first / ready for ready, first in turns]), 1.0, "a run's first event / serve is ready")

        service = Service(folder)
        try:
            before = processor_s(service.process.pid)
            time.sleep(IDLE_S)
            idle = (processor_s(service.process.pid) - before) / IDLE_S
        finally:
            service.stop()
        show("an idle server", [100 * idle], "% of a core")
        ratio(0.01 / max(idle, 0.0001), 1.0, "1 % of a core / an idle server")

        # With a backfill the times of events are those of the wall clock, whatever planning the race took.
        service = Service(folder, "--scenario", "race", "--autostart", "--backfill", "1s")
        try:
            service.until("/status", lambda body: body["state"] == "running")
            time.sleep(3)  # it has caught up by then
            snapshots = [snapshot_ms(service) for _ in range(SNAPSHOTS)]
            lags = lags_ms(service)
        finally:
            service.stop()
    late = sleeper_ms(LISTEN_S)
    show("upgrade to snapshot", [percentile(snapshots, 0.5), percentile(snapshots, 0.99)], "ms (p50, p99)")
    show("event to client", [percentile(lags, 0.5), percentile(lags, 0.99)], f"ms (p50, p99 of {len(lags)})")
    show("a loop that sleeps until each tick", [percentile(late, 0.5), percentile(late, 0.99)], "ms late (p50, p99)")
    ratio(TICK_MS / percentile(snapshots, 0.5), 1.0, "a tick / upgrade to snapshot")
    ratio(1.5 * TICK_MS / percentile(lags, 0.99), 1.0, "1.5 ticks / event to client, p99")


if __name__ == "__main__":
    main()
