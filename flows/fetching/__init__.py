"""Getting the files of a series into the archive: discovery, download, the inbox, and files placed in a folder."""
