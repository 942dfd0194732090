"""The calendar of a demonstration's school year: terms, holidays, public holidays, school days (п. 5.1)."""

from dataclasses import dataclass
from datetime import date, datetime

from school.calendar import school_year_of
from school.reference import public_holidays
from school.year.records import TermSpan, days_between
from school.year.rules.calendar import usual_calendar

DAYS_A_WEEK = 5


@dataclass(frozen=True)
class DemoCalendar:
    """A school year with its terms and the days off inside it."""

    school_year: int
    starts_on: date
    ends_on: date
    terms: tuple[TermSpan, ...]
    days_off: dict[date, str]

    @property
    def span(self) -> tuple[date, date]:
        """The first and the last day."""
        return self.starts_on, self.ends_on

    def school_days(self, starts_on: date, ends_on: date) -> list[date]:
        """Return the days with lessons from one day to another, both included."""
        return [
            day
            for day in days_between(starts_on, ends_on)
            if day.isoweekday() <= DAYS_A_WEEK and day not in self.days_off
        ]

    def terms_of(self, kind: str) -> list[TermSpan]:
        """Return the terms of one kind in their order."""
        return [term for term in self.terms if term.kind == kind]


def year_calendar(school_year: int) -> DemoCalendar:
    """Return the usual calendar of a school year; grade 1 rests no longer than the others."""
    usual = usual_calendar(school_year, public_holidays(), DAYS_A_WEEK)
    days_off = {
        day: each.name
        for each in usual.breaks
        if not each.grade_levels
        for day in days_between(each.starts_on, each.ends_on)
    }
    return DemoCalendar(school_year, usual.starts_on, usual.ends_on, usual.terms, days_off)


def last_school_moment(now: datetime) -> datetime:
    """Return now, on a day without lessons the same time of the last day before it that had some."""
    today = now.date()
    # A year may begin on a weekend: then the year before is the last one with lessons.
    years = (year_calendar(school_year_of(today) - back) for back in (0, 1))
    days = (year.school_days(year.starts_on, min(today, year.ends_on)) for year in years)
    return now - (today - next(each[-1] for each in days if each))


def planned_until(calendar: DemoCalendar, today: date, kind: str) -> date:
    """Return the last day with planned lessons: the end of the running term, in holidays of the next one."""
    ahead = [term.ends_on for term in calendar.terms_of(kind) if term.ends_on >= today]
    return min(ahead, default=calendar.ends_on)
