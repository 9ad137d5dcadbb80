"""Standard output and standard error of the command."""

from __future__ import annotations

from rich.console import Console

# soft_wrap: a path in an error is not broken over two lines, so that it can be copied.
out, err = Console(), Console(stderr=True, soft_wrap=True)
if not out.is_terminal:
    # Output to a file or another program: columns are not cut to the width of a screen.
    out = Console(width=240)
