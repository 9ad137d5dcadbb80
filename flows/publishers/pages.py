"""Reading a publisher's page: parts by selector, and an error that says what was looked for when they are gone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode

from flows.errors import PageChanged
from flows.web import Page
from transforms.reading.periods import MONTHS

_IN_BRACKETS = re.compile(r"\([^)]*\)")
_MONTH_AND_YEAR = re.compile(rf"({'|'.join(MONTHS)})\s+(\d{{4}})", re.IGNORECASE)


class Parsed:
    """A page with its parts. Selectors are given best first; the first that finds something is believed."""

    def __init__(self, page: Page) -> None:
        self.address = page.address
        self._tree = LexborHTMLParser(page.html)

    def all(self, *selectors: str) -> list[LexborNode]:
        """Every part that the first fruitful selector finds."""
        return next((found for selector in selectors if (found := self._tree.css(selector))), [])

    def text(self, *selectors: str) -> str:
        """The text of the first part found, in one line; '' where there is none."""
        found = self.all(*selectors)
        return one_line(found[0]) if found else ""

    def link(self, node: LexborNode) -> str:
        """Where a link leads, as a whole address."""
        return urljoin(self.address, (node.attributes.get("href") or "").strip())

    def needed(self, what: str, *selectors: str) -> list[LexborNode]:
        """Like `all`; raises `PageChanged` where there is none."""
        if found := self.all(*selectors):
            return found
        raise self.changed(what, selectors)

    def changed(self, what: str, selectors: Sequence[str]) -> PageChanged:
        """The error for a page without a part it must have."""
        return PageChanged(
            f"the page has changed: {what} not found",
            file=self.address,
            expected=" or else ".join(selectors),
            found=f"a page titled {self.text('title')!r} with {len(self.all('a'))} links",
            do="open the page, and mend the selectors of this publisher in flows/publishers; nothing was guessed",
        )


def one_line(node: LexborNode) -> str:
    """A part's text with its white space folded."""
    return " ".join(node.text(separator=" ").split())


def day_in(text: str) -> date | None:
    """The day a text ends with ('Publication date: 27 Nov 2025'); None where it names a month only, or nothing."""
    printed = " ".join(text.split()[-3:])
    for layout in ("%d %b %Y", "%d %B %Y"):
        try:
            return datetime.strptime(printed, layout).date()  # noqa: DTZ007 - a day, no time
        except ValueError:
            continue
    return None


def month_in(title: str) -> str:
    """The last month a title names outside brackets, as '2025-08'; '' where it names none.

    'NHS Vacancy Statistics England, April 2015 - September 2025' is the edition of September 2025;
    'August 2025 (Including selected preliminary statistics for September 2025)' that of August.
    """
    named = _MONTH_AND_YEAR.findall(_IN_BRACKETS.sub(" ", title))
    if not named:
        return ""
    month, year = named[-1]
    return f"{year}-{MONTHS.index(month.lower()) + 1:02d}"
