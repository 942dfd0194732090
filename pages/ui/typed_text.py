"""Words that people typed, in Markdown."""

_ESCAPED = str.maketrans({sign: f"\\{sign}" for sign in "\\`*_{}[]()#+-.!|~<>:$^&="} | {"\n": "  \n"})


def as_typed(text: str) -> str:
    """Return typed words so that Markdown shows them as they are, line by line."""
    return text.translate(_ESCAPED)
