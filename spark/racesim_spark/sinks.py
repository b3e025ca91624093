"""Where results go: a topic, Parquet, standard output. Of a batch that is repeated after a restart the topic gets the
same records again, and Parquet has them once: each batch has a folder, which it writes as a whole."""

import sys

from pyspark.sql import functions as F

TIME_FORMAT = "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'"
JSON_OPTIONS = {"timestampFormat": TIME_FORMAT, "timeZone": "UTC", "ignoreNullFields": "false"}
KEYS = {"window": ("type", "run", "stream", "key", "windowing", "window_start"),
        "lap": ("type", "run", "session", "car", "lap")}


def csv_cell(name, kind):
    text = F.date_format(name, TIME_FORMAT) if kind == "timestamp" else F.col(name).cast("string")
    return F.when(text.rlike('[",\\r\\n]'), F.concat(F.lit('"'), F.replace(text, F.lit('"'), F.lit('""')), F.lit('"'))
                  ).otherwise(text)


def records(rows, kind):
    """Key and value as the local engine gives them: its CSV of the row's key, its JSON of the row."""
    types = dict(rows.dtypes)
    key = F.concat_ws(",", *(csv_cell(name, types[name]) for name in KEYS[kind]))
    return rows.select(key.alias("key"), F.to_json(F.struct("*"), JSON_OPTIONS).alias("value"))


class Sinks:
    """Of one kind of results ("window", "lap"). `parquet` is a folder or None."""

    def __init__(self, kind, kafka, topic, parquet, stdout):
        self.kind = kind
        self.kafka, self.topic = kafka, topic
        self.parquet = parquet
        self.stdout = stdout
        self.results = 0

    def write(self, rows, folder):
        """Writes the rows of one batch; `folder` names it in Parquet."""
        rows = rows.persist()  # computed once, for all sinks
        try:
            count = rows.count()
            if count == 0:
                return
            if self.parquet is not None:
                rows.write.mode("overwrite").parquet(f"{self.parquet}/{folder}")
            if self.topic:
                records(rows, self.kind).write.format("kafka").options(**self.kafka).option("topic", self.topic).save()
            if self.stdout:
                for record in records(rows, self.kind).sort("key").toLocalIterator():
                    print(record.value)
                sys.stdout.flush()
            self.results += count
        finally:
            rows.unpersist()

