"""Questions about 8Б to the actions and lookups of extracts."""

from contextlib import suppress

import duckdb
from asking import TODAY, Question, was_done
from small_school import NOW, STRANGE_CHILD, people_of

from school.extracts import actions as journal
from school.extracts import lookups as extract_lookups
from school.my_school import actions as my_school
from school.my_school import lookups as my_school_lookups
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


def _close_client(store: Store, user: User) -> None:
    made = my_school.make_client(store, people_of(store).admin, "Система", now=NOW)
    my_school.close_client(store, user, made.client_id, now=NOW)


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
    "my_school.actions.turn_route": Question(
        lambda store, user: my_school.turn_route(store, user, is_on=True, now=NOW), {"admin"}, was_done
    ),
    "my_school.actions.make_client": Question(
        lambda store, user: my_school.make_client(store, user, "Система", now=NOW), {"admin"}, was_done
    ),
    "my_school.actions.close_client": Question(_close_client, {"admin"}, was_done),
    "my_school.actions.write_esia_id": Question(
        lambda store, user: my_school.write_esia_id(store, user, STRANGE_CHILD, "1000", now=NOW),
        {"admin", "secretary"},
        was_done,
    ),
    "my_school.lookups.route_state": Question(my_school_lookups.route_state, {"admin"}, was_done),
    "my_school.lookups.esia_id_on_card": Question(
        lambda store, user: my_school_lookups.esia_id_on_card(store, user, STRANGE_CHILD),
        {"admin", "secretary"},
        was_done,
    ),
}
