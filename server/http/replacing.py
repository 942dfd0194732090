"""Putting a function of our own in the place of one of a library's."""

from collections.abc import Callable
from typing import Any


def replace(owner: Any, name: str, with_what: Callable[..., Any]) -> None:
    """Replace an attribute of a library; raises AttributeError where this version of it has none of the name."""
    if not hasattr(owner, name):
        raise AttributeError(f"{owner!r} of this version has no {name}: its replacement has to be looked at.")
    setattr(owner, name, with_what)
