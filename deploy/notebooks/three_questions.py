"""Three questions of an analyst, from the published warehouse to text, chart, caveats and SQL (a marimo notebook).

Open it with `uv run marimo edit deploy/notebooks/three_questions.py`. WORKFORCE_DATA names the data folder; without it:
data.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="Three questions")


@app.cell
def _():
    import os
    from datetime import date
    from pathlib import Path

    import altair as alt
    import marimo as mo

    from transforms.errors import WorkforceError
    from warehouse.asking.questions import ready_question
    from warehouse.asking.ready import answer_to
    from warehouse.folder import DataFolder
    from warehouse.published import published_file

    file = published_file(DataFolder(Path(os.environ.get("WORKFORCE_DATA", "data"))))
    return WorkforceError, alt, answer_to, date, file, mo, ready_question


@app.cell
def _(WorkforceError, alt, answer_to, date, file, mo, ready_question):
    def asked(name, organisation=""):
        """The answer to a ready question, or in words why this warehouse has none."""
        try:
            return answer_to(file, ready_question(name), organisation)
        except WorkforceError as error:
            return str(error)

    def plain(rows):
        """Rows for a chart: dates as text."""
        return [
            {name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()}
            for row in rows
        ]

    def shown(answer, draw):
        """Sentence, source, chart, table, caveats and SQL of an answer; the reason where there is none."""
        if isinstance(answer, str):
            return mo.callout(mo.md(answer), kind="warn")
        warning = [mo.callout(mo.md("**Illustrative figures: not statistics.**"), kind="warn")]
        columns = answer.question.columns
        return mo.vstack(
            [
                *(warning if answer.figure_kind == "illustrative" else []),
                mo.md(f"**{answer.sentence}**\n\nSource: {answer.question.source}.{answer.editions}"),
                draw(alt.Chart(alt.Data(values=plain(answer.rows)))),
                mo.ui.table(
                    [{columns[name]: row[name] for name in columns} for row in plain(answer.rows)], selection=None
                ),
                mo.md("\n".join(f"* {caveat}" for caveat in (answer.question.caveat, *answer.caveats))),
                mo.md(f"```sql\n{answer.sql}\n```"),
            ]
        )

    return asked, shown


@app.cell
def _(mo):
    mo.md("""
    # Three questions

    Each is a ready question of the warehouse (`workforce ask` lists them): its answer in words, a chart, the rows, what
    to know of them, and the SQL to go on from.
    """)
    return


@app.cell
def _(mo):
    mo.md("## How diverse is NHS leadership, now and in 2018?")
    return


@app.cell
def _(asked, mo, shown):
    def leaders(chart):
        return (
            chart.mark_line(point=True)
            .encode(
                x="period_end:T",
                y={"field": "share_percent", "type": "quantitative", "scale": {"zero": True}, "title": "BME, %"},
                color="leadership_group:N",
            )
            .properties(title="BME share of leaders, % of those of known ethnicity", width=560)
        )

    now_and_then = asked("bme_very_senior_managers")
    diversity = asked("bme_over_time")
    mo.vstack([mo.md(getattr(now_and_then, "sentence", now_and_then)), shown(diversity, leaders)])
    return diversity, now_and_then


@app.cell
def _(mo):
    mo.md("## Which region has the highest nursing vacancy rate, now and a year ago?")
    return


@app.cell
def _(asked, shown):
    def regions(chart):
        names = {"vacancy_rate_percent": "now", "vacancy_rate_percent_year_before": "a year before"}
        label = " : ".join(f"datum.quarter == '{field}' ? '{name}'" for field, name in names.items()) + " : ''"
        return (
            chart.transform_fold(list(names), ["quarter", "rate"])
            .transform_calculate(when=label)
            .mark_bar()
            .encode(
                x={"field": "rate", "type": "quantitative", "title": "Rate, % of posts"},
                y="when:N",
                color="when:N",
                row="region_name:N",
            )
            .properties(title="Registered nursing vacancy rate, %", width=420)
        )

    vacancies = asked("nursing_by_region")
    shown(vacancies, regions)
    return (vacancies,)


@app.cell
def _(mo):
    trust = mo.ui.text(value="guys", label="Trust by name, former name or code")
    mo.vstack([mo.md("## What share of the best paid quarter of a trust are women, among its peers?"), trust])
    return (trust,)


@app.cell
def _(asked, shown, trust):
    def peers(chart):
        return (
            chart.mark_bar()
            .encode(
                x={"field": "women_share_percent", "type": "quantitative", "title": "Women, %"},
                y={"field": "org_name", "type": "nominal", "sort": "-x", "title": None, "axis": {"labelLimit": 320}},
                color="is_asked:N",
            )
            .properties(title="Women in the best paid quarter, %", width=420)
        )

    pay = asked("women_in_top_quarter_of_a_trust", trust.value)
    shown(pay, peers)
    return (pay,)


if __name__ == "__main__":
    app.run()
