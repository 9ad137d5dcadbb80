"""`uv run --with atheris python -m tests.drills.fuzz --minutes N`: coverage-guided fuzzing of what reads others' bytes.

atheris (libFuzzer for Python) changes files and pages of the bundled sample so that it reaches code not reached before.
It is no dependency: it is 35 MB, and compiled for few versions of Python. The first input for each exception that is no
`WorkforceError` is kept in `--keep`, with the message beside it; fuzzing goes on.

Python code of ours and of `zipfile`, `csv` and `json` is measured; what is compiled (Polars, calamine, lexbor) is run
and not measured. The number of executions is recorded.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path

from tests.drills.results import record

TARGETS = ("files", "pages")
LONGEST = 40_000
LAST = re.compile(r"#(\d+)\s+(?:DONE|pulse|NEW|REDUCE|RELOAD)")


def main() -> int:
    """Run each target for its share of the minutes in a process of its own, and record executions and crashes."""
    parser = argparse.ArgumentParser(prog="python -m tests.drills.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0, help="of the random choices; 0 lets libFuzzer choose another")
    parser.add_argument("--target", choices=TARGETS, action="append", help="only this one (repeatable)")
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "workforce-fuzz")
    parser.add_argument("--child", choices=TARGETS, help=argparse.SUPPRESS)
    chosen, passed_on = parser.parse_known_args()
    if chosen.child:
        _child(chosen.child, chosen.keep, passed_on)
    targets = chosen.target or list(TARGETS)
    failed = sum(_run(target, chosen.minutes / len(targets), chosen.seed, chosen.keep) for target in targets)
    return int(failed > 0)


def _run(target: str, minutes: float, seed: int, keep: Path) -> int:
    corpus = keep / target
    corpus.mkdir(parents=True, exist_ok=True)
    for old in keep.glob(f"{target}-*"):
        old.unlink()
    for number, content in enumerate(_seeds(target)):
        (corpus / f"seed-{number}").write_bytes(content)
    limits = [f"-max_total_time={minutes * 60:.0f}", f"-max_len={LONGEST}", "-timeout=60", "-rss_limit_mb=4096"]
    limits.append(f"-seed={seed}")
    command = [sys.executable, "-m", "tests.drills.fuzz", "--child", target, "--keep", str(keep), str(corpus), *limits]
    done = subprocess.run(
        [*command, f"-artifact_prefix={keep}/{target}-", "-print_final_stats=1"],
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    (keep / f"{target}.log").write_text(done.stderr)
    executed = max((int(number) for number in LAST.findall(done.stderr)), default=0)
    messages = [path.read_text() for path in sorted(keep.glob(f"{target}-*.txt"))]
    if done.returncode:
        messages.append(f"ended with {done.returncode}: {done.stderr[-2000:]}")
    crashed = len(messages)
    sys.stdout.write("\n".join([f"{target}: {executed:,} executions, {crashed} kinds of failure", *messages, ""]))
    record(
        drill="inputs",
        variant=f"coverage-guided fuzzing of {target}",
        seed=seed,
        tried=executed,
        failed=crashed,
        note=f"atheris, {minutes:.0f} minutes",
    )
    return crashed


def _seeds(target: str) -> list[bytes]:
    from tests.drills.parsers import PAGES, sample_pages

    if target == "pages":
        return [bytes([number]) + page.encode()[: LONGEST - 1] for number, page in enumerate(sample_pages())]
    paths = [path for path in PAGES.rglob("*") if path.suffix in {".csv", ".zip", ".xlsx"}]
    small = [path for path in paths if path.stat().st_size < LONGEST]
    return [bytes([number]) + path.read_bytes() for path in small for number in range(6)]


def _child(target: str, keep: Path, arguments: list[str]) -> None:
    import atheris

    with atheris.instrument_imports(include=["flows", "transforms", "zipfile", "csv", "json", "urllib"]):
        from tests.drills import parsers

    readers = list(parsers.page_readers())

    known: set[str] = set()

    def read(content: bytes) -> None:
        number, rest = (content[0], content[1:]) if content else (0, b"")
        if target == "pages":
            parsers.read_page(readers[number % len(readers)], rest.decode("utf-8", "replace"))
        else:
            parsers.read_file(rest, parsers.NAMES[number % len(parsers.NAMES)])

    def one(content: bytes) -> None:
        try:
            read(content)
        except Exception as error:
            # One of each kind: the class, where it was raised, and what a wrapped one says of its class.
            inner = re.search(r"Found (\w+)", str(error))
            place = traceback.extract_tb(error.__traceback__)[-1]
            kind = f"{type(error).__name__} {inner and inner[1]} {place.filename}:{place.lineno}"
            if kind not in known:
                known.add(kind)
                kept = keep / f"{target}-{len(known)}"
                kept.write_bytes(content)
                kept.with_suffix(".txt").write_text(f"{kind}: {str(error)[:500]}")

    atheris.Setup([sys.argv[0], *arguments], one)
    atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
