"""What the programs of bench/*.py share: the binary and its references, measured children, turns, ratios.

RACESIM_BIN names the binary [build/release/racesim]; RACESIM_BENCH_QUICK=1 asks for about a tenth of the size.
"""

import dataclasses
import json
import os
import pathlib
import statistics
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BINARY = os.environ.get("RACESIM_BIN", str(ROOT / "build/release/racesim"))
REFERENCE = pathlib.Path(BINARY).resolve().parent / "bench/reference"
QUICK = bool(os.environ.get("RACESIM_BENCH_QUICK"))

# A year of 20 million plays; other counts take a window as dense.
YEAR_PLAYS = 20_000_000
START_S = 1_704_067_200  # 2024-01-01T00:00:00Z


def plays(count, *more):
    """The command that makes `count` plays of the past, as densely as 20 million a year."""
    end_s = START_S + max(60, 365 * 86_400 * count // YEAR_PLAYS)
    end = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(end_s))
    return [BINARY, "run", "--no-config", "--scenario", "plays", "--historical", "--start-datetime", "2024-01-01T00:00:00Z",
            "--end-datetime", end, "--volume", str(count), "--posting-rate", "0", "--master-data-dir",
            str(ROOT / "data/master"), "--json", "-q", *more]


def race(laps, *more):
    """The command for one race of the past, 20 cars at 100 Hz; two minutes a lap are enough for all of them."""
    end = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(START_S + 120 * (laps + 1)))
    return [BINARY, "run", "--no-config", "--scenario", "race", "--historical", "--start-datetime", "2024-01-01T00:00:00Z",
            "--end-datetime", end, "--laps", str(laps), "--json", "-q", *more]


@dataclasses.dataclass
class Child:
    """How a finished process fared."""

    seconds: float
    processor_s: float
    resident_kib: int
    out: bytes
    err: bytes


def head(command, file, lines):
    """The first lines of what the command writes."""
    with open(file, "wb") as out:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        for _ in range(lines):
            out.write(process.stdout.readline())
        process.stdout.close()
        process.wait()


def run(command, stdout=subprocess.PIPE, **more):
    """Runs to the end; RuntimeError if that is not exit 0. Little output only: it is read at the end."""
    begin = time.monotonic()
    with tempfile.TemporaryFile() as complaints:  # a pipe that nobody reads in time would stop the command
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=stdout, stderr=complaints, **more)
        out = process.stdout.read() if process.stdout else b""
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.stdout:
            process.stdout.close()
        complaints.seek(0)
        err = complaints.read()
    if process.returncode != 0:
        raise RuntimeError(f"{command[0]} ended with {process.returncode}: {err.decode(errors='replace')[-500:]}")
    return Child(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss, out, err)


def summary_of(child):
    """racesim's own --json summary, which is on stderr where events own stdout."""
    return json.loads((child.out or child.err).decode().strip().splitlines()[-1])


def by_turns(turns, **cases):
    """Calls the cases one after the other, `turns` times; name → results. So what slows the machine for a while
    slows all of them."""
    results = {name: [] for name in cases}
    for _ in range(turns):
        for name, case in cases.items():
            results[name].append(case())
    return results


def processor_s(pid):
    """Processor time that the process has taken so far, in seconds."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def middle(values):
    return statistics.median(values)


def turn_ratio(ours, others):
    """The median of the turns' ratios: both sides of one turn saw the same machine."""
    return middle([a / b for a, b in zip(ours, others)])


def show(name, values, unit):
    """A line with the median and all values, or their range; returns the median."""
    spread = ", ".join(f"{v:.3f}" for v in values) if len(values) <= 6 else f"{min(values):.3f} to {max(values):.3f}"
    print(f"  {name:<50} {middle(values):>10.3f} {unit}   ({spread})", flush=True)
    return middle(values)


def ratio(value, goal, name):
    """What scripts/bench holds against the goal: at least all of it, or half with quick sizes."""
    print(f"@ratio {value:.4f} {goal} {name}", flush=True)
