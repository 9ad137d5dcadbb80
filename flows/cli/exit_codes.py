"""Exit codes of the command `workforce`: the only list of them, used by the command, its help and the README."""

from __future__ import annotations

from enum import IntEnum

from flows.endings import Ending


class ExitCode(IntEnum):
    """How a command ended. `sentence` says it in words."""

    sentence: str

    def __new__(cls, value: int, sentence: str) -> ExitCode:
        """A member with its number and its sentence."""
        member = int.__new__(cls, value)
        member._value_ = value
        member.sentence = sentence
        return member

    DONE = 0, "Done."
    ERROR = 1, "An error; the message says what to do."
    USAGE = 2, "Wrong usage: unknown or contradicting options."
    GAPS = 3, "A publisher or a file failed; the rest was published, or the published file stayed."
    REFUSED_BY_CHECKS = 4, "The checks refused the candidate; the published file stayed."
    BUSY = 5, "Another refresh, or a backup, is running on the data folder."
    NOTHING_TO_PUBLISH = 6, "No file could be read; an empty warehouse is never published."
    NO_ANSWER = 7, "A ready question cannot be answered from this warehouse; the message says what is missing."


_BY_ENDING = {
    Ending.PUBLISHED: ExitCode.DONE,
    Ending.NOTHING_NEW: ExitCode.DONE,
    Ending.REBUILT: ExitCode.DONE,
    Ending.PUBLISHED_WITH_GAPS: ExitCode.GAPS,
    Ending.NOTHING_NEW_WITH_GAPS: ExitCode.GAPS,
    Ending.NOTHING_TAKEN_IN: ExitCode.GAPS,
    Ending.REFUSED_BY_CHECKS: ExitCode.REFUSED_BY_CHECKS,
    Ending.NOTHING_TO_PUBLISH: ExitCode.NOTHING_TO_PUBLISH,
}


def exit_code_of(ending: Ending) -> ExitCode:
    """The exit code of a refresh that ended so."""
    return _BY_ENDING[ending]
