"""Reading a publisher's page by CSS selectors, with an error that names the selectors where nothing is found."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from functools import wraps
from itertools import islice
from typing import Any, TypeVar

from selectolax.lexbor import LexborHTMLParser, LexborNode

from flows.errors import PageChanged
from flows.fetching.http import Page
from flows.fetching.http.addresses import joined
from transforms.plain_text import plain
from transforms.reading.months import MONTHS

Answer = TypeVar("Answer")

# Bounded: the time to look for the end of a bracket that has none grows with the square of the length.
_IN_BRACKETS = re.compile(r"\([^)]{0,500}\)")
# 'September', 'Sep' or 'Sept', depending on the version of the publisher's software.
# ASCII only: without regard to case, the letter ſ would match an s.
_MONTH = rf"(?P<month>(?a:{'|'.join(MONTHS)}|sept|{'|'.join(month[:3] for month in MONTHS)}))\b\.?,?"
_MONTH_AND_YEAR = re.compile(rf"\b{_MONTH}\s+(?P<year>[0-9]{{4}})\b", re.IGNORECASE)
_DAY_AT_THE_END = re.compile(rf"(?P<day>[0-9]{{1,2}})\s+{_MONTH}\s+(?P<year>[0-9]{{4}})\s*$", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([a-z][a-z0-9-]*)", re.IGNORECASE)
# Elements without content, and those that the next one of their kind ends.
_NOT_NESTED = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
    | {"p", "li", "dt", "dd"}
)
MOST_TAGS, MOST_NESTED = 200_000, 2_000
"""Limits of a page: the time to parse one grows with the square of its depth. Publishers' pages have 3,000 tags."""

# Block elements, whose texts are separated on the page; a number inside <b> or <span> is not.
_BLOCKS = "p, li, div, h2, h3, h4, br, td, th, tr, dt, dd, figcaption"


class ParsedPage:
    """A parsed page. Methods take selectors in order of preference and use the first that finds something."""

    def __init__(self, page: Page) -> None:
        self.address = page.address
        _refuse_deep(page)
        self._tree = LexborHTMLParser(page.html)

    def all(self, *selectors: str) -> list[LexborNode]:
        """All nodes that the first successful selector finds."""
        return next((found for selector in selectors if (found := self._tree.css(selector))), [])

    def text(self, *selectors: str) -> str:
        """The text of the first node found, in one line; '' where there is none."""
        found = self.all(*selectors)
        return one_line(found[0]) if found else ""

    def link(self, node: LexborNode) -> str:
        """The absolute address of a link."""
        return joined(self.address, (node.attributes.get("href") or "").strip())

    def needed(self, what: str, *selectors: str) -> list[LexborNode]:
        """Like `all`; raises `PageChanged` where nothing is found."""
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
            do="open the page and adapt the selectors of this publisher in flows/fetching/publishers",
        )


def answered_json(content: str, address: str) -> Any:
    """Parse a JSON response. Raises `PageChanged` where it is not JSON."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise PageChanged(
            "the answer is not JSON",
            file=address,
            expected="JSON, as the site's own scripts ask for",
            found=f"{content[:80]!r}: {error}",
            do="open the address in a browser; the site may have moved its data",
        ) from error


def answers(read: Callable[[str, str], Answer]) -> Callable[[str, str], Answer]:
    """Decorator of a function that reads a JSON response, from content and address.

    Raises `PageChanged` where a part of the response is missing or of another type.
    """

    @wraps(read)
    def checked(content: str, address: str) -> Answer:
        try:
            return read(content, address)
        except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
            raise PageChanged(
                "the format of a response has changed",
                file=address,
                expected="the objects, lists and texts that the site's own scripts ask for",
                found=f"{type(error).__name__}: {error}",
                do="open the address in a browser; if the site has changed, adapt flows/fetching/publishers",
            ) from error

    return checked


def _refuse_deep(page: Page) -> None:
    """Raise `PageChanged` for a page of more tags, or of more tags inside each other, than any publisher's."""
    opened: Counter[str] = Counter()
    number = deepest = depth = 0
    for number, found in enumerate(islice(_TAG.finditer(page.html), MOST_TAGS + 1), start=1):  # noqa: B007 - used below
        end, element = found[1], found[2].lower()
        if element in _NOT_NESTED:
            continue
        if not end:
            opened[element] += 1
            depth += 1
        elif opened[element]:
            opened[element] -= 1
            depth -= 1
        deepest = max(deepest, depth)
    if number > MOST_TAGS or deepest > MOST_NESTED:
        raise PageChanged(
            "the page has too many tags, or too many inside each other",
            file=page.address,
            expected=f"at most {MOST_TAGS:,} tags, and {MOST_NESTED:,} inside each other",
            found=f"{number:,} tags or more, {deepest:,} inside each other",
            do="open the page in a browser; it may be damaged or of somebody else",
        )


def one_line(node: LexborNode) -> str:
    """A node's text with white space collapsed, without control characters."""
    return " ".join(plain(node.text(separator=" ")).split())


def whole_text(part: LexborNode, *, without: str = "") -> str:
    """A node's text in one line, without the elements that the selector `without` finds.

    Unlike `one_line` it puts a space between blocks only, so that '<b>1.3</b>%' stays '1.3%'.
    """
    copy = LexborHTMLParser(part.html or "")
    for node in copy.css(without) if without else ():
        node.decompose()
    for node in copy.css(_BLOCKS):
        node.insert_before(" ")
        node.insert_after(" ")
    return " ".join(plain(copy.body.text(separator="")).split()) if copy.body else ""


def day_in(text: str) -> date | None:
    """The day at the end of a text ('Publication date: 27 Nov 2025'); None where there is no day."""
    found = _DAY_AT_THE_END.search(text)
    if not found:
        return None
    try:
        return date(int(found["year"]), _number(found["month"]), int(found["day"]))
    except ValueError:
        return None


def month_in(title: str) -> str:
    """The last month in a title, outside brackets, as '2025-08'; '' where there is none.

    'NHS Vacancy Statistics England, April 2015 - September 2025' is the edition of September 2025;
    'August 2025 (Including selected preliminary statistics for September 2025)' that of August. 'Feb 2027' is read too.
    """
    named = list(_MONTH_AND_YEAR.finditer(_IN_BRACKETS.sub(" ", title)))
    return f"{named[-1]['year']}-{_number(named[-1]['month']):02d}" if named else ""


def _number(month: str) -> int:
    """The number, 1 to 12, of a month's name or abbreviation."""
    return next(n for n, name in enumerate(MONTHS, start=1) if name.startswith(month.lower()[:3]))
