"""The calendar behind a private address: lessons, control works, homework and tasks that are due, events (п. 2.8, 3.6)."""

import gzip
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from school.access.action import Action
from school.access.checks import may
from school.access.scopes import Rows
from school.calendar import first_of_september, school_year_of_lesson
from school.consultations.store.bookings import bookings_of_pupils
from school.consultations.store.hosts import hosts_of_pupil
from school.consultations.store.slots import evenings_from
from school.families.lookups.diary import diary_lesson_ids
from school.families.store import diaries
from school.homework.lookups import PupilHomework, pupil_homework
from school.homework.rules.due_days import LONGEST_DAYS
from school.notices.records import CalendarFeed
from school.notices.rules.addresses import calendar_name
from school.notices.rules.calendars import IN_THE_DIARY, CalendarEntry, calendar_text, window, without_names
from school.notices.store import feeds
from school.occasions.lookups import Occasion, pupil_occasions
from school.occasions.rules import OccasionDraft
from school.records import User
from school.register.store.lessons import lessons_by_id
from school.register.store.pupil_lessons import DatedLesson, classes_of_pupil, lessons_of_pupil
from school.register.store.registers import subject_names, work_types
from school.sign_in.lookups.sessions import known_user
from school.sign_in.rules.sessions import secret_hash
from school.store.connection import Store
from school.tasks.lookups import tasks_due

LONGEST_TOKEN = 64
OWN_TASK = "Есть личное задание: откройте его в дневнике."
# Of an event whose end is not said.
USUAL_LENGTH = timedelta(hours=1)


@dataclass(frozen=True)
class Calendar:
    """A calendar as it is sent: packed with gzip, and what tells it from any other."""

    feed: CalendarFeed
    packed: bytes
    etag: str


def calendar_of_token(store: Store, token: str, *, now: datetime, zone: ZoneInfo) -> Calendar | None:
    """Return the calendar behind an address; None where there is none, or its user may no longer read the child's diary.

    Asked again at each request, so that it ends with the guardian's access. From memory while nothing has changed.
    """
    feed = feeds.feed_of_token(store, secret_hash(token)) if 0 < len(token) <= LONGEST_TOKEN else None
    user = known_user(store, feed.user_id, now.date()) if feed else None
    if feed is None or user is None or feed.pupil_id not in user.pupil_ids:
        return None
    if not may(user, Action.KEEP_NOTICES, Rows(pupil_id=feed.pupil_id)):
        return None
    first, last = window(now.date())
    lessons = diary_lesson_ids(store, user, feed.pupil_id, first - timedelta(LONGEST_DAYS), last)
    packed, etag = store.cache("diaries").get(
        ("calendar", user, feed.pupil_id, first, feed.label, zone),
        store.state_of_pupil(feed.pupil_id, lessons),
        lambda: _packed(
            calendar_text(calendar_name(feed.label), _entries(store, user, feed.pupil_id, first, last), zone)
        ),
    )
    return Calendar(feed, packed, etag)


def read_calendars_ahead(store: Store, today: date) -> Iterator[None]:
    """Read what the calendars of a class share, a class at a step, before the first program asks for one."""
    first, last = window(today)
    of_class = {
        stay.class_id: pupil_id
        for pupil_id in feeds.pupils_with_feeds(store)
        for stay in classes_of_pupil(store, pupil_id, today)[:1]
    }
    for pupil_id in of_class.values():
        list(_school_days(store, pupil_id, first, last))
        yield


def _packed(text: bytes) -> tuple[bytes, str]:
    return gzip.compress(text, compresslevel=5, mtime=0), hashlib.sha256(text).hexdigest()[:32]


def _entries(store: Store, user: User, pupil_id: int, first: date, last: date) -> Iterator[CalendarEntry]:
    yield from _school_days(store, pupil_id, first, last)
    if may(user, Action.BOOK_CONSULTATION, Rows(pupil_id=pupil_id)):
        yield from _consultations(store, feeds.store_id(store), pupil_id, first, last)


def _school_days(store: Store, pupil_id: int, first: date, last: date) -> Iterator[CalendarEntry]:
    place, works = feeds.store_id(store), pupil_homework(store, pupil_id, first, last)
    yield from _lessons(store, place, lessons_of_pupil(store, pupil_id, first, last))
    class_ids = {each.class_id for each in classes_of_pupil(store, pupil_id, first)}
    surnames = feeds.surnames_of_classes(store, class_ids)
    for work in works:
        if work.is_work and work.due_on is not None and work.due_on <= last:
            yield _homework_entry(f"homework-{work.lesson.lesson_id}@{place}", work, work.due_on, surnames)
    for task in tasks_due(store, pupil_id, class_ids, first, first):
        if task.due_on is not None and task.due_on <= last and not task.is_void:
            # It may speak of its pupil: the words stay in the diary.
            yield CalendarEntry(
                f"task-{task.task_id}@{place}",
                f"Задание: {task.subject_name}",
                task.due_on,
                task.due_on,
                datetime.combine(task.given_on, time()),
                description=OWN_TASK,
            )
    for each in pupil_occasions(store, pupil_id, first, last):
        yield _occasion_entry(f"occasion-{each.occasion.occasion_id}@{place}", each.occasion, surnames)


def _times_of(draft: OccasionDraft) -> tuple[datetime | date, datetime | date]:
    """Return from when to when an event is: moments, or whole days."""
    if draft.starts_at is None:
        return draft.starts_on, draft.ends_on
    if draft.ends_at is not None:
        return draft.begins, datetime.combine(draft.ends_on, draft.ends_at)
    if draft.starts_on == draft.ends_on:
        return draft.begins, draft.begins + USUAL_LENGTH
    return draft.begins, datetime.combine(draft.ends_on + timedelta(1), time())


def _occasion_entry(uid: str, occasion: Occasion, surnames: frozenset[str]) -> CalendarEntry:
    draft, is_cancelled = occasion.draft, occasion.cancelled_at is not None
    title, place = (
        words if without_names(words, surnames) == words else instead
        for words, instead in ((draft.title, "Событие школы"), (draft.place, ""))
    )
    begins, ends = _times_of(draft)
    asks = draft.asks_guardians or draft.asks_pupils
    return CalendarEntry(
        uid,
        f"{title} (отменено)" if is_cancelled else title,
        begins,
        ends,
        occasion.changed_at,
        place,
        "Ответьте в дневнике, придёте ли." if asks and not is_cancelled else "",
        occasion.version,
        is_cancelled,
    )


def _consultations(
    store: Store, place: str, pupil_id: int, first: date, last: date
) -> Iterator[CalendarEntry]:
    """Yield what guardians have booked, cancelled bookings too, and the parents' evenings: no name of a person in it."""
    for each in bookings_of_pupils(store, [pupil_id], first):
        if each.begins_at.date() <= last:
            is_cancelled = each.cancelled_at is not None
            hosts = hosts_of_pupil(store, pupil_id, each.begins_at.date())
            duty = next((host.duty for host in hosts if host.staff_id == each.staff_id), "учитель")
            yield CalendarEntry(
                f"consultation-{each.booking_id}@{place}",
                f"Консультация: {duty}{' (отменена)' if is_cancelled else ''}",
                each.begins_at,
                each.ends_at,
                each.cancelled_at or each.booked_at,
                each.place,
                sequence=int(is_cancelled),
                is_cancelled=is_cancelled,
            )
    for evening in evenings_from(store, first):
        if evening.begins_at.date() <= last:
            is_cancelled = evening.cancelled_at is not None
            yield CalendarEntry(
                f"evening-{evening.evening_id}@{place}",
                f"Родительский день{' (отменён)' if is_cancelled else ''}",
                evening.begins_at,
                evening.ends_at,
                evening.cancelled_at or _year_began(evening.begins_at.date()),
                description="" if is_cancelled else "Запись к учителям — в дневнике.",
                sequence=int(is_cancelled),
                is_cancelled=is_cancelled,
            )


def _lessons(store: Store, place: str, dated: Sequence[DatedLesson]) -> Iterator[CalendarEntry]:
    class_ids = {each.class_id for each in dated}
    traces = feeds.traces_of_substitutions(store, class_ids)
    rooms = {key: diaries.rooms_of_class(store, key) for key in class_ids}
    bells, subjects = diaries.bell_times(store), subject_names(store)
    controls = {key: kind.name for key, kind in work_types(store).items() if kind.is_written_control}
    known = lessons_by_id(store, [each.lesson_id for each in dated])
    for each in dated:
        trace = traces.get(each.lesson_id)
        control = controls.get(known[each.lesson_id].work_type_id or 0, "")
        room = diaries.room_of(rooms[each.class_id], each)
        notes = [f"{each.number}-й урок."]
        notes += ["Урок ведёт другой учитель."] if trace and trace.is_substituted else []
        notes += ["Урок отменён."] if each.is_cancelled else []
        # A school without bells has no hours: its lessons are of the day.
        hours = bells.get(each.number)
        yield CalendarEntry(
            f"lesson-{each.lesson_id}@{place}",
            _summary(subjects[each.subject_id], control, trace, is_cancelled=each.is_cancelled),
            datetime.combine(each.held_on, hours[0]) if hours else each.held_on,
            datetime.combine(each.held_on, hours[1]) if hours else each.held_on,
            trace.changed_at if trace else _year_began(each.held_on),
            f"кабинет {room}" if room[:1].isdigit() else room,
            " ".join(notes),
            trace.changes if trace else 0,
            each.is_cancelled,
        )


def _summary(subject: str, control: str, trace: feeds.SubstitutionTrace | None, *, is_cancelled: bool) -> str:
    if is_cancelled:
        return f"{subject} (отменён)"
    work = f": {control.lower()}" if control else ""
    return subject + work + (" (замена)" if trace and trace.is_substituted else "")


def _homework_entry(uid: str, work: PupilHomework, due_on: date, surnames: frozenset[str]) -> CalendarEntry:
    parts = [without_names(work.lesson.homework, surnames)] if work.lesson.homework else []
    # A task of one's own may speak of its pupil: it stays in the diary.
    parts += [OWN_TASK] if work.tasks else []
    parts += ["Файлы — в дневнике."] if work.files else []
    given_on = _year_began(work.lesson.held_on)
    return CalendarEntry(
        uid,
        f"ДЗ: {work.subject_name}",
        due_on,
        due_on,
        given_on,
        description="\n".join(parts) or IN_THE_DIARY,
    )


@cache
def _year_began(day: date) -> datetime:
    return datetime.combine(first_of_september(school_year_of_lesson(day)), time())
