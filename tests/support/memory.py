"""How much memory a process of a test holds."""

import threading
import time

PAUSE = threading.Event()  # never set
SLACK_KB = 6 * 1024  # what an allocator may take for itself at any time
STILL = 5  # looks without growth


def status_kb(pid, field):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith(field + ":"))


def wait_until_it_rests(pid, seconds_max=60):
    """VmHWM in KiB once it has not grown by more than the slack for a second: the queues are full."""
    deadline = time.monotonic() + seconds_max  # a hang guard
    top, still = 0, 0
    while still < STILL and time.monotonic() < deadline:
        PAUSE.wait(0.2)
        now = status_kb(pid, "VmHWM")
        still = still + 1 if now - top < 1024 else 0
        top = max(top, now)
    return top


def growth_allowed_kb(warm_kb):
    """5 %, as row M1 has it, and a small constant."""
    return warm_kb // 20 + SLACK_KB
