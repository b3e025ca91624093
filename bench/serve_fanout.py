#!/usr/bin/env python3
"""A race of 20 cars at 100 Hz, shown by `racesim serve` to a thousand WebSocket clients, ten of which read nothing; against
a bare loop that writes as many bytes to as many connections every 10 ms (`reference/live_readers.cpp`);
by turns, in one run. Then the same with binary messages (`encoding=binary`).

Judged is processor time, since clients and server share the machine: bytes per processor second of the server against those
of the loop. Events per second and processor second (the aim: two million) and the share of due events that arrived are
shown beside; they say little while other work keeps the cores busy, since then clients are thinned. Of
binary messages the bytes of an event are judged beside those of JSON; their processor time is shown.
"""

import os
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
os.environ.setdefault("RACESIM_BIN", str(pathlib.Path(__file__).resolve().parent.parent / "build/release/racesim"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests/cli"))
from serve_process import Service  # noqa: E402
from support.measure import QUICK, REFERENCE, processor_s, ratio, run, show, turn_ratio  # noqa: E402

CLIENTS = 100 if QUICK else 1000
SLOW = 10
SECONDS = 2 if QUICK else 8
TURNS = 2 if QUICK else 4
EVENTS_PER_S = 20 * 100
TICKS_PER_S = 100


def numbers(child, mark):
    return [float(word) for word in child.out.split(mark)[1].split()]


def serve_clients(service, encoding):
    """(events, bytes, seconds, processor seconds) of one turn."""
    begin = processor_s(service.process.pid)
    events, size, seconds, thinned, _ = numbers(
        run([REFERENCE / "live_readers", "read", str(service.port), str(CLIENTS), str(SLOW), str(SECONDS),
             f"encoding={encoding}"]), b"@read ")
    spent = (processor_s(service.process.pid) - begin) * seconds / (seconds + 1)  # the first second is not counted
    if thinned:
        print(f"  {thinned:.0f} times a reader was thinned: other work keeps the machine busy", flush=True)
    return events, size, seconds, spent


def main():
    readers = REFERENCE / "live_readers"
    served, looped, per_core, arrived = [], [], [], []
    json_s, binary_s, json_bytes, binary_bytes = [], [], [], []
    with tempfile.TemporaryDirectory(prefix="racesim-bench-") as name:
        service = Service(pathlib.Path(name), "--scenario", "race", "--autostart", "--max-clients", "2000")
        try:
            for _ in range(TURNS):
                events, size, seconds, spent = serve_clients(service, "json")
                served.append(size / spent)
                per_core.append(events / spent)
                arrived.append(events / (EVENTS_PER_S * seconds * (CLIENTS - SLOW)))
                piece = int(size / seconds / TICKS_PER_S / (CLIENTS - SLOW))
                sent, loop_s = numbers(run([readers, "loop", str(CLIENTS - SLOW), str(piece),
                                            str(SECONDS * TICKS_PER_S)]), b"@loop ")
                looped.append(sent / loop_s)
                json_s.append(events / spent)
                json_bytes.append(size / events)
                events, size, seconds, spent = serve_clients(service, "binary")
                binary_s.append(events / spent)
                binary_bytes.append(size / events)
        finally:
            service.stop()
    show("serve", [value / 1e6 for value in served], "MB per processor second")
    show("a bare loop", [value / 1e6 for value in looped], "MB per processor second")
    show("serve", [value / 1e6 for value in per_core], "M events per processor second")
    show(f"{CLIENTS} clients, {SLOW} of them stuck", arrived, "of the events that were due have arrived")
    show("binary messages", [value / 1e6 for value in binary_s], "M events per processor second")
    show("text messages", json_bytes, "bytes an event")
    show("binary messages", binary_bytes, "bytes an event")
    ratio(turn_ratio(json_bytes, binary_bytes), 8, "bytes of an event: JSON / binary")
    ratio(turn_ratio(served, looped), 0.5, f"{CLIENTS} clients: bytes per processor second / a bare loop")


if __name__ == "__main__":
    main()
