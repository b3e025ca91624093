"""Windows of event time: the rows of `racesim aggregate --by window`."""

from pyspark.sql import functions as F


def rounded_mean(total, count, scale):
    """total × scale ÷ count, halves upwards, in whole numbers: Spark's own division rounds, and rounding twice may
    give another digit. Of what is never negative that is half away from zero, which the local engine prints."""
    return F.expr(f"(2 * {scale} * {total} + {count}) div (2 * {count})")


def windows(events, size_ms, slide_ms, windowing):
    """One row for each window of each key, in the columns of the schema "window"."""
    size, slide = f"{size_ms} milliseconds", f"{slide_ms} milliseconds"
    window = F.window("t", size) if slide_ms == size_ms else F.window("t", size, slide)
    sums = (
        events.withColumn("window", window)
        # Within its window, where the state goes when the window does: an event that comes again counts once, and
        # one that is late for others but not for this one is not lost.
        .dropDuplicates(["window", "run", "stream", "key", "number"])
        .groupBy("window", "run", "stream", "key")
        .agg(
            F.count(F.lit(1)).alias("samples"),
            F.sum("speed_dkmh").alias("speed_sum"),
            F.min("speed_dkmh").alias("speed_min"),
            F.max("speed_dkmh").alias("speed_max"),
            F.sum("engine_rpm").alias("rpm_sum"),
            F.max("engine_rpm").alias("rpm_max"),
            F.sum("listened_ms").alias("listened_ms"),
        )
    )
    return sums.select(
        F.lit("window").alias("type"),
        "run",
        "stream",
        "key",
        F.lit(windowing).alias("windowing"),
        F.col("window.start").alias("window_start"),
        F.col("window.end").alias("window_end"),
        "samples",
        scaled(rounded_mean("speed_sum", "samples", 100), 3).alias("avg_speed_kmh"),
        scaled(F.col("speed_min"), 1).alias("min_speed_kmh"),
        scaled(F.col("speed_max"), 1).alias("max_speed_kmh"),
        scaled(rounded_mean("rpm_sum", "samples", 10), 1).alias("avg_engine_rpm"),
        F.col("rpm_max").alias("max_engine_rpm"),
        "listened_ms",
        # Which samples came behind the watermark: Spark tells how many it dropped, in all (the summary has them).
        F.lit(None).cast("long").alias("late"),
        F.lit(None).cast("long").alias("dropped_late"),
        F.lit(True).alias("is_final"),
    )


def scaled(whole, decimals):
    """A whole number of 10^-decimals as a DECIMAL."""
    return (whole.cast("decimal(18,0)") * F.lit(10**-decimals).cast(f"decimal({decimals},{decimals})")).cast(
        f"decimal(18,{decimals})"
    )
