"""What the tests of the running service share."""

from tests.end_to_end.served import cut_off, finished, served

__all__ = ["cut_off", "finished", "served"]
