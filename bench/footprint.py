#!/usr/bin/env python3
"""What the program takes beside its work: memory over 100 million plays and over a whole race, and the time to start.

Memory is the resident set of one run into the null device, sampled all along; its peak up to a tenth of the plays, or a
quarter of the race, is compared with its peak over all of it. A race may grow by the laps that cars of less fuel and on
worn tyres drive, which are made when first driven. Times are medians; `true` shows what starting any process costs here.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from support.measure import BINARY, QUICK, by_turns, plays, race, ratio, run, show  # noqa: E402

EVENTS = 10_000_000 if QUICK else 100_000_000
STARTS = 20
PLAYS_GROWTH = 1.05
RACE_GROWTH = 1.15
VERIFIED_EVENTS = 300_000 if QUICK else 3_000_000
VERIFY_MIB = 64.0
HELP_MS = 50.0
FIRST_EVENT_MS = 100.0
FLEET_GROWTH = 1.05
FLEET_EVENTS = 6_000_000 if QUICK else 60_000_000
FLEET_FIRST_EVENT_MS = 1000.0
RACE_LAPS = 12 if QUICK else 52
RACE_EVENTS_PER_LAP = 20 * 95 * 100  # about
SAMPLE_S = 0.02


class Progress(threading.Thread):
    """Reads the progress line: how many events the sink has taken by now."""

    def __init__(self, stream):
        super().__init__()
        self.stream = stream
        self.sent = 0

    def run(self):
        while piece := self.stream.read1(65536):
            counts = re.findall(rb"acked ([\d,]+)  ", piece)
            if counts:
                self.sent = int(counts[-1].replace(b",", b""))


def resident_kib(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"^VmRSS:\s+(\d+) kB", status, re.MULTILINE)
    return int(found.group(1)) if found else 0


def memory(command, early_events):
    """(peak KiB up to so many events, peak KiB over all of them)"""
    command = [*command, "--sink", "null", "--threads", "2", "--progress", "always", "--summary-export", os.devnull]
    command.remove("-q")
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    progress = Progress(process.stderr)
    progress.start()
    early = peak = 0
    while process.poll() is None:
        peak = max(peak, resident_kib(process.pid))
        if progress.sent <= early_events:
            early = peak
        time.sleep(SAMPLE_S)
    progress.join()
    process.stderr.close()
    if process.returncode != 0 or not early or progress.sent <= early_events:
        raise RuntimeError(f"the run ended with {process.returncode}, and its progress line told of {progress.sent} events")
    return early, peak


def show_memory(name, share, command, early_events, growth):
    early, peak = memory(command, early_events)
    print(f"  {name}: at most {early / 1024:.1f} MiB up to a {share} of it, {peak / 1024:.1f} MiB over all")
    ratio(growth * early / peak, 1.0, f"{growth} x memory of a {share} of {name} / memory of all")


def show_verify_memory():
    with tempfile.TemporaryDirectory(prefix="racesim-bench-") as folder:
        manifest, lines = f"{folder}/manifest.json", f"{folder}/lines"
        run(race(52, "--volume", str(VERIFIED_EVENTS), "--sink", f"file:{lines}", "--manifest", manifest))
        for mode in ("--full", "--fast"):
            verify = run([BINARY, "verify", "--no-config", "-q", "--manifest", manifest, "--against", f"file:{lines}", mode])
            print(f"  verify {mode}: at most {verify.resident_kib / 1024:.1f} MiB")
            ratio(VERIFY_MIB * 1024 / verify.resident_kib, 1.0, f"64 MiB / memory of verify {mode}")


def first_event_ms(command):
    """From the start of the process to its first byte."""
    begin = time.monotonic()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    process.stdout.read(1)
    took_ms = (time.monotonic() - begin) * 1000
    process.stdout.close()
    process.wait()
    return took_ms


def fleet(vehicles, *more):
    """The command of a fleet's packets from a Monday morning on."""
    return [BINARY, "run", "--no-config", "-q", "--scenario", "fleet", "--historical", "--start-datetime",
            "2025-08-11T06:00Z", "--end-datetime", "2025-09-11T06:00Z", "--vehicles", str(vehicles), *more]


def main():
    show_memory(f"{EVENTS:,} plays", "tenth", plays(EVENTS), EVENTS // 10, PLAYS_GROWTH)
    show_memory(f"a race of {RACE_LAPS} laps", "quarter", race(RACE_LAPS), RACE_LAPS * RACE_EVENTS_PER_LAP // 4,
                RACE_GROWTH)
    show_memory("100,000 vehicles", "sixth", fleet(100_000, "--volume", str(FLEET_EVENTS)), FLEET_EVENTS // 6, FLEET_GROWTH)
    show_verify_memory()
    starts = by_turns(STARTS, help=lambda: run([BINARY, "--help"]).seconds * 1000,
                      true=lambda: run(["true"]).seconds * 1000, first=lambda: first_event_ms(plays(10_000)),
                      race=lambda: first_event_ms(race(1)), whole_race=lambda: first_event_ms(race(52)),
                      vehicle=lambda: first_event_ms(fleet(1)), fleet=lambda: first_event_ms(fleet(100_000)))
    help_ms = show("racesim --help", starts["help"], "ms")
    show("true", starts["true"], "ms")
    show("start to first event, plays", starts["first"], "ms")
    show("start to first event, race of one lap", starts["race"], "ms")
    race_ms = show("start to first event, race of 52 laps", starts["whole_race"], "ms")
    vehicle_ms = show("start to first event, a vehicle", starts["vehicle"], "ms")
    fleet_ms = show("start to first event, 100,000 vehicles", starts["fleet"], "ms")
    ratio(HELP_MS / help_ms, 1.0, "50 ms / racesim --help")
    ratio(FIRST_EVENT_MS / race_ms, 1.0, "100 ms / start of a race to its first event")
    ratio(FIRST_EVENT_MS / vehicle_ms, 1.0, "100 ms / start of a vehicle to its first event")
    ratio(FLEET_FIRST_EVENT_MS / fleet_ms, 1.0, "1 s / start of 100,000 vehicles to their first event")


if __name__ == "__main__":
    main()
