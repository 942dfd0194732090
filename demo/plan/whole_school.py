"""Everything of a made-up school that is decided before its first lesson."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from demo.plan.classes import Enrolling, SchoolClass, class_counts, classes_in_year, close_year, stream_sizes
from demo.plan.habits import Habits, plant, usual_habits
from demo.plan.load import Load, Staffing, homeroom_teachers, teacher_counts, year_loads
from demo.plan.people import Register
from demo.plan.staff import Employee, make_staff
from demo.plan.timetable import Slot, weekly_timetable
from demo.plan.year_calendar import DemoCalendar, year_calendar
from school.calendar import first_of_september, school_year_of
from school.records import Role


@dataclass(frozen=True)
class PlannedYear:
    """A school year: its calendar, classes, loads and timetable; ``term_ids`` is by kind and number."""

    calendar: DemoCalendar
    term_ids: dict[tuple[str, int], int]
    classes: list[SchoolClass]
    loads: list[Load]
    slots: list[tuple[Slot, Load]]
    homerooms: dict[int, int]


@dataclass(frozen=True)
class SchoolPlan:
    """A made-up school; ``planted`` is the staff id of each planted habit."""

    seed: int
    register: Register
    staff: list[Employee]
    years: list[PlannedYear]
    habits: dict[int, Habits]
    planted: dict[str, int]


def plan_school(ids: Iterator[int], *, pupils: int, years: int, seed: int, today: date) -> SchoolPlan:
    """Return a school of about so many pupils with its last years, the running one included."""
    rng = np.random.default_rng([seed, 1])
    first_year = school_year_of(today) - years + 1
    register = Register(rng, ids)
    teachers = _teachers(class_counts(pupils), range(first_year, first_year + years))
    staff = make_staff(register, teachers, first_of_september(first_year))
    planned = _Planning(register, staff, pupils, today).years(range(first_year, first_year + years))
    _give_homerooms(staff, planned)
    usual = {employee.staff_id: usual_habits(rng) for employee in staff}
    deputy = next(each.staff_id for each in staff if {Role.TEACHER, Role.DEPUTY} <= set(each.roles))
    habits, planted = plant(usual, planned[-1].loads, spared=deputy)
    return SchoolPlan(seed, register, staff, planned, habits, planted)


def _teachers(counts: dict[int, int], school_years: range) -> dict[str, int]:
    """Return the teachers by speciality: those of the newest year, and of what only earlier years of a small school taught."""
    teachers = teacher_counts(counts)
    for school_year in reversed(school_years[:-1]):
        earlier = teacher_counts(classes_in_year(counts, school_years[-1], school_year))
        teachers |= {each: count for each, count in earlier.items() if each not in teachers}
    return teachers


class _Planning:
    """Plans one year after another: what goes on from year to year is remembered here."""

    def __init__(self, register: Register, staff: list[Employee], pupils: int, today: date) -> None:
        self.register, self.rng = register, register.rng
        self.counts, self.last_year = class_counts(pupils), school_year_of(today)
        sizes = stream_sizes(self.rng, pupils, self.counts, self.last_year)
        self.enrolling = Enrolling(self.rng, register, register.ids, today, sizes)
        self.staffing = Staffing(_by_speciality(staff))
        self.homerooms: dict[tuple[int, str], int] = {}

    def years(self, school_years: Iterable[int]) -> list[PlannedYear]:
        planned: list[PlannedYear] = []
        for school_year in school_years:
            planned.append(self._year(year_calendar(school_year)))
            if len(planned) > 1:
                close_year(planned[-2].classes, {each.stream for each in planned[-1].classes})
        return planned

    def _year(self, calendar: DemoCalendar) -> PlannedYear:
        counts = classes_in_year(self.counts, self.last_year, calendar.school_year)
        classes = self.enrolling.year(calendar, counts)
        teachers = {speciality: len(listed) for speciality, listed in self.staffing.teachers.items()}
        loads = year_loads(self.rng, self.register.ids, classes, teachers)
        self.staffing.assign(loads)
        return PlannedYear(
            calendar,
            {(term.kind, term.number): next(self.register.ids) for term in calendar.terms},
            classes,
            loads,
            weekly_timetable(self.rng, loads),
            homeroom_teachers(classes, loads, self.homerooms),
        )


def _by_speciality(staff: list[Employee]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for employee in staff:
        if employee.speciality:
            found.setdefault(employee.speciality, []).append(employee.staff_id)
    return found


def _give_homerooms(staff: list[Employee], years: list[PlannedYear]) -> None:
    with_class = {teacher for year in years for teacher in year.homerooms.values()}
    for employee in staff:
        if employee.staff_id in with_class:
            employee.roles.append(Role.HOMEROOM)
