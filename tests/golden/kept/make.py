#!/usr/bin/env python3
"""Keeps what a released racesim wrote, so that later ones can be held to it: manifests with the events that belong to
them, and checkpoints with the files of runs that were killed.

    RACESIM_BIN=<that racesim> tests/golden/kept/make.py FOLDER [SCENARIO]

makes FOLDER anew, of the runs of all scenarios or of one; test_kept.py says what it is for.

`format1/` was made by racesim 0.1.0 at commit cb3feb8c4ab9, before manifests and checkpoints of format 2. Of
`format2/` only the runs with faults and a volume were kept: they were made at commit 78c349146fc3, when a volume still
counted what faults had made of the events. What they hold of race@1 no later racesim can read. `race2/` is of race@2, made
before it was published, and made anew as long as its bytes changed:

    RACESIM_BIN=build/release/racesim tests/golden/kept/make.py tests/golden/kept/race2 race"""

import json
import lzma
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading

SOURCE = pathlib.Path(__file__).resolve().parents[3]
PROGRAM = os.path.abspath(os.environ["RACESIM_BIN"])
PAUSE = threading.Event()  # never set
FAULTS = ["--faults", "late=5%,duplicate=3%,reorder=4%,drop=2%,corrupt=1%", "--late-delay", "3s"]
RACE = ["--historical", "--start-datetime", "2026-07-05T14:00:00Z", "--end-datetime", "2026-07-05T14:10:00Z"]
PLAYS_DAY = ["--scenario", "plays", "--historical", "--start-datetime", "2024-01-01T00:00:00Z", "--end-datetime",
             "2024-01-01T06:00:00Z"]
PLAYS = ["--scenario", "plays", "--historical", "--start-datetime", "2024-01-01T00:00:00Z", "--end-datetime",
         "2024-01-08T00:00:00Z"]

# Each to events.ndjson (or .csv) with a manifest.
FINISHED = {
    "race": [*RACE, "--rate-hz", "1", "--cars", "3", "--laps", "3", "--seed", "7",
             "--streams", "telemetry,laps,race-control,results"],
    "race_qualifying": [*RACE[:4], "2026-07-05T15:30:00Z", "--session", "qualifying", "--streams", "laps,results",
                        "--cars", "12"],
    "race_faults_volume": [*RACE, "--rate-hz", "12.5", "--cars", "4", "--volume", "300", *FAULTS],
    "race_openf1_track": [*RACE, "--rate-hz", "2", "--cars", "2", "--as", "openf1", "--session", "qualifying",
                          "--track", "ring.csv", "--volume", "150"],
    "race_simple": [*RACE, "--model", "simple", "--cars", "5", "--rate-hz", "10", "--volume", "200", "--shard", "1/1",
                    "--run-id", "0badcafe"],
    "race_master": [*RACE, "--rate-hz", "1", "--cars", "6", "--shard", "2/3", "--master-data-dir", "data/master",
                    "--streams", "telemetry,checkpoints", "--laps", "2"],
    "race_live": ["--live", "--duration", "1s", "--laps", "2", "--rate-hz", "20", "--cars", "3"],
    "race_csv": [*RACE, "--format", "csv", "--as", "fastf1", "--streams", "laps", "--cars", "4", "--digest"],
    "plays": [*PLAYS, "--volume", "250", "--seed", "9", "--popularity", "stretched"],
    "plays_faults": [*PLAYS_DAY, "--volume", "1/min", "--seed", "11", "--format", "csv", *FAULTS],
    "plays_live": ["--scenario", "plays", "--live", "--volume", "6000/min", "--duration", "2s"],
}

# Each killed in the middle; what is there of events.ndjson, and the checkpoint.
KILLED = {
    "race_faults_volume": [*RACE, "--cars", "3", "--rate-hz", "10", "--volume", "3000", *FAULTS],
    "race_streams": [*RACE, "--rate-hz", "4", "--cars", "5", "--streams", "checkpoints,telemetry,race-control",
                     "--track", "ring.csv"],
    "race_openf1_live": ["--live", "--duration", "6s", "--as", "openf1", "--cars", "20", "--rate-hz", "10"],
    "race_simple": [*RACE, "--model", "simple", "--cars", "3", "--rate-hz", "10", "--volume", "2500"],
    "plays_faults": [*PLAYS, "--volume", "3000", *FAULTS],
    "plays_per_minute": [*PLAYS, "--volume", "1/min", "--seed", "3"],
}
RATE = ["--posting-rate", "500/s", "--threads", "2"]


def scratch_folder():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="racesim-kept-"))
    (folder / "data").symlink_to(SOURCE / "data")
    shutil.copy(pathlib.Path(__file__).parent / "ring.csv", folder)
    return folder


def command(options):
    return [PROGRAM, "run", "--no-config", "-q", *options]


def environment(folder):
    return {"PATH": "/usr/bin:/bin", "HOME": str(folder), "XDG_RUNTIME_DIR": str(folder), "LANG": "C.UTF-8"}


def sink(options):
    return "events.csv" if "csv" in options else "events.ndjson"


def keep(folder, target, options, names):
    target.mkdir(parents=True)
    (target / "options.json").write_text(json.dumps(options, indent=1) + "\n", encoding="utf-8")
    for name in names:
        content = (folder / name).read_bytes()
        if name.startswith("events"):  # (.partial is what git ignores)
            (target / (name.removesuffix(".partial") + ".xz")).write_bytes(lzma.compress(content))
        else:
            (target / name).write_bytes(content)
    shutil.rmtree(folder)


def make_finished(target, options):
    folder = scratch_folder()
    options = [*options, "--sink", f"file:{sink(options)}", "--manifest", "run.json"]
    subprocess.run(command(options), cwd=folder, env=environment(folder), check=True)
    keep(folder, target, options, ["run.json", sink(options)])


def make_killed(target, options):
    folder = scratch_folder()
    live = "--live" in options
    options = [*options, "--sink", f"file:{sink(options)}", "--checkpoint", "run.at", *([] if live else RATE)]
    run = subprocess.Popen(command(options), cwd=folder, env=environment(folder))
    partial = folder / (sink(options) + ".partial")
    checkpoint = folder / "run.at"
    # A second one is written one second on: then something lies before it, and something behind.
    first = None
    while True:
        assert run.poll() is None, "the run ended before it was killed"
        PAUSE.wait(0.01)
        if checkpoint.exists() and partial.exists() and partial.stat().st_size > 0:
            now = checkpoint.read_bytes()
            if first is None and json.loads(now)["sinks"][0]["ordinal"] > 0:
                first = partial.stat().st_size
            if first is not None and partial.stat().st_size > first:
                break
    PAUSE.wait(0.3)
    run.send_signal(signal.SIGKILL)
    run.wait()
    keep(folder, target, options, ["run.at", partial.name])


def main():
    target = pathlib.Path(sys.argv[1]).resolve()
    wanted = sys.argv[2] if len(sys.argv) > 2 else ""
    shutil.rmtree(target, ignore_errors=True)
    for name, options in FINISHED.items():
        if name.startswith(wanted):
            make_finished(target / "finished" / name, options)
    for name, options in KILLED.items():
        if name.startswith(wanted):
            make_killed(target / "killed" / name, options)


if __name__ == "__main__":
    main()
