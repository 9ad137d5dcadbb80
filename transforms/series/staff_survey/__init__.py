"""NHS Staff Survey: bullying, discrimination, fairness after errors, speaking up, and every other question.

Two kinds of workbook, both of the Survey Coordination Centre for NHS England:

* the benchmark workbook (`benchmark`): one result a question and year for each organisation, five years, and four
  questions by ethnic group (WRES indicators 5 to 8);
* the detailed spreadsheets (`detailed`): one year, every question and every answer to it, by organisation or for all
  trusts together and groups of their staff.

Question numbers move between years: transforms/vocabularies/staff_survey_variable.csv says which number is which
question of ours in which year, and the publisher's own wording must bear it out. Rights: the Survey Coordination Centre
claims copyright, see the catalogue.
"""

from transforms.series.staff_survey.benchmark import BENCHMARK
from transforms.series.staff_survey.detailed import DETAILED

READERS = (BENCHMARK, DETAILED)

__all__ = ["BENCHMARK", "DETAILED", "READERS"]
