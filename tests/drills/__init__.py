"""Drills: what an operator fears, done on purpose and many times, with the real server, worker and command."""
