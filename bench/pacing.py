#!/usr/bin/env python3
"""How exactly `racesim run --posting-rate` keeps its rate into the null device, by turns with a bare clock_nanosleep
loop (bench/reference/bare_pacing.cpp) at the same rate.

Three questions per rate. The mean: how far the last event is from its time when the run began with the first; 1 ms is
0.01 % of ten seconds. The lag: send time less due time, p50 and p99, beside the loop's. The processor: what pacing
takes of a core, that is the run's processor time less that of making the same events without a rate.
"""

import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from support.measure import QUICK, REFERENCE, by_turns, middle, plays, ratio, run, show, summary_of  # noqa: E402

SECONDS = 1 if QUICK else 10
TURNS = 3
RATES = (1_000, 10_000, 100_000, 1_000_000)
ERROR_MS = 1.0
QUANTUM_RATE = 50_000  # from here on racesim, and the loop, wake once a millisecond
P50_MS = 0.05
LOOP_SHARE = 1.5
CORE_SHARE = 0.05
MOST = 99.0  # of a ratio whose divisor may be next to nothing


def paced(rate):
    """One event more than fit, so that the last one is due when the time is over."""
    events = rate * SECONDS + 1
    command = plays(events, "--sink", "null", "--threads", "1")
    command[command.index("--posting-rate") + 1] = str(rate)
    child = run(command)
    summary = summary_of(child)
    if summary["acked"] != events or summary["shed"]:
        raise RuntimeError(f"{summary['acked']} of {events} events left")
    return {"error_ms": abs(rate * SECONDS / summary["got_rate"] - SECONDS) * 1000, "p50_ms": summary["lag_ms"]["p50"],
            "p99_ms": summary["lag_ms"]["p99"], "processor_s": child.processor_s}


def bare(rate):
    loop = json.loads(run([str(REFERENCE / "bare_pacing"), str(rate), str(SECONDS)]).out)
    loop["error_ms"] = abs(rate * SECONDS / loop["rate"] - SECONDS) * 1000
    return loop


def unpaced(rate):
    return {"processor_s": run(plays(rate * SECONDS + 1, "--sink", "null", "--threads", "1")).processor_s}


def within(limit, value):
    return min(MOST, limit / value) if value > 0 else MOST


def judge(rate, results):
    def of(name, key):
        return [result[key] for result in results[name]]

    error_ms = show(f"{rate:,}/s: off after {SECONDS} s", of("racesim", "error_ms"), "ms")
    show("  the bare loop", of("bare", "error_ms"), "ms")
    p50_ms = show("  p50 lag", of("racesim", "p50_ms"), "ms")
    show("  the bare loop", of("bare", "p50_ms"), "ms")
    p99_ms = show("  p99 lag", of("racesim", "p99_ms"), "ms")
    loop_p99_ms = show("  the bare loop", of("bare", "p99_ms"), "ms")
    share = (middle(of("racesim", "processor_s")) - middle(of("unpaced", "processor_s"))) / SECONDS
    loop_share = middle(of("bare", "processor_s")) / SECONDS
    print(f"  pacing takes {100 * share:.1f} % of a core, the bare loop {100 * loop_share:.1f} %", flush=True)
    ratio(within(ERROR_MS, error_ms), 1.0, f"{rate:,}/s: 1 ms / time off at the end (0.01 % of 10 s)")
    ratio(within(LOOP_SHARE * loop_p99_ms, p99_ms), 1.0, f"{rate:,}/s: 1.5 x p99 lag of a bare loop / p99 lag")
    if rate < QUANTUM_RATE:
        ratio(within(P50_MS, p50_ms), 1.0, f"{rate:,}/s: 50 us / p50 lag")
    else:
        ratio(within(CORE_SHARE, share), 1.0, f"{rate:,}/s: 5 % of a core / what pacing takes")


def main():
    for rate in RATES:
        judge(rate, by_turns(TURNS, racesim=lambda: paced(rate), bare=lambda: bare(rate), unpaced=lambda: unpaced(rate)))


if __name__ == "__main__":
    main()
