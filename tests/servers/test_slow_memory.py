"""Goal (row M1 of docs/reliability.md): with a server that stands still racesim's memory stays where it is, whatever the run
still has to send; when the server answers again, everything arrives. Method: the real binary at full speed against a server
that holds all requests back; its resident memory is read from /proc."""

import http.server
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from memory import PAUSE, growth_allowed_kb, status_kb, wait_until_it_rests  # noqa: E402

BINARY = os.environ.get("RACESIM_BIN", "")
SOURCE = pathlib.Path(os.environ.get("RACESIM_SOURCE_DIR", pathlib.Path(__file__).resolve().parents[2]))
FULL = os.environ.get("RACESIM_FULL") == "1"
STANDSTILL_S = 600 if FULL else 8
VOLUME = 400_000
# 65,536 events in the queue, 16 requests of 500 on their way, what the threads of the generator hold, the master data.
PEAK_KB_MAX = 250 * 1024


class GatedServer:
    """Reads every request and answers when the gate is open."""

    def __init__(self):
        self.requests, self.lock, self.gate = {}, threading.Lock(), threading.Event()
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                server.gate.wait()
                # A request that is sent again has the same key.
                with server.lock:
                    server.requests[self.headers["Idempotency-Key"]] = body.count(b'"event_id"')
                self.send_response(204)
                self.end_headers()

            def log_message(self, *args):
                pass

        class Server(http.server.ThreadingHTTPServer):
            request_queue_size = 64  # of all connections at once

        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/play"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def events(self):
        with self.lock:
            return sum(self.requests.values())

    def close(self):
        self.gate.set()
        self.server.shutdown()
        self.server.server_close()


@unittest.skipUnless(BINARY, "RACESIM_BIN names no binary")
class SlowMemoryTest(unittest.TestCase):
    def test_m1_a_server_that_stands_still(self):
        folder = tempfile.TemporaryDirectory(prefix="racesim-slow-")
        self.addCleanup(folder.cleanup)
        server = GatedServer()
        self.addCleanup(server.close)
        command = [BINARY, "run", "--scenario", "plays", "--master-data-dir", SOURCE / "data" / "master", "--historical",
                   "--start-datetime", "2024-01-01", "--end-datetime", "2024-02-01", "--volume", str(VOLUME),
                   "--posting-rate", "0", "--batch", "500", "--timeout", "20m", "--api-endpoint", server.url, "--json"]
        process = subprocess.Popen(command, cwd=folder.name, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        warm_kb = wait_until_it_rests(process.pid)
        for _ in range(STANDSTILL_S * 2):
            PAUSE.wait(0.5)
            self.assertIsNone(process.poll(), "it did not wait for the server")
        self.assertEqual(server.events(), 0)
        peak_kb = status_kb(process.pid, "VmHWM")
        print(f"warm {warm_kb} KiB, after {STANDSTILL_S} s {peak_kb} KiB")
        self.assertLess(peak_kb - warm_kb, growth_allowed_kb(warm_kb))
        self.assertLess(peak_kb, PEAK_KB_MAX)
        server.gate.set()
        output, error = process.communicate(timeout=240)
        self.assertEqual(process.returncode, 0, error)
        summary = json.loads(output)
        self.assertEqual((summary["acked"], summary["failed"]), (VOLUME, 0))
        self.assertEqual(server.events(), VOLUME)


if __name__ == "__main__":
    unittest.main()
