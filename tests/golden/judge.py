#!/usr/bin/env python3
"""Judges a run of plays from the outside: formats, ids, references and times, with no code shared with racesim.

Usage: judge.py --master DIR [--json FILE] [--csv FILE] [--run HEX] [--start TIME] [--end TIME] [--count N]
                [--partial] [--unordered] [--report FILE]

  --master DIR    songs.csv, users.csv and locations.csv
  --json, --csv   the events, "-" for standard input; with both, they have to be the same run
  --run HEX       the run that every event_id names; without it they have to name one and the same
  --start, --end  the window of played_at, end exclusive: 2024-01-01T00:00:00Z
  --count N       how many events there have to be
  --partial       the events are a part of the run (a shard, a live run that was stopped): cells may have gaps
  --unordered     the events need not be in order of time (several HTTP connections)
  --report FILE   the report as JSON; else on standard output

Exit code: 0 no fault, 1 faults, 2 the files cannot be read. The report: {"verdict", "events", "run", "cells", "users",
"faults": {kind: {"count", "examples": [{"where", "what"}]}}}.
"""

import argparse
import csv
import datetime
import io
import json
import pathlib
import re
import sys

import event_id

EXAMPLES_MAX = 10
KEYS = ["event_id", "song_id", "user_id", "location_id", "played_at", "play_duration_ms", "device_type"]
DEVICES = {"mobile", "desktop", "tablet", "smart_speaker", "tv"}
MASTER = {
    "songs": ["song_id", "title", "artist_name", "album_name", "genre", "duration_ms", "release_date"],
    "users": ["user_id", "username", "email", "registration_date", "country"],
    "locations": ["location_id", "city", "country_code", "latitude", "longitude"],
}
TIME = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d):(\d\d):(\d\d)\.(\d{3})Z", re.ASCII)
DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
NUMBER = re.compile(r"0|[1-9]\d*", re.ASCII)
COORDINATE = re.compile(r"-?(0|[1-9]\d*)\.\d{6}", re.ASCII)
RESERVED_DOMAIN = re.compile(r"@([a-z0-9-]+\.)*(example\.(com|net|org)|[a-z0-9-]+\.(example|test|invalid))$")
DAY_MS = 86_400_000
EPOCH_DAY = datetime.date(1970, 1, 1).toordinal()
U32_MAX = 0xffffffff


class Unreadable(Exception):
    """A file that cannot be judged at all."""


class Faults:
    """Counts by kind, with the first examples of each."""

    def __init__(self):
        self.kinds = {}

    def add(self, kind, where, what):
        entry = self.kinds.setdefault(kind, {"count": 0, "examples": []})
        entry["count"] += 1
        if len(entry["examples"]) < EXAMPLES_MAX:
            entry["examples"].append({"where": where, "what": str(what)[:300]})


def day_of(text):
    """Days since 1970-01-01, or None."""
    try:
        return datetime.date.fromisoformat(text).toordinal() - EPOCH_DAY if DATE.fullmatch(text) else None
    except ValueError:
        return None


def time_ms(text):
    """Milliseconds since the epoch of "2024-01-01T12:00:00.000Z", or None."""
    match = TIME.fullmatch(text)
    if not match:
        return None
    day = day_of(match[1])
    hour, minute, second, ms = (int(match[i]) for i in (2, 3, 4, 5))
    if day is None or hour > 23 or minute > 59 or second > 59:
        return None
    return day * DAY_MS + ((hour * 60 + minute) * 60 + second) * 1000 + ms


def read_bytes(path):
    try:
        return sys.stdin.buffer.read() if str(path) == "-" else pathlib.Path(path).read_bytes()
    except OSError as error:
        raise Unreadable(f"{path}: {error.strerror}") from error


def read_lines(path, faults):
    """The text of each line; faults of encoding and of line ends."""
    data = read_bytes(path)
    if data.startswith(b"\xef\xbb\xbf"):
        faults.add("format", f"{path}:1", "byte order mark")
    if b"\r" in data:
        faults.add("format", str(path), "carriage return")
    if data and not data.endswith(b"\n"):
        faults.add("format", str(path), "the last line has no line end")
    try:
        text = data.decode("utf-8", errors="strict")
    except UnicodeDecodeError as error:
        raise Unreadable(f"{path}: not UTF-8 at byte {error.start}") from error
    return text.split("\n")[:-1] if text.endswith("\n") else text.split("\n") if text else []


def read_master(folder, faults):
    """{entity: {id: row}}; rows as dictionaries of text."""
    master = {}
    for entity, columns in MASTER.items():
        path = pathlib.Path(folder) / f"{entity}.csv"
        text = read_bytes(path).decode("utf-8", errors="strict")
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
        if not rows or rows[0] != columns:
            raise Unreadable(f"{path}: the header is {rows[:1]}, not {columns}")
        found = master[entity] = {}
        for number, cells in enumerate(rows[1:], 2):
            where = f"{path}:record {number}"
            if len(cells) != len(columns):
                faults.add("master", where, f"{len(cells)} columns")
                continue
            row = dict(zip(columns, cells))
            if not event_id.UUID.fullmatch(cells[0]):
                faults.add("master", where, f"{columns[0]} is {cells[0]!r}")
            if cells[0] in found:
                faults.add("master", where, f"{columns[0]} {cells[0]} is there twice")
            for fault in faults_of_master_row(entity, row):
                faults.add("master", where, fault)
            found[cells[0]] = row
    return master


def faults_of_master_row(entity, row):
    if entity == "songs":
        if not NUMBER.fullmatch(row["duration_ms"]) or not 0 < int(row["duration_ms"]) <= U32_MAX:
            yield f"duration_ms is {row['duration_ms']!r}"
        if day_of(row["release_date"]) is None:
            yield f"release_date is {row['release_date']!r}"
        for key in ("title", "artist_name", "album_name", "genre"):
            if not row[key].strip():
                yield f"{key} is empty"
    elif entity == "users":
        if day_of(row["registration_date"]) is None:
            yield f"registration_date is {row['registration_date']!r}"
        if not RESERVED_DOMAIN.search(row["email"]):
            yield f"email is {row['email']!r}, not in a reserved domain"
        if not re.fullmatch("[A-Z]{2}", row["country"]):
            yield f"country is {row['country']!r}"
    else:
        for key, limit in (("latitude", 90), ("longitude", 180)):
            if not COORDINATE.fullmatch(row[key]) or abs(float(row[key])) > limit:
                yield f"{key} is {row[key]!r}"
        if not re.fullmatch("[A-Z]{2}", row["country_code"]):
            yield f"country_code is {row['country_code']!r}"


def no_constant(name):
    raise ValueError(f"{name} is not JSON")


def read_json(path, faults):
    """[(where, event)] of the lines that are events; an event is a list of the values in the order of KEYS."""
    events = []
    for number, line in enumerate(read_lines(path, faults), 1):
        where = f"{path}:{number}"
        try:
            pairs = json.loads(line, object_pairs_hook=list, parse_constant=no_constant)
        except ValueError as error:
            faults.add("json", where, f"{error}: {line[:100]}")
            continue
        if not isinstance(pairs, list) or not line.lstrip().startswith("{"):
            faults.add("json", where, f"no object: {line[:100]}")
            continue
        if [key for key, _ in pairs] != KEYS:
            faults.add("keys", where, [key for key, _ in pairs])
            continue
        values = [value for _, value in pairs]
        if not all(isinstance(v, int if k == "play_duration_ms" else str) for k, v in zip(KEYS, values)) \
                or isinstance(values[5], bool):
            faults.add("type", where, line)
            continue
        if json.dumps(dict(pairs), separators=(",", ":"), ensure_ascii=False) != line:
            faults.add("format", where, f"not compact: {line}")
        events.append((where, values))
    return events


def read_csv(path, faults):
    lines = read_lines(path, faults)
    if not lines or lines[0] != ",".join(KEYS):
        raise Unreadable(f"{path}: the header is {lines[:1]}, not {','.join(KEYS)}")
    events = []
    for number, line in enumerate(lines[1:], 2):
        where = f"{path}:{number}"
        cells = next(csv.reader([line], strict=True)) if line else []
        if len(cells) != len(KEYS):
            faults.add("keys", where, f"{len(cells)} columns: {line}")
            continue
        if ",".join(cells) != line:
            faults.add("format", where, f"quotes that are not needed: {line}")
        if not NUMBER.fullmatch(cells[5]):
            faults.add("type", where, line)
            continue
        events.append((where, [*cells[:5], int(cells[5]), cells[6]]))
    return events


class Judge:
    """Looks at the events of one file, in their order."""

    def __init__(self, master, options, faults):
        self.songs = {key: (int(row["duration_ms"]) if NUMBER.fullmatch(row["duration_ms"]) else 0,
                            (day_of(row["release_date"]) or 0) * DAY_MS) for key, row in master["songs"].items()}
        self.users = {key: (day_of(row["registration_date"]) or 0) * DAY_MS for key, row in master["users"].items()}
        self.locations = master["locations"]
        self.options = options
        self.faults = faults
        self.run = int(options["run"], 16) if options.get("run") else None
        self.seen_ids = {}
        self.cells = {}        # cell → the seqs it has
        self.plays_of = {}     # user → [(start, end, where)]
        self.last_ms = None

    def look_at(self, where, event):
        id_text, song, user, location, played_at, duration_ms, device = event
        for key, text in zip(KEYS, event[:4]):
            if not event_id.UUID.fullmatch(text):
                self.faults.add("uuid", where, f"{key} is {text!r}")
        if device not in DEVICES:
            self.faults.add("device_type", where, device)
        if not 0 <= duration_ms <= U32_MAX:
            self.faults.add("duration", where, f"play_duration_ms is {duration_ms}")
        self.look_at_id(where, id_text)
        for kind, key, known in (("song_id", song, self.songs), ("user_id", user, self.users),
                                 ("location_id", location, self.locations)):
            if key not in known:
                self.faults.add("reference", where, f"{kind} {key} is not in the master data")
        start = time_ms(played_at)
        if start is None:
            self.faults.add("played_at", where, played_at)
            return
        self.look_at_time(where, start, song, user, duration_ms)

    def look_at_id(self, where, text):
        if not event_id.UUID.fullmatch(text):
            return
        if text in self.seen_ids:
            self.faults.add("duplicate", where, f"{text} was in {self.seen_ids[text]}")
            return
        self.seen_ids[text] = where
        parts = event_id.unpack(text)
        if parts is None:
            self.faults.add("event_id", where, f"{text} is not one of ours")
            return
        run, cell, seq = parts
        if self.run is None:
            self.run = run
        if run != self.run:
            self.faults.add("run", where, f"{text} names the run {run:08x}, not {self.run:08x}")
        self.cells.setdefault(cell, set()).add(seq)

    def look_at_time(self, where, start, song, user, duration_ms):
        if song in self.songs:
            song_ms, released = self.songs[song]
            if duration_ms > song_ms:
                self.faults.add("duration", where, f"played {duration_ms} ms of a song of {song_ms} ms")
            if start < released:
                self.faults.add("before_release", where, f"song {song}")
        if user in self.users and start < self.users[user]:
            self.faults.add("before_registration", where, f"user {user}")
        window_start, window_end = self.options.get("start_ms"), self.options.get("end_ms")
        if window_start is not None and start < window_start or window_end is not None and start >= window_end:
            self.faults.add("window", where, start)
        if self.last_ms is not None and start < self.last_ms and not self.options.get("unordered"):
            self.faults.add("order", where, f"{self.last_ms - start} ms before the event in front of it")
        self.last_ms = start
        self.plays_of.setdefault(user, []).append((start, start + duration_ms, where))

    def look_at_whole(self, count):
        wanted = self.options.get("count")
        if wanted is not None and count != wanted:
            self.faults.add("count", "all", f"{count} events, not {wanted}")
        if not self.options.get("partial"):
            for cell, seqs in self.cells.items():
                if max(seqs) + 1 != len(seqs):
                    gap = next(i for i in range(len(seqs) + 1) if i not in seqs)
                    self.faults.add("gap", f"cell {cell}", f"seq {gap} is missing, {max(seqs)} is there")
        for user, plays in self.plays_of.items():
            plays.sort()
            for (_, end, _), (start, _, where) in zip(plays, plays[1:]):
                if start < end:
                    self.faults.add("overlap", where, f"user {user} still plays for {end - start} ms")


def compare(first, second, faults):
    """Both formats of one run carry the same values in the same order."""
    if len(first) != len(second):
        faults.add("csv_differs", "all", f"{len(first)} events as JSON, {len(second)} as CSV")
    for (_, a), (where, b) in zip(first, second):
        if a != b:
            key = next(k for k, x, y in zip(KEYS, a, b) if x != y)
            faults.add("csv_differs", where, f"{key}: {a[KEYS.index(key)]!r} as JSON, {b[KEYS.index(key)]!r} as CSV")


def judge(master_dir, json_path=None, csv_path=None, **options):
    """The report. Options: run, start_ms, end_ms, count, partial, unordered. Raises Unreadable."""
    faults = Faults()
    try:
        master = read_master(master_dir, faults)
        of_json = read_json(json_path, faults) if json_path else None
        of_csv = read_csv(csv_path, faults) if csv_path else None
    except (csv.Error, UnicodeDecodeError) as error:
        raise Unreadable(str(error)) from error
    events = of_json if of_json is not None else of_csv
    if events is None:
        raise Unreadable("no events: give --json or --csv")
    one = Judge(master, options, faults)
    for where, event in events:
        one.look_at(where, event)
    one.look_at_whole(len(events))
    if of_json is not None and of_csv is not None:
        compare(of_json, of_csv, faults)
    return {"verdict": "bad" if faults.kinds else "good", "events": len(events),
            "run": None if one.run is None else f"{one.run:08x}", "cells": len(one.cells), "users": len(one.plays_of),
            "faults": faults.kinds}


def window_time(text):
    moment = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.timezone.utc)
    return round(moment.timestamp() * 1000)


def main():
    parser = argparse.ArgumentParser(usage=__doc__, add_help=True)
    parser.add_argument("--master", required=True)
    parser.add_argument("--json")
    parser.add_argument("--csv")
    parser.add_argument("--run")
    parser.add_argument("--start", type=window_time, dest="start_ms")
    parser.add_argument("--end", type=window_time, dest="end_ms")
    parser.add_argument("--count", type=int)
    parser.add_argument("--partial", action="store_true")
    parser.add_argument("--unordered", action="store_true")
    parser.add_argument("--report")
    options = vars(parser.parse_args())
    report_path = options.pop("report")
    try:
        report = judge(options.pop("master"), options.pop("json"), options.pop("csv"), **options)
    except Unreadable as error:
        print(f"judge: {error}", file=sys.stderr)
        return 2
    text = json.dumps(report, indent=2, ensure_ascii=False) + "\n"
    if report_path:
        pathlib.Path(report_path).write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
    return 0 if report["verdict"] == "good" else 1


if __name__ == "__main__":
    sys.exit(main())
