"""Joiners and leavers: by organisation (benchmarking), and in England and its regions (Turnover 1 and 2).

Source: NHS England, HCHS Workforce Statistics. Both kinds of file print four sections for each period: staff in post at
its start, staff in post at its end, joiners and leavers. `checks` has the rules on the relations between the four.
"""

from transforms.series.workforce.turnover import benchmarking, national

READERS = (benchmarking.READER, national.READER)

__all__ = ["READERS"]
