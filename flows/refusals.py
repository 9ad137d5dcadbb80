"""Files that the checks refuse: one bad file is taken out, and what is left is built and checked again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from expectations.report import Cell, Finding
from flows.pipeline import RefusedFile
from warehouse.archive import Record
from warehouse.building.newest import newest_value
from warehouse.folder import DataFolder
from warehouse.staging import StagedFile

if TYPE_CHECKING:
    from expectations.report import Report, Result

MOST_ROUNDS = 4
"""How often files are taken out before the candidate is refused as a whole."""


def refused_by_checks(folder: DataFolder, staged: Sequence[StagedFile], report: Report) -> list[RefusedFile]:
    """The files that failing rules of severity 'reject file' name, with the rule, five cells and what to do.

    A file of the published release passed before. Where a rule names only such files, the others of their series are
    refused (of the other source, where a rule compares two): those that were refused before, where there are any. No
    file is refused where no rule names one. Rules on two sources wait until no file is refused for itself: a file that
    is wrong contradicts every other.
    """
    published, before = _published(folder)
    naming = [result for result in report.results if result.files]
    why: dict[str, list[Finding]] = {}
    for result in [result for result in naming if not result.rule.against] or naming:
        named = result.files
        others = _others(staged, result) - published
        for sha256 in named - published or others & before or others or named:
            why.setdefault(sha256, []).append(with_published_values(folder, result.finding(sha256)))
    return [_refused(file.record, why[file.record.sha256]) for file in staged if file.record.sha256 in why]


def _refused(record: Record, findings: Sequence[Finding]) -> RefusedFile:
    told = " ".join(each.sentence() for each in findings)
    return RefusedFile(record, f"{record.file_name}: refused by the checks. {told}", tuple(findings))


def with_published_values(folder: DataFolder, finding: Finding) -> Finding:
    """The finding with each figure's value in the published release, where that has it."""
    if not folder.published.exists():
        return finding
    with duckdb.connect(folder.published, read_only=True) as con:
        return replace(
            finding,
            cells=tuple(replace(cell, published=newest_value(con, cell.series, cell.figure)) for cell in finding.cells),
        )


def _others(staged: Sequence[StagedFile], result: Result) -> set[str]:
    """SHA-256 of the files that may be wrong in place of those a rule names."""
    if table := result.rule.against.removeprefix("core."):
        return {file.record.sha256 for file in staged if table in file.parquet}
    series = {file.edition.series for file in staged if file.record.sha256 in result.files}
    return {file.record.sha256 for file in staged if file.edition.series in series}


def note_refused(candidate: Path, refused: Sequence[RefusedFile]) -> None:
    """Write the files a candidate was built without into its meta.refused_file."""
    rows = [
        (*attrgetter("sha256", "series", "edition", "file_name")(each.record), each.why, _as_json(each.findings))
        for each in refused
    ]
    if rows:
        with duckdb.connect(candidate) as con:
            con.executemany("INSERT INTO meta.refused_file VALUES (?, ?, ?, ?, ?, ?)", rows)


def _as_json(findings: Sequence[Finding]) -> str:
    return json.dumps([asdict(finding) for finding in findings], ensure_ascii=False)


def refused_in_release(folder: DataFolder, staged: Sequence[StagedFile]) -> list[RefusedFile]:
    """The files that the published release was built without, as its checks refused them."""
    with duckdb.connect(folder.published, read_only=True) as con:
        rows = con.execute("SELECT file_sha256, reason, findings FROM meta.refused_file").fetchall()
    known = {sha256: (reason, tuple(_finding(each) for each in json.loads(told))) for sha256, reason, told in rows}
    return [RefusedFile(file.record, *known[file.record.sha256]) for file in staged if file.record.sha256 in known]


def _finding(told: dict[str, Any]) -> Finding:
    return Finding(told["rule"], told["message"], tuple(Cell(**cell) for cell in told["cells"]), told["do"])


def _published(folder: DataFolder) -> tuple[set[str], set[str]]:
    """SHA-256 of the files in the published release, and of those it was built without."""
    if not folder.published.exists():
        return set(), set()
    with duckdb.connect(folder.published, read_only=True) as con:
        held = con.execute("SELECT file_sha256 FROM meta.source_file").fetchall()
        known = con.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'refused_file'").fetchall()[0][0]
        refused = con.execute("SELECT file_sha256 FROM meta.refused_file").fetchall() if known else []
    return {sha256 for (sha256,) in held}, {sha256 for (sha256,) in refused}
