"""A planned school as rows of the store, with the accounts of everybody and the settings of the demonstration."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from demo.plan.accounts import Accounts
from demo.plan.classes import ClassStay, SchoolClass
from demo.plan.lessons import FIRST_MARKED_GRADE, Catalogue
from demo.plan.load import PRIMARY_SPECIALITY, Subgroup
from demo.plan.movements import movement_rows
from demo.plan.reference import subjects, work_kinds
from demo.plan.whole_school import SchoolPlan
from demo.plan.year_calendar import DAYS_A_WEEK
from school.records import Role, User
from school.reference import bell_times
from school.store.rows import (
    BellTimeRow,
    ClassRow,
    ClassTermRow,
    DayOffRow,
    EnrolmentRow,
    GuardianPupilRow,
    GuardianRow,
    LoadRow,
    PupilRow,
    SchoolRow,
    SchoolStructure,
    SchoolYearRow,
    SettingRow,
    SlotRow,
    StaffRow,
    SubgroupMemberRow,
    SubgroupRow,
    SubjectRow,
    TermRow,
    UserRow,
    WorkTypeRow,
)

SCHOOL_NAME = "Школа № 1 города N (демонстрационная)"
PRIMARY_GRADES_OF_A_SHOWN_CHILD = 5
# Of so many families one has no way in yet.
WITHOUT_WAY_IN = 11


@dataclass(frozen=True)
class Founded:
    """What is written first, and whom and what the rest refers to."""

    structure: SchoolStructure
    catalogue: Catalogue
    users: dict[int, User]  # by staff_id

    def user_with(self, role: Role) -> User:
        """Return the first employee's account with a role."""
        return next(user for user in self.users.values() if user.has(role))


def founded(ids: Iterator[int], plan: SchoolPlan, today: date) -> Founded:
    """Return the rows of a planned school."""
    school_id = next(ids)
    catalogue = Catalogue(
        {subject.name: next(ids) for subject in subjects()}, {kind.code: next(ids) for kind in work_kinds()}
    )
    accounts = Accounts(ids)
    users = _staff_users(accounts, plan)
    structure = SchoolStructure(
        schools=[SchoolRow(school_id, SCHOOL_NAME)],
        settings=_settings(plan, users, *_family_users(accounts, plan), today),
        **_calendar_rows(plan, school_id),
        **_catalogue_rows(catalogue, school_id),
        **_people_rows(plan, school_id),
        **_class_rows(ids, plan, school_id),
        **_load_rows(ids, plan, catalogue),
        movements=movement_rows(ids, plan),
        users=accounts.users,
        user_roles=accounts.roles,
    )
    return Founded(structure, catalogue, users)


def _staff_users(accounts: Accounts, plan: SchoolPlan) -> dict[int, User]:
    users = {}
    for employee in plan.staff:
        row = accounts.add(employee.name, employee.roles, staff_id=employee.staff_id)
        own = {
            cls
            for year in plan.years
            for cls, teacher in year.homerooms.items()
            if teacher == employee.staff_id
        }
        users[employee.staff_id] = User(
            row.user_id,
            row.login,
            employee.name.full,
            frozenset(employee.roles),
            employee.staff_id,
            frozenset(own),
        )
    return users


def _family_users(accounts: Accounts, plan: SchoolPlan) -> tuple[dict[int, UserRow], dict[int, UserRow]]:
    """Return the accounts of guardians by family and of pupils by pupil; one guardian of WITHOUT_WAY_IN has no way in."""
    families = {pupil.family.family_id: pupil.family for pupil in plan.register.pupils.values()}
    _, shown = _demo_child(plan)
    guardians = {
        family_id: accounts.add(
            family.guardian,
            [Role.GUARDIAN],
            guardian_id=family_id,
            has_way_in=family_id == shown or number % WITHOUT_WAY_IN != 1,
        )
        for number, (family_id, family) in enumerate(families.items())
    }
    pupils = {
        pupil.pupil_id: accounts.add(pupil.name, [Role.PUPIL], pupil_id=pupil.pupil_id)
        for pupil in plan.register.pupils.values()
    }
    return guardians, pupils


def _settings(
    plan: SchoolPlan,
    users: dict[int, User],
    guardians: dict[int, UserRow],
    pupils: dict[int, UserRow],
    today: date,
) -> list[SettingRow]:
    user_ids = {
        role: next(user for user in users.values() if user.has(role)).user_id for role in _STAFF_ROLES
    }
    user_ids[Role.TEACHER] = users[_demo_teacher(plan, users, today)].user_id
    user_ids[Role.HOMEROOM] = users[_demo_homeroom(plan, users)].user_id
    pupil_id, guardian_family = _demo_child(plan)
    user_ids[Role.GUARDIAN] = guardians[guardian_family].user_id
    user_ids[Role.PUPIL] = pupils[pupil_id].user_id
    return [
        SettingRow("school.name", SCHOOL_NAME),
        SettingRow("demo", "1"),
        SettingRow("demo.planted", json.dumps(plan.planted)),
        *(SettingRow(f"demo.user.{role}", str(user_id)) for role, user_id in user_ids.items()),
    ]


_STAFF_ROLES = (Role.HEAD, Role.DEPUTY, Role.ADMIN, Role.SECRETARY)


def _demo_teacher(plan: SchoolPlan, users: dict[int, User], today: date) -> int:
    """Return the teacher, no deputy besides, with the most lessons today, or a week when there are none today."""
    year = plan.years[-1]
    has_lessons = today in year.calendar.school_days(*year.calendar.span)
    lessons: dict[int, int] = {}
    for (weekday, _), load in year.slots:
        is_shown = weekday == today.isoweekday() or not has_lessons
        is_shown = is_shown and not users[load.teacher_id].has(Role.DEPUTY)
        if is_shown and load.subject.speciality_in(load.school_class.grade_level) != PRIMARY_SPECIALITY:
            lessons[load.teacher_id] = lessons.get(load.teacher_id, 0) + 1
    return max(lessons or {year.loads[0].teacher_id: 1}, key=lambda teacher: lessons.get(teacher, 0))


def _demo_homeroom(plan: SchoolPlan, users: dict[int, User]) -> int:
    leaders = [plan.years[-1].homerooms[each.class_id] for each in _marked_classes(plan)]
    return next((leader for leader in leaders if not users[leader].has(Role.DEPUTY)), leaders[0])


def _marked_classes(plan: SchoolPlan) -> list[SchoolClass]:
    """Return the classes of the last year, those of grade 5 and above first, first grades last."""
    return sorted(
        plan.years[-1].classes,
        key=lambda each: (
            each.grade_level < PRIMARY_GRADES_OF_A_SHOWN_CHILD,
            each.grade_level < FIRST_MARKED_GRADE,
            each.name,
        ),
    )


def _demo_child(plan: SchoolPlan) -> tuple[int, int]:
    """Return a pupil of a class with marks and a family, the family with two children here if there is one."""
    present = [stay.pupil_id for each in _marked_classes(plan) for stay in each.stays if stay.ends_on is None]
    families: dict[int, list[int]] = {}
    for pupil_id in present:
        families.setdefault(plan.register.pupils[pupil_id].family.family_id, []).append(pupil_id)
    family_id = max(families, key=lambda family: len(families[family]))
    return present[0], family_id


def _calendar_rows(plan: SchoolPlan, school_id: int) -> dict[str, list[Any]]:
    return {
        "years": [
            SchoolYearRow(each.calendar.school_year, *each.calendar.span, DAYS_A_WEEK) for each in plan.years
        ],
        "days_off": [
            DayOffRow(day, name)
            for each in plan.years
            for day, name in sorted(each.calendar.days_off.items())
        ],
        "terms": [
            TermRow(
                each.term_ids[term.kind, term.number],
                school_id,
                each.calendar.school_year,
                str(term.kind),
                term.number,
                term.starts_on,
                term.ends_on,
            )
            for each in plan.years
            for term in each.calendar.terms
        ],
        "bell_times": [BellTimeRow(number, *span) for number, span in bell_times().items()],
    }


def _catalogue_rows(catalogue: Catalogue, school_id: int) -> dict[str, list[Any]]:
    return {
        "subjects": [
            SubjectRow(catalogue.subject_ids[each.name], school_id, each.name, each.area)
            for each in subjects()
        ],
        "work_types": [
            WorkTypeRow(
                catalogue.work_ids[each.code],
                each.name,
                each.short_name,
                each.weight,
                each.is_written_control,
            )
            for each in work_kinds()
        ],
    }


def _people_rows(plan: SchoolPlan, school_id: int) -> dict[str, list[Any]]:
    pupils = list(plan.register.pupils.values())
    families = {pupil.family.family_id: pupil.family.guardian for pupil in pupils}
    return {
        "staff": [
            StaffRow(
                each.staff_id, each.name.last, each.name.first, each.name.middle, each.position, each.hired_on
            )
            for each in plan.staff
        ],
        "pupils": [
            PupilRow(
                each.pupil_id, school_id, *each.name.parts, each.born_on, f"{each.name.last[0]}-{number}"
            )
            for number, each in enumerate(pupils, 1)
        ],
        "guardians": [
            GuardianRow(family_id, name.last, name.first, name.middle) for family_id, name in families.items()
        ],
        "guardian_pupils": [GuardianPupilRow(each.family.family_id, each.pupil_id) for each in pupils],
    }


def _class_rows(ids: Iterator[int], plan: SchoolPlan, school_id: int) -> dict[str, list[Any]]:
    placed = [(year, each) for year in plan.years for each in year.classes]
    return {
        "classes": [
            ClassRow(
                each.class_id,
                school_id,
                each.school_year,
                each.name,
                each.grade_level,
                str(each.term_kind),
                year.homerooms[each.class_id],
            )
            for year, each in placed
        ],
        "class_terms": [
            ClassTermRow(each.class_id, year.term_ids[term.kind, term.number])
            for year, each in placed
            for term in year.calendar.terms_of(each.term_kind)
        ],
        "enrolments": [
            EnrolmentRow(next(ids), stay.pupil_id, each.class_id, stay.starts_on, stay.ends_on)
            for _, each in placed
            for stay in each.stays
        ],
    }


def _load_rows(ids: Iterator[int], plan: SchoolPlan, catalogue: Catalogue) -> dict[str, list[Any]]:
    placed = [(year, load) for year in plan.years for load in year.loads]
    divided = [(load, load.subgroup) for _, load in placed if load.subgroup]
    rooms = {each.staff_id: each.room for each in plan.staff}
    return {
        "subgroups": [
            SubgroupRow(
                subgroup.subgroup_id,
                load.school_class.class_id,
                catalogue.subject_ids[load.subject.name],
                subgroup.name,
            )
            for load, subgroup in divided
        ],
        "subgroup_members": [
            SubgroupMemberRow(subgroup.subgroup_id, stay.pupil_id, stay.starts_on, stay.ends_on)
            for load, subgroup in divided
            for stay in members(load.school_class, subgroup)
        ],
        "loads": [
            LoadRow(
                load.load_id,
                year.calendar.school_year,
                load.school_class.class_id,
                load.subgroup.subgroup_id if load.subgroup else None,
                catalogue.subject_ids[load.subject.name],
                load.teacher_id,
                load.hours,
            )
            for year, load in placed
        ],
        "slots": [
            SlotRow(next(ids), load.load_id, *slot, rooms[load.teacher_id], *year.calendar.span)
            for year in plan.years
            for slot, load in year.slots
        ],
    }


def members(school_class: SchoolClass, subgroup: Subgroup | None) -> list[ClassStay]:
    """Return the stays of those who are taught: the class, or those of its pupils who are in the subgroup."""
    return [stay for stay in school_class.stays if subgroup is None or stay.pupil_id in subgroup.pupil_ids]
