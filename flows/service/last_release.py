"""The last release of a Prefect server's workers, so that two workers with different data folders do not each publish.

Workers of one pool must share a data folder, or object storage. Where they do not, a run on the second folder would
publish from what that folder happens to hold. The server therefore keeps the last release in a variable, and a run
whose folder has never had that release is refused.
"""

from __future__ import annotations

from prefect.variables import Variable

from flows.errors import OtherDataFolder
from warehouse.folder import DataFolder
from warehouse.publish import manifest, published_release, releases

VARIABLE = "workforce_last_release"


def refuse_other_folder(folder: DataFolder) -> None:
    """Raise `OtherDataFolder` where the last release of this server's workers is not in the folder."""
    last = Variable.get(VARIABLE, default=None)
    if not isinstance(last, dict):
        return
    held = {each.release_id: manifest(each).get("build_id") for each in releases(folder)}
    if held.get(last.get("release")) != last.get("build_id"):
        raise OtherDataFolder(
            "the last release of this service is not in the data folder of this worker",
            file=str(folder.root),
            expected=f"release {last.get('release')}, published from {last.get('folder')}",
            found=f"{len(held)} releases" + (f", the newest {list(held)[-1]}" if held else ""),
            do="let every worker use the same data folder, or set WORKFORCE_STORAGE for all of them; if this folder is "
            f"to be used from now on (after a restore), delete the variable {VARIABLE} in the Prefect UI",
        )


def remember_release(folder: DataFolder) -> None:
    """Keep the published release of the folder as the last one of this server's workers."""
    if release := published_release(folder):
        build = manifest(release).get("build_id")
        Variable.set(
            VARIABLE, {"release": release.release_id, "build_id": build, "folder": str(folder.root)}, overwrite=True
        )
