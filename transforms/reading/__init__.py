"""Small parts that every reader shares: grids of a spreadsheet, periods, symbols, vocabularies."""
