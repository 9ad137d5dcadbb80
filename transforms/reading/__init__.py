"""Functions that all readers share: spreadsheet grids, CSV records, periods, symbols, vocabularies, validation."""
