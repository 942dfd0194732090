"""The table of security has a row for each requirement of its levels, and each test that it names is there."""

import re
from functools import cache
from pathlib import Path

from school.reference import reference_rows

ROOT = Path(__file__).resolve().parents[2]
OTHERWISE = ("by construction", "does not apply", "not held")


@cache
def rows() -> list[tuple[str, str, str]]:
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    return re.findall(r"^\| (\d+\.\d+\.\d+(?:–\d+\.\d+\.\d+)?) \| (.+?) \| (.+) \|$", text, re.MULTILINE)


def order(requirement: str) -> tuple[int, ...]:
    return tuple(map(int, requirement.split(".")))


def test_every_requirement_of_the_levels_has_one_row() -> None:
    asked = [row["requirement"] for row in reference_rows("asvs_levels")]
    spans = [
        (order(first), order(last or first)) for first, _, last in (row[0].partition("–") for row in rows())
    ]
    answers = {each: sum(first <= order(each) <= last for first, last in spans) for each in asked}
    assert {each: found for each, found in answers.items() if found != 1} == {}
    assert len(asked) == 253


def test_every_test_that_is_named_is_there() -> None:
    files = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py")}
    named = [
        (number, file, name)
        for number, _, held in rows()
        for file, name in re.findall(r"`(\w+\.py)::(\w+)`", held)
    ]
    assert len(named) > 100
    assert [each for each in named if f"def {each[2]}(" not in files.get(each[1], "")] == []


def test_every_row_says_what_holds_it() -> None:
    assert [row for row in rows() if "::" not in row[2] and not row[2].startswith(OTHERWISE)] == []
