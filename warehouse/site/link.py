"""Links to the newest release and to its site, each exchanged by one rename."""

from __future__ import annotations

import os
from pathlib import Path

from warehouse.folder import make_folder, remove_tree, sync

REBUILT = ".site."
"""How the names of folders begin that hold a site built again, beside the link to it."""


def link_site(link: Path, site: Path) -> None:
    """Let `link` lead to the folder `site`, and remove sites built again that it leads to no more.

    Readers see the old site or the new one, whole.
    """
    link_folder(link, site)
    for old in link.parent.glob(f"{REBUILT}*"):
        if old.resolve() != site.resolve():
            remove_tree(old)


def link_folder(link: Path, folder: Path) -> None:
    """Let `link` lead to a folder, relative to where the link lies."""
    make_folder(link.parent)
    coming = link.with_name(f".{link.name}-coming")
    coming.unlink(missing_ok=True)
    coming.symlink_to(os.path.relpath(folder, link.parent))
    coming.replace(link)
    # Before what it led to until now is removed.
    sync(link.parent)


def folder_for_rebuilt(link: Path, name: str) -> Path:
    """A new folder beside the link for a site that is built again."""
    place = next(
        place for number in range(1, 1_000) if not (place := link.with_name(f"{REBUILT}{name}.{number}")).exists()
    )
    place.mkdir(parents=True)
    return place
