"""Profiles, rows to take away, files beside the school, and the log of exchanges: within the kinds of the reader (п. 4.6)."""

from collections.abc import Sequence
from datetime import date

from school.access.action import Action
from school.access.checks import check_may
from school.errors import RuleRefused
from school.files.column_mapping import ColumnMapping
from school.files.plan import ImportKind, SourceRow
from school.imports.kinds import check_may_unload, exchanged_kinds
from school.imports.records import ExchangeRow, OutChoices, StoredProfile
from school.imports.rules.differences import KEYS, Comparison, compared_rows, paired_rows, texts_of
from school.imports.rules.outgoing import OutRow, rows_of_constants
from school.imports.rules.profile_files import MARK_OF_SUBJECT, form_of
from school.imports.store.journal import subject_names
from school.imports.store.kind_rows import rows_of_kind
from school.imports.store.outgoing import days_of_year, grades_of_year, graduation_marks
from school.imports.store.profiles import exchanges, last_rows, profile_by_id, profiles
from school.records import User
from school.store.connection import Store
from school.store.reading import Reader


def loading_profiles(store: Store, user: User, kind: str) -> list[StoredProfile]:
    """Return the profiles of a kind of file. Raises AccessRefused."""
    check_may(user, Action.LOAD_FILES)
    return profiles(store, [kind])


def exchange_profiles(store: Store, user: User) -> list[StoredProfile]:
    """Return the profiles of the kinds that the user exchanges. Raises AccessRefused."""
    check_may(user, Action.EXPORT_JOURNAL)
    return profiles(store, exchanged_kinds(user))


def profile_of(reader: Reader, user: User, profile_id: int) -> tuple[StoredProfile, ColumnMapping]:
    """Return a profile of a kind whose rows the user takes away. Raises AccessRefused or RuleRefused."""
    check_may(user, Action.EXPORT_JOURNAL)
    profile = profile_by_id(reader, profile_id)
    if profile is None:
        raise RuleRefused("Такого профиля нет.", next_step="Обновите страницу.")
    check_may_unload(user, ImportKind(profile.kind))
    return profile, profile.file.mapping


def outgoing_rows(reader: Reader, user: User, profile_id: int, choices: OutChoices) -> list[OutRow]:
    """Return the school's rows that a profile takes away. Raises AccessRefused or RuleRefused."""
    profile, mapping = profile_of(reader, user, profile_id)
    rows = rows_of_kind(reader, ImportKind(profile.kind), mapping.given, choices)
    return rows_of_constants(mapping, rows)


def compare_file(
    reader: Reader, user: User, profile_id: int, rows: Sequence[SourceRow], choices: OutChoices
) -> Comparison:
    """Return the rows of a file, read by a profile, beside those of the school and of the last exchange.

    Raises AccessRefused or RuleRefused.
    """
    profile, mapping = profile_of(reader, user, profile_id)
    kind = ImportKind(profile.kind)
    if kind not in KEYS:
        raise RuleRefused("Данные выпускников только выгружаются.", next_step="Выберите другой профиль.")
    subjects = [name for _, name in subject_names(reader, choices.key.school_id)]
    own = outgoing_rows(reader, user, profile_id, choices)
    here = compared_rows(kind, [texts_of(row, mapping.given) for row in own], mapping.given, subjects)
    there = compared_rows(
        kind,
        [texts_of(row, mapping.given) for row in rows],
        mapping.given,
        subjects,
        numbers=[row.number for row in rows],
    )
    last = last_rows(reader, profile_id)
    return Comparison(paired_rows(here, there, last), bool(last))


def exchange_log(store: Store, user: User) -> list[ExchangeRow]:
    """Return the exchanges of the kinds that the user exchanges, newest first. Raises AccessRefused."""
    check_may(user, Action.EXPORT_JOURNAL)
    return exchanges(store, exchanged_kinds(user))


def usual_mapping(store: Store, user: User, kind: ImportKind, choices: OutChoices) -> ColumnMapping:
    """Return a profile to begin with: every field of a kind under its title; of graduates a column for each subject.

    Raises AccessRefused.
    """
    check_may_unload(user, kind)
    form = form_of(kind)
    left = _LEFT_OUT.get(kind, ())
    columns = {field.name: field.title for field in form.fields if field.name not in left}
    if kind is ImportKind.GRADUATES:
        marks = graduation_marks(store, choices.key.school_id, choices.key.school_year, choices.grade)
        subjects = {subject for each in marks.values() for subject in each}
        columns |= {f"{MARK_OF_SUBJECT}{subject}": subject for subject in sorted(subjects)}
    return ColumnMapping(kind, form.title, 1, 1, columns)


# A column for the whole name, and for each parent with the phone beside; graduates have a column for each subject.
_LEFT_OUT: dict[ImportKind, tuple[str, ...]] = {
    ImportKind.PUPILS: ("last_name", "first_name", "middle_name", "left", "phone"),
    ImportKind.STAFF: ("last_name", "first_name", "middle_name", "left"),
    ImportKind.FACTS: ("last_name", "first_name", "middle_name"),
    ImportKind.GRADUATES: ("last_name", "first_name", "middle_name", "subject", "final_mark"),
}


def grades_to_leave(store: Store, user: User, school_id: int, school_year: int) -> list[int]:
    """Return the grade levels of a year, the highest first. Raises AccessRefused."""
    check_may_unload(user, ImportKind.GRADUATES)
    return grades_of_year(store, school_id, school_year)


def exchange_year(store: Store, user: User, school_year: int) -> tuple[date, date]:
    """Return the first and the last day of a school year. Raises AccessRefused."""
    check_may(user, Action.EXPORT_JOURNAL)
    return days_of_year(store, school_year)
