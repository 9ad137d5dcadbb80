"""The sample as data: one file for each address of its site, below `publishers/`, and `index.json`."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path, PurePosixPath
from urllib.parse import parse_qsl, urlsplit

from flows.sample.server import Resource
from tests.publisher_site.pages import render
from tests.sample_maker.site import ILLUSTRATIVE, REGISTERED, sample_site

PUBLISHERS = "publishers"
INDEX = "index.json"
PAGE_SUFFIXES = {"text/html; charset=utf-8": ".html", "application/json": ".json"}
"""Of the pages' files, by media type: their addresses have no suffix, or none that says what they are."""


def sample_data() -> dict[str, bytes]:
    """The content of every file of the sample by its path below `flows/sample`, the index first."""
    site = sample_site()
    rendered = [_marked(resource) for resource in render(site)]
    resources = {_path(each): each for each in rendered}
    if len(resources) < len(rendered):
        raise ValueError("two addresses of the sample would be one file: let `_path` tell them apart")
    index = {
        "series": [shown.series.value for shown in site],
        "registered": {series.value: [vars(each) for each in known] for series, known in REGISTERED.items()},
        "resources": [_entry(path, resource) for path, resource in resources.items()],
    }
    text = json.dumps(index, indent=2, ensure_ascii=False) + "\n"
    return {INDEX: text.encode()} | {path: resource.content for path, resource in resources.items()}


def write(data: dict[str, bytes], folder: Path) -> None:
    """Write the files below `folder`, in place of those of before."""
    shutil.rmtree(folder / PUBLISHERS, ignore_errors=True)
    for path, content in data.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


def _marked(resource: Resource) -> Resource:
    """The resource; a page with a first paragraph that says that its figures are illustrative."""
    if not resource.media_type.startswith("text/html"):
        return resource
    start = b"<body>\n"
    return replace(resource, content=resource.content.replace(start, start + b"<p>%b</p>\n" % ILLUSTRATIVE.encode(), 1))


def _path(resource: Resource) -> str:
    """Where the content of an address is kept: by host, under its name as a download or the end of its address."""
    address = urlsplit(resource.address)
    name = resource.download_as
    if not name:
        last = PurePosixPath(address.path).stem
        name = "-".join([last, *(value for _, value in parse_qsl(address.query))]).replace(" ", "-")
        name += PAGE_SUFFIXES[resource.media_type]
    return f"{PUBLISHERS}/{address.hostname}/{name}"


def _entry(path: str, resource: Resource) -> dict[str, str]:
    """What the index says of an address: all but the content."""
    entry = {"address": resource.address, "file": path}
    entry |= {"media_type": resource.media_type, "last_modified": resource.last_modified}
    return entry | ({"download_as": resource.download_as} if resource.download_as else {})
