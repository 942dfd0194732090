"""Whom somebody may aim at: teachers their classes and subgroups, homeroom teachers their class, others the whole school (п. 2.9)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from school.access.action import Action
from school.access.checks import check_may, check_may_somewhere, may
from school.audiences.access import check_may_aim, rows_of_group, rows_of_pupil, teachers_of_groups
from school.audiences.rules import Audience, Part
from school.audiences.store import (
    AimedPupil,
    Member,
    aimed_groups,
    aimed_pupils,
    employed_staff,
    members_of,
    people_with_sign_in,
)
from school.records import User
from school.store.connection import Store
from school.store.names import rows_apart, staff_initials

__all__ = ["AimedPupil"]


@dataclass(frozen=True)
class Aims:
    """Whom somebody may aim at; ``subgroups`` as «7А: английский язык, группа 1»."""

    is_whole_school: bool
    grades: tuple[int, ...]
    classes: dict[int, str]
    subgroups: dict[int, str]


@dataclass(frozen=True)
class Reached:
    """How many people an audience reaches, by part, about how many children, and how many of them have no way in."""

    people: dict[Part, int]
    children: int
    without_sign_in: int

    @property
    def total(self) -> int:
        """All of them, each counted once."""
        return sum(self.people.values())


def aims_of(store: Store, user: User, action: Action, today: date) -> Aims:
    """Return at whom the user may aim something with this action. Raises AccessRefused where at nobody."""
    check_may_somewhere(user, action)
    groups = [each for each in aimed_groups(store, today) if may(user, action, rows_of_group(each))]
    is_whole_school = may(user, action)
    grades = dict.fromkeys(each.grade_level for each in groups if each.grade_level is not None)
    return Aims(
        is_whole_school,
        tuple(grades) if is_whole_school else (),
        {each.class_id: each.class_name for each in groups if each.subgroup_id is None},
        {
            each.subgroup_id: f"{each.class_name}: {each.subgroup_name}"
            for each in groups
            if each.subgroup_id is not None
        },
    )


def pupils_to_aim_at(store: Store, user: User, action: Action, today: date) -> list[AimedPupil]:
    """Return the pupils whom the user may choose by name. Raises AccessRefused where none ever."""
    check_may_somewhere(user, action)
    teachers = teachers_of_groups(store, today)
    found = [each for each in aimed_pupils(store, today) if may(user, action, rows_of_pupil(each, teachers))]
    return rows_apart(store, found)


def staff_to_aim_at(store: Store, user: User, action: Action, today: date) -> dict[int, str]:
    """Return the employees whom the user may choose by name: those of the whole school or none. Raises AccessRefused."""
    check_may(user, action)
    names = staff_initials(store)
    return {staff_id: names[staff_id] for staff_id in employed_staff(store, today)}


def reached_by(store: Store, user: User, action: Action, audience: Audience, today: date) -> Reached:
    """Return how many people an audience reaches today. Raises AccessRefused for one beyond the user's, RuleRefused for none."""
    check_may_aim(store, user, action, audience, today)
    return reached(members_of(store, audience, today), people_with_sign_in(store))


def reached(members: Collection[Member], with_sign_in: dict[Part, frozenset[int]]) -> Reached:
    """Count people: a guardian of two children is one."""
    people = {part: {each.person_id for each in members if each.part == part} for part in Part}
    return Reached(
        {part: len(ids) for part, ids in people.items()},
        len({each.owner_id for each in members if each.part != Part.STAFF}),
        sum(len(ids - with_sign_in[part]) for part, ids in people.items()),
    )
