"""What a text may hold: signs that no document can show are left out where it is typed, and once more where it is printed."""

import re
from collections.abc import Mapping
from typing import Any

# Control signs but for the tab and the end of a line, halves of surrogate pairs, and what Unicode calls no character: neither
# Word's XML nor the database takes them all.
UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def printable(text: str) -> str:
    """Return a text with a blank for each sign that no form can hold."""
    return UNPRINTABLE.sub(" ", text.replace("\r\n", "\n")) if UNPRINTABLE.search(text) else text


def all_printable(value: Any) -> Any:
    """Return plain data, dictionaries and lists within one another, with all of its texts printable."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, Mapping):
        return {key: all_printable(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [all_printable(each) for each in value]
    return value


def storable(parameters: Any) -> Any:
    """Return the parameters of a statement with their texts printable; the same object where they are already."""
    if not isinstance(parameters, dict):
        return parameters
    cleaned = {name: _storable(value) for name, value in parameters.items()}
    return cleaned if any(cleaned[name] is not parameters[name] for name in cleaned) else parameters


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, list) and any(isinstance(each, str) and UNPRINTABLE.search(each) for each in value):
        return [printable(each) if isinstance(each, str) else each for each in value]
    return value
