"""CSV zips of the workforce statistics: staff, grades, job roles and personal characteristics, one member each.

Source: NHS England, NHS Workforce Statistics. Three layouts of one zip are known by their headers: "… csv files.zip" to
August 2025 (title-case headings, `Data Type` and `Total` or `Total FTE`), "… CSV data files, September 2025.zip"
(`DATA_MONTH, DATA_LEVEL, DATA_TYPE, …, VALUE`), and from October 2025 `FTE` and `HEADCOUNT` in place of `DATA_TYPE` and
`VALUE`; and two zips of each edition: trusts and core organisations ("Core 0" to "Core 16"), support organisations and
central bodies ("Support 0" to "Support 3").

Members are found by their headings (transforms/vocabularies/csv_member.csv lists them, those not read too, each with
its reason); a member that nobody knows is recorded as unread, one with the number of a known table and other headings
stops the file. What is kept of the large ones:

* Core 5 (organisation by grade): rows of bands 8a-9 and very senior managers, and every grade of senior managers and
  managers. The other rows, most of the file, answer no question here; their grades are still held to the vocabulary.
* Core 3 (organisation by specialty): consultants. Other grades of doctors lead no team.
* Core 7 (England, monthly since 2009): the roles of transforms/vocabularies/board_role.csv. Core 8, the organisations'
  latest month, is kept whole.

What stops a zip, whichever rows are kept: a member that ends in mid-record, a blank label, another month than the name
says (cells.py, members.py, reader.py), staff groups or areas that do not give their total (staff_sums.py), categories,
grades or characteristics that do not (totals.py), organisations that one member lacks or has with other FTE
(agreement.py), a job role of a board that is missing or renamed (roles.py). Rules that no document of the publisher
states are held to where nearly all cells of a file keep them.
"""

from transforms.series.workforce.core_csv.reader import READER, read, recognise

__all__ = ["READER", "read", "recognise"]
