"""Errors that tell a user what was expected, what was found, where, and what to do."""

from __future__ import annotations

from typing import Self


class WorkforceError(Exception):
    """A sentence a user can act on, with the place it speaks of.

    `file`, `sheet` and `cell` name the place in the publisher's words (`cell` as a spreadsheet shows it, "C12");
    `expected`, `found` and `do` say what was wanted, what was there and what the reader of the message can do.
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
        self.problem, self.file, self.sheet, self.cell = problem, file, sheet, cell
        self.expected, self.found, self.do = expected, found, do
        super().__init__(problem)

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


class NotWhatItClaims(WorkforceError):
    """Bytes that are not of the kind their name says: a web page named .xlsx, a cut-off zip."""


class UnknownFile(WorkforceError):
    """A file that no reader recognises."""
