#!/usr/bin/env python3
"""POSTs to one nginx on loopback that answers 204: racesim with plays that it generates meanwhile, against wrk with a
ready body of the same size; by turns, in one run.

Compared is the processor time (user + system) that the client took per request: on a machine shared with other work it is
steadier than a rate. Client and nginx are pinned to different cores where there are two.
"""

import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from support.measure import QUICK, plays, ratio, run, show, summary_of, turn_ratio  # noqa: E402

SECONDS = 1 if QUICK else 3
TURNS = 3 if QUICK else 7
CONNECTIONS = 64
BATCH = 100
FIRST_REQUESTS = 20_000

NGINX_CONF = """
worker_processes 1;
pid {dir}/nginx.pid;
error_log {dir}/error.log;
daemon off;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  client_body_temp_path {dir}/body; proxy_temp_path {dir}/proxy; fastcgi_temp_path {dir}/fastcgi;
  uwsgi_temp_path {dir}/uwsgi; scgi_temp_path {dir}/scgi;
  keepalive_requests 1000000000;
  client_max_body_size 64m;
  server {{ listen 127.0.0.1:{port}; location / {{ return 204; }} }}
}}
"""
WRK_SCRIPT = """
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = string.rep("x", {size})
"""


def cores():
    """(client's, server's)"""
    usable = sorted(os.sched_getaffinity(0))
    return usable[0], usable[-1]


def pinned(core):
    return lambda: os.sched_setaffinity(0, {core})


def start_nginx(folder, core):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = folder / "nginx.conf"
    config.write_text(NGINX_CONF.format(dir=folder, port=port))
    process = subprocess.Popen(["nginx", "-c", str(config)], stderr=subprocess.DEVNULL, preexec_fn=pinned(core))
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return process, f"http://127.0.0.1:{port}/play"
        except OSError:
            time.sleep(0.05)
    process.kill()
    raise RuntimeError("nginx did not start")


class Clients:
    """Both clients on one core against one server; each call gives thousands per second of processor time."""

    def __init__(self, folder, core, url):
        self.folder, self.core, self.url = folder, core, url

    def racesim(self, events, *more):
        child = run(plays(events, "--threads", "1", "--api-endpoint", self.url, *more), cwd=self.folder,
                    preexec_fn=pinned(self.core))
        summary = summary_of(child)
        if summary["acked"] < 0.99 * events or summary["failed"] or summary["retried"]:
            raise RuntimeError(f"not all was delivered at the first try: {summary}")
        return summary["acked"] / child.processor_s / 1000

    def wrk(self):
        child = run(["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}", "-s", str(self.folder / "post.lua"), self.url],
                    preexec_fn=pinned(self.core))
        return int(child.out.split(b" requests in")[0].split()[-1]) / child.processor_s / 1000


def measure(folder):
    size = len(run(plays(1000)).out) // 1000 - 1  # without the line end
    (folder / "post.lua").write_text(WRK_SCRIPT.format(size=size))
    client_core, server_core = cores()
    nginx, url = start_nginx(folder, server_core)
    clients = Clients(folder, client_core, url)
    rates = {"racesim": [], "wrk": [], "batched": []}
    try:
        requests = FIRST_REQUESTS  # a first guess, then as many as take the wanted time
        for turn in range(TURNS + 1):
            one = {"racesim": clients.racesim(requests, "--connections", str(CONNECTIONS)), "wrk": clients.wrk(),
                   "batched": clients.racesim(20 * requests, "--batch", str(BATCH))}
            requests = max(FIRST_REQUESTS, int(1000 * one["racesim"] * SECONDS))
            for name, rate in one.items():
                rates[name] += [rate] if turn > 0 else []
    finally:
        nginx.terminate()
        nginx.wait()
    return rates


def main():
    with tempfile.TemporaryDirectory(prefix="racesim-bench-") as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)  # nginx's worker may be another user
        rates = measure(folder)
    show("racesim", rates["racesim"], "k requests per processor second")
    show("wrk", rates["wrk"], "k requests per processor second")
    batched = show(f"racesim --batch {BATCH}", rates["batched"], "k events per processor second")
    ratio(turn_ratio(rates["racesim"], rates["wrk"]), 1.0, "POSTs per client core / wrk")
    ratio(batched / 1000, 1.0, f"--batch {BATCH}: million events per client core and second")


if __name__ == "__main__":
    main()
