"""Files that the checks refuse: they are left out, and the rest is built and checked again."""

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
from warehouse.paths import open_to_write
from warehouse.staging import StagedFile

if TYPE_CHECKING:
    from expectations.report import Report, Result

MOST_ROUNDS = 4
"""How often files are left out before the candidate is refused as a whole."""


def refused_by_checks(folder: DataFolder, staged: Sequence[StagedFile], report: Report) -> list[RefusedFile]:
    """The files that failing rules of severity 'reject file' name, with the rule, five cells and what to do.

    A file of the published release passed before. Where a rule names only such files, the other files of their series
    (of the other source, where a rule compares two) are refused: those refused before, where there are any. No file is
    refused where no rule names one. Rules on two sources apply only when no file is refused for itself, because one
    wrong file contradicts all files of the other source.
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
    sentences = " ".join(each.sentence() for each in findings)
    return RefusedFile(record, f"{record.file_name}: refused by the checks. {sentences}", tuple(findings))


def with_published_values(folder: DataFolder, finding: Finding) -> Finding:
    """The finding with the value of each figure in the published release, where it has one."""
    if not folder.published.exists():
        return finding
    with duckdb.connect(folder.published, read_only=True) as con:
        return replace(
            finding,
            cells=tuple(replace(cell, published=newest_value(con, cell.series, cell.figure)) for cell in finding.cells),
        )


def _others(staged: Sequence[StagedFile], result: Result) -> set[str]:
    """SHA-256 of the files that may be wrong instead of those that a rule names."""
    if table := result.rule.against.removeprefix("core."):
        return {file.record.sha256 for file in staged if table in file.parquet}
    series = {file.edition.series for file in staged if file.record.sha256 in result.files}
    return {file.record.sha256 for file in staged if file.edition.series in series}


def note_refused(candidate: Path, refused: Sequence[RefusedFile]) -> None:
    """Write the files that a candidate was built without into its meta.refused_file."""
    rows = [
        (*attrgetter("sha256", "series", "edition", "file_name")(each.record), each.why, _as_json(each.findings))
        for each in refused
    ]
    if rows:
        with open_to_write(candidate) as con:
            con.executemany("INSERT INTO meta.refused_file VALUES (?, ?, ?, ?, ?, ?)", rows)


def _as_json(findings: Sequence[Finding]) -> str:
    return json.dumps([asdict(finding) for finding in findings], ensure_ascii=False)


def refused_in_release(folder: DataFolder, staged: Sequence[StagedFile]) -> list[RefusedFile]:
    """The files that the published release was built without, with the findings of its checks."""
    with duckdb.connect(folder.published, read_only=True) as con:
        rows = con.execute("SELECT file_sha256, reason, findings FROM meta.refused_file").fetchall()
    known = {
        sha256: (reason, tuple(_finding(each) for each in json.loads(findings))) for sha256, reason, findings in rows
    }
    return [RefusedFile(file.record, *known[file.record.sha256]) for file in staged if file.record.sha256 in known]


def _finding(fields: dict[str, Any]) -> Finding:
    return Finding(fields["rule"], fields["message"], tuple(Cell(**cell) for cell in fields["cells"]), fields["do"])


def _published(folder: DataFolder) -> tuple[set[str], set[str]]:
    """SHA-256 of the files in the published release, and of those it was built without."""
    if not folder.published.exists():
        return set(), set()
    with duckdb.connect(folder.published, read_only=True) as con:
        held = con.execute("SELECT file_sha256 FROM meta.source_file").fetchall()
        known = con.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'refused_file'").fetchall()[0][0]
        refused = con.execute("SELECT file_sha256 FROM meta.refused_file").fetchall() if known else []
    return {sha256 for (sha256,) in held}, {sha256 for (sha256,) in refused}
