"""Pupils of a class moved into another together: classes merged or divided in one step, and the step taken back (п. 4.6)."""

from collections.abc import Collection
from datetime import datetime

from school.access.action import Action
from school.access.checks import check_may
from school.people.actions.movements import MoveOrder, take_back_movement, transfer
from school.people.records import JointMovement
from school.people.rules.movements import check_is_newest, check_somebody_moves, groups_named_alike
from school.people.store import movements
from school.records import User
from school.store.connection import Transaction, in_transaction


@in_transaction
def transfer_together(
    transaction: Transaction,
    user: User,
    pupil_ids: Collection[int],
    class_id: int,
    target_id: int,
    order: MoveOrder,
    *,
    now: datetime,
) -> None:
    """Move these pupils of a class, or all of them, into another of the same year by one order: all of them or nobody.

    Who was in a subgroup is put into the new class's subgroup of the same name and subject, where there is one. Raises what
    ``transfer`` raises.
    """
    check_may(user, Action.MOVE_PUPILS)
    check_somebody_moves(pupil_ids)
    for pupil_id in sorted(set(pupil_ids)):
        own, there = (
            movements.divisions_of(transaction, each, pupil_id, order.day) for each in (class_id, target_id)
        )
        alike = [each.subgroup_id for each in groups_named_alike(own, there)]
        transfer(transaction, user, pupil_id, class_id, target_id, order, subgroup_ids=alike, now=now)


@in_transaction
def take_back_together(transaction: Transaction, user: User, joint: JointMovement, *, now: datetime) -> None:
    """Take back a movement of many, entered by mistake: of all of them or of nobody. Raises what ``take_back_movement`` raises."""
    check_may(user, Action.MOVE_PUPILS)
    for movement_id, pupil_id in joint.members:
        check_is_newest(movements.movements_of(transaction, pupil_id), movement_id)
        take_back_movement(transaction, user, movement_id, pupil_id, now=now)
