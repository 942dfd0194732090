"""Whose rows a grant covers."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from school.records import User


class Scope(StrEnum):
    """The rows a grant reaches."""

    OWN_LESSONS = "own_lessons"
    OWN_CLASS = "own_class"
    OWN_CHILD = "own_child"
    OWN_ACCOUNT = "own_account"
    WHOLE_SCHOOL = "whole_school"


SCOPE_TITLES: dict[Scope, str] = {
    Scope.OWN_LESSONS: "свои уроки",
    Scope.OWN_CLASS: "свой класс",
    Scope.OWN_CHILD: "свой ребёнок, ученик — о себе",
    Scope.OWN_ACCOUNT: "свой вход и своё время",
    Scope.WHOLE_SCHOOL: "вся школа",
}


@dataclass(frozen=True)
class Rows:
    """What checks need to know about the rows asked for: who teaches them, which class, which pupil, whose account."""

    teacher_ids: frozenset[int] = frozenset()
    class_id: int | None = None
    pupil_id: int | None = None
    user_id: int | None = None


# Rows of the whole school: only a grant over the whole school covers them.
ALL_ROWS = Rows()

COVERS: dict[Scope, Callable[[User, Rows], bool]] = {
    Scope.OWN_LESSONS: lambda user, rows: user.staff_id is not None and user.staff_id in rows.teacher_ids,
    Scope.OWN_CLASS: lambda user, rows: rows.class_id in user.homeroom_class_ids,
    Scope.OWN_CHILD: lambda user, rows: rows.pupil_id in user.pupil_ids,
    Scope.OWN_ACCOUNT: lambda user, rows: rows.user_id == user.user_id,
    Scope.WHOLE_SCHOOL: lambda _user, _rows: True,
}
