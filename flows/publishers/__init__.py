"""One module per publisher: how to find its editions and their files."""
