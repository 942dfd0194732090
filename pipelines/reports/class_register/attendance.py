"""The summary sheet of attendance: full days and lessons missed by each pupil in each term and in the year (п. 4.3, 6.6)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date

from school.attendance.rules.absences import is_missed, missed_days
from school.attendance.store import PupilLesson
from school.calendar import term_title
from school.records import YEAR, AbsenceReason, Term


@dataclass(frozen=True)
class Missed:
    """What a pupil missed: days with all of their lessons missed, lessons, and comings late."""

    days: int = 0
    days_ill: int = 0
    lessons: int = 0
    lessons_ill: int = 0
    lessons_valid: int = 0
    lessons_unknown: int = 0
    late: int = 0

    @property
    def values(self) -> tuple[int, ...]:
        """The counts in the order of MISSED_TITLES."""
        return tuple(getattr(self, field.name) for field in fields(self))


MISSED_TITLES = (
    "полных дней",
    "из них по болезни",
    "уроков",
    "по болезни",
    "уважит. причина",
    "не выяснено",
    "опозданий",
)


def spans_of(terms: Sequence[Term]) -> dict[int, str]:
    """Return the titles of terms by id, and of the year under YEAR."""
    return {term.term_id: term_title(term.kind, term.number) for term in terms} | {YEAR: "год"}


def missed_of(lessons: Sequence[PupilLesson]) -> Missed:
    """Count what one pupil missed of these filled lessons; a day is one of illness where all that is missed in it is."""
    reasons = [each.reason for each in lessons]
    by_day: dict[date, list[AbsenceReason | None]] = defaultdict(list)
    for each in lessons:
        by_day[each.held_on].append(each.reason)
    days = [
        day for day, missed in missed_days((each.held_on, each.reason) for each in lessons).items() if missed
    ]
    return Missed(
        days=len(days),
        days_ill=sum(set(by_day[day]) == {AbsenceReason.ILLNESS} for day in days),
        lessons=sum(map(is_missed, reasons)),
        lessons_ill=reasons.count(AbsenceReason.ILLNESS),
        lessons_valid=reasons.count(AbsenceReason.VALID),
        lessons_unknown=reasons.count(AbsenceReason.UNKNOWN),
        late=reasons.count(AbsenceReason.LATE),
    )


def attendance_table(lessons: Iterable[PupilLesson], terms: Sequence[Term]) -> dict[int, dict[int, Missed]]:
    """Return what each pupil missed by term id, and under YEAR in all of these terms; nothing of pupils without lessons."""
    places: dict[int, dict[int, list[PupilLesson]]] = defaultdict(lambda: defaultdict(list))
    known = {term.term_id for term in terms}
    for each in lessons:
        if each.term_id in known:
            places[each.pupil_id][each.term_id].append(each)
            places[each.pupil_id][YEAR].append(each)
    return {
        pupil: {term_id: missed_of(rows) for term_id, rows in by_term.items()}
        for pupil, by_term in places.items()
    }


def totals_of(table: Mapping[int, Mapping[int, Missed]], term_id: int) -> Missed:
    """Add up what the class missed in a term, or in the year."""
    rows = [by_term[term_id].values for by_term in table.values() if term_id in by_term]
    return Missed(*map(sum, zip(*rows, strict=True))) if rows else Missed()
