"""Texts of people's own files compared: headers and words, however they were typed."""

from functools import lru_cache

from school.files.spellings import words_of


@lru_cache(maxsize=8192)
def words_key(text: str) -> str:
    """Return what two spellings of a header or a word have in common: neither case, signs nor look-alikes count."""
    return " ".join(words_of(text))
