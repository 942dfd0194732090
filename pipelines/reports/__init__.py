"""Printed documents: a context in, bytes out."""
