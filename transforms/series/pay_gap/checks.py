"""Validation of a year's gender pay gap file by statistics over all employers; a file that fails is refused.

A single employer may be unusual, but over all employers women are a larger share of the lower pay quarters than of the
upper ones, the mean gap is larger than the median gap, and names run from A to Z. This detects exchanged columns,
another unit and truncated files even if each record is plausible by itself.

The limits were set from the files of 2017-18, 2019-20 and 2023-24 (10,528, 6,031 and 2,351 employers, of which 258, 185
and 95 are kept); "measured" and "earlier years" are the values in these files. In all 18,910 records the shares of
women and men in a quarter add up to 100.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

import polars as pl

from transforms.errors import IncompleteFile, LayoutChanged, RepeatedFigure, UnclearUnit, WorkforceError
from transforms.reading.grid import ROW, cell_name
from transforms.reading.refuse import CUT_OFF, refuse_rows
from transforms.reading.symbols import as_number

SOME, MANY = 200, 1000
"""Smallest numbers of employers for a check: of clear differences, and of small differences and shares."""
SOME_KEPT, MANY_KEPT = 20, 50
"""The same for the employers that are kept."""
LETTERS = {
    found[1]: float(found[2])
    for found in re.finditer(
        r"([A-Z]+)([0-9.]+)",
        "A6.8 B7.0 C8.9 D3.5 E3.8 F3.5 G3.5 H4.6 I2.5 J1.7 K2.0 L4.2 M5.7 N4.2 O1.6 P4.5 Q0.4 R4.2 S9.8 T9.4 U1.8 V1.4"
        " W4.0 XYZ0.9",
    )
}
"""Percentage of employers whose name begins with a letter, over the three files."""
LETTER_LEAST, LETTER_SHARE = 20, 0.4
"""For a letter with at least this many expected employers, the smallest share of them (measured: 0.7)."""
FIRST, LAST = "C", "W"
"""In a list of 200 names, the first name begins with this letter or an earlier one, the last with this or a later."""
FEW = 3
"""A share of employers is compared with its limit only if it is at least this many employers."""
SURE, SURE_OF_KEPT = 0.3, 0.0
"""Smallest rank correlation of related measures, over all employers (measured: 0.67) and those kept (0.51)."""

LOWER, _, _, TOP = WOMEN = (
    "FemaleLowerQuartile",
    "FemaleLowerMiddleQuartile",
    "FemaleUpperMiddleQuartile",
    "FemaleTopQuartile",
)
MEN = tuple(name.replace("Female", "Male") for name in WOMEN)
MEAN, MEDIAN = HOURLY = ("DiffMeanHourlyPercent", "DiffMedianHourlyPercent")
MEAN_BONUS, MEDIAN_BONUS = "DiffMeanBonusPercent", "DiffMedianBonusPercent"
MALE_BONUS, FEMALE_BONUS = "MaleBonusPercent", "FemaleBonusPercent"


@dataclass(frozen=True)
class Expectation:
    """A rule on statistics over the employers of a file.

    `columns` are the columns it is about; `wrong` is an aggregate that is true if the rule is broken, `found` are the
    aggregates shown in the message.
    """

    columns: tuple[str, ...]
    problem: str
    expected: str
    wrong: pl.Expr
    found: tuple[pl.Expr, ...]
    error: type[WorkforceError] = LayoutChanged


def check(records: pl.DataFrame, kept: pl.DataFrame, file: str) -> None:
    """Check all employers of a file (`records`, text as printed) and those that are kept (`kept`) against the rules.

    Raises `RepeatedFigure` for a repeated record, `IncompleteFile` if employers of some initial letters are missing,
    `LayoutChanged` for exchanged or shifted columns, `UnclearUnit` for fractions instead of percentages; messages name
    the columns.
    """
    _repeated(records)
    _alphabet(records)
    places = {name: place for place, name in enumerate(records.columns)}
    for rows, rules in (
        (records, ((SOME, OF_SOME), (MANY, OF_MANY))),
        (kept, ((SOME_KEPT, OF_SOME_KEPT), (MANY_KEPT, OF_MANY_KEPT))),
    ):
        # All at once: columns that several rules use become numbers and ranks once.
        expectations = [each for least, several in rules if rows.height >= least for each in several]
        if expectations:
            _hold(rows, expectations, places, file)


def _repeated(records: pl.DataFrame) -> None:
    refuse_rows(
        records.filter(records.drop(ROW).is_duplicated()).sort("EmployerName", ROW),
        RepeatedFigure,
        "a report is printed more than once",
        expected="each report once",
        found="{EmployerName}",
        do=CUT_OFF,
        shown=2,
    )


def _alphabet(records: pl.DataFrame) -> None:
    """Check that initial letters have the usual frequencies: a file sorted by name that lacks a part lacks letters."""
    if records.height < SOME:
        return
    initial = records["EmployerName"].str.to_uppercase().str.extract(r"([A-Z0-9])")
    letters = initial.filter(initial.str.contains("[A-Z]"))
    first, last = str(letters.min()), str(letters.max())
    each = dict(letters.value_counts().iter_rows())
    counted = {letter: sum(each.get(one, 0) for one in letter) for letter in LETTERS}
    expected = {letter: round(records.height * percent / 100) for letter, percent in LETTERS.items()}
    few = [
        letter
        for letter, number in expected.items()
        if records.height >= MANY and number >= LETTER_LEAST and counted[letter] < LETTER_SHARE * number
    ]
    if first > FIRST or last < LAST or few:
        shown = ", ".join(f"{counted[letter]} with {letter} (about {expected[letter]} expected)" for letter in few)
        raise IncompleteFile(
            "employers are missing: the names of a whole year run from A to Z",
            cell=f"rows {records['source_row'][0]} to {records['source_row'][-1]}, EmployerName",
            expected=f"about {records.height:,} employers over all letters, in the shares of earlier years",
            found=shown or f"names from {first} to {last} only",
            do=CUT_OFF,
        )


def _hold(rows: pl.DataFrame, expectations: Sequence[Expectation], places: Mapping[str, int], file: str) -> None:
    names = sorted({name for each in expectations for name in each.columns})
    numbers = rows.select(as_number(pl.col(name)).alias(name) for name in names)
    broken = numbers.select(each.wrong.fill_null(value=False).alias(f"{at}") for at, each in enumerate(expectations))
    for each, is_broken in zip(expectations, broken.row(0), strict=True):
        if is_broken:
            found = numbers.select(shown.round(2).alias(f"{place}") for place, shown in enumerate(each.found)).row(0)
            raise each.error(
                f"{each.problem} ({rows.height:,} employers)",
                file=file,
                cell=", ".join(f"{cell_name(1, places[name])} {name}" for name in each.columns),
                expected=each.expected,
                found=", ".join(str(number) for number in found),
                do="compare the columns with those of an earlier year: they are exchanged or shifted, or in another"
                " unit; fetch the file again, and if it is published so, report it and leave it out",
            )


def _typical(column: str) -> pl.Expr:
    return pl.col(column).abs().median()


def _percent(of: pl.Expr) -> pl.Expr:
    return 100 * of.fill_null(value=False).mean()


def _share_above(of: pl.Expr, percent: float) -> pl.Expr:
    return (_percent(of) > percent) & (of.sum() >= FEW)


def _fraction(column: str) -> pl.Expr:
    return (pl.col(column).abs() < 1) & (pl.col(column) != 0)


def _few_above(of: pl.Expr, percent: float, columns: tuple[str, ...], problem: str, seen: str) -> Expectation:
    return Expectation(
        columns,
        problem,
        f"at most {percent:g} % of employers (earlier years: {seen} %)",
        _share_above(of, percent),
        (_percent(of),),
        UnclearUnit,
    )


def _larger(one: pl.Expr, other: pl.Expr, columns: tuple[str, ...], problem: str, expected: str) -> Expectation:
    return Expectation(columns, problem, expected, one < other, (one, other))


def _together(one: pl.Expr, other: pl.Expr, columns: tuple[str, ...], problem: str, least: float = SURE) -> Expectation:
    correlation = pl.corr(one, other, method="spearman")
    return Expectation(
        columns, problem, f"a rank correlation of more than {least:g}", correlation < least, (correlation,)
    )


def _quarters_together(least: float) -> tuple[Expectation, ...]:
    problem = "shares of women in two quarters are not correlated"
    return tuple(
        _together(pl.col(one), pl.col(other), (one, other), problem, least) for one, other in combinations(WOMEN, 2)
    )


FALL = pl.col(LOWER) - pl.col(TOP)
CONTRADICTION = ((pl.col(MEAN) > 5) & (FALL < -5)) | ((pl.col(MEAN) < -5) & (FALL > 5))
"""The mean gap favours one sex, but that sex has a smaller share of the top quarter than of the lower quarter."""
OPEN = pl.any_horizontal(
    (pl.col(women) + pl.col(men) - 100).abs() > 0.25 for women, men in zip(WOMEN, MEN, strict=True)
)
BOTH_FRACTIONS = _fraction(MEAN) & _fraction(MEDIAN)
EXCHANGED = "the pay quarters, or women and men, seem to be exchanged"
HOURLY_OR_BONUS = "hourly and bonus gap seem to be exchanged, or bonus gaps in another unit"
LARGER_BONUS_GAP = "a bonus gap that is larger than the hourly gap for half of the employers"
FRACTIONS = "hourly gaps look like fractions of one"
CONTRADICTED = "shares of women in the quarters contradict the mean gap"

OF_ANY = (
    _few_above(OPEN, 1, (*WOMEN, *MEN), "women and men of a quarter do not add up to 100 per cent", "0"),
    _few_above(pl.col(MEAN).is_null() | pl.col(MEDIAN).is_null(), 3, (MEAN, MEDIAN), "hourly gaps are blank", "0"),
    Expectation(
        (MEAN, MEDIAN),
        "hourly pay gaps of half of the employers are not of the usual size",
        "a mean gap of 5 to 45 and a median gap of 3 to 45 per cent in favour of men (earlier years: 8 to 22)",
        ~(pl.col(MEAN).median().is_between(5, 45) & pl.col(MEDIAN).median().is_between(3, 45)),
        (pl.col(MEAN).median(), pl.col(MEDIAN).median()),
        UnclearUnit,
    ),
    _larger(
        pl.col(MEAN).median(),
        pl.col(MEDIAN).median(),
        (MEAN, MEDIAN),
        "mean and median hourly gap seem to be exchanged",
        "a mean gap that is larger than the median gap for half of the employers",
    ),
)
"""Rules for all employers and for those that are kept."""

OF_SOME = (
    *OF_ANY,
    *_quarters_together(SURE),
    *(
        _larger(
            pl.col(lower).mean(),
            pl.col(upper).mean(),
            (lower, upper),
            EXCHANGED,
            "a larger share of women in the lower of two quarters, over all employers",
        )
        for lower, upper in pairwise(WOMEN)
    ),
    _together(FALL, pl.col(MEAN), (LOWER, TOP, MEAN), "shares of women are not correlated with the mean gap"),
    _together(FALL, pl.col(MEDIAN), (LOWER, TOP, MEDIAN), "shares of women are not correlated with the median gap"),
    _larger(
        _percent(pl.col(MEDIAN_BONUS).abs() < 1),
        _percent(pl.col(MEAN_BONUS).abs() < 1),
        (MEAN_BONUS, MEDIAN_BONUS),
        "mean and median bonus gap seem to be exchanged",
        "a median gap of zero more often than a mean gap of zero",
    ),
    Expectation(
        (MALE_BONUS, FEMALE_BONUS),
        "shares of staff who were paid a bonus look like fractions of one",
        "more than 1 per cent for half of the employers (earlier years: 11 to 20)",
        (pl.col(MALE_BONUS).median() <= 1) | (pl.col(FEMALE_BONUS).median() <= 1),
        (pl.col(MALE_BONUS).median(), pl.col(FEMALE_BONUS).median()),
        UnclearUnit,
    ),
)

OF_MANY = (
    _few_above(CONTRADICTION, 5, (LOWER, TOP, MEAN), CONTRADICTED, "2.6 to 2.9"),
    _few_above(BOTH_FRACTIONS, 2, (MEAN, MEDIAN), FRACTIONS, "0.5 to 0.8"),
    _few_above(_fraction(MEAN), 8, (MEAN,), FRACTIONS, "3 to 4"),
    _few_above(_fraction(MEDIAN), 15, (MEDIAN,), FRACTIONS, "4 to 6"),
    _larger(_typical(MEAN_BONUS), _typical(MEAN), (MEAN, MEAN_BONUS), HOURLY_OR_BONUS, LARGER_BONUS_GAP),
    _larger(_typical(MEDIAN_BONUS), _typical(MEDIAN), (MEDIAN, MEDIAN_BONUS), HOURLY_OR_BONUS, LARGER_BONUS_GAP),
)

OF_SOME_KEPT = (
    *OF_ANY,
    *_quarters_together(SURE_OF_KEPT),
    *(
        _larger(
            pl.col(women).median(),
            pl.lit(50.0),
            (women,),
            EXCHANGED,
            "more women than men in each quarter of half of the NHS bodies",
        )
        for women in WOMEN
    ),
    *(
        _larger(
            pl.col(lower).mean(),
            pl.col(TOP).mean(),
            (lower, TOP),
            EXCHANGED,
            "a smaller share of women in the top quarter than in the others, over all NHS bodies",
        )
        for lower in WOMEN[:3]
    ),
    _larger(
        pl.col(MALE_BONUS).gt(pl.col(FEMALE_BONUS)).sum(),
        pl.col(MALE_BONUS).lt(pl.col(FEMALE_BONUS)).sum(),
        (MALE_BONUS, FEMALE_BONUS),
        "men's and women's bonuses seem to be exchanged",
        "more NHS bodies that pay a bonus to a larger share of men than the other way round",
    ),
)

OF_MANY_KEPT = (
    *(
        _few_above(pl.col(women) < 50, percent, (women,), "women are the smaller part of a quarter too often", seen)
        for women, percent, seen in zip(WOMEN, (12, 12, 12, 20), ("3 to 4", "0 to 5", "1 to 5", "5 to 8"), strict=True)
    ),
    _few_above(CONTRADICTION, 12, (LOWER, TOP, MEAN), CONTRADICTED, "4 to 5"),
    _few_above(BOTH_FRACTIONS, 3, (MEAN, MEDIAN), FRACTIONS, "0 to 1"),
    _few_above(_fraction(MEAN), 4, (MEAN,), FRACTIONS, "0.4 to 1.1"),
    _few_above(_fraction(MEDIAN), 25, (MEDIAN,), FRACTIONS, "3 to 10"),
)
