"""The calendar of a Russian school year: terms, school holidays, public holidays, school days (п. 5.1)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from school.demo.reference import public_holidays
from school.records import TermKind

DAYS_A_WEEK = 5
FIRST_HALF_YEAR_GRADE = 10
LAST_LESSON_DAY = (5, 26)
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class TermSpan:
    """A term of one school year."""

    kind: TermKind
    number: int
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class YearCalendar:
    """A school year with its terms and the days off inside it."""

    school_year: int
    starts_on: date
    ends_on: date
    terms: tuple[TermSpan, ...]
    days_off: dict[date, str]

    def school_days(self, starts_on: date, ends_on: date) -> list[date]:
        """Return the days with lessons from one day to another, both included."""
        return [
            day
            for day in days_between(starts_on, ends_on)
            if day.isoweekday() <= DAYS_A_WEEK and day not in self.days_off
        ]

    def terms_of(self, kind: TermKind) -> list[TermSpan]:
        """Return the terms of one kind in their order."""
        return [term for term in self.terms if term.kind == kind]


def days_between(first: date, last: date) -> Iterator[date]:
    """Yield every day from the first to the last."""
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


def school_year_of(today: date) -> int:
    """Return the school year that runs on a day; in summer the one that has ended."""
    return today.year if today.month >= 9 else today.year - 1


def term_kind_of(grade_level: int) -> TermKind:
    """Return what a grade level reports by: half-years in 10 and 11, quarters below."""
    return TermKind.HALF if grade_level >= FIRST_HALF_YEAR_GRADE else TermKind.QUARTER


def year_calendar(school_year: int) -> YearCalendar:
    """Return the calendar of a school year with the usual autumn, winter and spring holidays."""
    starts_on, ends_on = date(school_year, 9, 1), date(school_year + 1, *LAST_LESSON_DAY)
    holidays = _school_holidays(school_year)
    days_off = {day: name for name, first, last in holidays for day in days_between(first, last)}
    for day, name in _public_days_off(school_year, starts_on, ends_on):
        days_off.setdefault(day, name)
    quarters = _quarters(starts_on, ends_on, [(first, last) for _, first, last in holidays])
    return YearCalendar(school_year, starts_on, ends_on, (*quarters, *_half_years(quarters)), days_off)


def _school_holidays(school_year: int) -> list[tuple[str, date, date]]:
    autumn = _last_monday(school_year, 10)
    spring = _last_monday(school_year + 1, 3)
    winter_end = date(school_year + 1, 1, 8)
    # Lessons resume on a Monday.
    winter_end += timedelta(days=(7 - winter_end.isoweekday()) % 7)
    return [
        ("Осенние каникулы", autumn - 2 * ONE_DAY, autumn + 6 * ONE_DAY),
        ("Зимние каникулы", date(school_year, 12, 31), winter_end),
        ("Весенние каникулы", spring - 2 * ONE_DAY, spring + 6 * ONE_DAY),
    ]


def _last_monday(year: int, month: int) -> date:
    last = date(year, month, 31)
    return last - timedelta(days=last.isoweekday() - 1)


def _public_days_off(school_year: int, starts_on: date, ends_on: date) -> Iterator[tuple[date, str]]:
    for month, number, name in public_holidays():
        day = date(school_year if month >= 9 else school_year + 1, month, number)
        if starts_on <= day <= ends_on:
            yield day, name
            if day.isoweekday() > DAYS_A_WEEK:
                yield day + timedelta(days=8 - day.isoweekday()), f"{name} (перенос)"


def _quarters(starts_on: date, ends_on: date, holidays: Sequence[tuple[date, date]]) -> tuple[TermSpan, ...]:
    starts = [starts_on, *(last + ONE_DAY for _, last in holidays)]
    ends = [*(first - ONE_DAY for first, _ in holidays), ends_on]
    spans = zip(starts, ends, strict=True)
    return tuple(TermSpan(TermKind.QUARTER, number, *span) for number, span in enumerate(spans, start=1))


def _half_years(quarters: Sequence[TermSpan]) -> tuple[TermSpan, ...]:
    return tuple(
        TermSpan(TermKind.HALF, number, quarters[first].starts_on, quarters[last].ends_on)
        for number, (first, last) in enumerate(((0, 1), (2, 3)), start=1)
    )


def planned_until(calendar: YearCalendar, today: date, kind: TermKind) -> date:
    """Return the last day with planned lessons: the end of the running term, in holidays of the next one."""
    ahead = [term.ends_on for term in calendar.terms_of(kind) if term.ends_on >= today]
    return min(ahead, default=calendar.ends_on)
