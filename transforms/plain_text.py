"""Text without characters that control how text is shown: for names, titles, messages and terminals."""

from __future__ import annotations

import re

# C0 and C1 (line breaks and escape sequences of terminals among them), line and paragraph separators.
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_CONTROLS_IN_A_LINE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]+")
# Marks and overrides of the direction of writing, invisible and tag characters.
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]+"
)
_LONGEST_NAME = 200


def plain(text: str) -> str:
    """Return a text in one line: control characters become a space, invisible characters are left out."""
    return _INVISIBLE.sub("", _CONTROLS.sub(" ", text))


def plain_lines(text: str) -> str:
    """Return a text without control and invisible characters, but with its line breaks and tabs."""
    # No such character is printable: most pages, of a hundred thousand characters, are known to have none at once.
    if text.replace("\n", "").replace("\t", "").replace("\u00a0", "").isprintable():
        return text
    return _INVISIBLE.sub("", _CONTROLS_IN_A_LINE.sub(" ", text))


def name_alone(name: str) -> str:
    """Return a file's name as its publisher gave it, without folders and control characters.

    A name of more than 200 characters keeps its beginning and its ending. '' where nothing is left.
    """
    last = re.split(r"[/\\]", plain(name))[-1].strip()
    if last in {".", ".."}:
        return ""
    if len(last) > _LONGEST_NAME:
        stem, dot, ending = last.rpartition(".")
        kept = f"{dot}{ending}" if stem and len(ending) < 10 else ""
        last = last[: _LONGEST_NAME - len(kept)] + kept
    return last
