"""A saved entry is in every figure at the next look: what is kept between looks is refreshed by every way of writing."""

from collections.abc import Callable
from datetime import datetime
from itertools import product

import pandas as pd
import pytest
from measure_texts import TEXTS
from small_school import (
    ABSENTEE,
    CHILD,
    CLASSMATE,
    MATHS,
    NOW,
    OWNERS_LESSON_TODAY,
    OWNERS_LESSON_YESTERDAY,
    STRANGE_CHILD,
    STRANGERS_LESSON_TODAY,
    People,
)

from pipelines.figures.figures import coverage_by, previous_period, quality_by, standings_today, sums_of_marks
from pipelines.figures.work import filling_by, lessons_filled_by
from pipelines.measures.mark_sums import mark_sums
from pipelines.measures.quality import standing_so_far
from school.access.action import Action
from school.analytics.lookups.readers import FigureReader, periods_of
from school.analytics.lookups.tables import NO_SELECTION, ScopedTables, Selection, tables
from school.homework.actions import LessonEntry, write_lesson
from school.records import HomeworkState, User
from school.register.actions.batch import CellEdit
from school.register.actions.entries import LessonHead, confirm_attendance, enter_cells
from school.store.connection import Store
from school.store.memory.tables import CachedTables
from school.store.school import School

TODAY = OWNERS_LESSON_TODAY
CONTROL_WORK = "SELECT min(work_type_id) FROM work_types WHERE is_written_control"


def cell(
    lesson: int, pupil: int, text: str, old: str = "", seq: int = 1
) -> Callable[[Store, People], object]:
    edit = CellEdit(lesson, pupil, text, old, seq=seq)
    return lambda store, people: enter_cells(store, people.owner, [edit], now=NOW, client_id="tab")


def control_work(store: Store, people: People) -> None:
    ((work_type,),) = store.read(CONTROL_WORK)
    head = LessonHead("Контрольная работа", work_type, HomeworkState.NONE)
    write_lesson(store, people.owner, TODAY, LessonEntry(head), now=NOW)


ENTRIES = {
    "a mark": cell(TODAY, CHILD, "2"),
    "two marks": cell(TODAY, CHILD, "5/4"),
    "a corrected mark": cell(TODAY, CLASSMATE, "2", "4", seq=2),
    "a mark taken out": cell(TODAY, CLASSMATE, "", "4", seq=2),
    "an absence": cell(TODAY, CHILD, "н"),
    "a control work": control_work,
    "attendance": lambda store, people: confirm_attendance(store, people.owner, [TODAY], now=NOW),
}


def kept(scoped: ScopedTables) -> list[list[tuple[object, ...]]]:
    found = [sums_of_marks(scoped, NO_SELECTION), standings_today(scoped, NO_SELECTION)]
    return [sorted(rows.fetchall(), key=repr) for rows in found]


def recomputed(scoped: ScopedTables) -> list[list[tuple[object, ...]]]:
    marks = scoped.marks_of_all()
    found = [mark_sums(marks), standing_so_far(mark_sums(marks))]
    return [sorted(rows.fetchall(), key=repr) for rows in found]


@pytest.mark.parametrize("entry", ENTRIES)
def test_what_is_kept_is_what_would_be_reckoned_anew(school_store: Store, people: People, entry: str) -> None:
    scoped = tables(school_store, people.deputy, Action.READ_QUALITY)
    cell(TODAY, CLASSMATE, "4")(school_store, people)
    before = kept(scoped)
    assert before == recomputed(scoped)
    ENTRIES[entry](school_store, people)
    assert kept(scoped) == recomputed(scoped)
    assert (kept(scoped) != before) == (entry not in {"an absence", "attendance"})


TERM = ("school_year", "term_kind", "term_number")
# They fill a lesson that the mark before has filled already.
UNCOUNTED = {"an absence", "attendance"}
EVENING = datetime(2026, 11, 19, 18, 0)
GROUPINGS = (("teacher_id",), ("class_id",), ("class_id", "subject_id"))
SELECTIONS: dict[str, Selection] = {"all": {}, "a subject": {"subject_id": (MATHS,)}}


def figures(store: Store, user: User, now: datetime) -> dict[tuple[str, str, tuple[str, ...]], pd.DataFrame]:
    """Return what the dashboards show of the period and the one before: by selection, kind and grouping."""
    reader = FigureReader(School(store, lambda: now), user, Action.READ_TEACHER_ACTIVITY)
    periods = [row for row in periods_of(reader) if not row.is_whole_year]
    period = next(row for row in periods if row.starts_on <= now.date() <= row.ends_on)
    compared = [row for row in (previous_period(periods, period), period) if row]
    found = {}
    for (selected, selection), by in product(SELECTIONS.items(), GROUPINGS):
        for basis in ("marks", "today"):
            found[selected, basis, by] = quality_by(reader, basis, compared, selection, by)
        found[selected, "coverage", by] = coverage_by(reader, period, selection, now.date(), by)
        found[selected, "filling", by] = filling_by(reader, period, selection, now, by)
        found[selected, "lessons", by] = lessons_filled_by(reader, period, selection, now, by)
    return found


MORE_ENTRIES = ENTRIES | {
    "a late mark": lambda store, people: enter_cells(
        store,
        people.owner,
        [CellEdit(OWNERS_LESSON_YESTERDAY, ABSENTEE, "3", "н", seq=1)],
        now=EVENING,
        client_id="tab",
    ),
    "marks of several classes": lambda store, people: [
        enter_cells(store, user, [CellEdit(lesson, pupil, "2", "", seq=1)], now=NOW, client_id=str(lesson))
        for user, lesson, pupil in (
            (people.owner, TODAY, CHILD),
            (people.stranger, STRANGERS_LESSON_TODAY, STRANGE_CHILD),
        )
    ],
}


@pytest.mark.parametrize("entry", MORE_ENTRIES)
def test_a_dashboard_after_an_entry_counts_its_class_from_memory_and_shows_what_the_database_would(
    school_store: Store, people: People, monkeypatch: pytest.MonkeyPatch, entry: str
) -> None:
    cell(TODAY, CLASSMATE, "4")(school_store, people)
    before = figures(school_store, people.deputy, EVENING)
    MORE_ENTRIES[entry](school_store, people)

    def asked(*_: object) -> None:
        pytest.fail("the database was asked to add marks up again")

    with monkeypatch.context() as patched:
        patched.setattr(CachedTables, "refresh", asked)
        after = figures(school_store, people.deputy, EVENING)
    school_store.close()
    if entry == "marks of several classes":
        # Nothing of what was written before the entry is read after it: the queries' texts too, which are the same for any.
        TEXTS.clear()
    anew = figures(Store(school_store.path, lambda: NOW), people.deputy, EVENING)
    for name in anew:
        keys = [column for column in (*name[2], *TERM) if column in anew[name]]
        ordered = [frame[name].sort_values(keys, ignore_index=True) for frame in (after, anew)]
        pd.testing.assert_frame_equal(*ordered, check_dtype=False)
    for selected in SELECTIONS:
        changed = {name for name in before if name[0] == selected and not before[name].equals(after[name])}
        assert bool(changed) == (entry not in UNCOUNTED), changed
