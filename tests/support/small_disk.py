"""A small file system of a test's own, which can be full and get room again."""

import ctypes
import os
import shutil
import subprocess
import unittest

CLONE_NEWNS = 0x00020000
CLONE_NEWUSER = 0x10000000
BLOCK = 4096


def enter_private_mounts():
    """What this process and its children mount from now on nobody else sees, and it goes with them. Skips where that
    is not allowed: neither root nor user namespaces."""
    libc = ctypes.CDLL(None, use_errno=True)
    user, group = os.geteuid(), os.getegid()
    flags = CLONE_NEWNS if user == 0 else CLONE_NEWNS | CLONE_NEWUSER
    if libc.unshare(flags) != 0:
        raise unittest.SkipTest(f"privilege: no mount namespace: {os.strerror(ctypes.get_errno())}")
    if user != 0:
        for name, text in (("setgroups", "deny"), ("uid_map", f"0 {user} 1"), ("gid_map", f"0 {group} 1")):
            with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
                file.write(text)
    if subprocess.run(["mount", "--make-rprivate", "/"], stderr=subprocess.DEVNULL, check=False).returncode != 0:
        raise unittest.SkipTest("privilege: mounting is not allowed")


class SmallDisk:
    """A tmpfs of so many KiB at `path`, which it makes."""

    def __init__(self, path, kib):
        self.path = path
        self.remove()  # of a test that failed
        path.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kib}k,mode=700", "tmpfs", path], check=True)

    def fill(self, leave_kib=0):
        """Nothing more fits but so much."""
        free = os.statvfs(self.path).f_bavail * BLOCK
        with open(self.path / "filler", "ab") as filler:
            os.posix_fallocate(filler.fileno(), filler.tell(), max(BLOCK, free - leave_kib * 1024))

    def make_room(self):
        subprocess.run(["mount", "-o", "remount,size=256m", self.path], check=True)
        (self.path / "filler").unlink(missing_ok=True)

    def remove(self):
        if os.path.ismount(self.path):
            subprocess.run(["umount", "-l", self.path], check=True)
        shutil.rmtree(self.path, ignore_errors=True)
