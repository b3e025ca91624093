"""Reads binary messages of /ws?encoding=binary as docs/formats/live-frames.md has them: numbers as Decimal with the digits that
JSON prints, everything else as JSON has it."""

import datetime
import decimal
import uuid

EPOCH = datetime.datetime(1970, 1, 1)


class Frames:
    """One client's: what the last message `forms` said, and with it each binary message."""

    def __init__(self):
        self.forms = None

    def learn(self, message):
        if message["version"] != 1:
            raise ValueError(f"version {message['version']} of binary messages is not known")
        self.forms = message["forms"]

    def read(self, data):
        """(stream, events) of a binary message; None is the main stream."""
        if data[0] != 1 or data[1] != 1:
            raise ValueError(f"a message of version {data[0]} and kind {data[1]}")
        form = self.forms[int.from_bytes(data[2:4], "little")]
        count = int.from_bytes(data[4:8], "little")
        events = [{} for _ in range(count)]
        at = 8
        for field in form["fields"]:
            values, at = column(field, data, at, count)
            *outer, name = field["path"].split(".")
            for event, value in zip(events, values):
                if value is None and field.get("left_out"):
                    continue
                for one in outer:
                    event = event.setdefault(one, {})
                event[name] = value
        if at != len(data):
            raise ValueError(f"{len(data) - at} bytes are left over")
        return form.get("stream"), events


def numbers(data, at, count):
    each, of_base = data[at] & 15, data[at] >> 4
    at += 1
    base = int.from_bytes(data[at:at + of_base], "little", signed=True)
    at += of_base
    end = at + count * each
    if end > len(data):
        raise ValueError("the message ends early")
    return [base + int.from_bytes(data[at + i * each:at + (i + 1) * each], "little") for i in range(count)], end


def column(field, data, at, count):
    if "list" not in field:
        return scalars(field, data, at, count)
    counts, at = numbers(data, at, count)
    items, at = scalars(field, data, at, sum(counts))
    rest = iter(items)
    return [[next(rest) for _ in range(size)] for size in counts], at


def scalars(field, data, at, count):
    kind = field["type"]
    if kind == "uuid":
        return [str(uuid.UUID(bytes=data[at + 16 * i:at + 16 * i + 16])) for i in range(count)], at + 16 * count
    values, at = numbers(data, at, count)
    if kind == "text":
        texts = []
        for size in values:
            texts.append(data[at:at + size].decode())
            at += size
        return texts, at
    return [value_of(field, value) for value in values], at


def value_of(field, value):
    kind = field["type"]
    if value == field.get("none"):
        return None
    if kind in ("signed", "unsigned"):
        decimals = field.get("decimals", 0)
        return value if decimals == 0 else decimal.Decimal(value).scaleb(-decimals)
    if kind == "boolean":
        return value == 1
    if kind == "enumeration":
        return field["names"][value]
    if kind == "hex32":
        return f"{value:08x}"
    if kind == "date":
        return (EPOCH + datetime.timedelta(days=value)).date().isoformat()
    if kind == "time_ms":
        return (EPOCH + datetime.timedelta(milliseconds=value)).isoformat(timespec="milliseconds") + "Z"
    if kind == "time_us":
        return (EPOCH + datetime.timedelta(microseconds=value)).isoformat(timespec="microseconds") + "+00:00"
    raise ValueError(f"columns of the type {kind} are not known")
