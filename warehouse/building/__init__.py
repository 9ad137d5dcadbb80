"""Building a candidate warehouse: core tables with history, corrections, reference tables, marts, rejections."""
