"""Who and what a query finds, each only within what the user may open; names go to nobody else."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from school.access.action import Action
from school.access.checks import may, may_somewhere
from school.analytics.lookups.pupil_history import search_pupils
from school.analytics.lookups.tables import scope_of
from school.calendar import school_year_of
from school.people.lookups.class_lists import readable_classes
from school.people.lookups.pupils import readable_pupils
from school.records import RegisterRow, User
from school.register.lookups.registers import readable_registers, readable_years
from school.search.rules import Named, Query, best, is_of_class, named
from school.search.store import FoundTeacher, last_paths, teachers_of_year
from school.store.connection import Store

__all__ = ["FoundTeacher"]

# Beyond any school: all pupils in scope are kept.
MOST_PUPILS = 20_000


@dataclass(frozen=True)
class FoundClass:
    """A class of the current school year. ``opens``: the action by which the user may open it."""

    class_id: int
    name: str
    opens: Action


@dataclass(frozen=True)
class FoundPupil:
    """A pupil with the class of today, or where they were last in words. ``opens``: the action by which the user may open a page of theirs."""

    pupil_id: int
    name: str
    class_name: str
    opens: Action


def find_registers(store: Store, user: User, query: Query, *, today: date, limit: int) -> list[RegisterRow]:
    """Return the registers of the current year that the user may read, by class and subject: «7а алгебра»."""
    # The class alone finds the class; its registers are found by the subject.
    wanted = [reading for reading in query.readings if any(not is_of_class(word) for word in reading)]
    if not wanted or not may_somewhere(user, Action.READ_REGISTER):
        return []

    def name() -> list[Named[RegisterRow]]:
        return [
            named(row, f"{row.class_name} {row.subject_name} {row.subgroup_name} {row.teacher_names}")
            for row in _registers(store, user, today)
        ]

    year = school_year_of(today)
    named_rows = store.cache("search").get(("registers", user, year), store.state_but_entries(), name)
    return best(Query(query.text, tuple(wanted)), named_rows, limit)


def find_classes(store: Store, user: User, query: Query, *, today: date, limit: int) -> list[FoundClass]:
    """Return the classes of the current year whose figures, registers or list the user may read."""

    def name() -> list[Named[FoundClass]]:
        return [named(each, each.name) for each in _classes(store, user, today)]

    key = ("classes", user, school_year_of(today))
    return best(query, store.cache("search").get(key, store.state_but_entries(), name), limit)


def find_teachers(store: Store, user: User, query: Query, *, today: date, limit: int) -> list[FoundTeacher]:
    """Return the teachers of the current year whose pages the user may open; nobody for who may open none."""
    if not may(user, Action.READ_TEACHER_ACTIVITY):
        return []

    def name() -> list[Named[FoundTeacher]]:
        return [named(each, each.name) for each in teachers_of_year(store, school_year_of(today), today)]

    state = store.state_of(("staff", "teaching_load"))
    return best(query, store.cache("search").get(("teachers", today), state, name), limit)


def find_pupils(store: Store, user: User, query: Query, *, today: date, limit: int) -> list[FoundPupil]:
    """Return the pupils whose history or card the user may open, history first; nobody for who may open none."""
    found: list[FoundPupil] = []
    if may_somewhere(user, Action.READ_PUPIL_HISTORY):
        scope = scope_of(user, Action.READ_PUPIL_HISTORY)
        found = best(
            query, _kept(store, ("history", scope, today), lambda: _by_history(store, user, today)), limit
        )
    if may_somewhere(user, Action.READ_CLASS_LISTS) and not may(user, Action.READ_PUPIL_HISTORY):
        classes = None if may(user, Action.READ_CLASS_LISTS) else user.homeroom_class_ids
        listed = best(
            query, _kept(store, ("cards", classes, today), lambda: _by_card(store, user, today)), limit
        )
        known = {each.pupil_id for each in found}
        found += [each for each in listed if each.pupil_id not in known]
    return found[:limit]


def last_places(store: Store, user: User) -> list[str]:
    """Return the paths of the pages that the user used last, the newest first."""
    return last_paths(store, user.user_id)


def _kept(
    store: Store, key: tuple[object, ...], name: Callable[[], list[Named[FoundPupil]]]
) -> list[Named[FoundPupil]]:
    """Return who may be found within a scope, from memory: reading a thousand names costs more than looking through them."""
    return store.cache("search").get(key, store.state_but_entries(), name)


def _by_history(store: Store, user: User, today: date) -> list[Named[FoundPupil]]:
    rows = search_pupils(store, user, "", {}, today=today, limit=MOST_PUPILS)
    return [
        named(
            FoundPupil(
                row.pupil_id,
                row.name,
                _class_words(row.class_name if row.is_here else "", row.class_name),
                Action.READ_PUPIL_HISTORY,
            ),
            row.name,
        )
        for row in rows
    ]


def _class_words(here: str, last: str) -> str:
    """Return the class of today, or that of who has left: «был(а) в 7А»."""
    return here or (f"был(а) в {last}" if last else "")


def _by_card(store: Store, user: User, today: date) -> list[Named[FoundPupil]]:
    return [
        named(
            FoundPupil(
                row.pupil_id,
                row.name.full,
                _class_words(row.class_name, row.last_class),
                Action.READ_CLASS_LISTS,
            ),
            row.name.full,
        )
        for row in readable_pupils(store, user, today)
    ]


def _classes(store: Store, user: User, today: date) -> list[FoundClass]:
    opens = Action.READ_QUALITY if may_somewhere(user, Action.READ_QUALITY) else Action.READ_REGISTER
    found = {
        row.key.class_id: FoundClass(row.key.class_id, row.class_name, opens)
        for row in _registers(store, user, today)
    }
    if may_somewhere(user, Action.READ_CLASS_LISTS):
        year = school_year_of(today)
        for head in readable_classes(store, user):
            if head.school_year == year:
                listed = FoundClass(head.class_id, head.name, Action.READ_CLASS_LISTS)
                found.setdefault(head.class_id, listed)
    return list(found.values())


def _registers(store: Store, user: User, today: date) -> list[RegisterRow]:
    """Return the registers of the current year that the user reads; none for who reads no registers."""
    if not may_somewhere(user, Action.READ_REGISTER):
        return []
    year = school_year_of(today)
    return readable_registers(store, user, year) if year in readable_years(store, user) else []
