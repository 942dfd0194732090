"""What a school year has and what it still lacks, for the administrator, the deputy head and the head (п. 4.2, 4.3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from school.access.action import Action
from school.access.checks import check_may, may
from school.councils.store import decisions_of
from school.records import PersonName, User
from school.register.store.registers import school_years
from school.store.connection import Store
from school.store.names import tell_apart
from school.year.records import (
    ONE_DAY,
    BellRecord,
    ClassRecord,
    LoadState,
    OpeningFacts,
    SubjectRecord,
    TimetableState,
    YearCalendar,
    YearKey,
)
from school.year.rules.calendar import year_to_open
from school.year.rules.opening import StepLine, step_lines
from school.year.rules.promotion import Promotion, proposed_promotions
from school.year.rules.timetable import HoursGap, hours_gaps, present_clashes
from school.year.store import school_tables, timetables
from school.year.store.calendars import calendar_of, known_schools
from school.year.store.facts import opening_counts
from school.year.store.states import load_state, timetable_state


def schools(store: Store, user: User) -> list[tuple[int, str]]:
    """Return (id, name) of the schools. Raises AccessRefused."""
    check_may(user, Action.READ_YEAR_OPENING)
    return known_schools(store)


def years_to_choose(store: Store, user: User, today: date) -> list[int]:
    """Return the school years that have classes and the one that opens now, newest first. Raises AccessRefused."""
    check_may(user, Action.READ_YEAR_OPENING)
    return sorted({*school_years(store), year_to_open(today), today.year}, reverse=True)


@dataclass(frozen=True)
class YearSetup:
    """A year as the steps of its opening show it; ``promotions`` are classes of last year that have not gone up yet.

    ``has_decisions``: the council has decided about pupils of theirs.
    """

    calendar: YearCalendar | None
    classes: list[ClassRecord]
    subjects: list[SubjectRecord]
    bells: list[BellRecord]
    staff: Mapping[int, PersonName]
    promotions: list[Promotion]
    has_decisions: bool = False


def year_setup(store: Store, user: User, key: YearKey, today: date) -> YearSetup:
    """Return the tables of a year's opening. Raises AccessRefused."""
    check_may(user, Action.READ_YEAR_OPENING)
    classes = school_tables.classes_of_year(store, key)
    promotions = _promotions(store, key, classes)
    decided = decisions_of(store, [each.last.class_id for each in promotions])
    return YearSetup(
        calendar_of(store, key),
        classes,
        school_tables.subjects_of_school(store, key.school_id),
        school_tables.bell_times(store),
        school_tables.staff_names(store, today),
        promotions,
        has_decisions=any(each.decision.is_recorded for each in decided),
    )


def _promotions(store: Store, key: YearKey, classes: list[ClassRecord]) -> list[Promotion]:
    last = school_tables.last_classes(store, key.before)
    gone = school_tables.promoted_classes(store, [each.class_id for each in last])
    waiting = [each for each in last if each.class_id not in gone and each.pupils]
    return proposed_promotions(waiting, [each.name for each in classes])


def opening_steps(store: Store, user: User, key: YearKey | None, today: date) -> list[StepLine]:
    """Return the steps of a year's opening, each with its state and what is missing; no key: there is no school yet.

    Raises AccessRefused.
    """
    check_may(user, Action.READ_YEAR_OPENING)
    return step_lines(_facts(store, key, today) if key else OpeningFacts())


def _facts(store: Store, key: YearKey, today: date) -> OpeningFacts:
    calendar = calendar_of(store, key)
    state = timetable_state(store, key, max(today, calendar.starts_on) if calendar else today)
    setup = _promotions(store, key, school_tables.classes_of_year(store, key))
    return opening_counts(
        store,
        key,
        today,
        to_promote=sum(each.fate != "stays_out" for each in setup),
        off_hours=len(hours_gaps(state)),
        clashes=len(present_clashes(state)),
    )


def load_to_edit(store: Store, user: User, key: YearKey, day: date, class_id: int | None = None) -> LoadState:
    """Return the load on a day, of a year or of one class, with what its rows may refer to. Raises AccessRefused."""
    check_may(user, Action.READ_YEAR_OPENING)
    return load_state(store, key, day, class_id)


def timetable_to_edit(store: Store, user: User, key: YearKey, day: date) -> TimetableState:
    """Return the timetable that holds on a day. Raises AccessRefused."""
    check_may(user, Action.READ_YEAR_OPENING)
    return timetable_state(store, key, day)


def first_day_offered(store: Store, user: User, key: YearKey, today: date) -> date:
    """Return the day from which a timetable may be changed for all classes: after every lesson that has been.

    Without lessons yet it is the first day of the year. Raises AccessRefused.
    """
    check_may(user, Action.READ_YEAR_OPENING)
    calendar = calendar_of(store, key)
    classes = timetables.classes_with_timetable(store, key)
    last = timetables.last_fact_day(store, classes, today) if classes else None
    starts_on = calendar.starts_on if calendar else today
    return max(starts_on, today + ONE_DAY) if last else starts_on


def may_edit(user: User, action: Action) -> bool:
    """Whether a user may change this part of the year's opening."""
    return may(user, action)


@dataclass(frozen=True)
class DividedSubject:
    """A class's subject that is taught in subgroups, with the pupils and where they are on a day."""

    class_id: int
    subject_id: int
    subject_name: str
    subgroups: dict[str, int]
    pupils: list[tuple[int, PersonName]]
    present: dict[int, int]


def divided_subjects(
    store: Store, user: User, key: YearKey, class_id: int, day: date
) -> list[DividedSubject]:
    """Return the subjects of a class that have subgroups (п. 4.2). Raises AccessRefused."""
    check_may(user, Action.READ_YEAR_OPENING)
    names = {each.record_id: each.name for each in school_tables.subjects_of_school(store, key.school_id)}
    groups = timetables.subgroups_of_year(store, key)
    pupils = list(tell_apart(store, dict(timetables.pupils_of_class(store, class_id, day))).items())
    return [
        DividedSubject(
            class_id,
            subject_id,
            names.get(subject_id, ""),
            named,
            pupils,
            timetables.memberships(store, class_id, subject_id, day),
        )
        for (of_class, subject_id), named in groups.items()
        if of_class == class_id
    ]


def timetable_gaps(state: TimetableState) -> tuple[list[str], list[HoursGap]]:
    """Return what clashes in a timetable, and where it differs from the hours of the load."""
    return present_clashes(state), hours_gaps(state)
