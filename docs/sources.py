"""Source files of the project, read once for all generated pages."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Parsing every file only for its imports would take seconds.
IMPORT = re.compile(r"^\s*from ([\w.]+) import (\([^)]*\)|.+)$|^\s*import ([\w.]+)", re.MULTILINE)


def scripts(*places: str) -> Iterator[Path]:
    """Yield the Python files under folders of the project, as paths from its root, in alphabetical order."""
    for place in places:
        yield from sorted(path.relative_to(ROOT) for path in (ROOT / place).rglob("*.py"))


@cache
def text_of(script: Path) -> str:
    """Return the text of a source file."""
    return (ROOT / script).read_text(encoding="utf-8")


@cache
def tree_of(script: Path) -> ast.Module:
    """Return a source file parsed."""
    return ast.parse(text_of(script))


def first_line(node: ast.Module | ast.ClassDef | ast.FunctionDef) -> str:
    """Return the first line of a docstring; empty where there is none."""
    return (ast.get_docstring(node) or "").partition("\n")[0]


def imports_of(script: Path) -> Iterator[tuple[str, str]]:
    """Yield what a file imports: module and name; ``import a.b`` has no name."""
    for module, names, whole in IMPORT.findall(text_of(script)):
        if whole:
            yield whole, ""
        for name in re.findall(r"(\w+)(?: as \w+)?", names):
            yield module, name
