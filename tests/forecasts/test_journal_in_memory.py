"""A forecast after a mark is the forecast of the school's newest data, whatever of its journal was in memory (п. 2.7)."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from past_years import change_school
from small_school import CHILD, CLASSMATE, NOW, OWNERS_LESSON_TODAY, OWNERS_LESSON_YESTERDAY, People

from models.features.tables import Journal, JournalTables, prepare, with_marks_of
from models.product.forecasting import forecast_terms, forecasts
from models.product.school_forecast import school_forecast
from school.analytics.lookups.readers import FigureReader
from school.forecasts import lookups
from school.forecasts.lookups import FORECAST_TABLES, school_terms_in_question, whole_journal
from school.register.actions.batch import CellEdit
from school.register.actions.entries import enter_cells
from school.store.connection import Store

TODAY = NOW.date()
WHY = "Ошибка при вводе"


def read_anew(store: Store) -> pd.DataFrame:
    """The school's forecast from its database alone."""
    journal = prepare(JournalTables(**whole_journal(store)))
    return school_forecast(journal, school_terms_in_question(store, TODAY), TODAY)


def shown(reader: FigureReader) -> pd.DataFrame:
    return forecasts(reader, forecast_terms(reader, TODAY), TODAY)


@pytest.mark.parametrize(
    "entered",
    [
        [CellEdit(OWNERS_LESSON_TODAY, CHILD, "2")],
        [
            CellEdit(OWNERS_LESSON_TODAY, CHILD, "5/4"),
            CellEdit(OWNERS_LESSON_YESTERDAY, CLASSMATE, "3", reason=WHY),
        ],
        [CellEdit(OWNERS_LESSON_TODAY, CHILD, "2"), CellEdit(OWNERS_LESSON_TODAY, CHILD, "")],
    ],
    ids=["a mark", "marks of two lessons", "a mark taken back"],
)
def test_a_mark_is_in_the_next_forecast(
    school_store: Store, people: People, reader: FigureReader, entered: list[CellEdit]
) -> None:
    before = shown(reader)
    for edit in entered:
        results = enter_cells(school_store, people.owner, [edit], now=NOW)
        assert [result.message for result in results] == [""]
        shown(reader)
    now = shown(reader)
    pd.testing.assert_frame_equal(now, read_anew(school_store))
    assert now.equals(before) == (entered[-1].text == "")


@pytest.mark.parametrize(
    "statement",
    [
        f"UPDATE marks SET weight = 3 WHERE pupil_id = {CHILD}",
        "UPDATE classes SET grade_level = 9",
        f"UPDATE enrolments SET ends_on = DATE '2026-11-01' WHERE pupil_id = {CLASSMATE}",
        f"DELETE FROM marks WHERE pupil_id = {CHILD}",
        "UPDATE lessons SET teacher_id = NULL",
    ],
)
def test_whatever_else_changes_is_in_the_next_forecast(
    school_store: Store, reader: FigureReader, statement: str
) -> None:
    shown(reader)
    change_school(school_store, statement, NOW)
    pd.testing.assert_frame_equal(shown(reader), read_anew(school_store))


def test_only_the_lessons_that_were_entered_are_read_again(
    school_store: Store, people: People, reader: FigureReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown(reader)
    monkeypatch.setattr(lookups, "whole_journal", lambda _store: pytest.fail("all is read again"))
    enter_cells(school_store, people.owner, [CellEdit(OWNERS_LESSON_TODAY, CHILD, "2")], now=NOW)
    assert shown(reader).set_index("pupil_id").loc[CHILD, "n_marks"].sum() == 2


def mark(lesson: int, day: int, value: int, pupil: int = 5) -> dict[str, Any]:
    of_register = {"class_id": 1, "subject_id": 2, "teacher_id": 3, "term_id": 4, "weight": 1.0}
    return of_register | {
        "lesson_id": lesson,
        "pupil_id": pupil,
        "given_on": date(2026, 11, day),
        "value": value,
    }


def journal_of(rows: Sequence[dict[str, Any]]) -> Journal:
    day = date(2026, 11, 1)
    terms = {"school_year": 2026, "kind": "quarter", "number": 2, "starts_on": day, "ends_on": day}
    return prepare(
        JournalTables(
            marks=pd.DataFrame(rows, columns=list(mark(0, 1, 5))),
            term_marks=pd.DataFrame(columns=["class_id", "subject_id", "term_id", "pupil_id", "value"]),
            terms=pd.DataFrame([{"term_id": 4, **terms}]),
            enrolments=pd.DataFrame({"class_id": [1, 1], "pupil_id": [5, 6]}),
            class_terms=pd.DataFrame({"class_id": [1], "term_id": [4]}),
            teaching_load=pd.DataFrame({"class_id": [1], "subject_id": [2], "teacher_id": [3]}),
        )
    )


DAY_OF_LESSON = st.dictionaries(st.integers(1, 8), st.integers(1, 5), min_size=1)
MARKS_OF_LESSON = st.lists(st.tuples(st.sampled_from([5, 6]), st.integers(2, 5)), max_size=3)


@settings(deadline=None, max_examples=40)
@given(st.data(), DAY_OF_LESSON)
def test_marks_entered_stand_where_a_journal_read_anew_has_them(
    data: st.DataObject, days: dict[int, int]
) -> None:
    def thrown(lessons: Collection[int]) -> list[dict[str, Any]]:
        return [
            mark(lesson, days[lesson], value, pupil)
            for lesson in lessons
            for pupil, value in data.draw(MARKS_OF_LESSON)
        ]

    entered = data.draw(st.sets(st.sampled_from(sorted(days)), min_size=1))
    before, now = thrown(days), thrown(entered)
    kept = [row for row in before if row["lesson_id"] not in entered]
    found = with_marks_of(journal_of(before), entered, pd.DataFrame(now, columns=list(mark(0, 1, 5))))
    assert found is not None
    for name, column in vars(journal_of([*kept, *now]).marks).items():
        assert vars(found.marks)[name].tolist() == column.tolist(), name


def test_a_journal_that_knows_not_everybody_is_prepared_again() -> None:
    row = mark(7, 20, 4)
    marks, journal = pd.DataFrame([row]), journal_of([row])

    def after(**change: int) -> Journal | None:
        return with_marks_of(journal, [7], marks.assign(**change))

    bettered, emptied = after(value=5), with_marks_of(journal, [7], marks[:0])
    assert bettered is not None
    assert bettered.marks.value.tolist() == [5.0]
    assert emptied is not None
    assert emptied.marks.value.tolist() == []
    assert [after(**{name: 99}) for name in ("pupil_id", "teacher_id", "class_id")] == [None, None, None]


def test_every_table_that_a_forecast_reads_is_watched(school_store: Store) -> None:
    queries = [relation.sql_query() for relation in lookups._journal_tables(school_store).values()]
    read = {table for query in queries for table in school_store._query(query).tables}
    # The engine's own name for a query inside another.
    assert {table for table in read if not table.startswith("__duckdb")} <= FORECAST_TABLES
    assert {"marks", "work_types", "enrolments"} <= read
