"""The arithmetic behind the sample's illustrative figures: no chance in it, the same figures every time.

Full-time equivalents are counted in whole hundredths, so that parts add up to their total exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32


def wobble(*about: object, by: int) -> int:
    """A whole number from -by to by that depends on what it is about, and on nothing else."""
    return crc32("|".join(map(str, about)).encode()) % (2 * by + 1) - by


def spread(total: int, weights: Sequence[int]) -> list[int]:
    """Whole parts of `total` in proportion to `weights`, adding up to it exactly (largest remainders first)."""
    whole = sum(weights)
    if whole == 0:
        return [0] * len(weights)
    parts = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda place: (-(total * weights[place] % whole), place))
    for place in by_remainder[: total - sum(parts)]:
        parts[place] += 1
    return parts


def people(hundredths_fte: int, per_hundred_fte: int) -> int:
    """People behind full-time equivalents: never fewer, and none where there is no one."""
    return -(-hundredths_fte * per_hundred_fte // 10_000)
