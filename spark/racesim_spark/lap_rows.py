"""The rows of `racesim aggregate --by lap`: telemetry to laps, run by run, on Spark."""

import pickle

import pandas
from pyspark.sql import functions as F
from pyspark.sql.streaming.state import GroupStateTimeout

from racesim_spark.events import u16
from racesim_spark.laps import GONE_MS, RunLaps
from racesim_spark.schema import picked
from racesim_spark.windows import scaled

NO_RUN = "00000000"
NEEDED = ("run", "session", "car", "driver", "seq", "time", "session_time_s", "lap", "lap_distance_m", "speed_kmh", "lon_g",
          "lat_g", "gear", "throttle_pct", "brake_pct", "fuel_kg", "tyre", "tyre_age_laps", "sector", "status")
LONGS = ("session", "car", "lap", "time_ms", "samples", "missing_samples", "lap_time_ms", "sector1_ms", "sector2_ms",
         "sector3_ms", "avg_speed_mkmh", "max_speed_dkmh", "min_speed_dkmh", "full_throttle_cpct", "throttle_avg_cpct",
         "brake_cpct_time", "fuel_used_g", "max_lat_cg", "max_lon_cg", "max_brake_cg", "gear_changes", "tyre_age_laps")
OUTPUT = ", ".join(["run string", "driver string", "tyre string", "is_interpolated boolean", "is_complete boolean",
                    *(f"{name} long" for name in LONGS)])
DECIMALS = {"lap_time_s": ("lap_time_ms", 3), "sector1_s": ("sector1_ms", 3), "sector2_s": ("sector2_ms", 3),
            "sector3_s": ("sector3_ms", 3), "avg_speed_kmh": ("avg_speed_mkmh", 3), "max_speed_kmh": ("max_speed_dkmh", 1),
            "min_speed_kmh": ("min_speed_dkmh", 1), "full_throttle_pct": ("full_throttle_cpct", 2),
            "throttle_avg_pct": ("throttle_avg_cpct", 2), "brake_pct_time": ("brake_cpct_time", 2),
            "fuel_used_kg": ("fuel_used_g", 3), "max_lat_g": ("max_lat_cg", 2), "max_lon_g": ("max_lon_cg", 2),
            "max_brake_g": ("max_brake_cg", 2)}


def whole(name, scale):
    """A number with decimals as a whole one; null for more decimals than the schema has."""
    value = F.col(name) * scale
    return F.when(value == F.floor(value), value.cast("long"))


def parse(records, schemas):
    """Samples of cars in whole numbers; `t`, the event time, is null where a record is none."""
    fields = picked(schemas["telemetry"], NEEDED)
    e = records.select(F.from_json(F.col("value").cast("string"), fields).alias("e")).select("e.*")
    speed = u16(whole("speed_kmh", 10))
    place = whole("lap_distance_m", 1000)
    is_sample = (F.col("car").isNotNull() & F.col("seq").isNotNull() & F.col("lap").isNotNull() & speed.isNotNull()
                 & place.isNotNull())
    return e.select(
        F.coalesce("run", F.lit(NO_RUN)).alias("run"), "session", "car", "driver", "seq",
        F.when(is_sample, F.col("time")).alias("t"), F.unix_millis("time").alias("time_ms"),
        whole("session_time_s", 1000).alias("session_time_ms"), "lap", place.alias("s_mm"), speed.alias("speed_dkmh"),
        whole("lon_g", 100).alias("lon_cg"), whole("lat_g", 100).alias("lat_cg"), "gear", "throttle_pct", "brake_pct",
        whole("fuel_kg", 1000).alias("fuel_g"), "tyre", "tyre_age_laps", "sector", "status")


def samples_of(frame):
    """Its rows as dictionaries, with None where a value is missing, whole numbers as such."""
    columns = {name: [None if pandas.isna(value) else value for value in frame[name].tolist()] for name in frame.columns}
    texts = ("run", "driver", "tyre", "status", "t")
    for name, values in columns.items():
        if name not in texts:
            columns[name] = [None if value is None else int(value) for value in values]
    names = tuple(columns)
    return [dict(zip(names, values)) for values in zip(*columns.values())]


def frame_of(run, rows):
    frame = pandas.DataFrame(rows)
    frame["run"] = run
    for name in LONGS:
        frame[name] = frame[name].astype("Int64")
    return frame[[part.split()[0] for part in OUTPUT.split(", ")]]


def whole_run(key, frame):
    """All samples of a run at once."""
    laps = RunLaps()
    laps.take(samples_of(frame))
    rows = laps.finish()
    return frame_of(key[0], rows) if rows else pandas.DataFrame(columns=[p.split()[0] for p in OUTPUT.split(", ")])


def next_samples(key, frames, state):
    """The samples of a run in a micro-batch."""
    laps = pickle.loads(state.get[0]) if state.exists else RunLaps()
    watermark_ms = state.getCurrentWatermarkMs()
    if state.hasTimedOut and watermark_ms > laps.newest_ms + GONE_MS:
        rows = laps.finish()
        state.remove()
    else:
        for frame in frames:
            laps.take(samples_of(frame))
        rows = laps.advance(watermark_ms)
        state.update((pickle.dumps(laps),))
        waits_ms = laps.earliest_waiting_ms()
        due_ms = laps.newest_ms + GONE_MS if waits_ms is None else waits_ms
        state.setTimeoutTimestamp(max(due_ms, watermark_ms) + 1)
    if rows:
        yield frame_of(key[0], rows)


def laps(samples):
    """One row for each lap, in the columns of the schema "lap". All cars of a run are one task."""
    by_run = samples.groupBy("run")
    if samples.isStreaming:
        found = by_run.applyInPandasWithState(next_samples, OUTPUT, "laps binary", "append",
                                              GroupStateTimeout.EventTimeTimeout)
    else:
        found = by_run.applyInPandas(whole_run, OUTPUT)
    decimals = {name: scaled(F.col(source), places).alias(name) for name, (source, places) in DECIMALS.items()}
    return found.select(
        F.lit("lap").alias("type"), "run", "session", "car", "driver", "lap", F.timestamp_millis("time_ms").alias("time"),
        "samples", "missing_samples", *decimals.values(), "gear_changes", "tyre", "tyre_age_laps", "is_interpolated",
        "is_complete")
