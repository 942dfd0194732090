"""Which documents are printed, how long they are kept, what is out of date; numbers in words (п. 6.6)."""

from datetime import date, datetime

import pytest

from pipelines.reports.papers import MAKERS
from school.numbers import number_words
from school.paper.records import Paper, PaperKind, PaperOrder
from school.paper.rules import PAPERS, is_outdated, kept_until, sheets_of

PAPER = Paper(1, PaperOrder(PaperKind.CLASS_REGISTER, 1), datetime(2027, 6, 1), 1, "", 100, 7)


@pytest.mark.parametrize(
    ("kind", "last_day"),
    [
        # From 1 January after the year of school: 2026/27 ends in 2027.
        (PaperKind.CLASS_REGISTER, date(2032, 12, 31)),
        (PaperKind.MARKS_SUMMARY, date(2052, 12, 31)),
    ],
)
def test_a_term_of_keeping_begins_in_january(kind: PaperKind, last_day: date) -> None:
    assert kept_until(kind, 2026) == last_day


@pytest.mark.parametrize(("newest", "outdated"), [(99, False), (100, False), (101, True)])
def test_a_document_is_out_of_date_after_a_newer_entry(newest: int, outdated: bool) -> None:
    assert is_outdated(PAPER, newest) == outdated


@pytest.mark.parametrize(("pages", "sheets"), [(1, 1), (2, 1), (3, 2), (145, 73)])
def test_two_pages_are_a_sheet(pages: int, sheets: int) -> None:
    assert sheets_of(pages) == sheets


def test_every_document_that_is_made_has_its_words() -> None:
    assert set(MAKERS) <= set(PAPERS)
    assert {PaperKind.CLASS_REGISTER, PaperKind.ATTENDANCE_SUMMARY} <= set(MAKERS)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "ноль"),
        (1, "один"),
        (10, "десять"),
        (11, "одиннадцать"),
        (14, "четырнадцать"),
        (19, "девятнадцать"),
        (20, "двадцать"),
        (73, "семьдесят три"),
        (100, "сто"),
        (112, "сто двенадцать"),
        (999, "девятьсот девяносто девять"),
    ],
)
def test_numbers_in_words(number: int, words: str) -> None:
    assert number_words(number) == words
