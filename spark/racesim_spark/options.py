"""The options of the job. `racesim aggregate --engine spark` fills them in from its own; they are for programs."""

import argparse
import glob
import os

PROPERTIES = "RACESIM_SPARK_PROPERTIES"  # KEY=VALUE lines of librdkafka; there, since they may hold passwords
LOGIN = 'org.apache.kafka.common.security.{} required username="{}" password="{}";'
LOGIN_MODULES = {"PLAIN": "plain.PlainLoginModule"}
SCRAM = "scram.ScramLoginModule"


def key_value(text):
    key, sign, value = text.partition("=")
    if not sign or not key:
        raise argparse.ArgumentTypeError(f"'{text}' is not KEY=VALUE")
    return key, value


def java_properties(given):
    """librdkafka's properties as Kafka's Java client has them, where their names differ."""
    given = dict(given)
    found = {}
    mechanism = given.pop("sasl.mechanisms", given.pop("sasl.mechanism", "PLAIN"))
    if "sasl.username" in given:
        module = LOGIN_MODULES.get(mechanism, SCRAM)
        found["kafka.sasl.mechanism"] = mechanism
        found["kafka.sasl.jaas.config"] = LOGIN.format(module, given.pop("sasl.username"), given.pop("sasl.password", ""))
    if "security.protocol" in given:
        found["kafka.security.protocol"] = given.pop("security.protocol").upper()
    if "ssl.ca.location" in given:
        found |= {"kafka.ssl.truststore.type": "PEM", "kafka.ssl.truststore.location": given.pop("ssl.ca.location")}
    return found | {f"kafka.{key}": value for key, value in given.items()}


def parse(arguments):
    parser = argparse.ArgumentParser(prog="spark/aggregate.py", description="racesim's aggregations on Spark")
    add = parser.add_argument
    add("--master", default="local[4]", help="where Spark runs: local[N], or the URL of a cluster [%(default)s]")
    add("--conf", action="append", type=key_value, default=[], metavar="KEY=VALUE", help="a setting of Spark's")
    add("--brokers", required=True)
    add("--topic", required=True, help="topics to read, with commas between")
    add("--start-at", default="earliest", help="earliest, latest, or milliseconds of the epoch")
    add("--allow-gap", action="store_true", help="go on where records were deleted before they were read")
    add("--follow", action="store_true", help="go on with what comes")
    add("--trigger", default="5 seconds", help="from micro-batch to micro-batch [%(default)s]")
    add("--batch-records", type=int, default=2_000_000, help="most records of a micro-batch [%(default)s]")
    add("--by", default="window", help="kinds of results, with commas between")
    add("--window-ms", type=int, default=5000)
    add("--slide-ms", type=int, help="[--window-ms]")
    add("--windowing", help="name of the windows in results [--window-ms in seconds]")
    add("--watermark-ms", type=int, default=10_000)
    add("--checkpoint", help="folder for state and positions")
    add("--resume", action="store_true", help="go on where the checkpoint stands, if it is there")
    add("--topic-out", help="topic for results")
    add("--create-topics", action="store_true", help="make --topic-out if it is not there")
    add("--partitions", type=int, help="of a topic that is made [as the cluster likes]")
    add("--parquet", help="folder for results")
    add("--stdout", action="store_true", help="print results")
    add("--summary-json", action="store_true", help="the summary as JSON")
    add("--quiet", action="store_true")
    options = parser.parse_args(arguments)
    home = os.environ.get("RACESIM_SPARK_HOME", "")
    options.jars = sorted(glob.glob(f"{home}/jars/*.jar")) if home else []  # else Spark has its Kafka connector
    options.slide_ms = options.slide_ms or options.window_ms
    options.windowing = options.windowing or f"{options.window_ms / 1000:g}s"
    options.topics = options.topic.split(",")
    options.kinds = options.by.split(",")
    options.kafka = {"kafka.bootstrap.servers": options.brokers,
                     **java_properties(dict(map(key_value, os.environ.get(PROPERTIES, "").splitlines())))}
    if options.follow and not options.checkpoint:
        parser.error("--follow needs --checkpoint")
    return options
