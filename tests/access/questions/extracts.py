"""Questions about 8Б to the actions and lookups of extracts."""

from contextlib import suppress

import duckdb
from asking import TODAY, Question, was_done
from small_school import NOW

from school.extracts import actions as journal
from school.extracts import lookups as extract_lookups
from school.records import User
from school.store.connection import Store


def _loading(store: Store, user: User) -> None:
    with suppress(duckdb.Error):  # nothing is staged: whoever may load is told so by the database
        journal.import_journal(store, user, "nothing_staged", now=NOW)


def _preview(store: Store, user: User) -> None:
    with suppress(duckdb.Error):
        journal.preview_journal(store, user, "nothing_staged")


def _exported_tables(store: Store, user: User) -> int:
    with journal.journal_tables(store, user, TODAY) as (_, tables):
        return len(tables)


def _exported_roster(store: Store, user: User) -> int:
    with journal.roster_tables(store, user, 2026) as (_, files):
        return len(files)


QUESTIONS: dict[str, Question] = {
    "extracts.actions.check_may_import": Question(
        lambda _, user: journal.check_may_import(user), {"admin"}, was_done
    ),
    "extracts.actions.check_may_export": Question(
        lambda _, user: journal.check_may_export(user), {"admin", "secretary"}, was_done
    ),
    "extracts.actions.preview_journal": Question(_preview, {"admin"}, was_done),
    "extracts.actions.import_journal": Question(_loading, {"admin"}, was_done),
    "extracts.actions.journal_tables": Question(_exported_tables, {"admin", "secretary"}, bool),
    "extracts.actions.note_export": Question(
        lambda store, user: journal.note_export(store, user, {}, now=NOW), {"admin", "secretary"}, was_done
    ),
    "extracts.actions.roster_tables": Question(_exported_roster, {"admin", "secretary"}, bool),
    "extracts.actions.note_roster_export": Question(
        lambda store, user: journal.note_roster_export(store, user, "", now=NOW),
        {"admin", "secretary"},
        was_done,
    ),
    "extracts.lookups.export_years": Question(extract_lookups.export_years, {"admin", "secretary"}, bool),
    "extracts.lookups.journal_size": Question(
        lambda store, user: extract_lookups.journal_size(store, user, TODAY), {"admin", "secretary"}, bool
    ),
}
