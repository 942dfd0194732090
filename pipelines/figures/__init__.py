"""Measures within a reader's scope, as screens and reports ask for them."""
