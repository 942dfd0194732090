"""Measures over marks, lessons and absences: pure functions of tables.

A table is whatever engine the caller works on: a DuckDB relation, a PySpark frame, a pandas frame. A
function gives back a table of the same kind, unsorted; tables of one call must come from one connection.
Measures are never rounded here: a screen rounds what it shows.
"""
