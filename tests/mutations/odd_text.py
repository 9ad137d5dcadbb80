"""Changes of how a figure or a label is written: numbers in forms of other programs and scripts, odd characters."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from tests.mutations.books import Book, number_of
from tests.mutations.places import any_figure, any_label, any_table, kind, layout, spoken

SUPERSCRIPTS, FULL_WIDTH, ARABIC = ("⁰¹²³⁴⁵⁶⁷⁸⁹", "０１２３４５６７８９", "٠١٢٣٤٥٦٧٨٩")

FORMS: dict[str, Callable[[str], str]] = {
    "thousands separators": lambda text: f"{float(text):,.2f}",
    "thousands separators of a space": lambda text: f"{float(text):,.2f}".replace(",", "\u00a0"),
    "a decimal comma": lambda text: f"{float(text):.2f}".replace(".", ","),
    "an underscore": lambda text: f"{text[:1]}_{text[1:]}",
    "full-width digits": lambda text: _in_digits(text, FULL_WIDTH),
    "Arabic digits": lambda text: _in_digits(text, ARABIC),
    "superscript digits": lambda text: _in_digits(text, SUPERSCRIPTS),
    "a note in superscript": lambda text: text + "²",
    "a percent sign": lambda text: text + "%",
    "a pound sign": lambda text: "£" + text,
    "an exponent": lambda text: f"{float(text):.17e}",
    "an exponent without a number": lambda text: text + "e",
    "a huge exponent": lambda text: text + "e400",
    "a minus at its end": lambda text: text + "-",
    "a minus sign of typography": lambda text: "\u2212" + text,
    "brackets": lambda text: f"({text})",
    "an apostrophe": lambda text: "'" + text,
    "a letter at its end": lambda text: text + "r",
    "hexadecimal digits": lambda text: hex(int(float(text))),
    "spaces inside": lambda text: f"{text[:1]} {text[1:]}",
    "a space that does not break": lambda text: f"\u00a0{text}\u00a0",
    "a space without width": lambda text: f"\u200b{text}",
    "a mark for text from right to left": lambda text: f"\u202e{text}",
    "a thousand digits": lambda text: text.partition(".")[0] + "0" * 1000,
    "no number": lambda text: "NaN",
    "infinity": lambda text: "inf",
    "a formula": lambda text: f"={text}+0",
    "an error": lambda text: "#DIV/0!",
    "a date": lambda text: "1905-07-15",
    "a dash": lambda text: "–",
}
"""How a number may be written other than as digits with a decimal point."""

ODD: dict[str, Callable[[str], str]] = {
    "a space that does not break": lambda text: text.replace(" ", "\u00a0") + "\u00a0",
    "a space without width": lambda text: text[:1] + "\u200b" + text[1:],
    "a mark for text from right to left": lambda text: "\u202e" + text,
    "a letter of another script": lambda text: text.replace("a", "а").replace("R", "Я"),
    "full-width letters": lambda text: "".join(
        chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in text
    ),
    "a combining mark": lambda text: text + "\u0301",
    "a line break": lambda text: text[:2] + "\n" + text[2:],
    "a tab": lambda text: text + "\t",
    "a quote": lambda text: '"' + text,
    "a comma": lambda text: text + ",",
    "braces": lambda text: "{" + text + "!r}",
    "a formula": lambda text: f'=HYPERLINK("http://a.example/","{text}")',
    "markup": lambda text: f"<script>{text}</script>&amp;",
    "a path": lambda text: "../../" + text,
    "ten thousand letters": lambda text: text + "x" * 10_000,
    "capitals": str.upper,
    "a character beyond the first plane": lambda text: text + "\U0001f600",
}
"""How a label may be written so that it looks alike, or so that a program may trip over it."""


def _in_digits(text: str, digits: str) -> str:
    return "".join(digits[int(each)] if each.isdigit() else each for each in text)


@kind(weight=6)
def a_figure_in_another_form(book: Book, random: Random) -> str:
    found = any_figure(book, random)
    if not found:
        return ""
    table, row, column = found
    cell, (form, change) = book.tables[table][row][column], random.choice(list(FORMS.items()))
    number = number_of(cell)
    if number is None:
        return ""
    changed = change(f"{number:.9g}" if isinstance(cell, float) and abs(number) < 1e9 else str(cell))
    book.own(table)[row][column] = changed
    return spoken(book, table, row, column, f"{cell} with {form}: {changed[:40]!r}")


@kind(weight=4)
def a_label_with_odd_characters(book: Book, random: Random) -> str:
    found = any_label(book, random)
    if not found:
        return ""
    table, row, column = found
    form, change = random.choice(list(ODD.items()))
    label = str(book.tables[table][row][column])
    changed = change(label)
    book.own(table)[row][column] = changed
    return "" if changed == label else spoken(book, table, row, column, f"{label[:40]!r} with {form}")


@kind(weight=2)
def a_heading_with_odd_characters(book: Book, random: Random) -> str:
    table = any_table(book, random)
    where = layout(book.tables[table])
    columns = [column for column, cell in enumerate(book.tables[table][where.header]) if cell]
    if not columns:
        return ""
    column = random.choice(columns)
    form, change = random.choice(list(ODD.items()))
    label = str(book.tables[table][where.header][column])
    changed = change(label)
    book.own(table)[where.header][column] = changed
    return "" if changed == label else spoken(book, table, where.header, column, f"{label[:40]!r} with {form}")


@kind
def something_far_from_the_table(book: Book, random: Random) -> str:
    """A note, or a figure, beside or below the table."""
    table = any_table(book, random)
    cells = book.own(table)
    width = max((len(row) for row in cells), default=0)
    written = random.choice(["see note 3", "12.5", "", "Total"])
    if random.randrange(2):
        cells[random.randrange(len(cells))] += [None] * random.choice([1, 40]) + [written]
        return f"{table[:60]}: {written!r} to the right of a row"
    cells += [[None] * width] * random.choice([0, 1, 2000]) + [[None] * random.randrange(max(width, 1)) + [written]]
    return f"{table[:60]}: {written!r} below the table"


@kind
def a_blank_row_or_column_put_in(book: Book, random: Random) -> str:
    table = any_table(book, random)
    cells = book.own(table)
    if random.randrange(2):
        row = random.randrange(len(cells))
        cells.insert(row, [None] * len(cells[row]))
        return f"{table[:60]}: a blank row before row {row + 1}"
    column = random.randrange(max(len(row) for row in cells) + 1)
    for line in cells:
        line.insert(column, None)
    return f"{table[:60]}: a blank column before column {column + 1}"
