"""Micro-batches: sources with watermarks, queries, and how they are watched."""

import json
import time

from racesim_spark import events, folders
from racesim_spark.failure import Failure

DRAIN_SECONDS_MAX = 30
LOOK_SECONDS = 0.3
RECENT_BATCHES = 32  # that Spark remembers the progress of; each takes longer than a look
NOTES = "racesim.json"  # in the checkpoint: what its query was made from


def choose_lanes(topics, say):
    """Options of the source for each lane: a partition is one, as in the local engine. A partition without records
    would hold time back for ever: then all are one lane, and time goes on by the newest event of any."""
    if all(has_records for _, _, has_records in topics):
        return [{"assign": json.dumps({topic: [partition]})} for topic, partition, _ in topics]
    empty = [f"{topic}[{partition}]" for topic, partition, has_records in topics if not has_records]
    say(f"note: one watermark for all partitions, since there is nothing in {', '.join(empty)}: events of a partition "
        "that is read behind the others may come too late")
    return [{"subscribe": ",".join(sorted({topic for topic, _, _ in topics}))}]


def made_from(options, kind):
    """What a checkpoint's state hangs on."""
    return {"kind": kind, "topics": options.topics, "window_ms": options.window_ms, "slide_ms": options.slide_ms,
            "watermark_ms": options.watermark_ms}


def folder_of(options, kind):
    return f"{options.checkpoint}/{kind}"


def notes_of(spark, options, kind):
    """What the query of the checkpoint was made from; None if it is new. Errors: Failure, for a checkpoint that is not
    to be gone on with."""
    folder = folder_of(options, kind)
    notes = folders.read_json(spark, folder, NOTES)
    if notes is None:
        return None
    other = [name for name, value in made_from(options, kind).items() if notes[name] != value]
    if other:
        raise Failure(f"the checkpoint {folder} is of other options: {', '.join(other)}",
                      "give the options that it was made with, or name another folder", usage=True)
    if not options.resume:
        raise Failure(f"{folder} holds the state of an earlier run", "add --resume to go on with it, or name another folder",
                      usage=True)
    return notes


def make_notes(spark, options, kind, topics, say):
    notes = {**made_from(options, kind), "lanes": choose_lanes(topics, say)}
    folders.write_json(spark, folder_of(options, kind), NOTES, notes)
    return notes


def read(spark, source_options, options, parse, schemas, lanes):
    """Rows of all lanes. Each has its own watermark, and time goes on by the slowest."""
    rows = None
    for lane in lanes:
        source = spark.readStream.format("kafka").options(**source_options).options(**lane)
        source = source.option("maxOffsetsPerTrigger", max(1, options.batch_records // len(lanes)))
        one = parse(source.load(), schemas).withWatermark("t", f"{options.watermark_ms} milliseconds")
        rows = one if rows is None else rows.unionAll(one)
    return rows.observe("input", *events.counts()).where("t is not null")


def start(rows, sinks, options, kind):
    """The query, with its sinks."""
    writer = rows.writeStream.outputMode("append").option("checkpointLocation", folder_of(options, kind))
    writer = writer.foreachBatch(lambda batch, number: sinks.write(batch, f"batch={number}"))
    writer = writer.trigger(processingTime=options.trigger) if options.follow else writer.trigger(availableNow=True)
    return writer.start(), sinks


def watch(queries, options, stop, say, outcome):
    """Until all have ended, or one fails, or a signal comes."""
    told = {}
    while any(query.isActive for query, _ in queries.values()) and not stop.signal:
        time.sleep(LOOK_SECONDS)
        tell_batches(queries, told, options, say, outcome)
    if stop.signal:
        drain(queries)
    tell_batches(queries, told, options, say, outcome)
    for kind, (query, sinks) in queries.items():
        outcome.results[kind] = sinks.results
        error = query.exception()
        if error is not None:
            raise error
    outcome.reached_end = not stop.signal


def drain(queries):
    """Lets the batches that are being worked on end, then stops."""
    until = time.monotonic() + DRAIN_SECONDS_MAX
    while time.monotonic() < until and any(q.isActive and q.status["isTriggerActive"] for q, _ in queries.values()):
        time.sleep(LOOK_SECONDS)
    for query, _ in queries.values():
        query.stop()


def tell_batches(queries, told, options, say, outcome):
    """Adds up and reports the batches that have ended since the last call."""
    for number, (kind, (query, _)) in enumerate(queries.items()):
        for progress in query.recentProgress:
            which = kind, progress["batchId"], progress["timestamp"]
            if which in told or progress["durationMs"].get("addBatch") is None:
                continue
            told[which] = True
            dropped = sum(state["numRowsDroppedByWatermark"] for state in progress["stateOperators"])
            outcome.dropped_late += dropped
            seen = progress["observedMetrics"].get("input")
            if seen and number == 0:  # all queries read the same
                outcome.records += seen["records"]
                outcome.events += seen["events"]
            if not options.quiet:
                say(f"{kind} batch {progress['batchId']}: records {progress['numInputRows']:,}, "
                    f"{progress['durationMs']['triggerExecution']} ms, watermark "
                    f"{progress['eventTime'].get('watermark', 'none')}, dropped as late {dropped:,}")
