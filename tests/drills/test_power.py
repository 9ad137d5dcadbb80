"""The checker of traces finds what is shown, or deleted, before it is on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.drills.power import unflushed

ROOT = "/data"
WRITTEN = [
    'mkdir("/data/releases", 0777) = 0',
    'mkdir("/data/releases/.1.partial", 0777) = 0',
    'openat(AT_FDCWD</work>, "/data/releases/.1.partial/a", O_WRONLY|O_CREAT, 0666) = 3</data/releases/.1.partial/a>',
    'write(3</data/releases/.1.partial/a>, ""..., 10) = 10',
]
BYTES, NAME = "fsync(3</data/releases/.1.partial/a>) = 0", "fsync(4</data/releases/.1.partial>) = 0"
SHOWN = 'rename("/data/releases/.1.partial", "/data/releases/1") = 0'
AFTER = ["fsync(5</data/releases>) = 0", "fsync(5</data>) = 0"]


def found(*calls: str) -> list[str]:
    return unflushed(Path(ROOT), [f"7 {each}" for each in calls])


def test_what_is_flushed_before_it_is_shown_and_named_after_it_is_in_order() -> None:
    assert found(*WRITTEN, BYTES, NAME, SHOWN, *AFTER) == []


@pytest.mark.parametrize(
    ("calls", "wrong"),
    [
        ((*WRITTEN, NAME, SHOWN, *AFTER), "the bytes of releases/1/a is not on disk when it becomes visible"),
        ((*WRITTEN, BYTES, SHOWN, *AFTER), "the name releases/1/a is not on disk when it becomes visible"),
        ((*WRITTEN, BYTES, NAME, SHOWN, AFTER[1]), "at the end the name releases/1 is not on disk"),
        ((*WRITTEN, BYTES, NAME, SHOWN, AFTER[0]), "at the end the name releases is not on disk"),
        (
            (*WRITTEN, BYTES, NAME, SHOWN, *AFTER, 'pwrite64(3</data/releases/1/a>, ""..., 1, 0) = 1'),
            "at the end the bytes of releases/1/a is not on disk",
        ),
    ],
)
def test_what_is_not_flushed_in_time_is_found(calls: tuple[str, ...], wrong: str) -> None:
    assert wrong in found(*calls)


def test_a_release_deleted_before_the_link_to_the_next_is_on_disk_is_found() -> None:
    exchanged = [
        *WRITTEN, BYTES, NAME, SHOWN, *AFTER,
        'symlink("../releases/1/site", "/data/published/.site-coming") = 0',
        'rename("/data/published/.site-coming", "/data/published/site") = 0',
    ]  # fmt: skip
    deleted = 'unlinkat(6</data/releases/1>, "a", 0) = 0'
    assert "releases/1/a is deleted while the name published/site is not on disk" in found(*exchanged, deleted)
    on_disk = ["fsync(5</data/published>) = 0", "fsync(5</data>) = 0"]
    assert found(*exchanged, *on_disk, deleted) == []


def test_a_call_that_was_interrupted_by_another_is_read_whole() -> None:
    lines = [f"7 {each}" for each in (*WRITTEN, BYTES, NAME)]
    lines += ['7 rename("/data/releases/.1.partial", "/data/releases/1" <unfinished ...>', "8 fsync(9</other>) = 0"]
    assert unflushed(Path(ROOT), [*lines, "7 <... rename resumed>) = 0", f"7 {AFTER[1]}"]) == [
        "at the end the name releases/1 is not on disk"
    ]
