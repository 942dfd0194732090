"""Kinds of files: their names, and who may load them, take their rows away and keep their profiles (п. 4.3, 4.6)."""

from dataclasses import dataclass

from school.access.action import Action
from school.access.checks import check_may, may
from school.files.plan import ImportKind
from school.records import User


@dataclass(frozen=True)
class KindWords:
    """A kind of file: its name in the record of changes, and what one must be allowed to do to load it or take it back."""

    title: str
    action: Action


KINDS: dict[ImportKind, KindWords] = {
    ImportKind.PUPILS: KindWords("ученики", Action.MOVE_PUPILS),
    ImportKind.STAFF: KindWords("сотрудники", Action.EDIT_STAFF),
    ImportKind.LOAD: KindWords("нагрузка", Action.EDIT_LOAD),
    ImportKind.TIMETABLE: KindWords("расписание", Action.EDIT_TIMETABLE),
    ImportKind.JOURNAL: KindWords("журнал книгой", Action.LOAD_ENTRIES),
    ImportKind.FACTS: KindWords("отметки и пропуски", Action.LOAD_ENTRIES),
    ImportKind.ONE_ROSTER: KindWords("OneRoster", Action.IMPORT_JOURNAL),
}


# What one must be allowed to read to take the rows of a kind away, or to see them beside a file.
READ_TO_UNLOAD: dict[ImportKind, Action] = {
    ImportKind.PUPILS: Action.READ_CLASS_LISTS,
    ImportKind.STAFF: Action.READ_USERS,
    ImportKind.LOAD: Action.READ_YEAR_OPENING,
    ImportKind.TIMETABLE: Action.READ_YEAR_OPENING,
    ImportKind.FACTS: Action.READ_REGISTER,
    ImportKind.GRADUATES: Action.READ_CHILD_RECORD,
}


def may_load_kind(user: User, kind: ImportKind) -> bool:
    """Whether a user loads files of a kind."""
    return kind in KINDS and may(user, Action.LOAD_FILES) and may(user, KINDS[kind].action)


def may_unload_kind(user: User, kind: ImportKind) -> bool:
    """Whether a user takes rows of a kind away: who exchanges and may read all of them."""
    return kind in READ_TO_UNLOAD and may(user, Action.EXPORT_JOURNAL) and may(user, READ_TO_UNLOAD[kind])


def check_may_unload(user: User, kind: ImportKind) -> None:
    """Raise AccessRefused unless the user takes rows of a kind away."""
    check_may(user, Action.EXPORT_JOURNAL)
    check_may(user, READ_TO_UNLOAD[kind])


def check_may_keep_profiles(user: User, kind: ImportKind) -> None:
    """Raise AccessRefused unless the user loads files of a kind, or takes its rows away."""
    if not may_load_kind(user, kind):
        check_may_unload(user, kind)


def exchanged_kinds(user: User) -> list[ImportKind]:
    """Return the kinds whose rows a user takes away and sees beside a file."""
    return [kind for kind in READ_TO_UNLOAD if may_unload_kind(user, kind)]
