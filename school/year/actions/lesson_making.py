"""Bringing dated lessons in line with calendar, load and timetable inside a transaction of the caller's (п. 4.3)."""

from collections.abc import Collection
from datetime import date

from school.store.connection import Transaction
from school.year.records import ONE_DAY, YearKey
from school.year.rules.lesson_making import LessonChanges, lesson_changes, wanted_lessons
from school.year.store import timetables
from school.year.store.calendars import calendar_of


def make_lessons(
    transaction: Transaction,
    key: YearKey,
    today: date,
    *,
    class_ids: Collection[int] | None = None,
    first_day: date | None = None,
) -> str:
    """Make, move and take away lessons so that they follow the timetable; return what was done, in words.

    From ``first_day`` (by default tomorrow) to the end of the year, for some classes or all that have a timetable.
    Lessons up to today and those with anything at them stay as they are. The caller records the event.
    """
    changes = planned_changes(transaction, key, today, class_ids=class_ids, first_day=first_day)
    if changes is None or changes.is_empty:
        return ""
    timetables.remove_lessons(transaction, [lesson.lesson_id for lesson in changes.removed])
    timetables.give_lessons(
        transaction, [(there.lesson_id, wanted.teacher_id, wanted.term_id) for there, wanted in changes.given]
    )
    timetables.add_lessons(transaction, changes.added)
    return changes_text(changes)


def planned_changes(
    transaction: Transaction,
    key: YearKey,
    today: date,
    *,
    class_ids: Collection[int] | None = None,
    first_day: date | None = None,
) -> LessonChanges | None:
    """Return what ``make_lessons`` would do; None without a calendar or classes."""
    calendar = calendar_of(transaction, key)
    classes = timetables.classes_with_timetable(transaction, key) if class_ids is None else class_ids
    if calendar is None or not classes:
        return None
    day = first_day or today + ONE_DAY
    slots = timetables.dated_slots(transaction, classes, day)
    wanted = list(wanted_lessons(slots, calendar, day, calendar.ends_on))
    return lesson_changes(wanted, timetables.present_lessons(transaction, classes, day), today)


def changes_text(changes: LessonChanges) -> str:
    """Return «уроков создано: 340, убрано: 12, остались с записями: 3»."""
    counts = {
        "уроков создано": len(changes.added),
        "убрано": len(changes.removed),
        "передано другому учителю или периоду": len(changes.given),
        "остались с записями": len(changes.kept),
        "не создано, час занят": len(changes.crowded_out),
    }
    return ", ".join(f"{what}: {count}" for what, count in counts.items() if count)
