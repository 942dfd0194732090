"""The lessons of a week in 7А: Жуков missed Monday to Wednesday, nobody said why; Ёлкина a day of the closed term."""

from datetime import date

from small_school import (
    ABSENTEE,
    CHILD,
    CLASS_7A,
    CLASSMATE,
    HISTORY,
    MATHS,
    OWNER_STAFF,
    QUARTER_1,
    QUARTER_2,
    STRANGER_STAFF,
)

from school.store.connection import Transaction
from school.store.events import Event

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (date(2026, 11, day) for day in range(16, 21))
GROUP_ONE, GROUP_TWO = 301, 302
MATHS_MONDAY, MATHS_TUESDAY, MATHS_FRIDAY = 311, 312, 313
HISTORY_ONE, HISTORY_TWO = 321, 322  # on Wednesday, second lesson, one of each subgroup
MATHS_IN_OCTOBER = 331

_WEEK = f"""
INSERT INTO subgroups VALUES ({GROUP_ONE}, {CLASS_7A}, {HISTORY}, '1'), ({GROUP_TWO}, {CLASS_7A}, {HISTORY}, '2');
INSERT INTO subgroup_members VALUES ({GROUP_ONE}, {CHILD}, NULL, NULL), ({GROUP_TWO}, {CLASSMATE}, NULL, NULL),
    ({GROUP_TWO}, {ABSENTEE}, NULL, NULL);
INSERT INTO teaching_load (load_id, school_year, class_id, subgroup_id, subject_id, teacher_id, hours_a_week) VALUES
    (341, 2026, {CLASS_7A}, {GROUP_ONE}, {HISTORY}, {STRANGER_STAFF}, 2),
    (342, 2026, {CLASS_7A}, {GROUP_TWO}, {HISTORY}, {STRANGER_STAFF}, 2);
INSERT INTO lessons (lesson_id, class_id, subgroup_id, subject_id, teacher_id, term_id, held_on, number, topic,
    homework_state, attendance_taken_at, recorded_at) VALUES
    ({MATHS_MONDAY}, {CLASS_7A}, NULL, {MATHS}, {OWNER_STAFF}, {QUARTER_2}, '2026-11-16', 1, 'Дроби', 'none',
        '2026-11-16 09:00', '2026-11-16 09:00'),
    ({MATHS_TUESDAY}, {CLASS_7A}, NULL, {MATHS}, {OWNER_STAFF}, {QUARTER_2}, '2026-11-17', 1, '', 'unset',
        '2026-11-17 09:00', '2026-11-17 09:00'),
    ({HISTORY_ONE}, {CLASS_7A}, {GROUP_ONE}, {HISTORY}, {STRANGER_STAFF}, {QUARTER_2}, '2026-11-18', 2, 'Рим', 'none',
        '2026-11-18 10:00', '2026-11-18 10:00'),
    ({HISTORY_TWO}, {CLASS_7A}, {GROUP_TWO}, {HISTORY}, {STRANGER_STAFF}, {QUARTER_2}, '2026-11-18', 2, 'Рим', 'none',
        '2026-11-18 10:00', '2026-11-18 10:00'),
    ({MATHS_FRIDAY}, {CLASS_7A}, NULL, {MATHS}, {OWNER_STAFF}, {QUARTER_2}, '2026-11-20', 1, '', 'unset', NULL, NULL),
    ({MATHS_IN_OCTOBER}, {CLASS_7A}, NULL, {MATHS}, {OWNER_STAFF}, {QUARTER_1}, '2026-10-20', 1, 'Дроби', 'none',
        '2026-10-20 09:00', '2026-10-20 09:00');
INSERT INTO absences (lesson_id, pupil_id, reason, recorded_at) VALUES
    ({MATHS_MONDAY}, {ABSENTEE}, 'unknown', '2026-11-16 09:00'),
    ({MATHS_TUESDAY}, {ABSENTEE}, 'unknown', '2026-11-17 09:00'),
    ({HISTORY_TWO}, {ABSENTEE}, 'unknown', '2026-11-18 10:00'),
    ({MATHS_IN_OCTOBER}, {CLASSMATE}, 'unknown', '2026-10-20 09:00');
"""


def add_class_week(transaction: Transaction) -> None:
    """Add the week to the small school."""
    transaction.change(_WEEK)
    transaction.record(Event(transaction.read("SELECT TIMESTAMP '2026-11-18 10:00'")[0][0], None, "school"))
