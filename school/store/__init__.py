"""The operational store: one DuckDB file, one writer, one module per kind of record."""
