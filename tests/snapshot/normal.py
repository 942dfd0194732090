"""What may differ between two runs of the same program, and the placeholder that takes its place; each with its reason."""

import re

_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    # Ids of widgets are hashes of their parameters and of the page they stand on; the key after the hash is the program's.
    (re.compile(r"\$\$ID-[0-9a-f]{32}-"), "$$ID-…-"),
    # A fresh invitation code or first administrator's code is random: «ACEH-KMPT-XY23-4567».
    (re.compile(r"\b[ACEHKMPTXY2-9]{4}(?:-[ACEHKMPTXY2-9]{4}){3}\b"), "<code>"),
    # An unexpected error gets a random number.
    (re.compile(r"№ \d{3}-\d{3}"), "№ <fault>"),
    # Scratch folders have random names, and the snapshot's own folder is named on the command line.
    (re.compile(r"/tmp/[\w.+-]*(?:/[\w.+-]*)*?/?(?=(?:school|extract|lake|out|live)\b)"), "<tmp>/"),
    # Progress of a command line begins with the seconds it has taken.
    (re.compile(r"\[ *\d+\.\d s\]"), "[<seconds> s]"),
    # A file is kept under a random name.
    (re.compile(r"stored_name='[0-9a-f]{32}'"), "stored_name='…'"),
    # An uploaded file gets a random id, which the keys of its widgets hold.
    (re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"), "<upload>"),
    # Python writes the address of an object that has no words of its own.
    (re.compile(r"0x[0-9a-f]{8,}"), "0x<address>"),
)


def normal(text: str) -> str:
    """Return a text without what is random in it."""
    for pattern, placeholder in _RULES:
        text = pattern.sub(placeholder, text)
    return text
