"""The bundled sample: the publishers' pages and small whole files in their layouts, kept as they are served.

`index.json` lists every address with its file below `publishers/`, its media type, its last modification and, for a
download, its name; which series the sample has; and the addresses that are registered because no page leads to them.
`python -m tests.sample_maker` in a source tree writes all of it.

Every figure is illustrative. Only the codes, names and dates of organisations and the labels of the layouts are real.
Contains public sector information licensed under the Open Government Licence v3.0.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

from flows.sample.server import LoopbackServer, Resource
from transforms.catalogue import Registered


def sample_server() -> LoopbackServer:
    """A server of the sample's pages and files on loopback. Use it as a context manager."""
    folder = files("flows.sample")
    return LoopbackServer(
        Resource(
            address=each["address"],
            content=folder.joinpath(*each["file"].split("/")).read_bytes(),
            media_type=each["media_type"],
            last_modified=each["last_modified"],
            download_as=each.get("download_as", ""),
        )
        for each in _index()["resources"]
    )


def is_in_the_sample(series: str) -> bool:
    """Whether the sample has a series."""
    return series in _index()["series"]


def sample_registered(series: str) -> tuple[Registered, ...]:
    """The registered addresses of a series that the sample's server answers."""
    return tuple(Registered(**each) for each in _index()["registered"].get(series, ()))


@cache
def _index() -> dict[str, Any]:
    content: dict[str, Any] = json.loads((files("flows.sample") / "index.json").read_text(encoding="utf-8"))
    return content
