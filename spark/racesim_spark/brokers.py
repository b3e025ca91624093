"""What Kafka says of its topics, through the client that Spark's connector brings along."""

import contextlib

TIMEOUT_MS = 15_000


class Unreachable(Exception):
    """No broker answered."""


class NoSuchTopic(Exception):
    """Its text is the name."""


@contextlib.contextmanager
def admin_of(spark, kafka):
    """Kafka's admin client. `kafka`: options as Spark takes them ("kafka.…")."""
    jvm = spark._jvm
    properties = jvm.java.util.Properties()
    for name, value in kafka.items():
        properties.setProperty(name.removeprefix("kafka."), value)
    properties.setProperty("default.api.timeout.ms", str(TIMEOUT_MS))
    properties.setProperty("request.timeout.ms", str(TIMEOUT_MS - 1000))
    admin = jvm.org.apache.kafka.clients.admin.Admin.create(properties)
    try:
        yield admin
    finally:
        admin.close()


def partitions(spark, kafka, topics):
    """[(topic, partition, holds records)…], ascending. Errors: Unreachable, NoSuchTopic."""
    with admin_of(spark, kafka) as admin:
        return [found for topic in topics for found in of_topic(spark._jvm, admin, topic)]


def ensure_topic(spark, kafka, topic, create, count):
    """The topic is there; `create`: else it is made, with so many partitions (None: as the cluster likes)."""
    jvm = spark._jvm
    with admin_of(spark, kafka) as admin:
        try:
            answer(admin.describeTopics(jvm.java.util.Collections.singletonList(topic)).allTopicNames(), topic)
        except NoSuchTopic:
            if not create:
                raise
            optional = jvm.java.util.Optional
            wanted = jvm.org.apache.kafka.clients.admin.NewTopic(
                topic, optional.of(count) if count else optional.empty(), optional.empty())
            answer(admin.createTopics(jvm.java.util.Collections.singletonList(wanted)).all(), topic)


def of_topic(jvm, admin, topic):
    names = jvm.java.util.Collections.singletonList(topic)
    description = answer(admin.describeTopics(names).allTopicNames(), topic).get(topic)
    count = description.partitions().size()
    spec = jvm.org.apache.kafka.clients.admin.OffsetSpec
    ends = {}
    for what, at in (("first", spec.earliest()), ("end", spec.latest())):
        asked = jvm.java.util.HashMap()
        for number in range(count):
            asked.put(jvm.org.apache.kafka.common.TopicPartition(topic, number), at)
        found = answer(admin.listOffsets(asked).all(), topic)
        for partition in asked.keySet():
            ends[what, partition.partition()] = found.get(partition).offset()
    return [(topic, number, ends["end", number] > ends["first", number]) for number in range(count)]


def answer(future, topic):
    try:
        return future.get()
    except Exception as error:  # py4j's, with Kafka's within its text
        if "UnknownTopicOrPartition" in str(error):
            raise NoSuchTopic(topic) from None
        if "TimeoutException" in str(error):
            raise Unreachable from None
        raise
