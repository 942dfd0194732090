"""Stories of a small school for the differential test: what happens to pupils, subgroups, hours, plans and marks, and who types it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count, groupby
from pathlib import Path

from hypothesis import strategies as st
from plain_school import PlainSchool
from small_school import (
    CLASS_7A,
    CONTROL_WORK,
    HISTORY,
    MATHS,
    NOW,
    ORDINARY_WORK,
    OWNER_STAFF,
    QUARTER_1,
    QUARTER_2,
    SCHOOL,
    STRANGER_STAFF,
    People,
)

from school.register.actions.batch import CellEdit
from school.register.actions.entries import enter_cells
from school.store.connection import Store, Transaction
from school.store.events import Event

TODAY = NOW.date()
CLASS_7B, CLASS_10A, HALF, FIRST_GROUP, SECOND_GROUP = 13, 14, 33, 401, 402
BORDERS = (date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 2), date(2026, 11, 12))
DAYS = (*BORDERS, date(2026, 10, 23), date(2026, 11, 11), TODAY)
MOVERS, UPPER_PUPIL = (501, 502, 503), 504
PUPILS = (*MOVERS, UPPER_PUPIL)
# Class, subject, subgroup, who teaches it.
REGISTERS = (
    (CLASS_7A, MATHS, None, OWNER_STAFF),
    (CLASS_7B, MATHS, None, STRANGER_STAFF),
    (CLASS_7A, HISTORY, FIRST_GROUP, OWNER_STAFF),
    (CLASS_7A, HISTORY, SECOND_GROUP, STRANGER_STAFF),
    (CLASS_7B, HISTORY, None, OWNER_STAFF),
    (CLASS_10A, MATHS, None, STRANGER_STAFF),
)
PLANNED = {701: (CLASS_7A, MATHS, None), 702: (CLASS_7A, HISTORY, FIRST_GROUP), 703: (CLASS_10A, MATHS, None)}
TERM_CLASSES = ((CLASS_7A, QUARTER_2), (CLASS_7B, QUARTER_2), (CLASS_10A, HALF))
CELLS = ("5", "4", "3", "2", "5/2", "н", "б", "у", "о", "о4", "")
numbers = count()


@dataclass(frozen=True)
class Story:
    """What happens: of each mover the class and the subgroup between the borders, hours, lessons, entries in their order.

    A lesson: register, day, number, work type, whether the other teacher gives it; ``written``: of a lesson's place what
    stands in it, topic and homework, and whether it is cancelled. An entry: lesson, pupil, text.
    """

    classes: list[list[int | None]]
    groups: list[list[int | None]]
    hours: tuple[int, int]
    lessons: list[tuple[int, int, int, int | None, bool]]
    entries: list[tuple[int, int, str]]
    written: list[tuple[str, str, bool]]


def paths(*places: int | None) -> st.SearchStrategy[list[list[int | None]]]:
    path = st.lists(st.sampled_from(places), min_size=len(BORDERS), max_size=len(BORDERS))
    return st.lists(path, min_size=len(MOVERS), max_size=len(MOVERS))


LESSONS = st.lists(
    st.tuples(
        st.integers(0, len(REGISTERS) - 1),
        st.integers(0, len(DAYS) - 1),
        st.integers(1, 2),
        st.sampled_from([None, ORDINARY_WORK, CONTROL_WORK]),
        st.booleans(),
    ),
    min_size=4,
    max_size=14,
    # One lesson of a class, or of each of its subgroups, at a time.
    unique_by=lambda lesson: (REGISTERS[lesson[0]][0], REGISTERS[lesson[0]][2], *lesson[1:3]),
)
STORIES = st.builds(
    Story,
    paths(CLASS_7A, CLASS_7B, None),
    paths(FIRST_GROUP, SECOND_GROUP, None),
    st.tuples(st.sampled_from([1, 2, 5]), st.sampled_from([1, 2, 5])),
    LESSONS,
    st.lists(
        st.tuples(st.integers(0, 13), st.integers(0, len(PUPILS) - 1), st.sampled_from(CELLS)),
        min_size=10,
        max_size=40,
    ),
    st.lists(
        st.tuples(
            st.sampled_from(["", "Дроби", "Степени", "Прочее"]),
            st.sampled_from(["set", "none", "unset"]),
            st.sampled_from([False, False, False, True]),
        ),
        min_size=14,
        max_size=14,
    ),
)


def stays(path: list[int | None]) -> Iterator[tuple[int, date, date | None]]:
    """Yield the stays that a path comes to: place, first day, day of leaving."""
    ends = (*BORDERS[1:], None)
    steps = groupby(zip(path, BORDERS, ends, strict=True), key=lambda step: step[0])
    for place, group in steps:
        steps_there = list(group)
        if place is not None:
            yield place, steps_there[0][1], steps_there[-1][2]


def build(transaction: Transaction, story: Story) -> None:
    """Write a school in which all of it is true but the entries."""
    for table in (
        "lesson_plans",
        "plan_topics",
        "marks",
        "absences",
        "lessons",
        "timetable",
        "teaching_load",
        "enrolments",
        "term_marks",
    ):
        transaction.change(f"DELETE FROM {table}")
    transaction.change(
        f"""UPDATE terms SET closed_at = NULL;
            INSERT INTO terms (term_id, school_id, school_year, kind, number, starts_on, ends_on)
                VALUES ({HALF}, {SCHOOL}, 2026, 'half', 1, '2026-09-01', '2026-12-29');
            INSERT INTO classes (class_id, school_id, school_year, name, grade_level, term_kind) VALUES
                ({CLASS_7B}, {SCHOOL}, 2026, '7Б', 7, 'quarter'), ({CLASS_10A}, {SCHOOL}, 2026, '10А', 10, 'half');
            INSERT INTO class_terms VALUES ({CLASS_7B}, {QUARTER_1}), ({CLASS_7B}, {QUARTER_2}), ({CLASS_10A}, {HALF});
            INSERT INTO subgroups VALUES
                ({FIRST_GROUP}, {CLASS_7A}, {HISTORY}, '1'), ({SECOND_GROUP}, {CLASS_7A}, {HISTORY}, '2')"""
    )
    for pupil in PUPILS:
        transaction.change(
            "INSERT INTO pupils (pupil_id, school_id, last_name, first_name) VALUES (?, ?, ?, 'Пётр')",
            [pupil, SCHOOL, f"Ученик{'абвг'[pupil - PUPILS[0]]}"],
        )
    of_classes = dict(zip(MOVERS, story.classes, strict=True)) | {UPPER_PUPIL: [CLASS_10A] * len(BORDERS)}
    for pupil, path in of_classes.items():
        for number, stay in enumerate(stays(path)):
            transaction.change(
                "INSERT INTO enrolments VALUES (?, ?, ?, ?, ?)", [pupil * 10 + number, pupil, *stay]
            )
    for pupil, path in zip(MOVERS, story.groups, strict=True):
        for stay in stays(path):
            transaction.change(
                "INSERT INTO subgroup_members VALUES (?, ?, ?, ?)", [stay[0], pupil, *stay[1:]]
            )
    for plan, (class_id, subject_id, group) in PLANNED.items():
        transaction.change(
            "INSERT INTO lesson_plans (plan_id, class_id, subject_id, subgroup_id, saved_at) VALUES (?, ?, ?, ?, ?)",
            [plan, class_id, subject_id, group, NOW],
        )
        for position, (title, hours) in enumerate((("Дроби", 2), ("Степени", 1)), 1):
            transaction.change(
                "INSERT INTO plan_topics VALUES (?, ?, ?, ?, ?)",
                [10 * plan + position, plan, position, title, hours],
            )
    _teach(transaction, story)
    transaction.record(Event(NOW, None, "school"))


def _teach(transaction: Transaction, story: Story) -> None:
    before, after = BORDERS[-1] - timedelta(days=1), BORDERS[-1]
    for number, (class_id, subject_id, group, teacher) in enumerate(REGISTERS):
        spans = ((story.hours[0], None, before), (story.hours[1], after, None))
        for part, (hours, first, last) in enumerate(spans):
            transaction.change(
                "INSERT INTO teaching_load (load_id, school_year, class_id, subgroup_id, subject_id, teacher_id, "
                "hours_a_week, starts_on, ends_on) VALUES (?, 2026, ?, ?, ?, ?, ?, ?, ?)",
                [600 + 2 * number + part, class_id, group, subject_id, teacher, hours, first, last],
            )
    for place, (number, day, hour, work_type, is_other) in enumerate(story.lessons):
        class_id, subject_id, group, teacher = REGISTERS[number]
        topic, homework, is_cancelled = story.written[place]
        other = OWNER_STAFF if teacher == STRANGER_STAFF else STRANGER_STAFF
        transaction.change(
            "INSERT INTO lessons (lesson_id, class_id, subgroup_id, subject_id, teacher_id, term_id, held_on, number, "
            "work_type_id, topic, homework_state, status) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                *(1000 + place, class_id, group, subject_id, other if is_other else teacher),
                *(term_of(class_id, DAYS[day]), DAYS[day], hour, work_type),
                *(topic, homework, "cancelled" if is_cancelled else "planned"),
            ],
        )


def term_of(class_id: int, day: date) -> int:
    """Return the term of a lesson."""
    if class_id == CLASS_10A:
        return HALF
    return QUARTER_1 if day < date(2026, 10, 26) else QUARTER_2


def enter(store: Store, people: People, story: Story) -> None:
    """Let the teachers of the lessons type the entries; who is not on the list is refused, as on the screen."""
    users = {OWNER_STAFF: people.owner, STRANGER_STAFF: people.stranger}
    teachers = dict(store.read("SELECT lesson_id, teacher_id FROM lessons"))
    for place, pupil, text in story.entries:
        lesson_id = 1000 + place % len(story.lessons)
        edit = CellEdit(lesson_id, PUPILS[pupil], text, reason="Ошибка при вводе")
        enter_cells(store, users[teachers[lesson_id]], [edit], now=NOW)


def give_term_marks(store: Store, plain: PlainSchool) -> None:
    """Give the marks of the first quarter, each pupil in the class in which it ended."""

    def work(transaction: Transaction) -> None:
        for pupil in MOVERS:
            class_id = plain.class_of_term(pupil, QUARTER_1)
            if class_id is not None:
                transaction.change(
                    "INSERT INTO term_marks (class_id, subject_id, term_id, pupil_id, value, teacher_id, recorded_at) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?)",
                    [class_id, MATHS, QUARTER_1, pupil, 2 + pupil % 4, OWNER_STAFF, NOW],
                )
        transaction.record(Event(NOW, None, "school"))

    store.write(work)


@contextmanager
def school_of(story: Story, file: Path, folder: Path) -> Iterator[Store]:
    """Open a school of its own in which the story has begun."""
    store = Store(Path(shutil.copy(file, folder / f"{next(numbers)}.duckdb")), lambda: NOW)
    store.connection.execute("PRAGMA disable_checkpoint_on_shutdown")
    try:
        store.write(lambda transaction: build(transaction, story))
        yield store
    finally:
        store.close()
        store.path.unlink()
