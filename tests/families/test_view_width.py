"""Large letters on a narrow phone: no rule of the style sheet but its own keeps the week within the screen (ГОСТ Р 52872)."""

import re

import pytest

from pages.families.parts.diary_files import style


@pytest.mark.parametrize(
    "rule",
    [
        r"\.lessons tr \{ display: grid",
        r"\.help \{ position: static",
        r":is\(th, td\) \{ overflow-wrap: anywhere",
    ],
)
def test_large_letters_have_a_narrow_layout(rule: str) -> None:
    narrow = style().decode().split("@media (max-width: 45rem)")[1].split("\n}")[0]
    assert re.search(r'html:is\(\[data-size="150"\], \[data-size="200"\]\) ' + rule, narrow)
