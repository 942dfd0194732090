"""Which columns and rows stand on a spread of the printed register."""

from dataclasses import replace
from datetime import date

import pytest
from made_up_class import LEAVER, LEFT_ON, LONG_HOMEWORK, LONG_NAMED, MADE_AT, NEWCOMER, pupils_of, subject_of

from pipelines.reports.class_register.spreads import (
    COLUMNS_OF_WORDS,
    MOST_COLUMNS,
    MOST_PUPILS,
    NAME_LENGTH,
    Cell,
    Spread,
    name_of,
    row_height,
    spreads_of,
)
from school.records import YEAR, ListedPupil, PersonName

TODAY = MADE_AT.date()
USUAL = subject_of("Алгебра", pupils=6, lessons_a_term=27)
LONG = subject_of("Алгебра", pupils=5, lessons_a_term=70, is_long=True)


def spreads(sheet=USUAL, today: date = TODAY) -> list[Spread]:
    return list(spreads_of(sheet, today))


def row_of(spread: Spread, pupil_id: int) -> tuple[Cell, ...]:
    return spread.rows[pupil_id - 1][2]


def test_every_lesson_stands_once_in_order() -> None:
    for sheet in (USUAL, LONG):
        printed = [lesson for spread in spreads(sheet) for lesson in spread.lessons]
        assert printed == list(sheet.lessons)


def test_a_spread_has_no_more_columns_than_fit() -> None:
    assert max(len(spread.columns) for spread in spreads()) == MOST_COLUMNS
    assert all(len(spread.columns) < MOST_COLUMNS for spread in spreads(LONG))


def test_marks_for_a_term_stand_behind_its_last_lesson() -> None:
    columns = [column for spread in spreads() for column in spread.columns]
    for place, column in enumerate(columns):
        if column.lesson is None and column.term_id != YEAR:
            before = columns[place - 1].lesson
            assert before is not None
            assert before.term_id == column.term_id
            assert all(each.lesson.term_id > column.term_id for each in columns[place:] if each.lesson)
    assert [column.term_id for column in columns if column.lesson is None] == [1, 2, 3, 4, YEAR]
    # Never first on a page, away from the lessons that they are for.
    assert all(spread.columns[0].lesson for spread in spreads())


def test_a_term_that_runs_has_no_column_of_marks_yet() -> None:
    without = replace(USUAL, marks={}, lessons=USUAL.lessons[:40])
    titles = [c.title for s in spreads(without, date(2025, 12, 1)) for c in s.columns if c.title]
    assert titles == ["1-я четверть"]
    assert not any(c.title for s in spreads(replace(without, is_graded=False)) for c in s.columns)


def test_months_stand_over_their_lessons() -> None:
    for spread in spreads():
        assert sum(count for _, count in spread.months) == len(spread.columns)
    assert spreads()[0].months[0][0] == "Сентябрь"


def test_who_left_has_the_day_and_the_order_in_place_of_cells() -> None:
    later = next(each for each in spreads() if each.lessons and each.lessons[0].held_on >= LEFT_ON)
    assert row_of(later, LEAVER) == (Cell(USUAL.departures[LEAVER], len(later.columns)),)
    across = next(each for each in spreads() if each.lessons[0].held_on < LEFT_ON <= each.lessons[-1].held_on)
    *_, last = row_of(across, LEAVER)
    assert last.span >= COLUMNS_OF_WORDS
    assert sum(cell.span for cell in row_of(across, LEAVER)) == len(across.columns)


def test_who_left_near_the_end_of_a_page_has_a_short_word() -> None:
    leaves = replace(USUAL, lessons=USUAL.lessons[:3], marks={}, is_graded=False)
    day = leaves.lessons[1].held_on
    gone = replace(leaves, pupils=(ListedPupil(LEAVER, PersonName("Ы", "А"), ((None, day),)),), cells={})
    (spread,) = spreads(gone)
    assert [cell.text for cell in row_of(spread, 1)] == ["", "выб.", ""]


def test_who_had_not_come_yet_has_dashes() -> None:
    first = spreads()[0]
    assert all(column.lesson for column in first.columns)
    assert {cell.text for cell in row_of(first, NEWCOMER)} == {"–"}


def test_corrections_are_numbered_footnotes_of_their_page() -> None:
    first = spreads()[0]
    assert [row_of(first, 4)[1].note, row_of(first, 5)[2].note] == [1, 2]
    assert first.notes[0] == "Ученикова04 А., 02.09: 3 → 4 (исправлено 20.11.2025, приказ № 7)"
    assert first.notes[1].count("→") == 2
    of_term = next(each for each in spreads() if any("1-я четверть" in note for note in each.notes))
    assert len(of_term.notes) == 1


def test_many_pupils_take_several_spreads_of_the_same_lessons() -> None:
    crowded = replace(USUAL, pupils=pupils_of(MOST_PUPILS + 5), lessons=USUAL.lessons[:3], marks={})
    first, second, *_ = spreads(crowded)
    assert first.columns == second.columns
    assert [len(each.rows) for each in (first, second)] == [MOST_PUPILS, 5]
    assert second.rows[0][0] == MOST_PUPILS + 1


def test_a_subject_without_lessons_has_no_spread() -> None:
    assert spreads(replace(USUAL, lessons=(), marks={})) == []


@pytest.mark.parametrize(
    ("homework", "is_tall"), [("§ 1", False), ("", False), (LONG_HOMEWORK, True), ("а" * 400, True)]
)
def test_a_row_is_as_tall_as_its_longest_text(homework: str, is_tall: bool) -> None:
    usual = row_height(USUAL.lessons[1])
    assert (row_height(replace(USUAL.lessons[1], homework=homework)) > 3 * usual) == is_tall


def test_only_a_name_beyond_two_lines_is_cut() -> None:
    assert name_of(pupils_of(3)[LONG_NAMED - 1]).endswith("Александрина")
    cut = name_of(ListedPupil(1, PersonName("Ы" * 100, "Анна"), ()))
    assert len(cut) <= NAME_LENGTH
    assert cut.endswith("…")
