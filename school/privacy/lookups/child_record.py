"""«Что мы храним о ребёнке»: all that is kept, what for, how long, who may read it and who did (152-ФЗ, ст. 14 ч. 7)."""

from dataclasses import dataclass
from datetime import datetime

from school.access.action import ACTION_TITLES, Action
from school.access.checks import check_may
from school.access.roles import ROLES
from school.access.scopes import SCOPE_TITLES, Rows
from school.errors import Refusal
from school.families.rules import hold_at, is_of_family
from school.families.store.news import marks_hours
from school.privacy.store.child_facts import FactRows, child_facts, name_and_class, readers_by_role
from school.privacy.store.settings import Operator, operator_of
from school.records import User
from school.store.connection import Store
from school.store.settings import setting

__all__ = ["FactRows", "Operator"]

# What shows a single pupil to somebody.
CHILD_ACTIONS = (
    Action.READ_REGISTER,
    Action.ENTER_CELLS,
    Action.READ_ABSENCES,
    Action.READ_DIARY,
    Action.READ_REMARKS,
    Action.READ_CLASS_LISTS,
    Action.EDIT_PUPILS,
    Action.READ_PUPIL_HISTORY,
    Action.READ_FORECASTS,
    Action.READ_EXTERNAL_TESTS,
    Action.READ_REPORTS,
    Action.EXPORT_JOURNAL,
    Action.READ_EVENTS,
)


@dataclass(frozen=True)
class RoleReading:
    """What a role may read of a child: with whose rows, which things, how many people have it now."""

    title: str
    scopes: str
    actions: str
    people: int


@dataclass(frozen=True)
class ChildRecord:
    """Everything that the document says."""

    pupil_name: str
    class_name: str
    school_name: str
    operator: Operator
    made_at: datetime
    made_by: str
    facts: list[FactRows]
    readers: list[RoleReading]


def child_record(store: Store, user: User, pupil_id: int, *, now: datetime) -> ChildRecord:
    """Return all that is kept of a child. Raises AccessRefused; Refusal where there is no such pupil."""
    check_may(user, Action.READ_CHILD_RECORD, Rows(pupil_id=pupil_id))
    found = name_and_class(store, pupil_id)
    if found is None:
        raise Refusal("Такого ученика нет.", next_step="Откройте документ из дневника или карточки.")
    hold = hold_at(now, marks_hours(store), hides=is_of_family(user, pupil_id))
    return ChildRecord(
        *found,
        setting(store, "school.name") or "",
        operator_of(store),
        now,
        user.name,
        child_facts(store, pupil_id, now, hold.since if hold and hold.hides else None),
        role_readings(readers_by_role(store)),
    )


def role_readings(people: dict[str, int]) -> list[RoleReading]:
    """Return what each role may read of a child, by the table of roles; roles that may read nothing are left out."""
    found = []
    for role, row in ROLES.items():
        granted = [(action, scope) for action, scope in row.grants if action in CHILD_ACTIONS]
        if granted:
            scopes = dict.fromkeys(SCOPE_TITLES[scope] for _, scope in granted)
            actions = dict.fromkeys(ACTION_TITLES[action] for action, _ in granted)
            found.append(RoleReading(row.title, "; ".join(scopes), "; ".join(actions), people.get(role, 0)))
    return found
