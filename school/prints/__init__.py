"""Printed documents: a context in, bytes out; each document's layout is a typst file beside its module."""
