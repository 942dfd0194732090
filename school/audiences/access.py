"""Whose rows an audience is: a class is of who teaches and leads it, a subgroup of its own teachers, anything wider of the whole school."""

from collections.abc import Collection
from datetime import date

from school.access.action import Action
from school.access.checks import check_may, may
from school.access.scopes import Rows
from school.audiences.rules import Audience, Target, check_audience
from school.audiences.store import AimedGroup, AimedPupil, aimed_groups, aimed_pupils
from school.records import User
from school.store.reading import Reader

Teachers = dict[tuple[int, int | None], frozenset[int]]


def check_may_aim(reader: Reader, user: User, action: Action, audience: Audience, today: date) -> None:
    """Raise AccessRefused where the user may not aim something at all of this audience, RuleRefused where it is none."""
    check_audience(audience)
    if may(user, action):
        return
    wanted = set(audience.target_ids)
    if audience.target == Target.PUPILS:
        teachers = teachers_of_groups(reader, today)
        _check_all(
            user,
            action,
            wanted,
            {each.pupil_id: rows_of_pupil(each, teachers) for each in aimed_pupils(reader, today)},
        )
    elif audience.target in {Target.CLASS, Target.SUBGROUP}:
        is_class = audience.target == Target.CLASS
        _check_all(
            user,
            action,
            wanted,
            {
                each.class_id if is_class else each.subgroup_id or 0: rows_of_group(each)
                for each in aimed_groups(reader, today)
                if (each.subgroup_id is None) == is_class
            },
        )
    else:
        check_may(user, action)


def _check_all(user: User, action: Action, wanted: Collection[int], rows: dict[int, Rows]) -> None:
    for each in wanted:
        if each not in rows:
            check_may(user, action)
        check_may(user, action, rows.get(each, Rows()))


def rows_of_group(group: AimedGroup) -> Rows:
    """Return whose rows a class or a subgroup is."""
    return Rows(teacher_ids=group.teacher_ids, class_id=group.class_id)


def teachers_of_groups(reader: Reader, today: date) -> Teachers:
    """Return who teaches each class as a whole, and each subgroup, by class and subgroup."""
    return {(each.class_id, each.subgroup_id): each.teacher_ids for each in aimed_groups(reader, today)}


def rows_of_pupil(pupil: AimedPupil, teachers: Teachers) -> Rows:
    """Return whose rows a pupil is."""
    own = (teachers.get((pupil.class_id, place), frozenset()) for place in (None, *pupil.subgroup_ids))
    return Rows(teacher_ids=frozenset().union(*own), class_id=pupil.class_id)
