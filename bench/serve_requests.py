#!/usr/bin/env python3
"""Requests that `racesim serve` answers from memory while a run goes on: `/telemetry/recent?limit=100` and the standings of
the race by GraphQL; against nginx that sends a file of the same size; by turns, in one run, wrk as the client of both.

Judged are requests per processor second of the server, since the client shares the machine. Both servers have one
process; what the run itself takes is measured beforehand and taken off.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
os.environ.setdefault("RACESIM_BIN", str(pathlib.Path(__file__).resolve().parent.parent / "build/release/racesim"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests/cli"))
from serve_process import Service  # noqa: E402
from support.measure import QUICK, processor_s, ratio, show, turn_ratio  # noqa: E402

CONNECTIONS = 16
SECONDS = 1 if QUICK else 4
TURNS = 2 if QUICK else 4
GOAL = 0.5
QUERY = "{ race { run standings { position car driver driverName lap gapS intervalS lastLapS bestLapS pitStops tyre status } } }"
NGINX = """daemon off; master_process off; pid {0}/nginx.pid; error_log {0}/error.log;
events {{ worker_connections 256; }}
http {{ access_log off; default_type application/json; keepalive_requests 1000000; client_body_temp_path {0}/body;
        proxy_temp_path {0}/proxy; fastcgi_temp_path {0}/fastcgi; uwsgi_temp_path {0}/uwsgi; scgi_temp_path {0}/scgi;
        server {{ listen 127.0.0.1:{1}; location / {{ root {0}; }} }} }}
"""


def per_processor_s(pid, url, script=None, idle=0.0):
    """Requests per processor second of the process; `idle` is what it takes per second without them."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", *(["-s", str(script)] if script else []), url]
    begin, clock = processor_s(pid), time.monotonic()
    out = subprocess.run(command, stdout=subprocess.PIPE, encoding="utf-8", check=True).stdout
    spent = processor_s(pid) - begin - idle * (time.monotonic() - clock)
    if "Non-2xx" in out:
        raise RuntimeError(out)
    return int(re.search(r"(\d+) requests in", out).group(1)) / spent


def idle_share(pid):
    begin, clock = processor_s(pid), time.monotonic()
    while time.monotonic() - clock < SECONDS:
        time.sleep(0.1)
    return (processor_s(pid) - begin) / (time.monotonic() - clock)


def main():
    with tempfile.TemporaryDirectory(prefix="racesim-bench-") as name:
        folder = pathlib.Path(name)
        service = Service(folder)
        nginx = None
        try:
            assert service.post("/start", {"scenario": "race", "rate_hz": 10, "backfill": "3m"})[0] == 200
            service.until("/api/v1/races/live/standings", lambda body: len(body["items"]) == 20)
            body = json.dumps({"query": QUERY})
            script = folder / "query.lua"
            script.write_text(f"wrk.method = 'POST'\nwrk.headers['Content-Type'] = 'application/json'\nwrk.body = '{body}'\n")
            recent = service.url + "/telemetry/recent?limit=100"
            cases = [("telemetry/recent?limit=100", recent, None, service.ask("GET", "/telemetry/recent?limit=100")[2]),
                     ("standings by GraphQL", service.url + "/graphql", script,
                      service.ask("POST", "/graphql", body, {"Content-Type": "application/json"})[2])]
            port = service.port + 1 if service.port < 65000 else service.port - 1
            (folder / "nginx.conf").write_text(NGINX.format(folder, port))
            nginx = subprocess.Popen(["nginx", "-p", folder, "-c", folder / "nginx.conf"], stderr=subprocess.DEVNULL)
            time.sleep(1)
            idle = idle_share(service.process.pid)
            for number, (title, url, lua, answer) in enumerate(cases):
                (folder / f"file{number}.json").write_text(answer)
                ours, theirs = [], []
                for _ in range(TURNS):
                    ours.append(per_processor_s(service.process.pid, url, lua, idle))
                    theirs.append(per_processor_s(nginx.pid, f"http://127.0.0.1:{port}/file{number}.json"))
                show(f"{title} ({len(answer)} B)", ours, "requests per processor second")
                show("  nginx with a file of that size", theirs, "requests per processor second")
                ratio(turn_ratio(ours, theirs), GOAL, f"serve: {title} against a file from nginx")
        finally:
            if nginx:
                nginx.terminate()
                nginx.wait()
            service.stop()


if __name__ == "__main__":
    main()
