"""Checks of job roles in board_role.csv: board roles are present and not renamed, and FTE adds up to England."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

import polars as pl

from transforms.errors import IncompleteFile, TotalsDisagree, UnmappedLabel
from transforms.reading.grid import ROW
from transforms.reading.refuse import refuse_rows
from transforms.reading.vocabulary import key, vocabulary
from transforms.series.workforce.core_csv.totals import FEW, on_another_scale, rounding, where_it_holds

SMALL_WORDS = {"of", "the", "and", "for", "to", "a"}
OTHER_POSTS = {"deputy", "associate", "assistant", "vice", "divisional", "trainee"}
"""Words that denote a different post: a deputy chief executive is not a chief executive."""

ALIKE = 0.88
"""Similarity ratio (difflib) from which a name counts as a misspelt board role ('Chief Exectutive')."""

MORE_WORDS = 2


def refuse_renamed(printed: pl.DataFrame, *, sheet: str) -> None:
    """Check that no job role in `printed` (NWD_JOB_ROLE, source_row) resembles a board role under another name.

    Raises `UnmappedLabel`. A role that is not in the vocabulary and resembles no board role is accepted.
    """
    known = vocabulary("board_role")
    names = set(known.select(key(pl.col("printed")))["printed"])
    board = known.filter(makes_board="yes")["label"].unique().to_list()
    labels = printed.select("NWD_JOB_ROLE", ROW, name=key(pl.col("NWD_JOB_ROLE"))).drop_nulls("name")
    for label, row, name in labels.filter(~pl.col("name").is_in(names)).sort(ROW).iter_rows():
        meant = next((role for role in board if _looks_like(name, role)), None)
        if meant is not None:
            raise UnmappedLabel(
                "an unknown job role resembles a board role",
                sheet=sheet,
                cell=f"row {row}",
                expected=f"{meant!r}, or a role with a clearly different name",
                found=repr(label),
                do="decide whether it is the board role and add a line to transforms/vocabularies/board_role.csv",
            )


def check_roles(rows: pl.DataFrame) -> None:
    """Check that the newest month of each member has every board role, and the same roles as the other members.

    `rows` are the rows of core.job_role of one zip. Raises `IncompleteFile`.
    """
    known = vocabulary("board_role")
    board = set(known.filter(makes_board="yes")["label"])
    newest = rows.filter(pl.col("period_end") == pl.col("period_end").max(), pl.col("value") > 0)
    by_member = {
        sheet: set(part["nwd_job_role"]) & set(known["label"])
        for (sheet,), part in newest.group_by("source_sheet", maintain_order=True)
    }
    wanted = board.union(*by_member.values())
    for sheet, roles in by_member.items():
        if missing := sorted(wanted - roles):
            raise IncompleteFile(
                f"{len(missing)} job roles of board_role.csv are missing",
                sheet=str(sheet),
                expected=", ".join(sorted(wanted)),
                found="no rows for " + ", ".join(missing),
                do="check whether the publisher renamed a role; if so, add its new name to"
                " transforms/vocabularies/board_role.csv",
            )


def check_role_sums(rows: pl.DataFrame) -> None:
    """Check that the FTE of each job role in England is the sum of its organisations, if it is for nearly all roles.

    `rows` are the rows of core.job_role of one zip. Raises `TotalsDisagree`.
    """
    areas = (f"{kind}_area_of_work" for kind in ("primary", "secondary", "tertiary"))
    role = ["nwd_staff_group", "nwd_job_role", *areas]
    newest = rows.filter(pl.col("period_end") == pl.col("period_end").max(), pl.col("measure") == "fte")
    england = newest.filter(geography_level="England")
    sums = (
        newest.filter(geography_level="Organisation")
        .group_by(role)
        .agg(sum=pl.col("value").sum(), count=pl.len(), unknown=pl.col("value").null_count())
    )
    both = england.join(sums.filter(unknown=0), on=role, nulls_equal=True).drop_nulls("value")
    wrong = where_it_holds(both, (pl.col("value") - pl.col("sum")).abs() <= rounding(pl.col("count")), enough=FEW)
    if wrong.is_empty():
        wrong = on_another_scale(both, "sum", "value", enough=FEW)
    refuse_rows(
        wrong.sort(ROW),
        TotalsDisagree,
        "the FTE of a job role in England is not the sum of its organisations",
        column=0,
        expected="{sum:.5f}, the sum of {count} records of organisations",
        found="{value} ({nwd_job_role})",
    )


def _looks_like(name: str, role: str) -> bool:
    """Whether a name (in lower case) is the name of the role with other words, word order or spelling."""
    found, wanted = _words(name), _words(role.lower())
    if found & OTHER_POSTS:
        return False
    fewer = len(found) > 1 and found < wanted and len(wanted - found) == 1
    more = wanted <= found and len(found - wanted) <= MORE_WORDS
    return fewer or more or SequenceMatcher(None, name, role.lower()).ratio() >= ALIKE


def _words(name: str) -> set[str]:
    return set(re.findall(r"[a-z]+", name)) - SMALL_WORDS
