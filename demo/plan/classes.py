"""Which classes a school of a given size has, who is in them year after year, and how pupils move."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from demo.plan.people import Register
from demo.plan.reference import GRADE_LEVELS
from demo.plan.year_calendar import DemoCalendar
from school.calendar import first_of_september
from school.records import TermKind
from school.year.rules.calendar import term_kind_of

PUPILS_IN_A_CLASS = 25
PUPILS_IN_A_SMALL_SCHOOL_CLASS = 20
LAST_GRADE, LAST_BASIC_GRADE = 11, 9
# In which order a school that grows gets its classes: every stage early, so that a small one shows all of them.
GRADE_ORDER = (7, 10, 5, 1, 9, 11, 3, 8, 2, 6, 4)
SENIOR_SHARE = 0.5
GRADUATION_DAY = (6, 30)
LETTERS = "АБВГДЕЖИКЛМН"
LEAVING_A_YEAR, ARRIVING_A_YEAR = 0.02, 0.02
DAYS_BEFORE_A_MOVE, DAYS_AFTER_A_MOVE = 20, 12


@dataclass(frozen=True)
class ClassStay:
    """A pupil in a class; ``ends_on`` is the day of leaving."""

    pupil_id: int
    starts_on: date
    ends_on: date | None = None

    def covers(self, day: date) -> bool:
        """Whether the pupil is in the class on that day."""
        return self.starts_on <= day and (self.ends_on is None or day < self.ends_on)


@dataclass
class SchoolClass:
    """A class of one school year; ``stream`` follows the same children through the years."""

    class_id: int
    school_year: int
    grade_level: int
    letter: str
    stays: list[ClassStay] = field(default_factory=list)

    @property
    def name(self) -> str:
        """«7А»."""
        return f"{self.grade_level}{self.letter}"

    @property
    def stream(self) -> tuple[int, str]:
        """The school year of its grade 1 and its letter."""
        return self.school_year - self.grade_level + 1, self.letter

    @property
    def term_kind(self) -> TermKind:
        """What it reports by."""
        return term_kind_of(self.grade_level)


def class_counts(pupils: int) -> dict[int, int]:
    """Return how many classes each grade level has in a school of this size; 1,000 pupils make 40."""
    total = round(pupils / PUPILS_IN_A_CLASS)
    if total < len(GRADE_LEVELS):
        total = max(1, min(len(GRADE_LEVELS), round(pupils / PUPILS_IN_A_SMALL_SCHOOL_CLASS)))
        return dict.fromkeys(sorted(GRADE_ORDER[:total]), 1)
    counts = dict.fromkeys(GRADE_LEVELS, 1)
    weights = {grade: SENIOR_SHARE if grade > LAST_BASIC_GRADE else 1.0 for grade in GRADE_LEVELS}
    for _ in range(total - len(counts)):
        counts[max(GRADE_ORDER, key=lambda grade: weights[grade] / (counts[grade] + 1))] += 1
    return counts


def classes_in_year(counts: dict[int, int], last_year: int, school_year: int) -> dict[int, int]:
    """Return how many classes each grade level has in an earlier year, so that they grow into ``counts``."""
    found = {}
    for grade in GRADE_LEVELS:
        later_grade = grade + last_year - school_year
        basic = counts.get(min(later_grade, LAST_BASIC_GRADE), 0) or counts.get(later_grade, 0)
        senior = counts.get(min(later_grade, LAST_GRADE), 0)
        if number := (senior if grade > LAST_BASIC_GRADE else basic):
            found[grade] = number
    return found


def stream_sizes(
    rng: np.random.Generator, pupils: int, counts: dict[int, int], last_year: int
) -> dict[tuple[int, str], int]:
    """Return the size of each class of the last year by stream: together the pupils, here more, there fewer."""
    streams = [
        (last_year - grade + 1, LETTERS[place]) for grade, count in counts.items() for place in range(count)
    ]
    shares = rng.uniform(0.88, 1.12, len(streams))
    exact = np.cumsum(shares / shares.sum() * pupils)
    return dict(zip(streams, map(int, np.diff(np.rint(exact), prepend=0)), strict=True))


@dataclass
class Enrolling:
    """The classes of one year after another, with arrivals, departures and a transfer."""

    rng: np.random.Generator
    register: Register
    ids: Iterator[int]
    today: date
    sizes: dict[tuple[int, str], int]
    members: dict[tuple[int, str], list[int]] = field(default_factory=dict)

    def year(self, calendar: DemoCalendar, counts: dict[int, int]) -> list[SchoolClass]:
        """Return the classes of a year with last year's pupils a grade higher."""
        classes = [
            SchoolClass(next(self.ids), calendar.school_year, grade, LETTERS[place])
            for grade, count in counts.items()
            for place in range(count)
        ]
        for school_class in classes:
            self._fill(school_class, calendar)
        self._move(classes, calendar)
        self.members = {
            each.stream: [stay.pupil_id for stay in each.stays if stay.ends_on is None] for each in classes
        }
        return classes

    def _fill(self, school_class: SchoolClass, calendar: DemoCalendar) -> None:
        pupil_ids = self.members.get(school_class.stream)
        if pupil_ids is None:
            size = self.sizes.get(school_class.stream, PUPILS_IN_A_SMALL_SCHOOL_CLASS)
            pupil_ids = [self.register.new_pupil(school_class.stream[0]).pupil_id for _ in range(size)]
        school_class.stays = [ClassStay(pupil_id, calendar.starts_on) for pupil_id in pupil_ids]

    def _move(self, classes: Sequence[SchoolClass], calendar: DemoCalendar) -> None:
        days = [day for day in calendar.school_days(*calendar.span) if day < self.today]
        days = days[DAYS_BEFORE_A_MOVE:-DAYS_AFTER_A_MOVE]
        if not days:
            return
        pupils = sum(len(each.stays) for each in classes)
        for _ in range(max(1, round(pupils * LEAVING_A_YEAR * len(days) / 140))):
            self._leave(self.register.pick(classes), self.register.pick(days))
        for _ in range(max(1, round(pupils * ARRIVING_A_YEAR * len(days) / 140))):
            self._arrive(self.register.pick(classes), self.register.pick(days))
        self._transfer(classes, calendar, set(days))

    def _leave(self, school_class: SchoolClass, day: date) -> None:
        place = int(self.rng.integers(len(school_class.stays)))
        stay = school_class.stays[place]
        if stay.ends_on is None and stay.starts_on < day:
            school_class.stays[place] = replace(stay, ends_on=day)

    def _arrive(self, school_class: SchoolClass, day: date) -> None:
        pupil = self.register.new_pupil(school_class.stream[0])
        school_class.stays.append(ClassStay(pupil.pupil_id, day))

    def _transfer(self, classes: Sequence[SchoolClass], calendar: DemoCalendar, days: set[date]) -> None:
        """Move a pupil to the parallel class on the first school day of a term."""
        pairs = [
            (one, other)
            for one in classes
            for other in classes
            if one.grade_level == other.grade_level and one.grade_level > 1 and one.letter < other.letter
        ]
        starts = [
            calendar.school_days(term.starts_on, term.ends_on)[0]
            for term in calendar.terms_of(TermKind.QUARTER)[1:]
        ]
        starts = [day for day in starts if day in days]
        if not pairs or not starts:
            return
        source, target = self.register.pick(pairs)
        place = next(i for i, stay in enumerate(source.stays) if stay.ends_on is None)
        stay = source.stays[place]
        source.stays[place] = replace(stay, ends_on=starts[-1])
        target.stays.append(ClassStay(stay.pupil_id, starts[-1]))


def close_year(classes: Sequence[SchoolClass], next_streams: Collection[tuple[int, str]]) -> None:
    """End the stays of a year that is over: the classes go on as classes of the next year, or leave the school."""
    for school_class in classes:
        goes_on = school_class.stream in next_streams
        next_year = school_class.school_year + 1
        leaving_on = first_of_september(next_year) if goes_on else date(next_year, *GRADUATION_DAY)
        school_class.stays = [
            stay if stay.ends_on else replace(stay, ends_on=leaving_on) for stay in school_class.stays
        ]
