"""Results of the checks: by rule, with the offending rows (file, sheet, cell), and whether publication is allowed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import polars as pl

from expectations.rules import Rule, Severity

Outcome = Literal["passed", "ran over no rows", "failed", "known", "rows taken out", "warned"]
ONLY_WHERE_PRESENT = frozenset({"ran over no rows", "rows taken out"})
"""Outcomes that a summary leaves out where no rule has them."""
EXAMPLES = 20
"""Offending rows shown for each rule in the report."""
CELLS = 5
"""Offending cells named in the finding of a rule that refuses a file."""
SHOWN = ("series", "edition", "file_name", "sheet", "cell", "figure", "value", "expected", "found")
"""Columns shown of an offending row."""

CELL = ("file_sha256", "source_sheet", "source_row", "source_column")


@dataclass(frozen=True)
class Cell:
    """An offending cell: file, sheet and cell, the key of its figure as JSON, and what was expected and found.

    `published` is the value of the same figure in the published release; None where that release lacks the figure.
    """

    file_name: str = ""
    sheet: str = ""
    cell: str = ""
    figure: str | None = None
    expected: str | None = None
    found: str | None = None
    series: str | None = None
    published: float | None = None

    @property
    def place(self) -> str:
        """File, sheet and cell, as far as they are known."""
        return " > ".join(part for part in (self.file_name, self.sheet, self.cell) if part)

    @property
    def figure_in_words(self) -> str:
        """The values of the figure's key, separated by commas: 2023-05-31, Organisation, RJ1, Midwives, fte."""
        return _figure(self.figure)

    def sentence(self) -> str:
        """One line: place, figure, and the values expected, found and published before."""
        values = {"expected": self.expected, "found": self.found, "published": self.published}
        words = [f"{name} {value}" for name, value in values.items() if value is not None]
        return f"{self.place or self.series or 'warehouse'}: {self.figure_in_words}" + (
            f": {', '.join(words)}" if words else ""
        )


@dataclass(frozen=True)
class Finding:
    """Why a file is refused: the rule id, its message, up to `CELLS` offending cells, and what to do.

    For a file that its reader refused, `rule` is the class name of the error.
    """

    rule: str
    message: str
    cells: tuple[Cell, ...]
    do: str

    def sentence(self) -> str:
        """The finding as one line of text."""
        cells = "; ".join(cell.sentence() for cell in self.cells)
        return f"{self.rule}: {self.message} {cells}. What to do: {self.do}."


@dataclass(frozen=True)
class Result:
    """One rule's result.

    `outcome` is 'ran over no rows' where the rule found nothing because nothing it looks at is loaded, and 'rows taken
    out' where the build removed the rows that a rule of severity 'reject rows' refuses: they are in meta.rejected_row,
    and the remaining rows pass. `failing_rows` counts offending rows that are not known
    failures, `known_rows` those that are; `rows` holds the first rows of both. `error` says why a rule could not be
    run; such a rule counts as failed, whatever its severity. `ran_in` is the build in which the rule ran, where its
    result is carried over from there, else ''.
    """

    rule: Rule
    outcome: Outcome
    failing_rows: int = 0
    known_rows: int = 0
    rows: pl.DataFrame = field(default_factory=pl.DataFrame)
    error: str = ""
    ran_in: str = ""

    @property
    def severity(self) -> Severity:
        """The rule's severity."""
        return self.rule.severity

    @property
    def files(self) -> set[str]:
        """SHA-256 of the files with offending rows, for a failed rule of severity 'reject file'; else empty."""
        if self.outcome != "failed" or self.severity != "reject file" or self.rows.is_empty():
            return set()
        return set(self.rows.filter(~pl.col("is_known"))["file_sha256"].drop_nulls())

    def finding(self, file_sha256: str) -> Finding:
        """The finding for a file, with up to `CELLS` offending cells: of that file if it has any, else of any file."""
        rows = self.rows.filter(~pl.col("is_known"))
        own = rows.filter(pl.col("file_sha256") == file_sha256)
        cells = tuple(map(_cell, (rows if own.is_empty() else own).head(CELLS).iter_rows(named=True)))
        return Finding(self.rule.id, self.rule.message, cells, self.rule.guidance)

    @property
    def examples(self) -> list[dict[str, Any]]:
        """The first offending rows, with the columns of `SHOWN`."""
        return self.rows.head(EXAMPLES).select(SHOWN).to_dicts() if self.rows.height else []


@dataclass(frozen=True)
class Report:
    """All results of one run of the checks.

    `rejected_rows` (rule_id, table_name, file_sha256, source_sheet, source_row, source_column, expected, found) lists
    the rows that rules of severity 'reject rows' refuse; it is empty where the build has removed them already.
    `stale_known_failures` are lines of known_failures.csv whose rule passes now, as "rule figure".
    """

    run_id: str
    results: Sequence[Result]
    rejected_rows: pl.DataFrame
    stale_known_failures: Sequence[str] = ()

    @property
    def may_publish(self) -> bool:
        """Whether every rule could be run and none failed; warnings and known failures do not stop publication."""
        return not any(result.error or result.outcome == "failed" for result in self.results)

    @property
    def taken_out(self) -> list[str]:
        """One sentence for each rule whose rows the build removed: number of rows, up to five cells, and what to do."""
        counted = ((each.failing_rows, each) for each in self.results if each.outcome == "rows taken out")
        return [
            f"{number:,} row{'s' * (number != 1)} taken out by {each.finding('').sentence()}"
            for number, each in counted
        ]

    @property
    def counts(self) -> dict[Outcome, int]:
        """Number of rules by outcome; those of `ONLY_WHERE_PRESENT` are listed only where a rule has them."""
        counted = Counter(result.outcome for result in self.results)
        shown = [each for each in get_args(Outcome) if each not in ONLY_WHERE_PRESENT or counted[each]]
        return {outcome: counted[outcome] for outcome in shown}

    def frame(self) -> pl.DataFrame:
        """One row per rule, with the columns of meta.check_result."""
        return pl.DataFrame(
            [
                {
                    "rule_id": result.rule.id,
                    "table_name": result.rule.table,
                    "severity": result.severity,
                    "outcome": result.outcome,
                    "failing_rows": result.failing_rows + result.known_rows,
                    "message": result.error or result.rule.message,
                    "guidance": result.rule.guidance,
                    "examples": json.dumps(result.examples, ensure_ascii=False, default=str),
                    "ran_in": result.ran_in or self.run_id,
                }
                for result in self.results
            ],
            schema=_FRAME,
        )

    def text(self) -> str:
        """The report for a log or a file: the summary, then every rule that did not pass with its rows."""
        counts = ", ".join(f"{number} {outcome}" for outcome, number in self.counts.items())
        lines = [f"{len(self.results)} checks: {counts}."]
        for result in self._not_passed():
            lines += ["", _heading(result), f"  What to do: {result.rule.guidance}."]
            lines += [f"  - {_row(row)}" for row in result.examples]
            lines += [f"  The check could not be run: {result.error}"] if result.error else []
            more = result.failing_rows + result.known_rows - len(result.examples)
            lines += [f"  ... and {more:,} more"] if more > 0 else []
        idle = [result.rule.id for result in self.results if result.outcome == "ran over no rows"]
        lines += ["", f"Ran over no rows, as nothing they look at is loaded: {', '.join(idle)}."] if idle else []
        lines += [f"\nNo longer needed in known_failures.csv: {line}" for line in self.stale_known_failures]
        return "\n".join(lines) + "\n"

    def __rich_console__(self, console: Any, options: Any) -> Any:
        """The report as tables, for a terminal: `Console().print(report)`."""
        from rich.table import Table as Grid
        from rich.text import Text

        yield Text(self.text().splitlines()[0], style="bold")
        for result in self._not_passed():
            style = "red" if result.outcome == "failed" else "yellow"
            yield Text(f"\n{_heading(result)}", style=style)
            yield Text(f"What to do: {result.rule.guidance}.")
            if result.error:
                yield Text(f"The check could not be run: {result.error}", style="red")
            grid = Grid("file", "sheet", "cell", "figure", "expected", "found")
            for row in result.examples:
                cells = (
                    row["file_name"],
                    row["sheet"],
                    row["cell"],
                    _figure(row["figure"]),
                    row["expected"],
                    row["found"],
                )
                grid.add_row(*(Text(str(cell or "")) for cell in cells))
            if result.examples:
                yield grid

    def _not_passed(self) -> list[Result]:
        order = get_args(Outcome)
        return sorted(
            (result for result in self.results if result.outcome not in {"passed", "ran over no rows"}),
            key=lambda result: (order.index(result.outcome), result.rule.id),
        )


_FRAME: dict[str, Any] = {
    "rule_id": pl.String,
    "table_name": pl.String,
    "severity": pl.String,
    "outcome": pl.String,
    "failing_rows": pl.Int64,
    "message": pl.String,
    "guidance": pl.String,
    "examples": pl.String,
    "ran_in": pl.String,
}


def _heading(result: Result) -> str:
    rows = f"{result.failing_rows:,} rows" + (f", {result.known_rows:,} known" if result.known_rows else "")
    return f"{result.outcome.upper()} {result.rule.id} ({result.severity}; {rows}): {result.rule.message}"


def _cell(row: dict[str, Any]) -> Cell:
    return Cell(**{name: row[name] for name in ("file_name", "sheet", "cell", "figure", "expected", "found", "series")})


def _row(row: dict[str, Any]) -> str:
    return _cell(row).sentence()


def _figure(figure: str | None) -> str:
    try:
        key = json.loads(figure or "{}")
    except json.JSONDecodeError:
        return str(figure)
    return ", ".join(str(value) for value in key.values() if value is not None)
