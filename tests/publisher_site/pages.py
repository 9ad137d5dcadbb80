"""Renders the publishers' pages from content: every address of the stand-in, with its bytes.

The structure of the pages is that of the publishers' own templates: NHS-digital-website/hippo (`series.ftl`,
`nhsd-common/publication.ftl`, `nhsd-common/dataset.ftl`, `supplementaryinformation.ftl`) and
ukgov-equality-hub/ethnicity-facts-and-figures (`download_the_data.html`).
"""

from __future__ import annotations

import hashlib
import json
import mimetypes
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from functools import cache
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import jinja2

from flows.fetching.publishers.england_nhs import ae_pages
from flows.sample.server import Resource
from tests.publisher_site.content import SiteEdition, SiteFile, SiteSeries
from transforms.catalogue import FoundBy, Series
from transforms.series import CATALOGUE

TYPES = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xls": "application/vnd.ms-excel",
    ".csv": "text/csv",
    ".zip": "application/zip",
}


def render(series: Iterable[SiteSeries]) -> list[Resource]:
    """Every address of the stand-in, once: landing pages, edition pages, data-set pages and files."""
    site: dict[str, Resource] = {}
    for shown in series:
        entry = CATALOGUE[shown.series.value]
        newest_first = sorted(shown.editions, key=lambda edition: edition.published_on, reverse=True)
        for resource in _LAYOUTS[entry.found_by](entry, newest_first):
            site.setdefault(resource.address, resource)
    return list(site.values())


def _nhs_digital(series: Series, editions: list[SiteEdition]) -> Iterable[Resource]:
    out = [edition for edition in editions if not edition.upcoming]
    announced = sorted((each for each in editions if each.upcoming), key=lambda edition: edition.published_on)
    yield _page(
        "nhs_digital_series.html",
        series.landing,
        editions,
        title=series.title,
        latest=_listed(series, out[0]) if out else None,
        past=[_listed(series, edition) for edition in out[1:]],
        upcoming=[_listed(series, edition) for edition in announced[:4]],
    )
    for edition in editions:
        yield from _nhs_digital_edition(series, edition)


def _nhs_digital_edition(series: Series, edition: SiteEdition) -> Iterable[Resource]:
    address = _edition_address(series, edition)
    data_sets = [(f"{address}/{_slug(each.title)}", each) for each in edition.data_sets]
    first, last = edition.covers or (None, None)
    yield _page(
        "nhs_digital_edition.html",
        address,
        [edition],
        title=edition.title,
        upcoming=edition.upcoming,
        series_path=urlsplit(series.landing).path,
        series_title=series.title,
        kind_of_statistics=edition.kind_of_statistics,
        published_on=_day(edition.published_on),
        covers=f"{first:%d %b %Y} to {last:%d %b %Y}" if first and last else "",
        covers_iso=f"{first}/{last}",
        key_facts=edition.key_facts.splitlines(),
        data_sets=[{"path": urlsplit(place).path, "title": each.title} for place, each in data_sets],
        files=_offered(series, edition, edition.files),
        links=[{"title": title, "address": linked} for title, linked in edition.links],
        last_edited=_day(edition.published_on, "%B"),
    )
    for place, data_set in data_sets:
        yield _page(
            "nhs_digital_data_set.html",
            place,
            [edition],
            title=data_set.title,
            published_on=_day(edition.published_on),
            edition_path=urlsplit(address).path,
            edition_title=edition.title,
            files=_offered(series, edition, data_set.files),
        )
    for file in (*edition.files, *(file for each in edition.data_sets for file in each.files)):
        yield _file(series, edition, file)


def _supplementary(series: Series, editions: list[SiteEdition]) -> Iterable[Resource]:
    newest = editions[0]
    first, last = newest.covers or (None, None)
    yield _page(
        "nhs_digital_supplementary.html",
        series.landing,
        editions,
        title=newest.title,
        published_on=_day(newest.published_on, "%B"),
        covers=f"{_day(first, '%B')} - {_day(last, '%B')}" if first and last else "",
        files=_offered(series, newest, newest.files),
    )
    yield from (_file(series, newest, file) for file in newest.files)


def _list_of_links(series: Series, editions: list[SiteEdition]) -> Iterable[Resource]:
    pairs = [(edition, file) for edition in editions for file in edition.files]
    offered = [_offer(series, edition, file) for edition, file in pairs]
    yield _page("links.html", series.landing, editions, title=series.title, files=offered)
    yield from (_file(series, edition, file) for edition, file in pairs)


def _staff_survey(series: Series, editions: list[SiteEdition]) -> Iterable[Resource]:
    """The newest edition's files on the results page; those of earlier ones in the data of the results archive."""
    yield from _list_of_links(series, editions[:1])
    years = [
        {
            "archiveTemplate": {
                "year": edition.title,
                "flexibleContent": [
                    {
                        "downloads": [
                            {"name": offer["title"], "file": {"localFile": {"publicURL": offer["address"]}}}
                            for offer in _offered(series, edition, edition.files)
                        ]
                    }
                ],
            }
        }
        for edition in editions[1:]
    ]
    below = urljoin(series.landing, "/page-data/")
    queries = {"1234567890": {"site": {}}, "4265973848": {"allWpYear": {"nodes": years}}}
    yield _json(f"{below}results/results-archive/page-data.json", {"staticQueryHashes": list(queries)}, editions)
    yield from (_json(f"{below}sq/d/{name}.json", {"data": data}, editions) for name, data in queries.items())
    for edition in editions[1:]:
        yield from (_file(series, edition, file) for file in edition.files)


def _standard_hub(series: Series, editions: list[SiteEdition]) -> Iterable[Resource]:
    """A hub page that leads to a report of each edition, and the empty answers of the site's interface."""
    reports = {f"https://www.england.nhs.uk/long-read/{_slug(each.title)}-report/": each for each in editions}
    links = [{"address": address, "title": f"{each.title}: report"} for address, each in reports.items()]
    yield _page("links.html", series.landing, editions, title=series.title, files=links)
    for address, each in reports.items():
        yield _page("links.html", address, [each], title=each.title, files=_offered(series, each, each.files))
        yield from (_file(series, each, file) for file in each.files)
    yield from (_json(address, [], editions) for address in series.more_pages)


def _organisations(series: Series, editions: list[SiteEdition]) -> Iterable[Resource]:
    """Reports without a page, and the A&E page of england.nhs.uk with the mapping, where an edition has one."""
    for edition in editions:
        yield from (_file(series, edition, file) for file in edition.files)
        offered = [
            _offer(series, edition, file) for file in edition.files if file.name.lower().endswith((".xls", ".xlsx"))
        ]
        yield _page("links.html", ae_pages(edition.published_on)[0], [edition], title="A&E", files=offered)


def _ethnicity(series: Series, editions: list[SiteEdition]) -> Iterable[Resource]:
    """The newest edition on the measure's page, the next on the page of the next measure."""
    for address, edition in zip((series.landing, *series.more_pages), editions, strict=False):
        yield _page(
            "ethnicity.html",
            address,
            [edition],
            title=edition.title,
            published_on=_day(edition.published_on),
            published_iso=edition.published_on.isoformat(),
            files=_offered(series, edition, edition.files),
        )
        yield from (_file(series, edition, file) for file in edition.files)


_LAYOUTS: dict[FoundBy, Callable[[Series, list[SiteEdition]], Iterable[Resource]]] = {
    FoundBy.NHS_DIGITAL_PAGES: _nhs_digital,
    FoundBy.SUPPLEMENTARY_PAGE: _supplementary,
    FoundBy.PAY_GAP_DOWNLOADS: _list_of_links,
    FoundBy.STAFF_SURVEY_PAGE: _staff_survey,
    FoundBy.ETHNICITY_PAGE: _ethnicity,
    FoundBy.ODS_REPORTS: _organisations,
    FoundBy.STANDARD_HUB: _standard_hub,
}


def _file_address(series: Series, edition: SiteEdition, file: SiteFile) -> str:
    """Where the publisher would serve the file. Parts that a publisher draws by lot come from a hash of the upload."""
    drawn = hashlib.sha256(f"{edition.title}\n{file.name}\n".encode() + file.content).hexdigest()
    name = quote(file.name, safe="")
    match series.found_by:
        case FoundBy.NHS_DIGITAL_PAGES:
            return f"https://files.digital.nhs.uk/{drawn[:2].upper()}/{drawn[2:8].upper()}/{name}"
        case FoundBy.SUPPLEMENTARY_PAGE:
            return f"https://digital.nhs.uk/binaries/content/assets/website-assets/supplementary-information/{name}"
        case FoundBy.PAY_GAP_DOWNLOADS:
            start = file.name.partition(" - ")[2][:4]
            return f"https://gender-pay-gap.service.gov.uk/viewing/download-data/{start}"
        case FoundBy.STAFF_SURVEY_PAGE:
            return f"https://www.nhsstaffsurveys.com/static/{drawn[:32]}/{name}"
        case FoundBy.ETHNICITY_PAGE:
            return f"{series.landing}/downloads/{name}"
        case FoundBy.ODS_REPORTS | FoundBy.STANDARD_HUB:
            known = {each.name: each.address for each in series.registered}
            uploads = f"https://www.england.nhs.uk/wp-content/uploads/{edition.published_on:%Y/%m}"
            return known.get(file.name, f"{uploads}/{name}")


def _offered(series: Series, edition: SiteEdition, files: Iterable[SiteFile]) -> list[dict[str, Any]]:
    return [_offer(series, edition, file) for file in files]


def _offer(series: Series, edition: SiteEdition, file: SiteFile) -> dict[str, Any]:
    extension = PurePosixPath(file.name).suffix
    return {
        "address": file.address or _file_address(series, edition, file),
        "title": file.title or file.name.removesuffix(extension),
        "media_type": _type(file.name),
        "extension": extension.lstrip("."),
        "size": _size(len(file.content)),
    }


def _file(series: Series, edition: SiteEdition, file: SiteFile) -> Resource:
    return Resource(
        address=file.address or _file_address(series, edition, file),
        content=file.content,
        media_type=_type(file.name),
        last_modified=_http_date(edition.published_on),
        download_as=file.name,
    )


def _page(template: str, address: str, editions: list[SiteEdition], **parts: Any) -> Resource:
    html = _templates().get_template(template).render(**parts)
    newest = max((edition.published_on for edition in editions), default=date(2020, 1, 1))
    return Resource(address, html.encode(), "text/html; charset=utf-8", _http_date(newest))


def _json(address: str, answer: Any, editions: list[SiteEdition]) -> Resource:
    newest = max((edition.published_on for edition in editions), default=date(2020, 1, 1))
    return Resource(address, json.dumps(answer).encode(), "application/json", _http_date(newest))


def _listed(series: Series, edition: SiteEdition) -> dict[str, str]:
    path = urlsplit(_edition_address(series, edition)).path
    return {
        "path": path,
        "title": edition.title,
        "published_on": _day(edition.published_on),
        "published_in_full": _day(edition.published_on, "%B"),
    }


def _edition_address(series: Series, edition: SiteEdition) -> str:
    return f"{series.landing}/{edition.slug or _slug(edition.title)}"


def _slug(title: str) -> str:
    return "-".join("".join(letter if letter.isalnum() else " " for letter in title.lower()).split())


def _day(day: date, month: str = "%b") -> str:
    return f"{day.day} {day:{month} %Y}"


def _size(size_bytes: int) -> str:
    """A size as digital.nhs.uk prints it: decimal, rounded."""
    return f"{round(size_bytes / 1_000_000)} MB" if size_bytes >= 1_000_000 else f"{round(size_bytes / 1_000)} KB"


def _http_date(day: date) -> str:
    return format_datetime(datetime.combine(day, time(9, 30), UTC), usegmt=True)


def _type(name: str) -> str:
    known = TYPES.get(PurePosixPath(name.lower()).suffix)
    return known or mimetypes.guess_type(name)[0] or "application/octet-stream"


@cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("tests.publisher_site"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
