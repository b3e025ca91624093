"""Events from Kafka: read, recognised by their fields, and brought into one form.

A row has what windows need of any stream: run, stream, key, number (which tells events of a key apart), t (event
time), speed_dkmh, engine_rpm, listened_ms.
"""

from pyspark.sql import functions as F
from pyspark.sql import types as T

from racesim_spark.schema import picked

NO_RUN = "00000000"
MOST_U16 = 65535
NEEDED = {
    "telemetry": ("run", "car", "seq", "time", "speed_kmh", "engine_rpm"),
    "fleet": ("run", "vehicle_id", "seq", "timestamp", "speed_kmh", "engine_rpm"),
    "plays": ("event_id", "played_at", "play_duration_ms"),
}


def needed_fields(schemas):
    """All that is read of a record, in one schema: streams share some names, with one type each."""
    fields = {}
    for stream, names in NEEDED.items():
        for field in picked(schemas[stream], names):
            fields.setdefault(field.name, field)
    return T.StructType(list(fields.values()))


def tenths(column):
    """A number with one decimal as a whole number; null for more decimals or what racesim's rows cannot hold."""
    scaled = column * 10
    return F.when((scaled == F.floor(scaled)) & scaled.between(0, MOST_U16), scaled.cast("long"))


def u16(column):
    return F.when(column.between(0, MOST_U16), column)


def parse(records, schemas):
    """Records of Kafka → rows; of what is no event `t` is null."""
    e = records.select(F.from_json(F.col("value").cast("string"), needed_fields(schemas)).alias("e")).select("e.*")
    moves = tenths(F.col("speed_kmh")).isNotNull() & u16(F.col("engine_rpm")).isNotNull()
    telemetry = F.col("car").isNotNull() & F.col("seq").isNotNull() & F.col("time").isNotNull() & moves
    fleet = F.col("vehicle_id").isNotNull() & F.col("timestamp").isNotNull() & moves
    plays = F.col("event_id").isNotNull() & F.col("played_at").isNotNull() & F.col("play_duration_ms").isNotNull()

    def by_stream(of_telemetry, of_fleet, of_plays):
        return F.when(telemetry, of_telemetry).when(fleet, of_fleet).when(plays, of_plays)

    # Packets of a fleet without seq are told apart by their time.
    packet = F.coalesce(F.col("seq").cast("string"), F.concat(F.lit("t"), F.unix_micros("timestamp").cast("string")))
    nothing = F.lit(None).cast("long")
    run = F.coalesce("run", F.lit(NO_RUN))
    return e.select(
        by_stream(run, run, F.lit(NO_RUN)).alias("run"),
        by_stream(F.lit("telemetry"), F.lit("fleet"), F.lit("plays")).alias("stream"),
        by_stream(F.col("car").cast("string"), F.col("vehicle_id"), F.lit("all")).alias("key"),
        by_stream(F.col("seq").cast("string"), packet, F.col("event_id")).alias("number"),
        by_stream(F.col("time"), F.col("timestamp"), F.col("played_at")).alias("t"),
        by_stream(tenths(F.col("speed_kmh")), tenths(F.col("speed_kmh")), nothing).alias("speed_dkmh"),
        by_stream(F.col("engine_rpm"), F.col("engine_rpm"), nothing).cast("long").alias("engine_rpm"),
        by_stream(nothing, nothing, F.col("play_duration_ms")).cast("long").alias("listened_ms"),
    )


def counts():
    """What there was: records, and events among them."""
    return F.count(F.lit(1)).alias("records"), F.count("t").alias("events")
