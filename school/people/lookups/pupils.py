"""Pupils as the office and the homeroom teacher see them: search, card, movements (п. 3.3, 4.3, 4.6)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from school.access.action import Action
from school.access.checks import check_may, check_may_somewhere, may
from school.access.scopes import Rows
from school.errors import RuleRefused
from school.people.records import (
    ClassOfYear,
    Division,
    FormerMarkPlace,
    Guardian,
    Movement,
    MovementKind,
    PupilDraft,
    Stay,
)
from school.people.rules.former_marks import terms_before
from school.people.rules.movements import MOVEMENT_TITLES, nearest_school_day
from school.people.store import movements as stored
from school.people.store.class_lists import school_year_days
from school.people.store.former_marks import former_marks_of
from school.people.store.pupils import FoundPupil, guardians_of, pupil_by_id, pupils_on
from school.records import PersonName, Term, User
from school.register.store.registers import class_terms, registers
from school.store.connection import Store
from school.store.names import rows_apart

__all__ = ["FoundPupil"]


@dataclass(frozen=True)
class NamedMovement:
    """A movement in words: «из 7А в 7Б»."""

    movement: Movement
    title: str


@dataclass(frozen=True)
class PupilCard:
    """Everything the office knows of a pupil; ``current`` is the class of today, None for one who is in none.

    ``former_terms`` ended before the pupil came this year: ``former_marks`` of them may be brought from the former school, in
    ``subjects`` of the class.
    """

    pupil_id: int
    pupil: PupilDraft
    guardians: list[Guardian]
    stays: list[Stay]
    movements: list[NamedMovement]
    current: ClassOfYear | None
    divisions: list[Division]
    former_terms: list[Term]
    former_marks: dict[FormerMarkPlace, int]
    subjects: dict[int, str]


@dataclass(frozen=True)
class MovementLine:
    """A movement in the school's list of movements."""

    happened_on: date
    title: str
    pupil_id: int
    name: PersonName
    kind: MovementKind
    from_class: str
    to_class: str
    order_title: str
    reason: str
    from_where: str
    to_where: str
    born_on: date | None


def readable_pupils(store: Store, user: User, day: date) -> list[FoundPupil]:
    """Return the pupils whose cards the user may open, by name, with their class on a day.

    In the holidays between two years it is the class of the coming year, if that is open. Raises AccessRefused.
    """
    check_may_somewhere(user, Action.READ_CLASS_LISTS)
    found = pupils_on(store, nearest_school_day(school_year_days(store).values(), day))
    if may(user, Action.READ_CLASS_LISTS):
        return found
    return [each for each in found if may(user, Action.READ_CLASS_LISTS, Rows(class_id=each.class_id))]


def pupil_card(store: Store, user: User, pupil_id: int, today: date) -> PupilCard:
    """Return a pupil's card. Raises AccessRefused for a pupil of others' classes, RuleRefused where there is none."""
    places = stored.current_classes(store, [pupil_id], today).get(pupil_id, [])
    own = [each for each in places if may(user, Action.READ_CLASS_LISTS, Rows(class_id=each.class_id))]
    check_may(user, Action.READ_CLASS_LISTS, Rows(class_id=own[0].class_id if own else None))
    pupil = pupil_by_id(store, pupil_id)
    if pupil is None:
        raise RuleRefused("Такого ученика нет.", next_step="Выберите ученика в списке.")
    stays = stored.stays_of(store, pupil_id)
    current = _current(stays, places, today)
    former_terms = terms_before(class_terms(store, current.class_id), stays) if current else []
    return PupilCard(
        pupil_id,
        pupil,
        guardians_of(store, [pupil_id]).get(pupil_id, []),
        stays,
        _with_names(store, stored.movements_of(store, pupil_id)),
        current,
        stored.divisions_of(store, current.class_id, pupil_id, today) if current else [],
        former_terms,
        former_marks_of(store, pupil_id),
        _subjects_of(store, current) if current and former_terms else {},
    )


def _subjects_of(store: Store, place: ClassOfYear) -> dict[int, str]:
    """Return the subjects that a class is taught, by name."""
    return {
        row.key.subject_id: row.subject_name for row in registers(store, place.school_year, place.class_id)
    }


def _current(stays: Collection[Stay], places: Collection[ClassOfYear], today: date) -> ClassOfYear | None:
    """Return the class of today, otherwise the one of the newest year that the pupil has not left."""
    open_ids = {each.class_id for each in places}
    newest_first = sorted(stays, key=lambda stay: -stay.place.school_year)
    here = [stay.place for stay in newest_first if stay.place.class_id in open_ids]
    covering = [stay.place for stay in newest_first if stay.place.class_id in open_ids and stay.covers(today)]
    return next(iter(covering or here), None)


def _with_names(store: Store, movements: Collection[Movement]) -> list[NamedMovement]:
    class_ids = {each for row in movements for each in (row.from_class_id, row.to_class_id) if each}
    names = {class_id: place.name for class_id, place in stored.classes_of_years(store, class_ids).items()}
    return [
        NamedMovement(
            each,
            movement_title(
                each.kind, names.get(each.from_class_id or 0, ""), names.get(each.to_class_id or 0, "")
            ),
        )
        for each in movements
    ]


def movement_title(kind: MovementKind, from_class: str, to_class: str) -> str:
    """Return a movement in words: «прибытие в 7А», «выбытие из 7А», «перевод из 7А в 7Б»."""
    parts = [
        MOVEMENT_TITLES[kind],
        f"из {from_class}" if from_class else "",
        f"в {to_class}" if to_class else "",
    ]
    return " ".join(part for part in parts if part)


def movement_lines(store: Store, user: User, first: date, last: date) -> list[MovementLine]:
    """Return the school's movements of these days, newest first. Raises AccessRefused."""
    check_may(user, Action.READ_CLASS_LISTS)
    lines = [
        MovementLine(
            day,
            MOVEMENT_TITLES[MovementKind(kind)],
            pupil_id,
            PersonName(last_name, first_name, middle_name),
            MovementKind(kind),
            *rest,
        )
        for day, kind, pupil_id, last_name, first_name, middle_name, *rest in stored.movements_between(
            store, first, last
        )
    ]
    return rows_apart(store, lines)


def classes_to_enter(store: Store, user: User, day: date) -> list[ClassOfYear]:
    """Return the classes of the school years that are not over by a day, by grade level and name. Raises AccessRefused."""
    check_may_somewhere(user, Action.READ_CLASS_LISTS)
    return stored.classes_on(store, day)
