"""What an interrupted refresh left is removed, and a switch to a new release that it began is ended."""

from __future__ import annotations

from warehouse.disk import clean
from warehouse.folder import DataFolder
from warehouse.publish import Release, holds_only_public, make_current, published_release
from warehouse.site.link import REBUILT


def recover(folder: DataFolder) -> None:
    """Remove what is unfinished, and let all that is published be of one release: that of the published warehouse.

    A switch is several renames (`publish.make_current`): an interruption between two leaves for example the site of the
    release before, and a refresh that finds nothing new would not change that. Call it only while holding the lock of
    the folder.
    """
    clean(folder)
    shown = published_release(folder)
    if shown and not _is_current(folder, shown):
        make_current(folder, shown)


def _is_current(folder: DataFolder, shown: Release) -> bool:
    """Whether the link, the public warehouse and the site are of this release, as far as it has them."""
    if (folder.releases / "latest").resolve() != shown.folder.resolve():
        return False
    site = folder.site.resolve()
    is_its_own = site == (shown.folder / "site").resolve() or site.name.startswith(f"{REBUILT}{shown.release_id}.")
    if (shown.folder / "site").exists() and not (is_its_own and site.exists()):
        return False
    has_public = shown.public != shown.warehouse or holds_only_public(shown)
    # A copy, on a file system without hard links, is known by the link above alone.
    return not has_public or (
        folder.public.exists() and (folder.public.stat().st_nlink == 1 or folder.public.samefile(shown.public))
    )
