"""Goal: the same content options give the same bytes, whatever the threads, the sink, the pace, the shards, the
environment or the form of the master data, and whether the run is live or historical.
Method: the built program over the shipped master data; SHA-256 of what each run wrote against that of the simplest
run. Over HTTP, where users travel side by side, the set of events and each user's order."""

import collections
import datetime
import hashlib
import http.server
import json
import pathlib
import signal
import subprocess
import tempfile
import threading
import unittest

import program

# Six hours that take several slices, cells and shards, and that cross midnight in Europe.
START, END = "2024-03-09T19:00:00Z", "2024-03-10T01:00:00Z"
WINDOW = ("--historical", "--start-datetime", START, "--end-datetime", END)
VOLUME = 60000
THREADS = (1, 2, 3, 8)
PACES = (("--posting-rate", "300k/s"),
         ("--posting-rate", "300k/s", "--arrivals", "poisson"),
         ("--stages", "50ms:100k,50ms:0,100ms:20k,1s:1M"),
         ("--stages", "50ms:100k,1s:1M", "--arrivals", "poisson", "--catch-up", "burst", "--realtime"))


def sha256(data):
    return hashlib.sha256(data).hexdigest()


class Receiver:
    """An HTTP server that keeps the events of each POST in the order in which they came."""

    def __init__(self):
        self.events, self.lock = [], threading.Lock()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self):
                value = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with receiver.lock:
                    receiver.events += value if isinstance(value, list) else [value]
                self.send_response(204)
                self.end_headers()

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/play"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *args):
        self.server.shutdown()
        self.server.server_close()


def by_user(events):
    order = collections.defaultdict(list)
    for event in events:
        order[event["user_id"]].append(event)
    return order


@unittest.skipUnless(program.AVAILABLE, "RACESIM_BIN names no program")
class Determinism(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory(prefix="racesim-golden-")
        cls.addClassCleanup(cls.scratch.cleanup)
        cls.folder = pathlib.Path(cls.scratch.name)
        cls.text = cls.stdout("--threads", 1)
        cls.lines = cls.text.splitlines(keepends=True)

    @classmethod
    def stdout(cls, *options, volume=VOLUME, **more):
        return program.plays(cls.folder, *WINDOW, "--volume", volume, *options, **more)

    def file(self, name, *options, window=(*WINDOW, "--volume", VOLUME)):
        """What a run wrote into the file `name`, unpacked."""
        path = self.folder / name
        path.unlink(missing_ok=True)
        program.plays(self.folder, *window, "--sink", f"file:{path}", *options)
        if path.suffix != ".zst":
            return path.read_bytes()
        return subprocess.run(["zstd", "-dcq", path], stdout=subprocess.PIPE, check=True).stdout

    def assert_same(self, text, expected=None):
        self.assertEqual(sha256(text), sha256(self.text if expected is None else expected))

    def test_the_run_is_worth_comparing(self):
        self.assertEqual(len(self.lines), VOLUME)
        self.assertEqual(len(set(self.lines)), VOLUME)

    def test_twice_in_a_row(self):
        self.assert_same(self.stdout())
        self.assert_same(self.stdout())

    def test_threads_and_sinks(self):
        for threads in THREADS:
            for sink in ("stdout", "plays.ndjson", "plays.ndjson.zst"):
                with self.subTest(threads=threads, sink=sink):
                    options = ("--threads", threads)
                    self.assert_same(self.stdout(*options) if sink == "stdout" else self.file(sink, *options))

    def test_several_sinks_at_once(self):
        second, third = self.folder / "second.ndjson", self.folder / "third.ndjson"
        self.assert_same(self.stdout("--sink", "stdout", "--sink", f"file:{second}", "--sink", f"file:{third}",
                                     "--sink", "null"))
        self.assert_same(second.read_bytes())
        self.assert_same(third.read_bytes())

    def test_csv(self):
        expected = self.stdout("--format", "csv", "--threads", 1)
        self.assertEqual(expected.count(b"\n"), VOLUME + 1)
        for threads in THREADS:
            with self.subTest(threads=threads):
                self.assert_same(self.stdout("--format", "csv", "--threads", threads), expected)
                self.assert_same(self.file("plays.csv.zst", "--format", "csv", "--threads", threads), expected)
        self.assert_same(self.stdout("--format", "csv", *PACES[2]), expected)

    def test_paces(self):
        for pace in PACES:
            for threads in (1, 3):
                with self.subTest(pace=pace, threads=threads):
                    self.assert_same(self.stdout(*pace, "--threads", threads))
        self.assert_same(self.file("paced.ndjson", *PACES[1]))

    def test_shards(self):
        expected = sorted(self.lines)
        self.assert_same(self.stdout("--shard", "1/1"))
        for count in (3, 10):
            parts = [self.stdout("--shard", f"{index}/{count}", "--threads", index % 4 + 1)
                     for index in range(1, count + 1)]
            with self.subTest(count=count):
                self.assertEqual(sha256(b"".join(sorted(b"".join(parts).splitlines(keepends=True)))),
                                 sha256(b"".join(expected)))
            if count == 3:
                self.assertTrue(all(parts))
                self.assert_same(self.stdout("--shard", "2/3", *PACES[1]), parts[1])

    def test_http(self):
        as_json = [json.loads(line) for line in self.lines]
        self.assertEqual([json.dumps(event, separators=(",", ":")).encode() + b"\n" for event in as_json[:1000]],
                         self.lines[:1000])
        for options in (("--threads", 1, "--posting-rate", 0), ("--threads", 8, *PACES[1]),
                        ("--threads", 2, "--connections", 1, *PACES[2])):
            with self.subTest(options=options):
                self.assert_delivered(as_json, VOLUME, "--batch", 200, *options)

    def test_http_one_event_per_request(self):
        as_json = [json.loads(line) for line in self.stdout(volume=1500).splitlines()]
        self.assert_delivered(as_json, 1500, "--threads", 3, "--posting-rate", 0)

    def assert_delivered(self, expected, volume, *options):
        with Receiver() as receiver:
            self.stdout("--api-endpoint", receiver.url, *options, volume=volume)
        self.assertEqual(len(receiver.events), len(expected))
        self.assertEqual(by_user(receiver.events), by_user(expected))

    def test_environment(self):
        self.assert_same(self.stdout(env={"TZ": "Asia/Tokyo", "LC_ALL": "de_DE.UTF-8", "MALLOC_PERTURB_": "85"}))

    def test_form_of_the_master_data(self):
        for form in ("json", "jsonl"):
            with self.subTest(form=form):
                master = self.folder / form
                program.racesim(self.folder, "generate-master", "--quiet", "--output-dir", master, "--format", form)
                self.assert_same(self.stdout(master=master))

    def test_content_options_do_change_the_bytes(self):
        for options in (("--seed", 43), ("--popularity", "uniform"), ("--run-id", "00000001")):
            with self.subTest(options=options):
                self.assertNotEqual(sha256(self.stdout(*options)), sha256(self.text))

    def summary(self):
        return json.loads((self.folder / "summary.json").read_text(encoding="utf-8"))

    def again(self, summary, volume, *options):
        """The events of a live run, made anew."""
        return self.file("again.ndjson", *options, window=(
            "--historical", "--start-datetime", summary["start"], "--end-datetime", summary["end"],
            "--volume", volume))

    def test_live_is_made_again_by_historical(self):
        for number, options in enumerate((("--threads", 1), ("--threads", 8, "--sink", "null"),
                                          ("--threads", 3, "--posting-rate", "200k/s", "--arrivals", "poisson"))):
            with self.subTest(options=options):
                # Twelve minutes in about a second.
                live = self.file(f"live-{number}.ndjson", *options, "--summary-export", "summary.json",
                                 window=("--live", "--volume", "3000/min", "--speed", 720, "--duration", "1s"))
                summary = self.summary()
                self.assertGreater(live.count(b"\n"), 10000)
                self.assertTrue(summary["reached_end"])
                self.assert_same(self.again(summary, "3000/min"), live)
                parts = [self.again(summary, "3000/min", "--shard", f"{i}/3") for i in (1, 2, 3)]
                self.assertEqual(sorted(b"".join(parts).splitlines()), sorted(live.splitlines()))

    def test_a_live_run_that_is_stopped_is_a_prefix(self):
        path = self.folder / "stopped.ndjson"
        process = subprocess.Popen(
            [program.PROGRAM, "run", "--no-config", "--quiet", "--scenario", "plays", "--master-data-dir",
             program.MASTER, "--live", "--volume", "60k/min", "--speed", "60", "--summary-export", "summary.json",
             "--sink", "stdout", "--sink", f"file:{path}"], cwd=self.folder, env={}, stdout=subprocess.PIPE)
        self.addCleanup(process.kill)
        with process:
            for _ in range(2000):
                process.stdout.readline()
            process.send_signal(signal.SIGTERM)
            process.stdout.read()
        self.assertEqual(process.returncode, 0)
        summary, stopped = self.summary(), path.read_bytes()
        self.assertFalse(summary["reached_end"])
        self.assertGreaterEqual(stopped.count(b"\n"), 2000)
        last = datetime.datetime.fromisoformat(json.loads(stopped.splitlines()[-1])["played_at"])
        summary["end"] = (last + datetime.timedelta(minutes=1)).isoformat()
        whole = self.again(summary, "60k/min")
        self.assertGreater(len(whole), len(stopped))
        self.assert_same(whole[:len(stopped)], stopped)


if __name__ == "__main__":
    unittest.main()
