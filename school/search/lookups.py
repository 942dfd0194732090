"""Who and what a query finds, each only within what the user may open; names go to nobody else."""

from dataclasses import dataclass
from datetime import date

from school.access.action import Action
from school.access.checks import may, may_somewhere
from school.analytics.lookups.pupil_history import search_pupils
from school.calendar import school_year_of
from school.people.lookups.class_lists import readable_classes
from school.people.lookups.pupils import readable_pupils
from school.records import RegisterRow, User
from school.register.lookups.registers import readable_registers, readable_years
from school.search.rules import Query, best
from school.search.store import FoundTeacher, last_paths, teachers_of_year
from school.store.connection import Store

__all__ = ["FoundTeacher"]


@dataclass(frozen=True)
class FoundClass:
    """A class of the current school year. ``opens``: the action by which the user may open it."""

    class_id: int
    name: str
    opens: Action


@dataclass(frozen=True)
class FoundPupil:
    """A pupil with the class of today or the last one. ``opens``: the action by which the user may open a page of theirs."""

    pupil_id: int
    name: str
    class_name: str
    opens: Action


def find_registers(store: Store, user: User, query: Query, *, today: date, limit: int) -> list[RegisterRow]:
    """Return the registers of the current year that the user may read, by class and subject: «7а алгебра»."""
    rows = _registers(store, user, today)
    # The class alone finds the class; its registers are found by the subject.
    wanted = [reading for reading in query.readings if any(not _is_of_class(word) for word in reading)]
    return best(Query(query.text, tuple(wanted)), rows, _register_texts, limit)


def find_classes(store: Store, user: User, query: Query, *, today: date, limit: int) -> list[FoundClass]:
    """Return the classes of the current year whose figures, registers or list the user may read."""
    by_figures = may_somewhere(user, Action.READ_QUALITY)
    found = {
        row.key.class_id: FoundClass(
            row.key.class_id, row.class_name, Action.READ_QUALITY if by_figures else Action.READ_REGISTER
        )
        for row in _registers(store, user, today)
    }
    if may_somewhere(user, Action.READ_CLASS_LISTS):
        year = school_year_of(today)
        for head in readable_classes(store, user):
            if head.school_year == year:
                listed = FoundClass(head.class_id, head.name, Action.READ_CLASS_LISTS)
                found.setdefault(head.class_id, listed)
    return best(query, found.values(), lambda each: (each.name,), limit)


def find_teachers(store: Store, user: User, query: Query, *, today: date, limit: int) -> list[FoundTeacher]:
    """Return the teachers of the current year whose pages the user may open; nobody for who may open none."""
    if not may(user, Action.READ_TEACHER_ACTIVITY):
        return []
    teachers = teachers_of_year(store, school_year_of(today), today)
    return best(query, teachers, lambda each: (each.name,), limit)


def find_pupils(store: Store, user: User, query: Query, *, today: date, limit: int) -> list[FoundPupil]:
    """Return the pupils whose history or card the user may open, history first; nobody for who may open none."""
    found: dict[int, FoundPupil] = {}
    if may_somewhere(user, Action.READ_PUPIL_HISTORY):
        for reading in query.readings:
            for each in search_pupils(store, user, " ".join(reading), {}, today=today, limit=limit):
                seen = FoundPupil(each.pupil_id, each.name, each.class_name, Action.READ_PUPIL_HISTORY)
                found.setdefault(each.pupil_id, seen)
    if may_somewhere(user, Action.READ_CLASS_LISTS) and not may(user, Action.READ_PUPIL_HISTORY):
        listed = best(query, readable_pupils(store, user, today), lambda each: (each.name.full,), limit)
        for row in listed:
            card = FoundPupil(
                row.pupil_id, row.name.full, row.class_name or row.last_class, Action.READ_CLASS_LISTS
            )
            found.setdefault(row.pupil_id, card)
    return list(found.values())[:limit]


def last_places(store: Store, user: User) -> list[str]:
    """Return the paths of the pages that the user used last, the newest first."""
    return last_paths(store, user.user_id)


def _registers(store: Store, user: User, today: date) -> list[RegisterRow]:
    """Return the registers of the current year that the user reads; none for who reads no registers."""
    if not may_somewhere(user, Action.READ_REGISTER):
        return []
    year = school_year_of(today)
    return readable_registers(store, user, year) if year in readable_years(store, user) else []


def _register_texts(row: RegisterRow) -> tuple[str, ...]:
    return (f"{row.class_name} {row.subject_name} {row.subgroup_name} {row.teacher_names}",)


def _is_of_class(word: str) -> bool:
    return word.isdigit() or len(word) == 1
