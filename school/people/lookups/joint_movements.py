"""What becomes of the pupils of a class who are moved into another together, and which such movements there were (п. 4.6)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from school.access.action import Action
from school.access.checks import check_may
from school.errors import Refusal, RuleRefused
from school.people.records import ClassOfYear, Division, JointMovement, LaterEntry, Stay
from school.people.rules import movements as rules
from school.people.store import movements
from school.people.store.class_lists import enrolled_pupils
from school.records import PersonName, User
from school.store.connection import Store


@dataclass(frozen=True)
class MovingPupil:
    """A pupil of a class before a movement: absences to be removed, subgroups kept and lost (in words), and what stands in the way."""

    pupil_id: int
    name: PersonName
    absences: int
    groups_kept: str
    groups_lost: str
    why_not: str


def groups_there(
    store: Store, user: User, pupil_id: int, class_id: int, target_id: int, day: date
) -> tuple[list[Division], frozenset[int]]:
    """Return the subgroups of the class that a pupil moves into, and those of them that are called like their own (п. 4.2).

    Raises AccessRefused.
    """
    check_may(user, Action.MOVE_PUPILS)
    own, there = (movements.divisions_of(store, each, pupil_id, day) for each in (class_id, target_id))
    return there, frozenset(each.subgroup_id for each in rules.groups_named_alike(own, there))


def moving_pupils(store: Store, user: User, class_id: int, target_id: int, day: date) -> list[MovingPupil]:
    """Return what would become of each pupil of a class who moves into another on a day. Raises AccessRefused or RuleRefused."""
    check_may(user, Action.MOVE_PUPILS)
    target = movements.classes_of_years(store, [target_id]).get(target_id)
    if target is None:
        raise RuleRefused("Такого класса нет.", next_step="Обновите страницу.")
    # Who comes on the very day may still be sent on; who leaves on it is on no list.
    return [
        _moving(store, row.pupil_id, row.name, class_id, target, day)
        for row in enrolled_pupils(store, class_id, day)
    ]


def _moving(
    store: Store, pupil_id: int, name: PersonName, class_id: int, target: ClassOfYear, day: date
) -> MovingPupil:
    stays = movements.stays_of(store, pupil_id)
    entries = movements.entries_from(store, pupil_id, class_id, day)
    own, there = (movements.divisions_of(store, each, pupil_id, day) for each in (class_id, target.class_id))
    kept = {(each.subject_id, each.subgroup) for each in rules.groups_named_alike(own, there)}
    words = {
        is_kept: ", ".join(
            f"{each.subject} — {each.subgroup}"
            for each in own
            if each.is_member and ((each.subject_id, each.subgroup) in kept) is is_kept
        )
        for is_kept in (True, False)
    }
    why_not = _refusal(lambda: _check(stays, entries, class_id, target, day))
    return MovingPupil(pupil_id, name, len(entries) if not why_not else 0, words[True], words[False], why_not)


def _check(
    stays: list[Stay], entries: list[LaterEntry], class_id: int, target: ClassOfYear, day: date
) -> None:
    here = [stay for stay in stays if stay.place.class_id == class_id and stay.covers(day)]
    stay = rules.check_may_leave(here[-1] if here else None, day)
    rules.check_transfer(stay, target)
    rules.check_entries_after(entries, stay.place.name, removes_absences=True)
    rules.check_may_enter([each for each in stays if each is not stay], target, day)


def _refusal(check: Callable[[], None]) -> str:
    try:
        check()
    except Refusal as refusal:
        return str(refusal)
    return ""


def joint_movements(store: Store, user: User, class_id: int) -> list[JointMovement]:
    """Return the movements of several pupils out of a class or into it that stand, newest first. Raises AccessRefused."""
    check_may(user, Action.MOVE_PUPILS)
    return movements.joint_movements_of(store, class_id)
