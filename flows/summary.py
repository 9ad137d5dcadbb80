"""The summary of a refresh as Markdown, for the Prefect UI: what was refused and why, and what was new, at the top.

Tables are those of GitHub. Names, paths and messages are escaped: a publisher may name a file `a|b_*.csv`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from flows.fetching.results import FetchedSeries, TakenFile
from flows.pipeline import RefusedFile
from flows.results import CELL_HEADINGS, Outcome, cell_texts
from transforms.plain_text import plain
from transforms.series import is_read
from warehouse.building.build import KEPT_ONLY


def markdown(outcome: Outcome, address: str = "") -> str:
    """The summary. With `address`, under which releases and Data Docs are served, it links to them."""
    lines = [f"# {outcome.ending}", "", escaped(outcome.sentence()) + ".", ""]
    if outcome.figure_kind == "illustrative":
        lines += ["**Illustrative figures: not statistics.**", ""]
    lines += _refused_files(outcome.refused)
    listed = {each.why for each in outcome.refused if each.findings}
    lines += _section("Gaps", [escaped(gap) for gap in outcome.gaps if gap not in listed])
    lines += _section("Failing checks", [], block=outcome.failing)
    lines += _section("New files", _new_files(outcome))
    lines += _section("Removed rows (in meta.rejected_row)", map(escaped, outcome.taken_out))
    lines += _section("Rows lost with files set aside", map(escaped, outcome.set_aside))
    lines += _section("Not read (unknown parts; they stop nothing)", map(escaped, outcome.unread))
    lines += _section("Asked", [_asked(each) for each in outcome.fetched])
    lines += _section("Placed files", [_taken(each, each.outcome) for each in outcome.placed])
    lines += _section("Inbox", [_taken(each, each.inbox_outcome) for each in outcome.inbox])
    lines += _section("Where", _places(outcome, address.rstrip("/")))
    lines += _section("Rows", [f"{escaped(name)}: {count:,}" for name, count in outcome.rows.items()])
    return "\n".join(lines)


def escaped(text: str) -> str:
    """The text as Markdown that shows it as it is, on one line."""
    return re.sub(r"([\\`*_\[\]<>|#~&$])", r"\\\1", " ".join(plain(text).split()))


def _new_files(outcome: Outcome) -> Iterable[str]:
    for each in outcome.fetched:
        for file in [*each.new, *each.reissued]:
            kept = "" if is_read(each.series, file.name) else f": {KEPT_ONLY}"
            yield f"{escaped(file.name)} ({file.outcome}, {each.series} {escaped(file.edition)}){kept}"
    for taken in [*outcome.placed, *outcome.inbox]:
        if taken.outcome in {"new", "re-issued"}:
            yield f"{escaped(str(taken.path))} ({taken.outcome}, {taken.series} {escaped(taken.edition)})"


def _asked(each: FetchedSeries) -> str:
    failed = f", {len(each.failures)} failed" if each.failures else ""
    notes = "".join(f"\n  - {escaped(note)}" for note in each.notes)
    new = len(each.new) + len(each.reissued)
    return f"**{each.series}**: {new} new, {len(each.unchanged)} unchanged{failed}{notes}"


def _taken(each: TakenFile, outcome: str) -> str:
    return f"{escaped(str(each.path))}: {escaped(each.taken_for or each.why)} ({outcome})"


def _places(outcome: Outcome, address: str) -> Iterable[str]:
    if address and outcome.release_id:
        yield f"[The release]({address}/releases/{outcome.release_id}/manifest.json)"
        yield f"[Data Docs: every check with its result]({address}/docs/)"
    for name, place in {"Published file": outcome.warehouse, "Rejected candidate": outcome.rejected}.items():
        if place:
            yield f"{name}: {escaped(str(place))}"


def _refused_files(refused: Iterable[RefusedFile]) -> list[str]:
    """For each refused file its rules, the cells as a table, and what to do."""
    lines: list[str] = []
    for each in refused:
        if each.findings:
            record = each.record
            lines += [f"## Refused: {escaped(record.file_name)} ({record.series} {escaped(record.edition)})", ""]
        for finding in each.findings:
            sentence = f"{escaped(finding.message)} What to do: {escaped(finding.do)}."
            lines += [f"**{escaped(finding.rule)}**: {sentence}", ""]
            if finding.cells:
                rows = [CELL_HEADINGS, ("---",) * len(CELL_HEADINGS)]
                rows += [tuple(map(escaped, cell_texts(cell))) for cell in finding.cells]
                lines += [f"| {' | '.join(row)} |" for row in rows]
                lines += [""]
    return lines


def _section(title: str, items: Iterable[str], *, block: str = "") -> list[str]:
    """A heading and a list, or a block of text as it is; nothing where there is neither."""
    lines = [f"- {item}" for item in items]
    if block:
        fence = "`" * (1 + max([2, *map(len, re.findall("`+", block))]))
        lines += [fence, *block.splitlines(), fence]
    return [f"## {title}", "", *lines, ""] if lines else []
