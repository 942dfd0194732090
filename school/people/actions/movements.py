"""Dated movements of pupils: departure, transfer, return, change of subgroup; the newest movement can be taken back.

Marks stay in the register of the class that gave them (п. 4.6): a movement back over them is refused, absences that
were noted after the pupil had left are removed once the user agrees.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from school.access.action import Action
from school.access.checks import check_may
from school.errors import RuleRefused
from school.people.actions.pupils import movement_event
from school.people.records import ClassOfYear, LaterEntry, Movement, MovementKind, Stay
from school.people.rules import movements as rules
from school.people.store import movements
from school.people.store.movements import LeftBehind
from school.records import EMPTY_CELL, User
from school.register.actions.batch import cell_event
from school.register.store.cells import CellChange, save_cells
from school.store.connection import Transaction, in_transaction
from school.store.events import Event
from school.store.structure import insert_rows


@dataclass(frozen=True)
class MoveOrder:
    """A movement as the office gives it: from which day, by which order (in words), why.

    ``removes_absences``: the user agrees to remove absences noted in the old register from that day on. ``where``: the school or
    place that a departing pupil goes to, or a returning one comes from.
    """

    day: date
    order_title: str = ""
    reason: str = ""
    removes_absences: bool = False
    where: str = ""


@in_transaction
def depart(
    transaction: Transaction, user: User, pupil_id: int, class_id: int, order: MoveOrder, *, now: datetime
) -> None:
    """Let a pupil leave the school: ``order.day`` is the first day on which they are not in the class (п. 4.6).

    Raises AccessRefused, RuleRefused, or ReasonRequired where absences stand after that day.
    """
    check_may(user, Action.MOVE_PUPILS)
    rules.check_departure_reason(order.reason)
    stay, left = _leave(transaction, user, pupil_id, class_id, order, now)
    movement_id = _note(transaction, user, pupil_id, MovementKind.DEPARTURE, order, (stay.place, None), now)
    movements.keep_left_behind(transaction, movement_id, left)


@in_transaction
def transfer(
    transaction: Transaction,
    user: User,
    pupil_id: int,
    class_id: int,
    target_id: int,
    order: MoveOrder,
    *,
    subgroup_ids: Collection[int] = (),
    now: datetime,
) -> None:
    """Move a pupil into another class of the same year: ``order.day`` is the first day there (п. 4.6).

    ``subgroup_ids`` are those of the new class that the pupil is in from that day on (п. 4.2). Raises AccessRefused, RuleRefused, or ReasonRequired where absences stand in the old register after that day.
    """
    check_may(user, Action.MOVE_PUPILS)
    target = _class(transaction, target_id)
    stay = rules.check_may_leave(_stay_in(transaction, pupil_id, class_id), order.day)
    rules.check_transfer(stay, target)
    _, left = _leave(transaction, user, pupil_id, class_id, order, now)
    _enter(transaction, pupil_id, target, order.day)
    way = (stay.place, target)
    movement_id = _note(transaction, user, pupil_id, MovementKind.TRANSFER, order, way, now)
    movements.keep_left_behind(transaction, movement_id, left)
    own = rules.subgroups_to_join(
        movements.divisions_of(transaction, target_id, pupil_id, order.day), subgroup_ids
    )
    for subgroup_id in own:
        movements.join_subgroup(transaction, pupil_id, subgroup_id, order.day)


@in_transaction
def return_pupil(
    transaction: Transaction, user: User, pupil_id: int, class_id: int, order: MoveOrder, *, now: datetime
) -> None:
    """Write a pupil of the school's books who is in no class into one, from a day on. Raises AccessRefused or RuleRefused."""
    check_may(user, Action.MOVE_PUPILS)
    target = _class(transaction, class_id)
    _enter(transaction, pupil_id, target, order.day)
    _note(transaction, user, pupil_id, MovementKind.ARRIVAL, order, (None, target), now)


def _note(
    transaction: Transaction,
    user: User,
    pupil_id: int,
    kind: MovementKind,
    order: MoveOrder,
    way: tuple[ClassOfYear | None, ClassOfYear | None],
    now: datetime,
) -> int:
    """Note a movement and return its id; ``way`` is the class left and the class entered."""
    order_title, reason = rules.check_words(order.order_title, order.reason)
    from_id, to_id = (place.class_id if place else None for place in way)
    (movement_id,) = transaction.new_ids(1)
    where = rules.check_where(order.where)
    sides = {MovementKind.ARRIVAL: (where, ""), MovementKind.DEPARTURE: ("", where)}.get(kind, ("", ""))
    whose = (movement_id, pupil_id, kind, order.day, from_id, to_id)
    movement = Movement(*whose, order_title, reason, now, user.user_id, *sides)
    insert_rows(transaction, [movement], "pupil_movements")
    transaction.record(movement_event(movement, {place.class_id: place for place in way if place}, user))
    return movement_id


def _class(transaction: Transaction, class_id: int) -> ClassOfYear:
    found = movements.classes_of_years(transaction, [class_id])
    if class_id not in found:
        raise RuleRefused("Такого класса нет.", next_step="Обновите страницу.")
    return found[class_id]


def _stay_in(transaction: Transaction, pupil_id: int, class_id: int) -> Stay | None:
    own = [stay for stay in movements.stays_of(transaction, pupil_id) if stay.place.class_id == class_id]
    return next((stay for stay in own if stay.ends_on is None), own[-1] if own else None)


def _enter(transaction: Transaction, pupil_id: int, target: ClassOfYear, day: date) -> None:
    rules.check_may_enter(movements.stays_of(transaction, pupil_id), target, day)
    movements.open_stay(transaction, transaction.new_ids(1)[0], pupil_id, target.class_id, day)


def _leave(
    transaction: Transaction, user: User, pupil_id: int, class_id: int, order: MoveOrder, now: datetime
) -> tuple[Stay, LeftBehind]:
    """Take a pupil out of a class and return the stay as it was, with what else ended."""
    stay = rules.check_may_leave(_stay_in(transaction, pupil_id, class_id), order.day)
    entries = movements.entries_from(transaction, pupil_id, class_id, order.day)
    absences = rules.check_entries_after(entries, stay.place.name, removes_absences=order.removes_absences)
    _remove_absences(transaction, user, pupil_id, absences, order.day, now)
    removed = tuple((each.lesson_id, each.cell.absence) for each in absences if each.cell.absence)
    left = LeftBehind(movements.memberships_of(transaction, pupil_id, class_id), removed)
    movements.set_stay_end(transaction, stay.enrolment_id, order.day)
    movements.leave_subgroups(
        transaction, pupil_id, _subgroups(transaction, class_id, pupil_id, order.day), order.day
    )
    return stay, left


def _subgroups(transaction: Transaction, class_id: int, pupil_id: int, day: date) -> list[int]:
    return [each.subgroup_id for each in movements.divisions_of(transaction, class_id, pupil_id, day)]


def _remove_absences(
    transaction: Transaction, user: User, pupil_id: int, entries: list[LaterEntry], day: date, now: datetime
) -> None:
    changes = [
        CellChange(entry.lesson_id, pupil_id, EMPTY_CELL, entry.cell, now, user.user_id) for entry in entries
    ]
    _change_cells(transaction, changes, f"не был в классе с {day:%d.%m.%Y}")


def _change_cells(transaction: Transaction, changes: list[CellChange], reason: str) -> None:
    save_cells(transaction, changes)
    transaction.record(
        *(
            cell_event((c.lesson_id, c.pupil_id), c.old, c.cell, user_id=c.user_id, at=c.at, reason=reason)
            for c in changes
        )
    )


@in_transaction
def take_back_movement(
    transaction: Transaction, user: User, movement_id: int, pupil_id: int, *, now: datetime
) -> None:
    """Take back a pupil's newest movement, entered by mistake: classes, subgroups and absences are as they were before.

    A movement is not taken back once the register of the new class says anything of the pupil, or the pupil has gone
    up into the next year. Raises AccessRefused or RuleRefused.
    """
    check_may(user, Action.MOVE_PUPILS)
    movement = rules.check_is_newest(movements.movements_of(transaction, pupil_id), movement_id)
    class_ids = [each for each in (movement.from_class_id, movement.to_class_id) if each is not None]
    places = movements.classes_of_years(transaction, class_ids)
    for place in places.values():
        rules.check_no_later_year(movements.stays_of(transaction, pupil_id), place.school_year)
    if movement.to_class_id is not None:
        _take_back_coming(transaction, pupil_id, movement.to_class_id, movement.happened_on)
    if movement.from_class_id is not None:
        _take_back_leaving(transaction, user, movement, movement.from_class_id, now)
    movements.withdraw_movement(transaction, movement_id, now)
    event = movement_event(movement, places, user)
    transaction.record(
        Event(
            now,
            user.user_id,
            event.kind,
            pupil_id=pupil_id,
            record_id=movement_id,
            old_value=event.new_value,
            reason="внесено ошибочно",
            class_id=event.class_id,
        )
    )


@in_transaction
def write_order(
    transaction: Transaction, user: User, movement_id: int, pupil_id: int, order_title: str, *, now: datetime
) -> None:
    """Write the order of a movement that was noted before the order was issued, or correct it (п. 4.6).

    Raises AccessRefused or RuleRefused.
    """
    check_may(user, Action.MOVE_PUPILS)
    order, _ = rules.check_words(order_title, "")
    if not order:
        raise RuleRefused("Приказ не указан.", next_step="Впишите его номер и дату.")
    own = {each.movement_id: each for each in movements.movements_of(transaction, pupil_id)}
    if movement_id not in own:
        raise RuleRefused("Такого движения нет.", next_step="Обновите страницу.")
    movements.set_order(transaction, movement_id, order)
    transaction.record(
        Event(
            now,
            user.user_id,
            "pupil_movement_order",
            pupil_id=pupil_id,
            record_id=movement_id,
            old_value=own[movement_id].order_title or None,
            new_value=order,
        )
    )


def _take_back_coming(transaction: Transaction, pupil_id: int, class_id: int, day: date) -> None:
    rules.check_nothing_entered_since(movements.entries_from(transaction, pupil_id, class_id, day))
    movements.leave_subgroups(transaction, pupil_id, _subgroups(transaction, class_id, pupil_id, day), day)
    own = [stay for stay in movements.stays_of(transaction, pupil_id) if stay.place.class_id == class_id]
    for stay in [each for each in own if each.starts_on == day][-1:]:
        movements.remove_stay(transaction, stay.enrolment_id)


def _take_back_leaving(
    transaction: Transaction, user: User, movement: Movement, class_id: int, now: datetime
) -> None:
    pupil_id = movement.pupil_id
    own = [stay for stay in movements.stays_of(transaction, pupil_id) if stay.place.class_id == class_id]
    for stay in [each for each in own if each.ends_on == movement.happened_on][-1:]:
        movements.set_stay_end(transaction, stay.enrolment_id, None)
    left = movements.left_behind(transaction, movement.movement_id)
    if left is None:
        return
    groups = _subgroups(transaction, class_id, pupil_id, movement.happened_on)
    movements.restore_memberships(transaction, pupil_id, groups, left.memberships)
    absences = movements.absences_to_return(transaction, pupil_id, left)
    rules.check_terms_open(absences)
    changes = [
        CellChange(entry.lesson_id, pupil_id, entry.cell, EMPTY_CELL, now, user.user_id) for entry in absences
    ]
    _change_cells(transaction, changes, "движение отменено")


@in_transaction
def change_subgroup(
    transaction: Transaction,
    user: User,
    pupil_id: int,
    class_id: int,
    subject_id: int,
    subgroup_id: int | None,
    order: MoveOrder,
    *,
    now: datetime,
) -> None:
    """Put a pupil into a subgroup of a subject from a day on, out of the subject's others; None: into none (п. 4.2).

    Raises AccessRefused, RuleRefused, or ReasonRequired where absences stand in the old subgroup after that day.
    """
    check_may(user, Action.EDIT_LOAD)
    stay = _stay_in(transaction, pupil_id, class_id)
    if stay is None or not stay.covers(order.day):
        raise RuleRefused("В этот день ученика нет в классе.", next_step="Укажите день, когда он в классе.")
    divisions = [
        each
        for each in movements.divisions_of(transaction, class_id, pupil_id, order.day)
        if each.subject_id == subject_id
    ]
    titles: dict[int | None, str] = {each.subgroup_id: each.subgroup for each in divisions}
    if subgroup_id is not None and subgroup_id not in titles:
        raise RuleRefused("Такой подгруппы нет.", next_step="Обновите страницу.")
    others = [each.subgroup_id for each in divisions if each.subgroup_id != subgroup_id]
    entries = movements.entries_from(transaction, pupil_id, class_id, order.day, others)
    absences = rules.check_entries_after(
        entries, "прежней подгруппы", removes_absences=order.removes_absences
    )
    _remove_absences(transaction, user, pupil_id, absences, order.day, now)
    old = [each for each in divisions if each.is_member]
    movements.leave_subgroups(transaction, pupil_id, others, order.day)
    if subgroup_id is not None and not any(each.subgroup_id == subgroup_id for each in old):
        movements.join_subgroup(transaction, pupil_id, subgroup_id, order.day)
    transaction.record(
        Event(
            now,
            user.user_id,
            "subgroup_member",
            pupil_id=pupil_id,
            record_id=subgroup_id,
            old_value=", ".join(each.subgroup for each in old) or None,
            new_value=f"{titles.get(subgroup_id, 'без подгруппы')} с {order.day:%d.%m.%Y}",
            class_id=class_id,
            subject_id=subject_id,
        )
    )
