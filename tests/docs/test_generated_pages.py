"""The generated pages of the documentation say what the code says, and citations are of clauses that there are."""

import pytest

from docs.pages import PAGES, page_path
from docs.rules import cited_clauses
from school.reference import reference_rows


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_what_the_code_says(name: str) -> None:
    assert page_path(name).read_text(encoding="utf-8") == PAGES[name](), "run: python -m docs"


@pytest.mark.parametrize(
    ("line", "clauses"),
    [
        ("(п. 5.2)", {"5.2"}),
        ("п. 4.5, 5.2–5.4: reasons", {"4.5", "5.2", "5.3", "5.4"}),
        ("(п. 4.1–4.7)", {"4.1", "4.2", "4.3", "4.5", "4.6", "4.7"}),
        ("п. 4.5 and 5.5 say when, п. 6.3 what", {"4.5", "5.5", "6.3"}),
        ("П. 4.1: the head sees every page.", {"4.1"}),
        ("СанПиН 2.4.3648-20, п. 3.4.16", set()),
        ("version 5.2", set()),
    ],
)
def test_citations_of_clauses_are_read_as_people_write_them(line: str, clauses: set[str]) -> None:
    assert cited_clauses(line) == clauses


def test_every_clause_has_words() -> None:
    assert all(row["clause"] and row["text"] for row in reference_rows("regulation"))
