"""Words that people typed, in Markdown, and numbers as they type them."""

_ESCAPED = str.maketrans({sign: f"\\{sign}" for sign in "\\`*_{}[]()#+-.!|~<>:$^&="} | {"\n": "  \n"})


def plain_number(number: float) -> str:
    """Return «2» or «0,5»."""
    return f"{number:g}".replace(".", ",")


def as_typed(text: str) -> str:
    """Return typed words so that Markdown shows them as they are, line by line."""
    return text.translate(_ESCAPED)
