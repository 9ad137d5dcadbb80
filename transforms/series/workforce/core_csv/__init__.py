"""CSV zips of the workforce statistics: staff, grades, job roles and personal characteristics, one member each.

Source: NHS England, NHS Workforce Statistics. Each edition has two zips: trusts and core organisations (members
"Core 0" to "Core 16"), and support organisations and central bodies ("Support 0" to "Support 3"). There are three
layouts, written from published header rows:

* to August 2025, "… csv files.zip": title-case headings, `Data Type` and `Total` or `Total FTE`;
* "… CSV data files, September 2025.zip": `DATA_MONTH, DATA_LEVEL, DATA_TYPE, …, VALUE`;
* from October 2025: `FTE` and `HEADCOUNT` in place of `DATA_TYPE` and `VALUE`.

Members are identified by their headings. transforms/vocabularies/csv_member.csv lists them, including those that are
not read, with the reason. An unknown member is recorded as unread; a member with the number of a known table and
different headings stops the file. Of the large members, only some rows are kept:

* Core 5 (organisation by grade): bands 8a-9 and very senior managers, and every grade of senior managers and managers.
  The other rows, most of the member, are not used by any mart; their grades are still checked against the vocabulary.
* Core 3 (organisation by specialty): consultants, because doctors of other grades do not lead a team.
* Core 7 (England, monthly since 2009): the roles of transforms/vocabularies/board_role.csv. Core 8, the latest month by
  organisation, is kept completely.

A zip is refused, whichever rows are kept, for: a truncated member, a blank label, a month that differs from the name
(cells.py, members.py, reader.py); staff groups or areas that do not add up to their total (staff_sums.py); categories,
grades or characteristics that do not add up (totals.py); organisations that are missing from a member or have different
FTE in two members (agreement.py); a board job role that is missing or renamed (roles.py). A rule that the publisher
does not document is applied only to files in which nearly all cells follow it.
"""

from transforms.series.workforce.core_csv.reader import READER, read, recognise

__all__ = ["READER", "read", "recognise"]
