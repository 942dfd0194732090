"""Questions about 8Б to the actions and lookups of imports."""

from contextlib import suppress
from datetime import date
from typing import Any

import duckdb
from asking import Question, passed, was_done
from small_school import NOW, SCHOOL, people_of

from school.errors import AccessRefused
from school.files.plan import ImportKind, Plan, SourceRow
from school.imports.actions import loads as imports
from school.imports.actions.file_kinds import LoadChoices
from school.imports.lookups import frame as import_lookups
from school.records import User
from school.store.connection import Store

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

NOTHING: Plan[Any] = Plan(ImportKind.FACTS)


def _preview_of_8b(store: Store, user: User) -> Plan[Any]:
    return imports.preview(store, user, ImportKind.FACTS, ROW_OF_8B, WISH, now=NOW)


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
    "imports.actions.loads.keep_profile": Question(
        lambda store, user: imports.keep_profile(store, user, ImportKind.FACTS, "свой", "{}", now=NOW),
        LOADERS_OF_ENTRIES,
        was_done,
    ),
    "imports.actions.loads.drop_profile": Question(
        lambda store, user: imports.drop_profile(store, user, ImportKind.FACTS, 1, now=NOW),
        LOADERS_OF_ENTRIES,
        was_done,
    ),
    "imports.lookups.frame.loading_frame": Question(import_lookups.loading_frame, LOADERS, was_done),
    "imports.lookups.frame.class_names": Question(
        lambda store, user: import_lookups.class_names(store, user, SCHOOL, 2026), LOADERS
    ),
    "imports.lookups.frame.earlier_loads": Question(import_lookups.earlier_loads, LOADERS, was_done),
    "imports.lookups.frame.loading_profiles": Question(
        lambda store, user: import_lookups.loading_profiles(store, user, ImportKind.FACTS), LOADERS, was_done
    ),
}
