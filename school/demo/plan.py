"""Everything of a made-up school that is decided before its first lesson."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from school.demo.classes import (
    Enrolling,
    SchoolClass,
    class_counts,
    classes_in_year,
    close_year,
    stream_sizes,
)
from school.demo.habits import Habits, plant, usual_habits
from school.demo.load import Load, Staffing, homeroom_teachers, teacher_counts, year_loads
from school.demo.people import Register
from school.demo.staff import Employee, make_staff
from school.demo.timetable import Slot, weekly_timetable
from school.demo.year_calendar import YearCalendar, school_year_of, year_calendar
from school.records import Role


@dataclass(frozen=True)
class PlannedYear:
    """A school year: its calendar, classes, loads and timetable; ``term_ids`` is by kind and number."""

    calendar: YearCalendar
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
    last_year = school_year_of(today)
    counts, teachers = class_counts(pupils), teacher_counts(class_counts(pupils))
    register = Register(rng, ids)
    staff = make_staff(register, teachers, date(last_year - years + 1, 9, 1))
    by_speciality: dict[str, list[int]] = {speciality: [] for speciality in teachers}
    for employee in staff:
        if employee.speciality:
            by_speciality[employee.speciality].append(employee.staff_id)
    enrolling = Enrolling(rng, register, ids, today, stream_sizes(rng, pupils, counts, last_year))
    staffing, homerooms = Staffing(by_speciality), dict[tuple[int, str], int]()
    planned: list[PlannedYear] = []
    for school_year in range(last_year - years + 1, last_year + 1):
        calendar = year_calendar(school_year)
        classes = enrolling.year(calendar, classes_in_year(counts, last_year, school_year))
        if planned:
            close_year(planned[-1].classes, {each.stream for each in classes})
        loads = year_loads(rng, ids, classes, teachers)
        staffing.assign(loads)
        planned.append(
            PlannedYear(
                calendar,
                {(term.kind, term.number): next(ids) for term in calendar.terms},
                classes,
                loads,
                weekly_timetable(rng, loads),
                homeroom_teachers(classes, loads, homerooms),
            )
        )
    _give_homerooms(staff, planned)
    habits = {employee.staff_id: usual_habits(rng) for employee in staff}
    deputy = next(each.staff_id for each in staff if {Role.TEACHER, Role.DEPUTY} <= set(each.roles))
    habits, planted = plant(habits, planned[-1].loads, spared=deputy)
    return SchoolPlan(seed, register, staff, planned, habits, planted)


def _give_homerooms(staff: list[Employee], years: list[PlannedYear]) -> None:
    with_class = {teacher for year in years for teacher in year.homerooms.values()}
    for employee in staff:
        if employee.staff_id in with_class:
            employee.roles.append(Role.HOMEROOM)
