"""Pupils and their guardians: arrival into a class, the card, who answers for the child (п. 3.3, 4.3, 4.6)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from school.access.action import Action
from school.access.checks import check_may, may
from school.access.scopes import Rows
from school.errors import RuleRefused
from school.files.person_names import is_same_name, name_key
from school.people.records import ClassOfYear, Guardian, GuardianDraft, Movement, MovementKind, PupilDraft
from school.people.rules.movements import check_day_of_year, check_where, check_words, where_words
from school.people.rules.people import (
    check_guardian,
    check_not_here_yet,
    check_pupil,
    is_same_guardian,
    is_same_pupil,
)
from school.people.store import pupils
from school.people.store.movements import classes_of_years, current_classes
from school.records import User
from school.store.connection import Transaction, in_transaction
from school.store.events import Event
from school.store.rows import EnrolmentRow, GuardianPupilRow, GuardianRow, PupilRow
from school.store.structure import insert_rows


@dataclass(frozen=True)
class Arrival:
    """A child who comes to the school: into which class, from which day, by which order (in words), from which school."""

    pupil: PupilDraft
    class_id: int
    starts_on: date
    order_title: str = ""
    is_another_child: bool = False
    from_where: str = ""


@in_transaction
def admit_pupils(
    transaction: Transaction, user: User, arrivals: Sequence[Arrival], *, now: datetime
) -> list[int]:
    """Write new pupils with their guardians into classes; return the pupils' ids. All or none.

    Raises AccessRefused, RuleRefused, or ReasonRequired where a pupil of this name is here already and the arrival
    does not say that it is another child.
    """
    check_may(user, Action.MOVE_PUPILS)
    classes = classes_of_years(transaction, {arrival.class_id for arrival in arrivals})
    checked = [_checked(arrival, classes) for arrival in arrivals]
    _check_are_new(transaction, checked)
    count = len(checked)
    ids = transaction.new_ids(3 * count)
    pupil_ids = ids[:count]
    rows, enrolments, movements = [], [], []
    for pupil_id, enrolment_id, movement_id, arrival in zip(
        pupil_ids, ids[count : 2 * count], ids[2 * count :], checked, strict=True
    ):
        class_id, pupil = arrival.class_id, arrival.pupil
        known = (*pupil.name.parts, pupil.born_on, pupil.file_number)
        rows.append(PupilRow(pupil_id, classes[class_id].school_id, *known))
        enrolments.append(EnrolmentRow(enrolment_id, pupil_id, class_id, arrival.starts_on, None))
        movements.append(_arrival_of(movement_id, pupil_id, arrival, user, now))
    insert_rows(transaction, rows)
    insert_rows(transaction, enrolments)
    insert_rows(transaction, movements, "pupil_movements")
    _add_guardians(
        transaction, [(pupil_id, each.pupil) for pupil_id, each in zip(pupil_ids, checked, strict=True)]
    )
    transaction.record(*(movement_event(movement, classes, user) for movement in movements))
    return pupil_ids


def _checked(arrival: Arrival, classes: dict[int, ClassOfYear]) -> Arrival:
    place = classes.get(arrival.class_id)
    if place is None:
        raise RuleRefused("Такого класса нет.", next_step="Обновите страницу.")
    check_day_of_year(place, arrival.starts_on)
    order, _ = check_words(arrival.order_title, "")
    pupil, where = check_pupil(arrival.pupil, arrival.starts_on), check_where(arrival.from_where)
    return replace(arrival, pupil=pupil, order_title=order, from_where=where)


def _check_are_new(transaction: Transaction, arrivals: Sequence[Arrival]) -> None:
    known = pupils.pupils_named(transaction, {each.pupil.name.last for each in arrivals})
    for arrival in arrivals:
        places = [place for pupil, place in known if is_same_pupil(pupil, arrival.pupil)]
        check_not_here_yet(places, is_another_child=arrival.is_another_child)


def _arrival_of(movement_id: int, pupil_id: int, arrival: Arrival, user: User, now: datetime) -> Movement:
    kind, day, order = MovementKind.ARRIVAL, arrival.starts_on, arrival.order_title
    whose = (movement_id, pupil_id, kind, day, None, arrival.class_id)
    return Movement(*whose, order, "", now, user.user_id, arrival.from_where)


def movement_event(movement: Movement, classes: dict[int, ClassOfYear], user: User) -> Event:
    """Return the event of a movement: class left, class entered, the day, the order."""
    old, new = (
        classes[class_id].name if class_id else None
        for class_id in (movement.from_class_id, movement.to_class_id)
    )
    since = f"с {movement.happened_on:%d.%m.%Y}"
    return Event(
        movement.recorded_at,
        user.user_id,
        "pupil_movement",
        pupil_id=movement.pupil_id,
        record_id=movement.movement_id,
        old_value=old,
        new_value=f"{new or 'выбытие'} {since}",
        reason="; ".join(
            part for part in (movement.order_title, movement.reason, *where_words(movement)) if part
        ),
        class_id=movement.to_class_id or movement.from_class_id,
    )


def _add_guardians(transaction: Transaction, families: Iterable[tuple[int, PupilDraft]]) -> None:
    """Add the guardians of pupils; brothers and sisters share a guardian of one name and one phone."""
    wanted = [(pupil_id, draft) for pupil_id, pupil in families for draft in pupil.guardians]
    known = pupils.guardians_named(transaction, {draft.name.last for _, draft in wanted})
    by_name: dict[tuple[str, ...], list[tuple[int, GuardianDraft]]] = {}
    for guardian_id, draft in known:
        by_name.setdefault(name_key(draft.name.full), []).append((guardian_id, draft))
    fresh_ids = iter(transaction.new_ids(len(wanted)))
    new: list[GuardianRow] = []
    links: dict[tuple[int, int], GuardianPupilRow] = {}
    for pupil_id, draft in wanted:
        namesakes = by_name.setdefault(name_key(draft.name.full), [])
        same = [each for each, other in namesakes if is_same_guardian(draft, other)]
        guardian_id = same[0] if same else next(fresh_ids)
        if not same:
            new.append(GuardianRow(guardian_id, *draft.name.parts, draft.phone))
            namesakes.append((guardian_id, draft))
        links[guardian_id, pupil_id] = GuardianPupilRow(guardian_id, pupil_id, draft.relation)
    insert_rows(transaction, new)
    insert_rows(transaction, list(links.values()))


@in_transaction
def change_pupil(
    transaction: Transaction, user: User, pupil_id: int, draft: PupilDraft, *, now: datetime
) -> None:
    """Replace a pupil's name, birthday and file number; guardians have actions of their own. Raises AccessRefused or RuleRefused."""
    check_may_edit_card(transaction, user, pupil_id, now.date())
    old, new = _pupil(transaction, pupil_id), check_pupil(replace(draft, guardians=()), now.date())
    if old == new:
        return
    pupils.update_pupil(transaction, pupil_id, new)
    transaction.record(
        Event(
            now,
            user.user_id,
            "pupil",
            pupil_id=pupil_id,
            record_id=pupil_id,
            old_value=_pupil_words(old),
            new_value=_pupil_words(new),
        )
    )


def _pupil(transaction: Transaction, pupil_id: int) -> PupilDraft:
    pupil = pupils.pupil_by_id(transaction, pupil_id)
    if pupil is None:
        raise RuleRefused("Такого ученика нет.", next_step="Обновите страницу.")
    return pupil


def _pupil_words(pupil: PupilDraft) -> str:
    born = f", {pupil.born_on:%d.%m.%Y}" if pupil.born_on else ""
    return pupil.name.full + born + (f", дело № {pupil.file_number}" if pupil.file_number else "")


def check_may_edit_card(transaction: Transaction, user: User, pupil_id: int, today: date) -> None:
    """Raise AccessRefused unless the user keeps the card of this pupil: of the whole school, or of their class today."""
    if may(user, Action.EDIT_PUPILS):
        return
    places = current_classes(transaction, [pupil_id], today).get(pupil_id, [])
    own = [each.class_id for each in places if may(user, Action.EDIT_PUPILS, Rows(class_id=each.class_id))]
    check_may(user, Action.EDIT_PUPILS, Rows(class_id=own[0] if own else None))


@in_transaction
def add_guardian(
    transaction: Transaction, user: User, pupil_id: int, draft: GuardianDraft, *, now: datetime
) -> None:
    """Add a guardian to a pupil's card; one of the same name and phone who is here already is taken for the same person.

    Raises AccessRefused or RuleRefused.
    """
    checked = check_guardian(draft)
    check_may_edit_card(transaction, user, pupil_id, now.date())
    known = pupils.guardians_of(transaction, [pupil_id]).get(pupil_id, [])
    if any(is_same_name(each.name, checked.name) for each in known):
        raise RuleRefused("Этот родитель уже в карточке.", next_step="Исправьте его строку.")
    _add_guardians(transaction, [(pupil_id, replace(_pupil(transaction, pupil_id), guardians=(checked,)))])
    transaction.record(_guardian_event(now, user, pupil_id, None, checked))


@in_transaction
def change_guardian(
    transaction: Transaction,
    user: User,
    pupil_id: int,
    guardian_id: int,
    draft: GuardianDraft,
    *,
    now: datetime,
) -> None:
    """Replace a guardian's name, phone, and what they are to the child. Raises AccessRefused or RuleRefused."""
    checked = check_guardian(draft)
    check_may_edit_card(transaction, user, pupil_id, now.date())
    old = _guardian(transaction, pupil_id, guardian_id)
    before = GuardianDraft(old.name, old.relation, old.phone)
    if before == checked:
        return
    pupils.update_guardian(transaction, guardian_id, checked)
    pupils.set_relation(transaction, guardian_id, pupil_id, checked.relation)
    transaction.record(_guardian_event(now, user, pupil_id, before, checked))


@in_transaction
def remove_guardian(
    transaction: Transaction, user: User, pupil_id: int, guardian_id: int, *, now: datetime
) -> None:
    """Take a guardian out of a pupil's card: from now on they no longer see this child (п. 3.6).

    Raises AccessRefused or RuleRefused.
    """
    check_may_edit_card(transaction, user, pupil_id, now.date())
    old = _guardian(transaction, pupil_id, guardian_id)
    pupils.unlink_guardian(transaction, guardian_id, pupil_id)
    before = GuardianDraft(old.name, old.relation, old.phone)
    transaction.record(_guardian_event(now, user, pupil_id, before, None))


def _guardian(transaction: Transaction, pupil_id: int, guardian_id: int) -> Guardian:
    for guardian in pupils.guardians_of(transaction, [pupil_id]).get(pupil_id, []):
        if guardian.guardian_id == guardian_id:
            return guardian
    raise RuleRefused("Этого родителя нет в карточке.", next_step="Обновите страницу.")


def _guardian_event(
    now: datetime, user: User, pupil_id: int, old: GuardianDraft | None, new: GuardianDraft | None
) -> Event:
    before, after = (
        ", ".join(part for part in (each.name.full, each.relation, each.phone) if part) if each else None
        for each in (old, new)
    )
    return Event(now, user.user_id, "guardian", pupil_id=pupil_id, old_value=before, new_value=after)
