"""Measures as narwhals expressions: pure functions of tables, the same on every engine."""
