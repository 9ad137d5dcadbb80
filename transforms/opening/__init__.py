"""A published file's bytes: what kind of file it is, whether it is whole, and what is in it."""
