"""What is told at once: absences at the first lesson of a day, cancelled lessons (п. 4.3, 4.5)."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import NamedTuple

from school.records import AbsenceReason, LessonStatus, SubstitutionKind
from school.store.reading import Reader, read_as

CANCELLED_AHEAD = timedelta(days=14)


class Missed(NamedTuple):
    """An absence of today: the lesson and its number, when it was entered."""

    pupil_id: int
    lesson_id: int
    recorded_at: datetime


class Cancelled(NamedTuple):
    """A lesson that was cancelled: its substitution, whose it is, when."""

    substitution_id: int
    lesson_id: int
    class_id: int
    held_on: date
    assigned_at: datetime


def missed_today(reader: Reader, pupil_ids: Collection[int], today: date) -> list[Missed]:
    """Return the absences of pupils today that nobody has spoken of before: no leave of the pupil covers the day."""
    query = f"""SELECT a.pupil_id, a.lesson_id, coalesce(a.recorded_at, l.recorded_at) AS recorded_at
        FROM absences a JOIN lessons l USING (lesson_id)
        WHERE l.held_on = $today AND l.status <> '{LessonStatus.CANCELLED}' AND a.reason <> '{AbsenceReason.LATE}'
            AND a.pupil_id IN (SELECT unnest($pupils::BIGINT[])) AND coalesce(a.recorded_at, l.recorded_at) IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM leaves v WHERE v.pupil_id = a.pupil_id AND v.withdrawn_at IS NULL
                AND $today BETWEEN v.starts_on AND v.ends_on)
        ORDER BY l.number, a.lesson_id"""
    return read_as(reader, Missed, query, {"today": today, "pupils": sorted(pupil_ids)})


def cancelled_ahead(reader: Reader, now: datetime) -> list[Cancelled]:
    """Return the lessons of today and the next two weeks that are cancelled now."""
    query = f"""SELECT s.substitution_id, s.lesson_id, s.class_id, l.held_on, s.assigned_at
        FROM substitutions s JOIN lessons l USING (lesson_id)
        WHERE s.kind = '{SubstitutionKind.CANCELLED}' AND s.withdrawn_at IS NULL
            AND l.held_on BETWEEN $today AND $last ORDER BY s.substitution_id"""
    return read_as(reader, Cancelled, query, {"today": now.date(), "last": now.date() + CANCELLED_AHEAD})
