"""A saved entry is in every figure at the next look: what is kept between looks is refreshed by every way of writing."""

from collections.abc import Callable

import pytest
from small_school import CHILD, CLASSMATE, NOW, OWNERS_LESSON_TODAY, People

from pipelines.figures.figures import standings_today, sums_of_marks
from pipelines.measures.mark_sums import mark_sums
from pipelines.measures.quality import standing_so_far
from school.access.action import Action
from school.analytics.lookups.tables import NO_SELECTION, ScopedTables, tables
from school.homework.actions import LessonEntry, write_lesson
from school.records import HomeworkState
from school.register.actions.batch import CellEdit
from school.register.actions.entries import LessonHead, confirm_attendance, enter_cells
from school.store.connection import Store

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
