"""Goal: `racesim ingest --from http` acknowledges only what is stored, keeps each event once however often it is killed,
and answers every kind of client as docs/formats/http-ingest.md says. Method: the real program with a SQLite store on a port
of its own; posts from Python's http.client, curl and racesim run; SIGKILL right after acknowledgements; the database is read
with Python's sqlite3, which shares no code with racesim.
"""

import concurrent.futures
import contextlib
import gzip
import http.client
import json
import os
import pathlib
import random
import select
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import uuid

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from http_ingest import PAUSE, START_S, HttpIngest  # noqa: E402

BINARY = os.environ.get("RACESIM_BIN", "")
SOURCE = pathlib.Path(os.environ.get("RACESIM_SOURCE_DIR", HERE.parents[1]))
FULL = os.environ.get("RACESIM_FULL") == "1"
SEED = int(os.environ.get("RACESIM_CHAOS_SEED", "20240101"))
KILLS = 200 if FULL else 20
RUN_KILLS = 20 if FULL else 2
PLAYS = 20_000 if FULL else 3000
RUN_S = 240  # a hang guard
JANUARY = ["--historical", "--start-datetime", "2024-01-01T00:00:00Z", "--end-datetime", "2024-02-01T00:00:00Z"]


def event_ids(ingest):
    return {normal(row[0]) for row in ingest.query("SELECT event_id FROM plays")}


def normal(event_id):
    """An id as text, whether the store has it as text or as 16 bytes."""
    return str(uuid.UUID(bytes=event_id)) if isinstance(event_id, bytes) else event_id


@unittest.skipUnless(BINARY, "RACESIM_BIN names no binary")
class IngestHttpTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        made = subprocess.run([BINARY, "run", "--scenario", "plays", *JANUARY, "--volume", "5000", "-q",
                               "--master-data-dir", str(SOURCE / "data" / "master") + "/"], check=True,
                              stdout=subprocess.PIPE, timeout=RUN_S, cwd=tempfile.gettempdir())
        cls.plays = made.stdout.decode().splitlines()

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="racesim-ingest-http-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def ingest(self, *options, before=()):
        ingest = HttpIngest(BINARY, self.folder, *options, before=before)
        self.addCleanup(ingest.cleanup)
        return ingest

    def started(self, *options, before=()):
        ingest = self.ingest(*options, before=before)
        ingest.start()
        return ingest

    def test_what_is_acknowledged_survives_a_kill(self):
        """K3: several clients post single plays; the server is killed as soon as one of them has its 200."""
        print(f"RACESIM_CHAOS_SEED={SEED}", file=sys.stderr)
        dice = random.Random(SEED)
        ingest = self.ingest()
        lines = iter(self.plays * (KILLS // 20 + 1))
        acknowledged = set()

        def client(mine, first):
            connection = ingest.connect()
            for line in mine:
                try:
                    status, _, _ = ingest.post(line, connection=connection)
                except (OSError, http.client.HTTPException):
                    return
                if status == 200:
                    acknowledged.add(json.loads(line)["event_id"])
                    first.set()

        for _ in range(KILLS):
            ingest.start()
            first = threading.Event()
            with concurrent.futures.ThreadPoolExecutor(4) as pool:
                clients = [pool.submit(client, [next(lines) for _ in range(50)], first) for _ in range(4)]
                self.assertTrue(first.wait(START_S), ingest.messages())
                if dice.random() < 0.5:  # or some milliseconds later, within a commit
                    PAUSE.wait(dice.random() * 0.02)
                ingest.kill()
                for one in clients:
                    one.result(timeout=START_S)
        self.assertGreaterEqual(len(acknowledged), min(KILLS, len(self.plays) // 2))
        self.assertEqual(acknowledged - event_ids(ingest), set(), "acknowledged and not there")
        self.assertEqual(ingest.query("PRAGMA integrity_check"), [("ok",)])
        self.assertEqual(ingest.query("SELECT count(*) - count(DISTINCT event_id) FROM plays"), [(0,)])

    def test_a_run_posts_while_the_server_is_killed_and_restarted(self):
        """The songs document's pair: every play is stored once, and verify says so."""
        ingest = self.started()
        run = subprocess.Popen([BINARY, "run", "--scenario", "plays", *JANUARY, "--volume", str(PLAYS),
                                "--master-data-dir", str(SOURCE / "data" / "master") + "/", "--api-endpoint",
                                f"http://localhost:{ingest.port}/play", "--posting-rate", "1000/s", "--manifest", "m.json",
                                "--json"], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(lambda: run.poll() is None and run.kill())
        for kill in range(RUN_KILLS):
            enough = PLAYS * (kill + 1) // (RUN_KILLS + 2)
            deadline = time.monotonic() + RUN_S
            while ingest.query("SELECT count(*) FROM plays")[0][0] < enough:
                self.assertIsNone(run.poll(), run.stderr.read() if run.poll() is not None else "")
                self.assertLess(time.monotonic(), deadline, "the plays do not arrive")
                PAUSE.wait(0.02)
            ingest.kill()
            PAUSE.wait(0.2)
            ingest.start()
        out, err = run.communicate(timeout=RUN_S)
        self.assertEqual(run.returncode, 0, err)
        self.assertEqual(json.loads(out)["acked"], PLAYS)
        self.assertEqual(ingest.stop(), 0, ingest.messages())
        self.assertEqual(ingest.query("SELECT count(*), count(DISTINCT event_id) FROM plays"), [(PLAYS, PLAYS)])
        verified = subprocess.run([BINARY, "verify", "--manifest", "m.json", "--against", f"sqlite:{ingest.database}",
                                   "--master-data-dir", str(SOURCE / "data" / "master") + "/"],
                                  cwd=self.folder, capture_output=True, text=True, timeout=RUN_S)
        self.assertEqual(verified.returncode, 0, verified.stdout + verified.stderr)

    def test_the_command_line_of_the_songs_document(self):
        ingest = self.started()
        done = subprocess.run([BINARY, "simulate", "run", "--historical", "--start-datetime", "2024-01-01T00:00:00",
                               "--end-datetime", "2024-01-31T23:59:59", "--posting-rate", "0", "--volume", "500",
                               "--threads", "4", "--master-data-dir", str(SOURCE / "data" / "master") + "/",
                               "--api-endpoint", f"http://localhost:{ingest.port}/play"],
                              cwd=self.folder, capture_output=True, text=True, timeout=RUN_S)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(ingest.query("SELECT count(*) FROM plays"), [(500,)])

    def test_forms_of_bodies_and_their_answers(self):
        ingest = self.started()
        one, two, three, four = self.plays[:4]
        array = f"[{one}, {two}]"
        self.assertEqual(ingest.post(one)[2], {"accepted": 1, "duplicates": 0, "rejected": []})
        self.assertEqual(ingest.post(array)[2], {"accepted": 1, "duplicates": 1, "rejected": []})
        status, _, mixed = ingest.post(f'{three}\n{{"nonsense":1}}\n{one}\n', path="/events",
                                       **{"Content-Type": "application/x-ndjson"})
        self.assertEqual((status, mixed["accepted"], mixed["duplicates"]), (200, 1, 1))
        self.assertEqual([entry["index"] for entry in mixed["rejected"]], [1])
        self.assertEqual(ingest.query("SELECT raw FROM dead_letter")[0][0], b'{"nonsense":1}')
        status, headers, none = ingest.post('[{"nonsense":2},17]')
        self.assertEqual((status, headers["Content-Type"]), (400, "application/problem+json"))
        self.assertEqual([entry["index"] for entry in none["rejected"]], [0, 1])
        packed = gzip.compress(f"[{four}]".encode())
        self.assertEqual(ingest.post(packed, **{"Content-Encoding": "gzip"})[2]["accepted"], 1)
        status, _, torn = ingest.post(f"[{four}, {{")
        self.assertEqual(status, 400)
        self.assertEqual(torn["offset"], len(four) + 3)
        self.assertEqual(ingest.post(b"[" + b"0," * (5 << 20))[0], 413)
        bomb = gzip.compress(b" " * (64 << 20))
        self.assertEqual(ingest.post(bomb, **{"Content-Encoding": "gzip"})[0], 413)
        changed = json.loads(one)
        changed["song_id"], changed["user_id"] = changed["user_id"], changed["song_id"]
        status, _, conflict = ingest.post(json.dumps(changed))
        self.assertEqual(status, 400, conflict)
        self.assertIn("conflict", conflict["rejected"][0]["reason"])
        self.assertEqual(len(event_ids(ingest)), 4)
        status, metrics = ingest.get("/metrics")
        self.assertEqual(status, 200)
        self.assertIn('racesim_ingest_stored_total{table="plays"} 4\n', metrics)
        self.assertEqual(ingest.get("/healthz")[0], 200)
        self.assertEqual(ingest.get("/readyz")[0], 200)
        self.assertEqual(ingest.get("/play")[0], 405)
        self.assertEqual(ingest.stop(), 4, ingest.messages())  # for the conflict

    def test_on_invalid_reject_refuses_the_whole_request(self):
        ingest = self.started("--on-invalid", "reject")
        status, _, refused = ingest.post(f'[{self.plays[0]},{{"nonsense":1}},{self.plays[1]}]')
        self.assertEqual((status, refused["accepted"]), (400, 0))
        self.assertEqual([entry["index"] for entry in refused["rejected"]], [1])
        self.assertEqual(ingest.post(f"[{self.plays[0]},{self.plays[1]}]")[2]["accepted"], 2)
        self.assertEqual(ingest.query("SELECT count(*) FROM dead_letter"), [(0,)])

    @unittest.skipUnless(shutil.which("curl"), "curl is not installed")
    def test_curl(self):
        ingest = self.started()
        lines = self.folder / "plays.ndjson"
        lines.write_text("\n".join(self.plays) + "\n", encoding="utf-8")
        (self.folder / "plays.gz").write_bytes(gzip.compress(lines.read_bytes()))
        url = f"http://localhost:{ingest.port}/events"

        def curl(*args):
            done = subprocess.run(["curl", "-sS", "-w", "\n%{http_code}", *args, url], cwd=self.folder,
                                  capture_output=True, text=True, timeout=RUN_S)
            body, _, status = done.stdout.rpartition("\n")
            return int(status), body + done.stderr

        # Its default type is a form; more than a MiB makes it ask first (Expect: 100-continue).
        self.assertEqual(curl("-d", self.plays[0])[0], 200)
        status, body = curl("-H", "Content-Type: application/x-ndjson", "--data-binary", "@plays.ndjson")
        self.assertEqual((status, json.loads(body)["accepted"]), (200, len(self.plays) - 1), body[:300])
        status, body = curl("-H", "Content-Type: application/x-ndjson", "-H", "Transfer-Encoding: chunked",
                            "--data-binary", "@plays.ndjson")
        self.assertEqual((status, json.loads(body)["duplicates"]), (200, len(self.plays)), body[:300])
        status, body = curl("-H", "Content-Encoding: gzip", "--data-binary", "@plays.gz")
        self.assertEqual((status, json.loads(body)["duplicates"]), (200, len(self.plays)), body[:300])
        status, body = curl("-d", "song=1")
        self.assertEqual(status, 415)
        self.assertIn("--json", json.loads(body)["detail"])
        status, body = curl("-F", "file=@plays.ndjson")
        self.assertEqual(status, 415)

    def test_more_clients_than_file_descriptors(self):
        """F1: 200 clients and 32 descriptors. Those beyond wait, and nobody spins meanwhile."""
        ingest = self.started(before=["bash", "-c", 'ulimit -n 32; exec "$0" "$@"'])
        clients = [socket.create_connection(("127.0.0.1", ingest.port), timeout=START_S) for _ in range(200)]
        self.addCleanup(lambda: [client.close() for client in clients])
        before_s, began = ingest.cpu_s(), time.monotonic()
        PAUSE.wait(1)  # all of them idle, most of them in the kernel's queue
        used = (ingest.cpu_s() - before_s) / (time.monotonic() - began)
        self.assertLess(used, 0.2, "it spins")
        for client, line in zip(clients, self.plays):
            # One that said nothing for a second may have been closed to make room.
            with contextlib.suppress(OSError):
                client.sendall(b"POST /play HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
                               % (len(line), line.encode()))
        open_clients, answered = set(clients), 0
        while open_clients:
            ready, _, _ = select.select(open_clients, [], [], START_S)
            self.assertTrue(ready, f"{len(open_clients)} clients get no answer: {ingest.messages()}")
            for client in ready:
                with contextlib.suppress(OSError):
                    answered += client.recv(65536).startswith(b"HTTP/1.1 200")
                client.close()
                open_clients.discard(client)
        self.assertGreaterEqual(answered, 100)
        self.assertIsNone(ingest.process.poll(), ingest.messages())
        self.assertEqual(len(event_ids(ingest)), answered)
        self.assertEqual(ingest.post(self.plays[300])[0], 200)
        self.assertEqual(ingest.stop(), 0, ingest.messages())

    def test_a_locked_store_makes_clients_come_back(self):
        ingest = self.started()
        self.assertEqual(ingest.post(self.plays[0])[0], 200)
        other = sqlite3.connect(ingest.database, isolation_level=None)
        self.addCleanup(other.close)
        other.execute("BEGIN IMMEDIATE")
        answers = []
        many = "[" + ",".join(["0"] * 60_000) + "]"
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            waiting = [pool.submit(ingest.post, many) for _ in range(12)]
            refused = concurrent.futures.wait(waiting, timeout=START_S, return_when=concurrent.futures.FIRST_COMPLETED)
            for one in refused.done:
                self.assertIn(one.result()[0], (429, 503))
                self.assertEqual(one.result()[1]["Retry-After"], "1")
            self.assertTrue(refused.done, "nobody was asked to come back")
            other.execute("COMMIT")
            answers = [one.result(timeout=RUN_S)[0] for one in waiting]
        # Of what was taken in every record is answered for: a number is no event.
        self.assertTrue(set(answers) <= {400, 429, 503}, answers)
        self.assertEqual(ingest.query("SELECT count(*) FROM dead_letter"), [(60_000 * answers.count(400),)])
        status = 503
        while status == 503:
            status = ingest.post(self.plays[1])[0]
        self.assertEqual(status, 200)

    def test_a_token_protects_what_other_machines_can_reach(self):
        (self.folder / "token").write_text("correct-horse\n", encoding="utf-8")
        with self.assertRaisesRegex(RuntimeError, "--token-file"):
            self.ingest().start(listen="0.0.0.0")
        ingest = self.ingest("--token-file", "token")
        ingest.start(listen="0.0.0.0")
        status, headers, _ = ingest.post(self.plays[0])
        self.assertEqual((status, headers["WWW-Authenticate"]), (401, 'Bearer realm="racesim"'))
        self.assertEqual(ingest.post(self.plays[0], Authorization="Bearer correct-horse")[0], 200)
        self.assertNotIn("horse", ingest.messages())

    def test_a_taken_port_ends_with_6(self):
        ingest = self.started()
        done = subprocess.run([BINARY, "ingest", "--from", "http", "--listen", f"127.0.0.1:{ingest.port}", "--to",
                               "sqlite:other.db"], cwd=self.folder, capture_output=True, text=True, timeout=RUN_S)
        self.assertEqual(done.returncode, 6, done.stderr)
        self.assertIn("the port is taken", done.stderr)

    def test_sigterm_answers_what_is_under_way(self):
        ingest = self.started()
        stopping = threading.Event()

        def client(mine):
            answers = []
            connection = ingest.connect()
            for line in mine:
                try:
                    answers.append((json.loads(line)["event_id"], ingest.post(line, connection=connection)[0]))
                except (OSError, http.client.HTTPException):
                    break
                if len(answers) == 20:
                    stopping.set()
            return answers

        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            clients = [pool.submit(client, self.plays[i::8]) for i in range(8)]
            self.assertTrue(stopping.wait(START_S), ingest.messages())
            self.assertEqual(ingest.stop(), 0, ingest.messages())
            answers = [answer for one in clients for answer in one.result(timeout=START_S)]
        stored = event_ids(ingest)
        self.assertEqual({event for event, status in answers if status == 200} - stored, set())
        self.assertTrue({status for _, status in answers} <= {200, 503})


if __name__ == "__main__":
    unittest.main()
