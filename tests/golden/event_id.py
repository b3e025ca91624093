"""The event_id of a play, written from docs/formats/event-id.md alone: the judge's own, so that a fault shared with
the C++ would have to be in the page."""

import re

A = [0xb7125722f4c2ea00, 0xd3dc75793ecd3d59, 0x803d35ce737d2999, 0x27b046d8f50b8a43]
M = [0x745348c7ebc357b1, 0x315a069827ecee9f, 0x3982ab3f5b66188d, 0x5d972e1a3ea45cd3]
MASK_64 = (1 << 64) - 1
MASK_61 = (1 << 61) - 1
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def fold(x, m):
    product = x * m
    return (product >> 64) ^ (product & MASK_64)


def pack(run, cell, seq):
    """The id as text."""
    plain = run << 90 | cell << 58 | seq << 26
    left, right = plain >> 61, plain & MASK_61
    for i in range(4):
        left, right = right, left ^ (fold((right + A[i]) & MASK_64, M[i]) & MASK_61)
    scattered = left << 61 | right
    bits = (scattered >> 74) << 80 | 0b0100 << 76 | (scattered >> 62 & 0xfff) << 64
    bits |= 0b10 << 62 | scattered & (1 << 62) - 1
    digits = f"{bits:032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def unpack(text):
    """(run, cell, seq), or None for a UUID that is not of this layout. `text` in the form 8-4-4-4-12."""
    bits = int(text.replace("-", ""), 16)
    if bits >> 76 & 0xf != 0b0100 or bits >> 62 & 0b11 != 0b10:
        return None
    scattered = (bits >> 80) << 74 | (bits >> 64 & 0xfff) << 62 | bits & (1 << 62) - 1
    left, right = scattered >> 61, scattered & MASK_61
    for i in reversed(range(4)):
        left, right = right ^ (fold((left + A[i]) & MASK_64, M[i]) & MASK_61), left
    plain = left << 61 | right
    run, cell, seq = plain >> 90, plain >> 58 & 0xffffffff, plain >> 26 & 0xffffffff
    return (run, cell, seq) if plain & (1 << 26) - 1 == 0 else None
