"""Organisations of the NHS in England and who followed whom: lists of the Organisation Data Service (ODS) and others.

`readers` reads the lists, `lists` holds what must be true of one.
"""

from transforms.series.ods.readers import READERS

__all__ = ["READERS"]
