"""Getting the files of a series into the archive: discovery, download, the inbox and placed files."""
