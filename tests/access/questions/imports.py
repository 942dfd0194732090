"""Questions about 8Б to the actions and lookups of imports."""

from contextlib import suppress
from datetime import date
from typing import Any

import duckdb
from asking import Question, passed, was_done
from small_school import NOW, SCHOOL, people_of

from school.errors import AccessRefused
from school.files.column_mapping import ColumnMapping
from school.files.plan import ImportKind, Plan, SourceRow
from school.imports.actions import exchanges, profiles
from school.imports.actions import loads as imports
from school.imports.actions.file_kinds import LoadChoices
from school.imports.lookups import exchanges as exchange_lookups
from school.imports.lookups import frame as import_lookups
from school.imports.records import OutChoices, ProfileFile
from school.imports.rules.differences import Comparison
from school.records import User
from school.store.connection import Store
from school.year.records import YearKey

LOADERS_OF_ENTRIES, LOADERS = {"admin", "secretary"}, {"deputy", "admin", "secretary"}

LOADERS_OF_SETS = {"admin"}

ROW_OF_8B = [
    SourceRow(
        2,
        {
            "full_name": "Борисова Юлия",
            "school_class": "8Б",
            "subject": "Математика",
            "lesson_date": "17.11.2026",
            "mark": "5",
        },
    )
]

WISH, FILE = LoadChoices(SCHOOL, 2026, date(2026, 11, 20)), imports.SourceFile("8Б.xlsx", "0")

OUT = OutChoices(YearKey(SCHOOL, 2026), NOW.date(), (date(2026, 9, 1), date(2027, 5, 31)))
REGISTER = ColumnMapping(
    ImportKind.FACTS,
    "",
    1,
    1,
    {name: name for name in ("full_name", "school_class", "subject", "lesson_date", "mark", "absence")},
)

NOTHING: Plan[Any] = Plan(ImportKind.FACTS)


def _preview_of_8b(store: Store, user: User) -> Plan[Any]:
    return imports.preview(store, user, ImportKind.FACTS, ROW_OF_8B, WISH, now=NOW)


def _profile(place: Any) -> int:
    """Return a profile of the register's entries that the administrator keeps."""
    user = people_of(place).admin
    return profiles.keep_profile(place, user, ImportKind.FACTS, "реестр", REGISTER.to_text(), now=NOW)


def _undo_of_8b(store: Store, user: User) -> None:
    loader = people_of(store).admin
    plan = _preview_of_8b(store, loader)
    batch = imports.load(store, loader, ImportKind.FACTS, ROW_OF_8B, WISH, plan, FILE, now=NOW)
    try:
        imports.undo(store, user, batch, now=NOW)
    except AccessRefused:
        imports.undo(store, loader, batch, now=NOW)
        raise


def _load_set(store: Store, user: User) -> None:
    with suppress(duckdb.Error):  # as above
        imports.load_extract(store, user, "nothing_staged", ({}, {}), {}, FILE, refused_before=0, now=NOW)


QUESTIONS: dict[str, Question] = {
    "imports.actions.loads.check_may_load": Question(
        lambda _, user: imports.check_may_load(user, ImportKind.FACTS), LOADERS_OF_ENTRIES, was_done
    ),
    "imports.actions.loads.preview": Question(
        _preview_of_8b, LOADERS_OF_ENTRIES, lambda plan: bool(plan.new)
    ),
    "imports.actions.loads.load": Question(
        lambda store, user: passed(
            lambda: imports.load(store, user, ImportKind.FACTS, ROW_OF_8B, WISH, NOTHING, FILE, now=NOW)
        ),
        LOADERS_OF_ENTRIES,
        was_done,
    ),
    "imports.actions.loads.load_extract": Question(_load_set, LOADERS_OF_SETS, was_done),
    "imports.actions.loads.undo": Question(_undo_of_8b, LOADERS_OF_ENTRIES, was_done),
    "imports.actions.profiles.keep_profile": Question(
        lambda store, user: profiles.keep_profile(store, user, ImportKind.FACTS, "свой", "{}", now=NOW),
        LOADERS_OF_ENTRIES,
        was_done,
    ),
    "imports.actions.profiles.take_profile": Question(
        lambda store, user: profiles.take_profile(store, user, ProfileFile("свой", 1, REGISTER), now=NOW),
        LOADERS_OF_ENTRIES,
        was_done,
    ),
    "imports.actions.profiles.rename_profile": Question(
        lambda store, user: profiles.rename_profile(store, user, _profile(store), user.login, now=NOW),
        LOADERS_OF_ENTRIES,
        was_done,
    ),
    "imports.actions.profiles.drop_profile": Question(
        lambda store, user: profiles.drop_profile(store, user, _profile(store), now=NOW),
        LOADERS_OF_ENTRIES,
        was_done,
    ),
    "imports.actions.profiles.profile_to_change": Question(
        lambda store, user: store.write(lambda job: profiles.profile_to_change(job, user, _profile(job))),
        LOADERS_OF_ENTRIES,
        was_done,
    ),
    "imports.actions.exchanges.unload": Question(
        lambda store, user: exchanges.unload(store, user, _profile(store), OUT, as_csv=True, now=NOW),
        LOADERS_OF_SETS,
        lambda file: "Борисова Юлия" in file.content.decode(),
    ),
    "imports.actions.exchanges.load_by_profile": Question(
        lambda store, user: passed(
            lambda: exchanges.load_by_profile(
                store, user, _profile(store), ROW_OF_8B, WISH, NOTHING, FILE, Comparison((), False), now=NOW
            )
        ),
        LOADERS_OF_SETS,
        was_done,
    ),
    "imports.lookups.frame.loading_frame": Question(import_lookups.loading_frame, LOADERS, was_done),
    "imports.lookups.frame.class_names": Question(
        lambda store, user: import_lookups.class_names(store, user, SCHOOL, 2026), LOADERS
    ),
    "imports.lookups.frame.earlier_loads": Question(import_lookups.earlier_loads, LOADERS, was_done),
    "imports.lookups.exchanges.loading_profiles": Question(
        lambda store, user: exchange_lookups.loading_profiles(store, user, ImportKind.FACTS),
        LOADERS,
        was_done,
    ),
    "imports.lookups.exchanges.exchange_profiles": Question(
        lambda store, user: _profile(store) and exchange_lookups.exchange_profiles(store, user),
        LOADERS_OF_ENTRIES,
        was_done,
    ),
    "imports.lookups.exchanges.profile_of": Question(
        lambda store, user: exchange_lookups.profile_of(store, user, _profile(store)),
        LOADERS_OF_SETS,
        was_done,
    ),
    "imports.lookups.exchanges.outgoing_rows": Question(
        lambda store, user: exchange_lookups.outgoing_rows(store, user, _profile(store), OUT),
        LOADERS_OF_SETS,
        lambda rows: any(row["school_class"] == "8Б" for row in rows),
    ),
    "imports.lookups.exchanges.compare_file": Question(
        lambda store, user: exchange_lookups.compare_file(store, user, _profile(store), ROW_OF_8B, OUT),
        LOADERS_OF_SETS,
        lambda compared: any(each.here for each in compared.rows),
    ),
    "imports.lookups.exchanges.exchange_log": Question(
        exchange_lookups.exchange_log, LOADERS_OF_ENTRIES, was_done
    ),
    "imports.lookups.exchanges.usual_mapping": Question(
        lambda store, user: exchange_lookups.usual_mapping(store, user, ImportKind.FACTS, OUT),
        LOADERS_OF_SETS,
        was_done,
    ),
    "imports.lookups.exchanges.grades_to_leave": Question(
        lambda store, user: exchange_lookups.grades_to_leave(store, user, SCHOOL, 2026),
        LOADERS_OF_ENTRIES,
        was_done,
    ),
    "imports.lookups.exchanges.exchange_year": Question(
        lambda store, user: exchange_lookups.exchange_year(store, user, 2026), LOADERS_OF_ENTRIES, was_done
    ),
}
