"""Writing the timetable (п. 4.3): a new week holds from a day on, its lessons are made up to the end of the year."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from school.access.action import Action
from school.access.checks import check_may
from school.errors import RuleRefused
from school.files.plan import SourceRow, check_still_holds
from school.files.rows import OpeningPlan
from school.records import User
from school.store.connection import Transaction, in_transaction
from school.store.events import Event
from school.year.actions.lesson_making import make_lessons
from school.year.records import SlotRecord, YearCalendar, YearKey
from school.year.rules.lesson_making import check_first_day
from school.year.rules.timetable import Slots, check_timetable
from school.year.store import timetables
from school.year.store.calendars import calendar_of
from school.year.store.states import timetable_state


@dataclass(frozen=True)
class TimetableDone:
    """What an accepted timetable did: the plan, and the lessons in words."""

    plan: OpeningPlan[Slots]
    lessons: str


@in_transaction
def save_timetable(
    transaction: Transaction,
    user: User,
    key: YearKey,
    rows: Sequence[SourceRow],
    made_from: str,
    *,
    first_day: date,
    now: datetime,
    class_id: int | None = None,
) -> TimetableDone:
    """Make rows the week of the classes they name from ``first_day`` on, and the lessons that follow from it.

    Days before keep the former week. Lessons with anything at them stay. ``class_id``: the rows are the whole week of
    this class, were there none. Raises AccessRefused or RuleRefused.
    """
    check_may(user, Action.EDIT_TIMETABLE)
    calendar = _calendar(transaction, key, first_day)
    state = timetable_state(transaction, key, first_day)
    plan = check_timetable(rows, state, class_id)
    check_still_holds(plan, made_from)
    if not plan.brings_anything:
        return TimetableDone(plan, "")
    classes = sorted({state.loads[slot.load_id].class_id for slot in _touched(plan)})
    check_first_day(first_day, now.date(), timetables.last_fact_day(transaction, classes, now.date()))
    kept = [slot.record_id for row in (*plan.changed, *plan.unchanged) for slot in row.record]
    kept += [slot.record_id for slots in plan.kept for slot in slots]
    timetables.keep_slots(transaction, classes, [each for each in kept if each is not None], first_day)
    _apply(transaction, plan, first_day if first_day > calendar.starts_on else None, first_day)
    lessons = make_lessons(transaction, key, now.date(), class_ids=classes, first_day=first_day)
    _note(transaction, user, now, plan, first_day, lessons)
    return TimetableDone(plan, lessons)


def _calendar(transaction: Transaction, key: YearKey, first_day: date) -> YearCalendar:
    calendar = calendar_of(transaction, key)
    if calendar is None or not calendar.terms:
        raise RuleRefused(
            "Сначала нужен календарный график.",
            "Без него не понять, в какие дни бывают уроки (п. 5.1).",
            "Заполните его на странице «Открытие года».",
        )
    if not calendar.starts_on <= first_day <= calendar.ends_on:
        raise RuleRefused(
            f"{first_day:%d.%m.%Y} — не в этом учебном году.",
            next_step=f"Укажите день с {calendar.starts_on:%d.%m.%Y} по {calendar.ends_on:%d.%m.%Y}.",
        )
    return calendar


def _touched(plan: OpeningPlan[Slots]) -> list[SlotRecord]:
    return [
        *(slot for row in (*plan.new, *plan.changed) for slot in row.record),
        *(slot for slots in plan.removed for slot in slots),
    ]


def _apply(
    transaction: Transaction, plan: OpeningPlan[Slots], starts_on: date | None, first_day: date
) -> None:
    slots = [slot for row in (*plan.new, *plan.changed) for slot in row.record]
    timetables.end_slots(
        transaction,
        [slot.record_id for gone in plan.removed for slot in gone if slot.record_id is not None],
        first_day,
    )
    timetables.set_rooms(transaction, [slot for slot in slots if slot.record_id is not None])
    added = [slot for slot in slots if slot.record_id is None]
    timetables.add_slots(transaction, added, starts_on, transaction.new_ids(len(added)) if added else [])


def _note(
    transaction: Transaction,
    user: User,
    now: datetime,
    plan: OpeningPlan[Slots],
    first_day: date,
    lessons: str,
) -> None:
    counts = {
        "новых уроков в неделю": len(plan.new),
        "изменено": len(plan.changed),
        "снято": len(plan.removed),
    }
    words = ", ".join(f"{what}: {count}" for what, count in counts.items() if count)
    text = "; ".join(filter(None, (f"с {first_day:%d.%m.%Y}", words, lessons)))
    transaction.record(Event(now, user.user_id, "timetable", new_value=text))


@in_transaction
def remake_lessons(
    transaction: Transaction, user: User, key: YearKey, *, first_day: date, now: datetime
) -> str:
    """Bring the lessons from a day on in line with the timetable as it stands; return what was done, in words.

    Raises AccessRefused or RuleRefused.
    """
    check_may(user, Action.EDIT_TIMETABLE)
    _calendar(transaction, key, first_day)
    classes = timetables.classes_with_timetable(transaction, key)
    check_first_day(first_day, now.date(), timetables.last_fact_day(transaction, classes, now.date()))
    lessons = make_lessons(transaction, key, now.date(), class_ids=classes, first_day=first_day)
    if lessons:
        transaction.record(
            Event(now, user.user_id, "timetable", new_value=f"с {first_day:%d.%m.%Y}; {lessons}")
        )
    return lessons
