"""Dated lessons from a timetable: what is added, taken away, and what stays because it is a fact (п. 4.3, 8.3)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from school.errors import RuleRefused
from school.year.records import (
    ONE_DAY,
    DatedSlot,
    PresentLesson,
    TermSpan,
    WantedLesson,
    YearCalendar,
    days_between,
)


@dataclass(frozen=True)
class LessonChanges:
    """What a timetable does to the lessons.

    ``given`` are lessons that go to another teacher or term; ``kept`` stay against the timetable because they are
    facts; ``crowded_out`` are wanted lessons for which such a fact leaves no room.
    """

    added: tuple[WantedLesson, ...] = ()
    removed: tuple[PresentLesson, ...] = ()
    given: tuple[tuple[PresentLesson, WantedLesson], ...] = ()
    kept: tuple[PresentLesson, ...] = ()
    crowded_out: tuple[WantedLesson, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing changes."""
        return not (self.added or self.removed or self.given)


def wanted_lessons(
    slots: Sequence[DatedSlot], calendar: YearCalendar, first_day: date, last_day: date
) -> Iterator[WantedLesson]:
    """Yield the lessons that a timetable asks for in these days: on school days of the class, inside its terms."""
    by_weekday: dict[int, list[DatedSlot]] = defaultdict(list)
    for slot in slots:
        by_weekday[slot.weekday].append(slot)
    terms = {grade: calendar.terms_of(grade) for grade in {slot.grade_level for slot in slots}}
    for day in days_between(max(first_day, calendar.starts_on), min(last_day, calendar.ends_on)):
        taught = {grade: _taught(calendar, terms[grade], day, grade) for grade in terms}
        for weekday in {place[0] for place in taught.values() if place}:
            for slot in by_weekday[weekday]:
                place = taught[slot.grade_level]
                if place and place[0] == weekday and slot.holds(day):
                    yield WantedLesson(
                        slot.class_id,
                        slot.subject_id,
                        slot.subgroup_id,
                        day,
                        slot.number,
                        slot.teacher_id,
                        place[1],
                    )


def _taught(
    calendar: YearCalendar, terms: Sequence[TermSpan], day: date, grade_level: int | None
) -> tuple[int, int] | None:
    weekday = calendar.weekday_taught(day, grade_level)
    term_id = next((term.term_id for term in terms if term.holds(day)), None)
    return None if weekday is None or term_id is None else (weekday, term_id)


def lesson_changes(
    wanted: Sequence[WantedLesson], present: Sequence[PresentLesson], today: date
) -> LessonChanges:
    """Hold the lessons that are there against those wanted in the same days and classes.

    A lesson up to today, or one with anything at it, is a fact: it is never removed and keeps its teacher. A wanted
    lesson is not added where such a fact takes the hour of the class.
    """
    by_place = {lesson.place: lesson for lesson in present}
    wanted_places = {lesson.place for lesson in wanted}
    strays = [lesson for lesson in present if lesson.place not in wanted_places]
    kept = [lesson for lesson in strays if is_fact(lesson, today)]
    taken = {(lesson.class_id, lesson.held_on, lesson.number): lesson for lesson in kept}
    missing = [lesson for lesson in wanted if lesson.place not in by_place]
    crowded_out = [lesson for lesson in missing if _is_taken(lesson, taken)]
    return LessonChanges(
        tuple(lesson for lesson in missing if not _is_taken(lesson, taken)),
        tuple(lesson for lesson in strays if not is_fact(lesson, today)),
        tuple(_given(wanted, by_place, today)),
        tuple(kept),
        tuple(crowded_out),
    )


def is_fact(lesson: PresentLesson, today: date) -> bool:
    """Whether a timetable must leave a lesson alone: its day has come, or something stands at it (п. 8.3)."""
    return lesson.has_data or lesson.held_on <= today


def _is_taken(lesson: WantedLesson, taken: Mapping[tuple[int, date, int], PresentLesson]) -> bool:
    other = taken.get((lesson.class_id, lesson.held_on, lesson.number))
    return other is not None and (
        lesson.subgroup_id is None or other.subgroup_id is None or lesson.subgroup_id == other.subgroup_id
    )


def _given(
    wanted: Sequence[WantedLesson],
    by_place: Mapping[tuple[int, int, int | None, date, int], PresentLesson],
    today: date,
) -> Iterator[tuple[PresentLesson, WantedLesson]]:
    for lesson in wanted:
        there = by_place.get(lesson.place)
        if there is None or is_fact(there, today):
            continue
        if (there.teacher_id, there.term_id) != (lesson.teacher_id, lesson.term_id):
            yield there, lesson


def check_first_day(first_day: date, today: date, last_fact_on: date | None) -> None:
    """Raise RuleRefused for a timetable that would begin at or before a lesson that has been: those days are facts.

    ``last_fact_on``: the last day, up to today, with lessons of the classes concerned; None where they have none.
    """
    if last_fact_on is not None and first_day <= last_fact_on:
        raise RuleRefused(
            f"С {first_day:%d.%m.%Y} менять расписание поздно.",
            f"По {last_fact_on:%d.%m.%Y} уроки уже прошли или идут, они остаются как есть.",
            f"Укажите день не раньше {max(last_fact_on, today) + ONE_DAY:%d.%m.%Y}.",
        )
