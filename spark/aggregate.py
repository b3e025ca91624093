#!/usr/bin/env python3
"""racesim's aggregations as a job of Spark Structured Streaming: `racesim aggregate --engine spark` runs it.

Three ways, by its options (docs/spark.md): without --checkpoint one batch over what is there, with all results; with
--checkpoint micro-batches over what has come since, with the results that the watermark allows; with --follow these
for ever. Exit codes are racesim's.
"""

import glob
import os
import signal
import sys
import time

from racesim_spark import options as job_options

EXIT_RUNTIME, EXIT_USAGE, EXIT_SIGNAL = 1, 2, 128


def say(text):
    print(text, file=sys.stderr, flush=True)


def fail(what, hint, code=EXIT_RUNTIME):
    say(f"error: {what}\n  {hint}")
    sys.exit(code)


def find_pyspark():
    """Of this Python, or of the Spark that SPARK_HOME names."""
    try:
        import pyspark  # noqa: F401
        return
    except ImportError:
        home = os.environ.get("SPARK_HOME", "")
    sys.path[:0] = [f"{home}/python", *glob.glob(f"{home}/python/lib/py4j-*.zip")]
    try:
        import pyspark  # noqa: F401
    except ImportError:
        fail(f"Spark is missing: {sys.executable} has no pyspark, and SPARK_HOME names no Spark",
             'fetch one: export RACESIM_SPARK_HOME="$(scripts/spark/fetch)"   or: pip install pyspark==4.0.0', EXIT_USAGE)


class Stop:
    """A signal ends the job behind its present micro-batch, or at once where there is none; a second one always at once."""

    def __init__(self, in_batches):
        self.signal = 0
        self.in_batches = in_batches
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self.take)

    def take(self, number, _frame):
        if self.signal:
            os._exit(EXIT_SIGNAL + number)  # Spark's Java ends with it
        self.signal = number
        if not self.in_batches:
            raise SystemExit(EXIT_SIGNAL + number)
        say("ending behind the batch that is being worked on; a second signal ends at once")


def main():
    options = job_options.parse(sys.argv[1:])
    find_pyspark()
    from racesim_spark import job

    stop = Stop(in_batches=bool(options.checkpoint))
    began = time.monotonic()
    try:
        outcome = job.run(options, stop, say)
    except job.Failure as failure:
        fail(failure.what, failure.hint, EXIT_USAGE if failure.usage else EXIT_RUNTIME)
    if options.summary_json or not options.quiet:
        outcome.tell(time.monotonic() - began, options.summary_json)
    cut_short = stop.signal and not options.follow and not outcome.reached_end
    # Without Spark's own farewell, which takes seconds.
    sys.stdout.flush()
    os._exit(EXIT_SIGNAL + stop.signal if cut_short else 0)


if __name__ == "__main__":
    main()
