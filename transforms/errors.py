"""Errors that tell a user what was expected, what was found, where, and what to do."""

from __future__ import annotations

import re
from typing import Self

LONGEST = 300
"""Characters of a file's own text that a message repeats: a file with odd line ends is one line of all its data."""


class WorkforceError(Exception):
    """A sentence a user can act on, with the place it speaks of.

    `file`, `sheet` and `cell` name the place in the publisher's words (`cell` as a spreadsheet shows it, "C12");
    `expected`, `found` and `do` say what was wanted, what was there and what the reader of the message can do.
    Each part is cut to `LONGEST` characters, the file's name excepted, and control characters are left out.
    """

    def __init__(
        self,
        problem: str,
        *,
        file: str = "",
        sheet: str = "",
        cell: str = "",
        expected: str = "",
        found: str = "",
        do: str = "",
    ) -> None:
        self.problem, self.file, self.sheet, self.cell = _bounded(problem), file, _bounded(sheet), _bounded(cell)
        self.expected, self.found, self.do = _bounded(expected), _bounded(found), do
        super().__init__(self.problem)

    def __str__(self) -> str:
        place = " > ".join(part for part in (self.file, self.sheet, self.cell) if part)
        sentences = (
            f"{place}: {self.problem}" if place else self.problem,
            f"Expected {self.expected}" if self.expected else "",
            f"Found {self.found}" if self.found else "",
            f"What to do: {self.do}" if self.do else "",
        )
        return ". ".join(sentence.rstrip(".") for sentence in sentences if sentence) + "."

    def in_file(self, name: str) -> Self:
        """The same error with the file's name, for readers that only see a part of the file."""
        self.file = self.file or name
        return self


def broken_off(error: BaseException, *, file: str, doing: str) -> NotWhatItClaims:
    """The error for a file whose reading ended in an exception that nobody foresaw; it names the exception's kind."""
    return NotWhatItClaims(
        f"{doing} the file ended in an error that this reader does not foresee",
        file=file,
        expected="a file laid out as the publisher's earlier ones",
        found=f"{type(error).__name__}: {error}" if str(error) else type(error).__name__,
        do="open the file: it may be damaged, or of a kind that is not read; if it looks right, report this message",
    )


def _bounded(text: str) -> str:
    plain = re.sub(r"[\x00-\x1f\x7f]+", " ", text)
    return plain if len(plain) <= LONGEST else f"{plain[:LONGEST]}… ({len(plain):,} characters in all)"


class LayoutChanged(WorkforceError):
    """A heading, sheet, block or column that should be there is not, or one more is there."""


class UnmappedLabel(WorkforceError):
    """A label that no vocabulary knows."""


class UnreadableValue(WorkforceError):
    """A cell that is neither a number nor one of the publisher's symbols."""


class UnclearUnit(WorkforceError):
    """A unit that does not follow from the numbers it is said to measure."""


class TotalsDisagree(WorkforceError):
    """A printed total that its printed parts do not add up to."""


class RepeatedFigure(WorkforceError):
    """A figure that one file prints twice, with two values."""


class IncompleteFile(WorkforceError):
    """A part of the file is missing that its other parts show must be there."""


class NotWhatItClaims(WorkforceError):
    """Bytes that are not of the kind their name says: a web page named .xlsx, a cut-off zip."""


class UnknownFile(WorkforceError):
    """A file that no reader recognises."""
