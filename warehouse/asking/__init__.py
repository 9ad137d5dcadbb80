"""Reading a warehouse: queries, lookup of a row, its provenance, differences between two warehouses."""
