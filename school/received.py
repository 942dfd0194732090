"""What comes in requests and addresses, read in one way: ids and numbers within the range of the database, texts that it can hold."""

from typing import Any

from school.texts import UNPRINTABLE, printable

# BIGINT, and the digits of its largest number.
LARGEST_ID, MOST_DIGITS = 2**63 - 1, 19


def id_of(value: Any) -> int | None:
    """Return an identifier or another number from 0 on, given as a number or as ASCII digits; None for anything else."""
    if isinstance(value, str) and 0 < len(value) <= MOST_DIGITS and value.isascii() and value.isdigit():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if 0 <= value <= LARGEST_ID else None


def text_of(value: Any, longest: int) -> str | None:
    """Return a text without signs that no form can hold, at most ``longest`` signs; None for what is no text.

    Half of a surrogate pair is no text: nothing can hold it, and a blank instead would be another text.
    """
    if not isinstance(value, str):
        return None
    text = value[:longest]
    if UNPRINTABLE.search(text) is None:
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return None
    return printable(text)
