"""Standard output and standard error of the command, and how tables are printed on them.

On a terminal a table has borders; where the terminal is too narrow for its columns, each row is a block of lines
"heading  value". To a file or another program it is plain text: no borders, no colours, nothing cut or wrapped, columns
two spaces apart.
"""

from __future__ import annotations

import io
from typing import Any

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Column, Table
from rich.text import Text

from transforms.plain_text import plain_lines

UNLIMITED = 1_000_000
"""Width of output that is no terminal: no line is wrapped."""
LONGEST_WORD = 24
"""A word of a cell is broken only beyond this many characters."""
LEAST_TEXT = 12
"""A column of text is at least so wide, or as wide as its longest cell."""


class PlainConsole(Console):
    """A console that passes on no control characters of what it prints: a name may hold escape sequences."""

    def render_str(self, text: str, **how: Any) -> Text:
        """Turn a string, the only form in which names and figures get here, into text."""
        return super().render_str(plain_lines(text), **how)


# soft_wrap: a path in an error is not broken over two lines, so that it can be copied.
out, err = PlainConsole(), PlainConsole(stderr=True, soft_wrap=True)
if not out.is_terminal:
    out = PlainConsole(width=UNLIMITED)


def show_table(table: Table, to: Console) -> None:
    """Print a table in the form that suits the console; see the module's description."""
    if not to.is_terminal:
        table.box, table.pad_edge, table.title_justify = None, False, "left"
        drawn = io.StringIO()
        PlainConsole(file=drawn, width=UNLIMITED).print(table, highlight=False)
        # Rich fills the last column with spaces.
        to.file.write("".join(f"{line.rstrip()}\n" for line in drawn.getvalue().splitlines()))
    elif sum(_least_width(column) + 3 for column in table.columns) + 1 > to.width:
        _show_blocks(table, to)
    else:
        for column in table.columns:
            if column.justify == "right":
                column.min_width = max((_text(cell).cell_len for cell in column.cells), default=0)
            else:
                column.overflow = "fold"
        to.print(table, highlight=False)


def indented(text: str, spaces: int) -> Padding:
    """Text (with rich's markup) behind an indentation, in lines of the console's width."""
    return Padding(text, (0, 0, 0, spaces), expand=False)


def _show_blocks(table: Table, to: Console) -> None:
    """Print each row as lines of heading and value."""
    if table.title:
        to.print(table.title, style="table.title", highlight=False)
    for number, row in enumerate(zip(*(column.cells for column in table.columns), strict=True), start=1):
        block = Table.grid(padding=(0, 2, 0, 0))
        block.add_column(style="bold")
        block.add_column(overflow="fold")
        for column, cell in zip(table.columns, row, strict=True):
            block.add_row(column.header, cell)
        to.print(f"Row {number} of {table.row_count}", style="table.title", highlight=False)
        to.print(block, highlight=False)
        to.print()


def _least_width(column: Column) -> int:
    """Characters a column needs so that no number and no usual word in it is broken."""
    heading, *cells = (_text(cell) for cell in (column.header, *column.cells))
    longest = max((cell.cell_len for cell in cells), default=0)
    words = max((len(word) for cell in (heading, *cells) for word in cell.plain.split()), default=0)
    if column.justify == "right":
        return max(longest, min(words, LONGEST_WORD))
    return max(min(words, LONGEST_WORD), min(longest, LEAST_TEXT))


def _text(cell: RenderableType) -> Text:
    return Text.from_markup(cell) if isinstance(cell, str) else Text(str(cell))
