"""docs/rules.md: the rule book, clause by clause: what in the code keeps it, and which tests hold it."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from docs.architecture import room_of
from docs.sources import first_line, imports_of, scripts, text_of, tree_of
from school.reference import reference_rows

HEAD = """# Rule book

Written by `python -m docs` from the code: rules cite the clauses of the school's regulation as «п. 5.2». A clause lists
what decides (rules and measures that cite it), what else cites it, and the tests that hold it: those that cite it
and those that call the rule. The clauses stand in `data/reference/regulation.csv`, in short words.
"""
RULES = re.compile(r"school/\w+/rules(\.py|/.+)|pipelines/(measures|fair)/.+")
CITATION = re.compile(r"[пП]\.\s(\d+\.\d+(?:(?:–|-|, | and | и )\d+\.\d+)*)(?!\.?\d)")
# The words of a table's row or of a comment.
WORDS = re.compile(r"""["#]\s*([^"]*[пП]\.\s\d[^"]*)""")
Definition = ast.FunctionDef | ast.ClassDef


@dataclass(frozen=True)
class Rule:
    """A definition of a module of rules that cites a clause; without a name it is the whole module."""

    script: Path
    name: str
    says: str


@dataclass
class Clause:
    """A clause of the regulation with what keeps it."""

    texts: list[str] = field(default_factory=list)
    rules: dict[Rule, None] = field(default_factory=dict)
    rooms: set[str] = field(default_factory=set)
    tests: set[str] = field(default_factory=set)


def cited_clauses(line: str) -> set[str]:
    """Return the clauses that a line cites: «п. 4.5, 5.2–5.4» names 4.5, 5.2, 5.3 and 5.4."""
    found = set()
    for citation in CITATION.findall(line):
        for first, last in re.findall(r"(\d+\.\d+)(?:[–-](\d+\.\d+))?", citation):
            found |= {first, last or first}
            found |= {each for each in _numbers() if last and _key(first) <= _key(each) <= _key(last)}
    return found


@cache
def _numbers() -> tuple[str, ...]:
    return tuple(row["clause"] for row in reference_rows("regulation"))


def _key(clause: str) -> tuple[int, ...]:
    return tuple(map(int, clause.split(".")))


def rules_page() -> str:
    """Return docs/rules.md. Raises KeyError where the code cites a clause that the regulation does not have."""
    clauses = _clauses()
    _add_code(clauses)
    _add_tests(clauses)
    return "\n".join([HEAD, *(_chapter(number, clause) for number, clause in clauses.items())])


def _clauses() -> dict[str, Clause]:
    clauses: dict[str, Clause] = defaultdict(Clause)
    for row in reference_rows("regulation"):
        clauses[row["clause"]].texts.append(row["text"])
    return dict(clauses)


def _add_code(clauses: dict[str, Clause]) -> None:
    for script in scripts("school", "pipelines", "models", "pages", "server"):
        is_rules = RULES.fullmatch(script.as_posix())
        for number, name, says in _citations(script):
            if is_rules:
                clauses[number].rules[Rule(script, name, says)] = None
            else:
                clauses[number].rooms.add(room_of(script))


def _add_tests(clauses: dict[str, Clause]) -> None:
    for script in scripts("tests"):
        if not script.name.startswith("test_"):
            continue
        for number, name, _ in _citations(script):
            clauses[number].tests.add(f"{script}::{name}" if name.startswith("test_") else str(script))
        imported = set(imports_of(script))
        for clause in clauses.values():
            if any((_module(rule.script), rule.name.partition(".")[0]) in imported for rule in clause.rules):
                clause.tests.add(str(script))


def _citations(script: Path) -> Iterator[tuple[str, str, str]]:
    """Yield clause, name of the citing definition («Class.method»; empty: the module) and what it says."""
    for line_number, line in enumerate(text_of(script).splitlines(), start=1):
        for number in sorted(cited_clauses(line)):
            name, says = _owner(tree_of(script), line_number, is_comment=line.lstrip().startswith("#"))
            yield number, name, says or _words(line)


def _words(line: str) -> str:
    words = WORDS.search(line)
    has_letters = words and re.search(r"[^\W\d]{3}", words.group(1))
    return words.group(1) if words and has_letters else ""


def _owner(tree: ast.Module, line: int, *, is_comment: bool) -> tuple[str, str]:
    """Return the innermost definition at a line, or below the comment there, with its docstring's first line."""
    names: list[str] = []
    says, scope = first_line(tree), tree.body
    while found := _statement_at(scope, line, with_comment_above=is_comment and not names):
        if isinstance(found, Definition):
            names.append(found.name)
            says, scope = first_line(found), found.body if isinstance(found, ast.ClassDef) else []
        else:
            target = found.targets[0] if isinstance(found, ast.Assign) else getattr(found, "target", None)
            if names or not isinstance(target, ast.Name):
                break
            return target.id, ""
    return ".".join(names), says


def _statement_at(scope: list[ast.stmt], line: int, *, with_comment_above: bool) -> ast.stmt | None:
    for statement in scope:
        decorators = statement.decorator_list if isinstance(statement, Definition) else []
        first = min([statement.lineno, *(each.lineno for each in decorators)])
        if first <= line <= (statement.end_lineno or first) or (with_comment_above and first > line):
            return statement
    return None


def _module(script: Path) -> str:
    return ".".join(script.with_suffix("").parts)


def _chapter(number: str, clause: Clause) -> str:
    lines = [f"## п. {number}", "", *(f"> {text}.\n" for text in clause.texts)]
    if clause.rules:
        lines += ["| Decides | Says |", "|---|---|", *(_rule_row(rule) for rule in clause.rules), ""]
    if clause.rooms:
        lines += [f"Also cited in: {', '.join(f'`{room}`' for room in sorted(clause.rooms))}.", ""]
    if tests := [
        test for test in sorted(clause.tests) if test.partition("::")[0] not in clause.tests - {test}
    ]:
        lines += ["Held by:", "", *(f"- `{test}`" for test in tests), ""]
    if not (clause.rules or clause.rooms or clause.tests):
        lines += ["Nothing in the code cites this clause.", ""]
    return "\n".join(lines)


def _rule_row(rule: Rule) -> str:
    place = rule.script.with_suffix("").as_posix()
    return f"| `{place}`{f' `{rule.name}`' if rule.name else ''} | {rule.says.replace('|', chr(92) + '|')} |"
