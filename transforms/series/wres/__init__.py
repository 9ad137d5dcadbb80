"""Workforce Race Equality Standard: indicators 1-9 by trust, region or England.

No machine-readable national file is known. Figures come in by two ways:

* an intake file, a CSV written by hand from published reports and put into the inbox (`intake`). Its headings:

    wres_year,geography_level,area_code,indicator,ethnic_group,pay_cluster,measure,direction,numerator,denominator,value,source

  and rows such as (figures made up)

    2031,Organisation,RXX,2,,All,likelihood_ratio,White / BME,,,1.45,"WRES report 2031, page 4"
    2031,Organisation,RXX,1,BME,Non-clinical: VSM,percent,,3,24,12.5,"WRES report 2031, page 7"

  transforms/vocabularies/wres_intake_column.csv says what may stand in each column; `template()` gives the heading.
* a publisher's workbook, once one is known, by a layout map in transforms/layouts/wres (`national`): a map, no code.

Both are held to the same rules (`rules`): which measures an indicator has, which way its ratio runs, and that a value
follows from its numerator and denominator to the precision it was printed with.
"""

from transforms.series.wres.intake import INTAKE, template
from transforms.series.wres.national import NATIONAL

READERS = (INTAKE, NATIONAL)

__all__ = ["INTAKE", "NATIONAL", "READERS", "template"]
