"""Changed copies of real published files, and what becomes of each: `python -m tests.mutations`.

A change is what happens to published files: a digit, a label, a row, a column, a month, a sheet, an encoding, a name, a
damaged download. What a reader or a rule does not refuse must read the same, or show as a revision after the unchanged
file; everything else is published different without a word, and counted. README.md beside this tells more, RESULTS.md
holds the newest run.
"""
