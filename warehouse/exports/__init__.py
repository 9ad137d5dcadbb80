"""Exports of a release: each mart in the forms that people can open.

    marts/<mart>.parquet                 the rows, with title, licence and attribution in its metadata
    marts/<mart>.csv                     UTF-8 with a byte order mark, for Excel; see `warehouse.exports.csv_file`
    marts/<mart>.csv-metadata.json       CSV on the Web: the columns, their types and meanings, the rights
    marts/<mart>.xlsx                    an accessible workbook; see `warehouse.exports.workbook`
    datapackage.json                     Frictionless Data Package over the CSV files

The files of a mart are a function of its rows and of `MartFacts` alone: nothing in them names a release or a time of
writing. The other forms are made from the Parquet file.
"""
