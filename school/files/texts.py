"""Texts of people's own files: headers and words compared, whole names, however they were typed."""

import re
from functools import lru_cache

from school.files.spellings import clean, words_of
from school.records import PersonName


@lru_cache(maxsize=8192)
def words_key(text: str) -> str:
    """Return what two spellings of a header or a word have in common: neither case, signs nor look-alikes count."""
    return " ".join(words_of(text))


def person_name(last: str, first: str = "", middle: str = "") -> PersonName:
    """Return a name tidied; where only the first part is given, it holds the whole name, the last name first."""
    if first or middle:
        return PersonName(_capital(last), _capital(first), _capital(middle))
    last, first, *rest = [*clean(last.replace(".", ". ").replace(",", " ")).split(), "", ""]
    return PersonName(_capital(last), _capital(first), _capital(" ".join(rest)))


def _capital(text: str) -> str:
    """«ИВАНОВ» and «иванов» are «Иванов», «ПЕТРОВА-ВОДКИНА» is so part by part; mixed case is left alone."""
    tidy = clean(text)
    if not (tidy.isupper() or tidy.islower()):
        return tidy
    return re.sub(r"[^\W\d_]+", lambda word: word[0].capitalize(), tidy)
