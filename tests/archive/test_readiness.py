"""What must be closed before a year is archived (п. 6.5), when its paper is due (п. 6.6), and who may."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

import pytest
from closed_year import JUNE
from small_school import NAMES, NOW, People

from school.archive.actions import ask_archive, keep_package
from school.archive.lookups import archive_page, due_paper, open_points, waiting_papers
from school.archive.records import ArchiveState, MadePackage
from school.archive.rules.readiness import (
    ClassCount,
    YearFacts,
    check_may_make_again,
    check_ready,
    obstacles,
    paper_due,
    year_due,
)
from school.errors import AccessRefused, RuleRefused
from school.store.connection import Store

CLOSED = YearFacts(2026, date(2027, 5, 31))
TODAY = date(2027, 6, 10)
MADE = MadePackage("archive-2026-1.zip", "ab", 10, ())


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, []),
        ({"ends_on": None}, ["нет учебных периодов"]),
        ({"ends_on": date(2027, 6, 10)}, ["ещё идёт: последний день 10.06.2027"]),
        ({"ends_on": date(2027, 6, 9)}, []),
        ({"open_terms": ["4-я четверть", "год"]}, ["Не закрыты учебные периоды: 4-я четверть, год."]),
        ({"unfilled_lessons": [ClassCount("7А", 2)]}, ["Не заполнены уроки: 7А — 2 урока"]),
        (
            {"unfilled_lessons": [ClassCount(f"{n}А", 1) for n in range(1, 7)]},
            ["1А — 1 урок, 2А — 1 урок, 3А — 1 урок, 4А — 1 урок и ещё 2"],
        ),
        ({"missing_marks": [ClassCount("8Б", 5)]}, ["8Б — 5 отметок"]),
        ({"unpublished_inspections": ["Март"]}, ["не закончена: «Март»"]),
        ({"unread_inspections": [ClassCount("Март", 1)]}, ["Март — 1 учитель"]),
        ({"undecided_pupils": [ClassCount("9А", 3)]}, ["9А — 3 ученика"]),
        ({"open_terms": ["год"], "missing_marks": [ClassCount("8Б", 1)]}, ["8Б — 1 отметка", "год"]),
    ],
)
def test_everything_open_is_listed_with_what_to_do(changed: dict[str, object], words: list[str]) -> None:
    facts = replace(CLOSED, **changed)
    found = obstacles(facts, TODAY)
    assert len(found) == len(words)
    assert all(word in each.what and each.next_step for word, each in zip(words, found, strict=True))
    if words:
        with pytest.raises(RuleRefused, match="ещё нельзя сдать в архив") as refused:
            check_ready(facts, TODAY)
        assert all(word in str(refused.value) for word in words)
    else:
        check_ready(facts, TODAY)


@pytest.mark.parametrize(
    ("is_open", "is_made", "reason", "refusal"),
    [
        (False, False, "", None),
        (True, False, "нужен", "уже готовится"),
        (False, True, " ", "уже есть"),
        (False, True, "исправлена отметка", None),
        (False, True, "я" * 301, "длиннее"),
    ],
)
def test_a_second_package_needs_a_reason(
    is_open: bool, is_made: bool, reason: str, refusal: str | None
) -> None:
    if refusal is None:
        check_may_make_again(is_open=is_open, is_made=is_made, reason=reason)
        return
    with pytest.raises(RuleRefused, match=refusal):
        check_may_make_again(is_open=is_open, is_made=is_made, reason=reason)


@pytest.mark.parametrize(
    ("today", "school_year", "is_late"),
    [
        (date(2027, 5, 24), 2025, True),  # of the year before, still
        (date(2027, 5, 25), 2026, False),
        (date(2027, 6, 30), 2026, False),
        (date(2027, 7, 1), 2026, True),
        (date(2028, 5, 24), 2026, True),
    ],
)
def test_paper_is_due_from_25_may_and_late_after_30_june(
    today: date, school_year: int, is_late: bool
) -> None:
    assert year_due(today) == school_year
    due = paper_due(school_year, 3, today)
    assert due.is_late is is_late
    assert ("срок прошёл 30 июня" in due.words) is is_late
    assert "3 документа" in due.words
    assert "ещё не сделан" in paper_due(school_year, None, today).words


def test_the_year_as_it_runs_is_refused_with_the_whole_list(school_store: Store, people: People) -> None:
    found = open_points(school_store, people.secretary, 2026, today=date(2026, 11, 23))
    words = " ".join(each.what for each in found)
    for each in (
        "Учебный год ещё идёт",
        "7А — 1 урок, 8Б — 1 урок",
        "2-я четверть",
        "7А — 6 отметок, 8Б — 6 отметок",
    ):
        assert each in words
    with pytest.raises(RuleRefused, match="2-я четверть"):
        ask_archive(school_store, people.secretary, 2026, now=NOW)
    assert school_store.read("FROM archives") == []


def test_inspections_hold_the_year_until_they_are_known_and_read(
    closed_store: Store, change: Callable[[str], None], people: People
) -> None:
    change(
        """INSERT INTO inspections BY NAME SELECT 900 AS inspection_id, 'Май' AS title, 2026 AS school_year, DATE '2027-05-01' AS starts_on,
            DATE '2027-05-20' AS ends_on, '{}' AS scope, TIMESTAMP '2027-05-20' AS started_at, 105 AS started_by;
        INSERT INTO inspection_findings BY NAME SELECT 901 AS finding_id, 900 AS inspection_id, 'unsigned' AS check_code,
            41 AS teacher_id, 1 AS found_count, 1 AS found_total"""
    )

    def words() -> list[str]:
        return [each.what for each in open_points(closed_store, people.secretary, 2026, today=TODAY)]

    assert words() == ["Проверка журнала не закончена: «Май»."]
    change("UPDATE inspections SET published_at = '2027-05-21', published_by = 105")
    assert words() == ["Справку о проверке прочитали не все: Май — 1 учитель."]
    change(
        "INSERT INTO inspection_readings (inspection_id, staff_id, read_at) VALUES (900, 41, '2027-05-22')"
    )
    assert words() == []


def test_only_the_secretary_makes_it_and_leaders_read_it(closed_store: Store, people: People) -> None:
    for name in set(NAMES) - {"secretary"}:
        with pytest.raises(AccessRefused):
            ask_archive(closed_store, getattr(people, name), 2026, now=JUNE)
    archive_id = ask_archive(closed_store, people.secretary, 2026, now=JUNE)
    for name in NAMES:
        user = getattr(people, name)
        if name in {"secretary", "head", "deputy", "admin"}:
            page = archive_page(closed_store, user, 2026, today=TODAY)
            assert [each.archive_id for each in page.archives] == [archive_id]
            assert page.may_make is (name == "secretary")
        else:
            with pytest.raises(AccessRefused):
                archive_page(closed_store, user, 2026, today=TODAY)
    assert ("archive_asked", "2026/27") in closed_store.read("SELECT kind, new_value FROM events")


def test_a_package_waits_in_the_menu_of_secretary_and_head_until_it_is_signed(
    closed_store: Store, people: People
) -> None:
    def counts(today: date) -> list[int]:
        return [
            waiting_papers(closed_store, getattr(people, name), today=today)
            for name in ("secretary", "head", "deputy", "admin")
        ]

    assert counts(date(2027, 5, 24)) == [0, 0, 0, 0]
    assert counts(date(2027, 5, 25)) == [1, 1, 0, 0]
    archive_id = ask_archive(closed_store, people.secretary, 2026, now=JUNE)
    keep_package(closed_store, archive_id, MADE, now=JUNE)
    assert counts(TODAY) == [0, 0, 0, 0]
    assert archive_page(closed_store, people.head, 2026, today=TODAY).archives[0].state is ArchiveState.MADE


def test_a_year_that_ended_before_the_school_came_is_not_asked_for(
    closed_store: Store, change: Callable[[str], None], people: People
) -> None:
    change("UPDATE school_years SET ends_on = '2026-10-25'; UPDATE terms SET ends_on = '2026-10-25'")
    assert due_paper(closed_store, people.secretary, today=TODAY) is None


def test_years_in_the_archive_stay_in_the_register(closed_store: Store, people: People) -> None:
    """П. 2.4: whatever is archived is read as before."""
    before = closed_store.read("SELECT * FROM marks ORDER BY ALL")
    archive_id = ask_archive(closed_store, people.secretary, 2026, now=datetime(2027, 6, 11))
    keep_package(closed_store, archive_id, MADE, now=JUNE)
    assert closed_store.read("SELECT * FROM marks ORDER BY ALL") == before
