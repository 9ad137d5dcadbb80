"""The states in which a refresh can end, and why nothing was built."""

from __future__ import annotations

from enum import StrEnum


class Ending(StrEnum):
    """The states in which a refresh can end."""

    PUBLISHED = "Published"
    NOTHING_NEW = "Nothing new"
    PUBLISHED_WITH_GAPS = "Published with gaps"
    NOTHING_NEW_WITH_GAPS = "Nothing new, with gaps"
    REBUILT = "History rebuilt"
    REFUSED_BY_CHECKS = "Refused by checks"
    NOTHING_TO_PUBLISH = "Nothing to publish"
    NOTHING_TAKEN_IN = "Nothing taken in"

    @property
    def is_failure(self) -> bool:
        """Whether the refresh did not do what it was for, so that somebody has to act."""
        return self in {Ending.REFUSED_BY_CHECKS, Ending.NOTHING_TO_PUBLISH, Ending.NOTHING_TAKEN_IN}


SAME_FILES = "Nothing was built: the published file is already built from these files"
NOT_BUILT = {
    Ending.NOTHING_NEW: SAME_FILES,
    Ending.NOTHING_NEW_WITH_GAPS: SAME_FILES,
    Ending.NOTHING_TAKEN_IN: f"Every publisher or file that was tried failed. {SAME_FILES}",
    Ending.NOTHING_TO_PUBLISH: "Nothing was built: no file with rows was read; an empty warehouse is not published",
}
"""Why nothing was built, by ending."""
