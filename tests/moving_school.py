"""A school in which pupils move: between parallel classes, back, between subgroups, out and in; and what plain Python counts there.

Maths is taught to whole classes, history in 7А to two subgroups and in 7Б to the whole class. Every lesson day has both.
"""

import random
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

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
)

from school.store.connection import Store, Transaction
from school.store.events import Event

CLASS_7B = 13
GROUP_ONE, GROUP_TWO = 401, 402
MOVER, RETURNER, AT_THE_BORDER, LEAVER, NEWCOMER, SWITCHER, STAYER = range(501, 508)
SEPTEMBER, Q2_BEGINS, NOVEMBER_12, TODAY = (
    date(2026, 9, 1),
    date(2026, 11, 2),
    date(2026, 11, 12),
    NOW.date(),
)
TERMS = {QUARTER_1: (SEPTEMBER, date(2026, 10, 25)), QUARTER_2: (Q2_BEGINS, date(2026, 12, 29))}
Stay = tuple[int, date, date | None]  # class or subgroup, first day, day of leaving
STAYS: dict[int, tuple[Stay, ...]] = {
    MOVER: ((CLASS_7A, SEPTEMBER, NOVEMBER_12), (CLASS_7B, NOVEMBER_12, None)),
    RETURNER: (
        (CLASS_7A, SEPTEMBER, date(2026, 10, 1)),
        (CLASS_7B, date(2026, 10, 1), NOVEMBER_12),
        (CLASS_7A, NOVEMBER_12, None),
    ),
    AT_THE_BORDER: ((CLASS_7A, SEPTEMBER, Q2_BEGINS), (CLASS_7B, Q2_BEGINS, None)),
    LEAVER: ((CLASS_7A, SEPTEMBER, Q2_BEGINS),),
    NEWCOMER: ((CLASS_7B, NOVEMBER_12, None),),
    SWITCHER: ((CLASS_7A, SEPTEMBER, None),),
    STAYER: ((CLASS_7B, SEPTEMBER, None),),
}
GROUPS: dict[int, tuple[Stay, ...]] = {
    MOVER: ((GROUP_ONE, SEPTEMBER, NOVEMBER_12),),
    RETURNER: ((GROUP_ONE, SEPTEMBER, date(2026, 10, 1)), (GROUP_TWO, NOVEMBER_12, None)),
    AT_THE_BORDER: ((GROUP_TWO, SEPTEMBER, Q2_BEGINS),),
    LEAVER: ((GROUP_TWO, SEPTEMBER, Q2_BEGINS),),
    SWITCHER: ((GROUP_ONE, SEPTEMBER, date(2026, 11, 5)), (GROUP_TWO, date(2026, 11, 5), None)),
}
# The first and the last days of terms and stays are among them.
DAYS = [
    SEPTEMBER,
    date(2026, 9, 30),
    date(2026, 10, 1),
    date(2026, 10, 23),
    Q2_BEGINS,
    date(2026, 11, 5),
    date(2026, 11, 11),
    NOVEMBER_12,
    TODAY,
]
REGISTERS = [
    (CLASS_7A, MATHS, None, OWNER_STAFF),
    (CLASS_7B, MATHS, None, STRANGER_STAFF),
    (CLASS_7A, HISTORY, GROUP_ONE, OWNER_STAFF),
    (CLASS_7A, HISTORY, GROUP_TWO, STRANGER_STAFF),
    (CLASS_7B, HISTORY, None, STRANGER_STAFF),
]


@dataclass(frozen=True)
class GivenMark:
    """A mark as the school's story has it."""

    lesson_id: int
    class_id: int
    subject_id: int
    subgroup_id: int | None
    held_on: date
    pupil_id: int
    value: int
    weight: float


def is_there(stays: tuple[Stay, ...], place: int, day: date) -> bool:
    """Whether a pupil is in a class or subgroup on a day."""
    return any(each == place and first <= day and (left is None or day < left) for each, first, left in stays)


def build_moving_school(store: Store, seed: int) -> list[GivenMark]:
    """Add the moving pupils and their lessons to the small school, without marks of others; return the marks given."""
    chance, marks = random.Random(seed), list[GivenMark]()

    def build(transaction: Transaction) -> None:
        # Some of the small school's own lessons are of the same class and day.
        for table in ("marks", "absences", "lessons", "teaching_load", "enrolments", "term_marks"):
            transaction.change(f"DELETE FROM {table}")
        transaction.change(
            f"""INSERT INTO classes (class_id, school_id, school_year, name, grade_level, term_kind)
                    VALUES ({CLASS_7B}, {SCHOOL}, 2026, '7Б', 7, 'quarter');
                INSERT INTO class_terms SELECT {CLASS_7B}, term_id FROM terms;
                INSERT INTO subgroups VALUES ({GROUP_ONE}, {CLASS_7A}, {HISTORY}, '1'), ({GROUP_TWO}, {CLASS_7A}, {HISTORY}, '2');"""
        )
        _add_pupils(transaction)
        for number, (class_id, subject_id, subgroup_id, teacher_id) in enumerate(REGISTERS):
            transaction.change(
                "INSERT INTO teaching_load (load_id, school_year, class_id, subgroup_id, subject_id, teacher_id, hours_a_week)"
                " VALUES (?, 2026, ?, ?, ?, ?, 2)",
                [600 + number, class_id, subgroup_id, subject_id, teacher_id],
            )
            for place, day in enumerate(DAYS):
                marks.extend(_lesson(transaction, chance, 1000 + 100 * number + place, number, day))
        transaction.record(Event(NOW, None, "school"))

    store.write(build)
    return marks


def _add_pupils(transaction: Transaction) -> None:
    for pupil, stays in STAYS.items():
        transaction.change(
            "INSERT INTO pupils (pupil_id, school_id, last_name, first_name) VALUES (?, ?, ?, 'Пётр')",
            [pupil, SCHOOL, f"Ученик{'абвгдежз'[pupil - MOVER]}"],
        )
        for number, stay in enumerate(stays):
            transaction.change(
                "INSERT INTO enrolments VALUES (?, ?, ?, ?, ?)", [pupil * 10 + number, pupil, *stay]
            )
        for group, *days in GROUPS.get(pupil, ()):
            transaction.change("INSERT INTO subgroup_members VALUES (?, ?, ?, ?)", [group, pupil, *days])


def _lesson(
    transaction: Transaction, chance: random.Random, lesson_id: int, number: int, day: date
) -> list[GivenMark]:
    class_id, subject_id, subgroup_id, teacher_id = REGISTERS[number]
    work_type, weight = chance.choice([(ORDINARY_WORK, 1.0), (CONTROL_WORK, 2.0)])
    transaction.change(
        """INSERT INTO lessons (lesson_id, class_id, subgroup_id, subject_id, teacher_id, term_id, held_on, number,
            work_type_id, recorded_at, attendance_taken_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        [lesson_id, class_id, subgroup_id, subject_id, teacher_id, term_of(day), day, number + 1, work_type]
        + [f"{day} 09:00"] * 2,
    )
    marks = []
    for pupil, stays in STAYS.items():
        listed = is_there(stays, class_id, day) and (
            subgroup_id is None or is_there(GROUPS.get(pupil, ()), subgroup_id, day)
        )
        if listed and chance.random() < 0.8:
            value = chance.randint(2, 5)
            marks.append(GivenMark(lesson_id, class_id, subject_id, subgroup_id, day, pupil, value, weight))
            transaction.change(
                "INSERT INTO marks (lesson_id, pupil_id, slot, value, recorded_at) VALUES (?, ?, 1, ?, ?)",
                [lesson_id, pupil, value, f"{day} 09:00"],
            )
    return marks


def term_of(day: date) -> int:
    """Return the term of a lesson's day."""
    return next(term for term, (first, last) in TERMS.items() if first <= day <= last)


def was_in_term(pupil: int, class_id: int, term_id: int) -> bool:
    """Whether a pupil was in a class on any day of a term."""
    first, last = TERMS[term_id]
    days = (first + timedelta(each) for each in range((last - first).days + 1))
    return any(is_there(STAYS[pupil], class_id, day) for day in days)


def last_class(pupil: int, term_id: int) -> int | None:
    """Return the class in which a pupil counts in a term: the last one they were in."""
    begun = [each for each, first, _ in STAYS[pupil] if first <= TERMS[term_id][1]]
    return begun[-1] if begun else None


def counted_marks(
    marks: list[GivenMark], class_id: int, subject_id: int, term_id: int
) -> dict[int, list[GivenMark]]:
    """Return by pupil the marks that count in a class, subject and term: the pupil's own, until they left the class."""
    found: dict[int, list[GivenMark]] = defaultdict(list)
    for mark in marks:
        begun = [stay for stay in STAYS[mark.pupil_id] if stay[1] <= TERMS[term_id][1]]
        ends = [left for each, _, left in begun if each == class_id]
        if (
            mark.subject_id == subject_id
            and term_of(mark.held_on) == term_id
            and was_in_term(mark.pupil_id, class_id, term_id)
            and (ends[-1] is None or mark.held_on < ends[-1])
        ):
            found[mark.pupil_id].append(mark)
    return found


def mean(marks: list[GivenMark]) -> float | None:
    """Return the weighted mean of marks."""
    weights = sum(mark.weight for mark in marks)
    return sum(mark.value * mark.weight for mark in marks) / weights if marks else None
