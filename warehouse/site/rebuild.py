"""Writing the site of the newest release again, beside the release, which stays as it was made."""

from __future__ import annotations

from pathlib import Path

from warehouse.folder import DataFolder, sync_tree
from warehouse.publish import manifest, published_release, releases, with_slash
from warehouse.published import published_file
from warehouse.site.link import folder_for_rebuilt, link_site
from warehouse.site.write import site_facts, write_site


def rebuild_site(folder: DataFolder, address: str = "") -> Path:
    """Write the site of the newest release again, let published/site lead to it, and return its folder.

    `address`: where it is served, if another than the release says.
    Call it while holding the folder's lock. Raises `NothingPublished` where there is no release.
    """
    published_file(folder)
    kept = releases(folder)
    shown = published_release(folder) or kept[-1]
    changed = {"address": with_slash(address)} if address else {}
    content = manifest(shown) | changed
    place = folder_for_rebuilt(folder.site, shown.release_id)
    write_site(shown.public, place, site_facts(content), [manifest(each) | changed for each in kept])
    sync_tree(place)
    link_site(folder.site, place)
    return place
