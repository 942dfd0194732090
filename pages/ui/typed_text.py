"""Numbers as people type them, and the typed text that screens show."""

from server.typed_text import Markdown, as_typed, in_line, linked

__all__ = ["NO_WORDS", "Markdown", "as_typed", "in_line", "linked", "plain_number"]

NO_WORDS = Markdown("")


def plain_number(number: float) -> str:
    """Return «2» or «0,5»."""
    return f"{number:g}".replace(".", ",")
