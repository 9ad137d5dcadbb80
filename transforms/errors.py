"""Errors whose message says what was found, where, what was expected and what to do."""

from __future__ import annotations

from typing import Self

from transforms.plain_text import plain

LONGEST = 300
"""Maximum length of each part of a message: a file without recognised line ends would otherwise be quoted in full."""


LONGEST_FILE = 1_000
"""Maximum length of a file's path or address in a message."""


class WorkforceError(Exception):
    """Base class of the errors shown to users: a problem, its location, and what to do.

    `file`, `sheet` and `cell` are the location (`cell` as a spreadsheet shows it, "C12", or "row 7"); `expected` and
    `found` are what was expected and what is there; `do` is what the user can do.
    All parts except `file` and `do` are cut to `LONGEST` characters, and control characters in them become spaces.
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
        place = " > ".join(part for part in (_bounded(self.file, LONGEST_FILE), self.sheet, self.cell) if part)
        sentences = (
            f"{place}: {self.problem}" if place else self.problem,
            f"Expected {self.expected}" if self.expected else "",
            f"Found {self.found}" if self.found else "",
            f"What to do: {self.do}" if self.do else "",
        )
        return ". ".join(sentence.rstrip(".") for sentence in sentences if sentence) + "."

    def in_file(self, name: str) -> Self:
        """The same error with the file's name, if it has none: functions that read a part do not know the name."""
        self.file = self.file or name
        return self


def broken_off(error: BaseException, *, file: str, doing: str) -> NotWhatItClaims:
    """The error for a file whose reading ended in an unexpected exception; `found` has its class and text."""
    return NotWhatItClaims(
        f"{doing} the file ended in an unexpected error",
        file=file,
        expected="a file with the layout of the publisher's earlier ones",
        found=f"{type(error).__name__}: {error}" if str(error) else type(error).__name__,
        do="open the file: it may be damaged or of an unsupported kind; if it looks right, report this message",
    )


def _bounded(text: str, longest: int = LONGEST) -> str:
    line = plain(text)
    return line if len(line) <= longest else f"{line[:longest]}… ({len(line):,} characters in all)"


def unreadable_workbook(error: Exception, file: str) -> NotWhatItClaims:
    """The error for a workbook that cannot be opened, or that has a sheet that cannot be read."""
    return NotWhatItClaims(
        "the workbook cannot be read",
        file=file,
        expected="a workbook (.xlsx, .xlsb, .xls) without a password, whose sheets are all there",
        found=" ".join(str(error).split()),
        do="open it in a spreadsheet program; if that fails too, fetch it again",
    )


class LayoutChanged(WorkforceError):
    """An expected heading, sheet, block or column is missing, or there is an unexpected one."""


class UnmappedLabel(WorkforceError):
    """A label that is not in the vocabulary."""


class UnreadableValue(WorkforceError):
    """A cell that is neither a number nor one of the publisher's symbols."""


class UnclearUnit(WorkforceError):
    """A unit, such as percent or fraction, that does not fit the figures or cannot be determined from them."""


class TotalsDisagree(WorkforceError):
    """A printed total that differs from the sum of its printed parts, or related figures that contradict each other."""


class RepeatedFigure(WorkforceError):
    """A figure that one file prints more than once."""


class IncompleteFile(WorkforceError):
    """A part of the file is missing, as the other parts show."""


class NotWhatItClaims(WorkforceError):
    """A file whose contents do not match its name or kind: a web page named .xlsx, a truncated zip, another month."""


class UnknownFile(WorkforceError):
    """A file that no reader recognises."""
