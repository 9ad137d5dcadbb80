"""The result of a refresh, and its summary for the command and for notices; `flows.summary` has it as Markdown."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from expectations.report import Cell
from flows.endings import NOT_BUILT, Ending
from flows.errors import Unreachable
from flows.fetching.results import FetchedSeries, TakenFile
from flows.pipeline import RefusedFile
from warehouse.archive import FigureKind, Record
from warehouse.building.build import KEPT_ONLY


@dataclass
class Outcome:
    """The result of a refresh."""

    ending: Ending = Ending.NOTHING_NEW
    release_id: str = ""
    warehouse: Path | None = None
    rejected: Path | None = None
    fetched: list[FetchedSeries] = field(default_factory=list)
    placed: list[TakenFile] = field(default_factory=list)
    inbox: list[TakenFile] = field(default_factory=list)
    files_read: int = 0
    files_cached: int = 0
    refused: list[RefusedFile] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    """Unknown parts of the files read now, one sentence each. They are not read and stop nothing."""
    taken_out: list[str] = field(default_factory=list)
    """Rows that checks removed before publication, one sentence per check."""
    set_aside: list[str] = field(default_factory=list)
    """Rows lost since the release before with files that were set aside, one sentence per file."""
    kept: list[Record] = field(default_factory=list)
    """Archived files that have no reader yet."""
    damaged: list[str] = field(default_factory=list)
    """Records of the archive that cannot be read and files whose archived bytes changed, one sentence each."""
    checks: dict[str, int] = field(default_factory=dict)
    failing: str = ""
    rows: dict[str, int] = field(default_factory=dict)
    figure_kind: FigureKind = "published"

    @property
    def gaps(self) -> list[str]:
        """What is missing from this refresh, one sentence each; one that several pages or files share is there once."""
        found = [
            *(gap for each in self.fetched for gap in each.gaps),
            *(each.why for each in self.placed if each.outcome == "refused"),
            *(f"inbox, {each.path}: {each.why}" for each in self.inbox if not each.is_archived),
            *self.damaged,
            *(each.why for each in self.refused),
        ]
        return list(dict.fromkeys(found))

    @property
    def unreached(self) -> list[str]:
        """Series of which a page or file could not be reached, so that another try later may succeed."""
        return [each.series for each in self.fetched if any(one.kind == Unreachable.__name__ for one in each.failures)]

    @property
    def nothing_taken_in(self) -> bool:
        """Whether every publisher that was tried and every file that was given failed."""
        refused = {each.record.file_name for each in self.refused}
        fetched = [bool(each.files or not each.failures) for each in self.fetched]
        placed = [
            each.outcome != "refused" and each.path.name not in refused
            for each in self.placed
            if each.outcome != "not known"
        ]
        inbox = [each.is_archived and each.path.name not in refused for each in self.inbox]
        tried = fetched + placed + inbox
        return not any(tried) and bool(tried or self.placed)

    def as_dict(self) -> dict[str, Any]:
        """The summary for JSON: ending, gaps, and the findings for each refused file."""
        plain = {name: getattr(self, name) for name in ("ending", "release_id", "figure_kind", "checks", "rows")}
        refused = [
            {name: getattr(each.record, name) for name in ("file_name", "series", "edition", "sha256")}
            | {"why": each.why, "findings": [asdict(finding) for finding in each.findings]}
            for each in self.refused
        ]
        places = {"warehouse": self.warehouse, "rejected": self.rejected}
        return {
            **plain,
            "summary": f"{self.sentence()}.",
            "gaps": self.gaps,
            "refused": refused,
            "not_read": self.unread,
            "set_aside": self.set_aside,
            "failing_checks": self.failing,
            **{name: str(place) if place else None for name, place in places.items()},
        }

    def sentence(self) -> str:
        """One sentence for a log line, a state message or a notice."""
        taken: Counter[str] = Counter(each.outcome for each in [*self.placed, *self.inbox])
        new = taken["new"] + taken["re-issued"] + sum(len(each.new) + len(each.reissued) for each in self.fetched)
        same = taken["unchanged"] + sum(len(each.unchanged) for each in self.fetched)
        what = f"{_files(new)} new, {same} unchanged; {self.files_read} read, {self.files_cached} already staged"
        placed = {each.path.name for each in self.placed}
        just_now = [each.why for each in self.refused if each.record.file_name in placed]
        cause = next(iter([*just_now, *self.gaps, *(each.why for each in self.placed if each.why)]), "")
        checks = ", ".join(f"{count} {outcome}" for outcome, count in sorted(self.checks.items()))
        return ". ".join(
            part
            for part in (
                f"{self.ending}{f': release {self.release_id}' if self.release_id else ''}",
                what,
                f"Checks: {checks}" if checks else NOT_BUILT.get(self.ending, ""),
                f"{len(self.gaps)} gap{'s' * (len(self.gaps) != 1)}" if self.gaps else "",
                f"{_files(len(self.kept))} {KEPT_ONLY}" if self.kept else "",
                f"{len(self.unread)} unknown part{'s' * (len(self.unread) != 1)} not read" if self.unread else "",
                f"First cause: {cause.rstrip('.')}" if self.ending.is_failure and cause else "",
            )
            if part
        )


CELL_HEADINGS = ("place", "figure", "published", "expected", "found")


def cell_texts(cell: Cell) -> tuple[str, ...]:
    """A cell as a row under `CELL_HEADINGS`; an old value is under published or expected."""
    published = "" if cell.published is None else f"{cell.published:,.10g}"
    place = " > ".join(part for part in (cell.sheet, cell.cell) if part) or cell.file_name
    return (place, cell.figure_in_words, published, cell.expected or "", cell.found or "")


def _files(number: int) -> str:
    return f"{number} file{'' if number == 1 else 's'}"
