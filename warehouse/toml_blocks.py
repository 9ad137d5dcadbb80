"""Hand-kept TOML files that consist of blocks of one name, such as [[correction]]."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from warehouse.errors import ConfigurationMalformed


def toml_blocks(text: str, name: str, *, file: str) -> list[tuple[str, dict[str, Any]]]:
    """The blocks `[[name]]` of a TOML text, each with its place ("correction 1, line 12").

    Raises `ConfigurationMalformed` where the text is not TOML or has anything else at its top level.
    """
    do = f"write each entry as a block [[{name}]], as in the example of the file"
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationMalformed(
            "the file cannot be read", file=file, expected="TOML", found=f"{error}", do=do
        ) from error
    blocks = content.pop(name, [])
    if content or not isinstance(blocks, list) or not all(isinstance(each, dict) for each in blocks):
        found = ", ".join(sorted(content)) or f"{name} that is no block"
        raise ConfigurationMalformed(
            "the file holds something else", file=file, expected=f"blocks [[{name}]] only", found=found, do=do
        )
    heading = re.compile(rf"\s*\[\[\s*{name}\s*\]\]")
    lines = [number for number, line in enumerate(text.splitlines(), start=1) if heading.match(line)]
    return [
        (f"{name} {number}, line {line}", block)
        for number, (line, block) in enumerate(zip(lines, blocks, strict=False), start=1)
    ]
