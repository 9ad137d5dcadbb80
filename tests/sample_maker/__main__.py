"""`python -m tests.sample_maker [FOLDER]`: write the sample's data, into `flows/sample` unless a folder is given."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.sample_maker.data import sample_data, write

FOLDER = Path(__file__).resolve().parents[2] / "flows" / "sample"


def main(arguments: list[str]) -> None:
    """Write the data and print how much it is."""
    folder = Path(arguments[0]) if arguments else FOLDER
    data = sample_data()
    write(data, folder)
    sys.stdout.write(f"{len(data)} files, {sum(map(len, data.values())):,} bytes, in {folder}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
