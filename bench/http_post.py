#!/usr/bin/env python3
"""POSTs to one nginx on loopback that answers 204: racesim with plays that it generates meanwhile, against wrk with a
ready body of the same size; by turns, in one run.

Compared is the processor time (user + system) that the client took per request: on a machine shared with other work it is
steadier than a rate. Client and nginx are pinned to different cores where there are two.
Usage: http_post.py [SECONDS PER TURN]; RACESIM_BIN names the binary [build/release/racesim].
"""

import json
import os
import pathlib
import socket
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BINARY = os.environ.get("RACESIM_BIN", str(ROOT / "build/release/racesim"))
TURNS = 5
CONNECTIONS = 64
WINDOW = ["--start-datetime", "2024-01-01T00:00:00", "--end-datetime", "2024-01-31T23:59:59"]
BATCH = 100

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


def timed(command, core, **more):
    """(processor seconds, standard output) of a command on one core."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True,
                               preexec_fn=lambda: os.sched_setaffinity(0, {core}), **more)
    out = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.stdout.close()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"{command[0]} ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime, out


def racesim(folder, core, url, events, *more):
    """Events per second of processor time."""
    command = [BINARY, "run", "--scenario", "plays", "--historical", *WINDOW, "--volume", str(events), "--posting-rate",
               "0", "--threads", "1", "--api-endpoint", url, "--json", "-q", *more]
    seconds, out = timed(command, core, cwd=folder)
    summary = json.loads(out)
    if summary["acked"] < 0.99 * events or summary["failed"] or summary["retried"]:
        raise RuntimeError(f"not all was delivered at the first try: {summary}")
    return summary["acked"] / seconds


def wrk(folder, core, url, seconds):
    """Requests per second of processor time."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}", "-s", str(folder / "post.lua"), url]
    used, out = timed(command, core)
    return int(out.split(" requests in")[0].split()[-1]) / used


def start_nginx(folder, core):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = folder / "nginx.conf"
    config.write_text(NGINX_CONF.format(dir=folder, port=port))
    process = subprocess.Popen(["nginx", "-c", str(config)], stderr=subprocess.DEVNULL,
                               preexec_fn=lambda: os.sched_setaffinity(0, {core}))
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return process, f"http://127.0.0.1:{port}/play"
        except OSError:
            time.sleep(0.05)
    process.kill()
    raise RuntimeError("nginx did not start")


def mean_play_bytes(folder):
    run = subprocess.run([BINARY, "run", "--scenario", "plays", "--historical", *WINDOW, "--volume", "1000"], cwd=folder,
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    return len(run.stdout) // 1000 - 1


def measure(folder, seconds):
    subprocess.run([BINARY, "generate-master"], cwd=folder, check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    (folder / "post.lua").write_text(WRK_SCRIPT.format(size=mean_play_bytes(folder)))
    client_core, server_core = cores()
    nginx, url = start_nginx(folder, server_core)
    rates = {"racesim": [], "wrk": [], f"racesim --batch {BATCH}": []}
    try:
        requests = 20000  # a first guess, then as many as take the wanted time
        for turn in range(TURNS + 1):
            mine = racesim(folder, client_core, url, requests, "--connections", str(CONNECTIONS))
            other = wrk(folder, client_core, url, seconds)
            batched = racesim(folder, client_core, url, 20 * requests, "--batch", str(BATCH))
            requests = max(20000, int(mine * seconds))
            if turn > 0:
                for name, rate in zip(rates, (mine, other, batched)):
                    rates[name].append(rate)
    finally:
        nginx.terminate()
        nginx.wait()
    return rates


def main():
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 2
    with tempfile.TemporaryDirectory(prefix="racesim-bench-") as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)  # nginx's worker may be another user
        rates = measure(folder, seconds)
    middle = {name: statistics.median(values) for name, values in rates.items()}
    for name, rate in middle.items():
        unit = "events" if "batch" in name else "requests"
        print(f"  {name:<20} {rate / 1000:>10.1f} k {unit} per processor second   "
              f"({', '.join(f'{value / 1000:.1f}' for value in rates[name])})")
    print(f"@ratio {middle['racesim'] / middle['wrk']:.3f} 1.0 POSTs per client core / wrk")
    batched = middle[f"racesim --batch {BATCH}"]
    print(f"@ratio {batched / 1e6:.3f} 1.0 --batch {BATCH}: million events per client core and second")


if __name__ == "__main__":
    main()
