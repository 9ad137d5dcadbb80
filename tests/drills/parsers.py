"""The functions that read what others wrote, found in the packages, and what they may answer: a value or our error."""

from __future__ import annotations

import inspect
import pkgutil
import tempfile
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path

import flows.fetching.publishers as publishers
from flows.fetching.http.contents import check_content
from flows.fetching.http.limits import SizeLimits
from flows.sample import __file__ as sample
from transforms.errors import WorkforceError
from transforms.opening.illustrative import illustrative_statement
from transforms.published_file import PublishedFile, read_tables
from transforms.series import reader_for

PAGES = Path(sample).with_name("publishers")
ADDRESS = "https://digital.nhs.uk/data-and-information/publications/statistical/nhs-workforce-statistics"
NAMES = (
    "etr.csv",
    "etrust.csv.gz",
    "UK Gender Pay Gap Data - 2023 to 2024.csv",
    "NHS Workforce Statistics, May 2023 England and Organisation.xlsx",
    "nhsworkforcedata.xls",
    "NHS HCHS Workforce Statistics, Trusts and core organisations - CSV data files, October 2025.zip",
)
"""File names of every kind; the content decides the rest."""

PageReader = Callable[[str, str], object]


@cache
def page_readers() -> dict[str, PageReader]:
    """Every function `read_*` of the publishers' modules that takes a page's text and its address."""
    found = {}
    for info in pkgutil.iter_modules(publishers.__path__):
        module = import_module(f"{publishers.__name__}.{info.name}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            takes = [each.annotation for each in inspect.signature(function).parameters.values()]
            if name.startswith("read_") and function.__module__ == module.__name__ and takes == ["str", "str"]:
                found[f"{info.name}.{name}"] = function
    return found


@cache
def sample_pages() -> tuple[str, ...]:
    """The pages and JSON answers of the bundled sample."""
    paths = sorted(path for path in PAGES.rglob("*") if path.suffix in {".html", ".json"})
    return tuple(path.read_text(encoding="utf-8") for path in paths)


def read_page(name: str, text: str) -> str:
    """Read a text as a page; the class of the error, '' where there is none. Raises what is no `WorkforceError`."""
    try:
        page_readers()[name](text, ADDRESS)
    except WorkforceError as error:
        return type(error).__name__
    return ""


def read_file(content: bytes | Path, name: str) -> str:
    """Check, recognise and read bytes as a file; the message of the error, '' where there is none.

    Raises `AssertionError` where the message says that a library raised an exception of another kind.
    """
    with tempfile.TemporaryDirectory(prefix="workforce-fuzz-") as folder:
        path = Path(folder) / name
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.symlink_to(content)
        file = PublishedFile(path, name, hint="2025-12")
        try:
            check_content(path, name, ADDRESS, SizeLimits())
            illustrative_statement(file)
            reader, _ = reader_for(file)
            read_tables(reader, file)
        except WorkforceError as error:
            message = str(error)
        else:
            message = ""
    assert "ended in an unexpected error" not in message, message
    return message
