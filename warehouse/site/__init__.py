"""The web site of a release: static pages that any file server can serve.

    warehouse file (public copy) -> ready questions (warehouse/questions) and queries/*.sql over marts,
        each answer a list of plain dicts
    answer -> where its figures are printed (reference.lineage, in bulk) and which caveats they carry
    answer -> chart (SVG) and table (formatted cells), the same rows for both
    these -> templates/*.html (Jinja2, autoescape, StrictUndefined) -> one file per page, without JavaScript
    static/ -> one style sheet, and one script that searches organisations; the list works without it

No page asks another host for anything, and no page is made where it is read.
"""
