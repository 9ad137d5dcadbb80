"""Makes the bundled sample: small whole files in the publishers' layouts, and the pages that lead to them.

`python -m tests.sample_maker` writes it into `flows/sample`. Every figure comes from a fixed arithmetic, the same every
time. `facts/` are the tables that it begins with, `figures/` the staff that they give, `files/` one module for each
kind of published file, `site.py` the editions; `tests.publisher_site` renders the pages.
"""

from tests.sample_maker.site import REGISTERED, sample_site

__all__ = ["REGISTERED", "sample_site"]
