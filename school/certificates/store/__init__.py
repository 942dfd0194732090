"""Rows of papers, requests, and results of pupils."""
