"""Exchange by a profile: rows taken away, chosen rows of a file taken in; each leaves a line in the log (п. 4.6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from school.errors import RuleRefused
from school.files.plan import ImportKind, Plan, SourceRow
from school.imports.actions.file_kinds import LoadChoices
from school.imports.actions.loads import SourceFile, load
from school.imports.kinds import check_may_unload
from school.imports.records import DIRECTION_TITLES, IN, OUT, ExchangeRow, OutChoices, StoredProfile
from school.imports.rules.differences import KEYS, Comparison, compared_rows, texts_of
from school.imports.rules.outgoing import csv_of_profile, rows_of_constants, workbook_of_profile
from school.imports.store.journal import subject_names
from school.imports.store.kind_rows import rows_of_kind
from school.imports.store.profiles import keep_rows, last_rows, profile_by_id, save_exchange
from school.records import User
from school.store.connection import Store, Transaction, in_transaction
from school.store.events import Event


@dataclass(frozen=True)
class UnloadedFile:
    """A file made by a profile, and how many rows it has."""

    name: str
    content: bytes
    rows: int


def unload(
    store: Store, user: User, profile_id: int, choices: OutChoices, *, as_csv: bool, now: datetime
) -> UnloadedFile:
    """Return the school's rows as a file of a profile; the log and the digests of the rows are kept.

    Raises AccessRefused, RuleRefused, or Refusal where the profile cannot say the rows.
    """
    profile = _profile(store, user, profile_id)
    kind, mapping = ImportKind(profile.kind), profile.file.mapping
    rows = rows_of_constants(mapping, rows_of_kind(store, kind, mapping.given, choices))
    content = (csv_of_profile if as_csv else workbook_of_profile)(mapping, rows)
    name = f"{profile.name} {now:%Y-%m-%d}.{'csv' if as_csv else 'xlsx'}"
    digests: dict[int, int] = {}
    if kind in KEYS:
        subjects = [title for _, title in subject_names(store, choices.key.school_id)]
        compared = compared_rows(
            kind, [texts_of(row, mapping.given) for row in rows], mapping.given, subjects
        )
        digests = {row.key: row.content for row in compared}

    def work(transaction: Transaction) -> None:
        keep_rows(transaction, profile_id, digests)
        _log(transaction, user, profile, OUT, name, (len(rows), len(rows), 0), None, now)

    store.write(work)
    return UnloadedFile(name, content, len(rows))


@in_transaction
def load_by_profile(
    transaction: Transaction,
    user: User,
    profile_id: int,
    rows: Sequence[SourceRow],
    choices: LoadChoices,
    plan: Plan[Any],
    file: SourceFile,
    comparison: Comparison,
    *,
    now: datetime,
) -> int:
    """Do what the plan of chosen rows of a file says, as one load that can be taken back; return its number.

    ``comparison``: of the whole file with the school. What both sides have alike now is what the next file is compared with.
    Raises AccessRefused or RuleRefused.
    """
    profile = _profile(transaction, user, profile_id)
    batch_id = load(transaction, user, ImportKind(profile.kind), rows, choices, plan, file, now=now)
    taken = {row.number for row in (*plan.new, *plan.changed)}
    pairs = (each.there for each in comparison.differing if each.there and each.there.number in taken)
    alike = {**comparison.alike, **{row.key: row.content for row in pairs}}
    keep_rows(transaction, profile_id, {**last_rows(transaction, profile_id), **alike})
    written = len(plan.new) + len(plan.changed)
    counts = (len(rows), written, len(plan.refused))
    _log(transaction, user, profile, IN, file.name, counts, batch_id, now)
    return batch_id


def _profile(reader: Store | Transaction, user: User, profile_id: int) -> StoredProfile:
    profile = profile_by_id(reader, profile_id)
    if profile is None:
        check_may_unload(user, ImportKind.PUPILS)
        raise RuleRefused("Такого профиля нет.", next_step="Обновите страницу.")
    check_may_unload(user, ImportKind(profile.kind))
    return profile


def _log(
    transaction: Transaction,
    user: User,
    profile: StoredProfile,
    direction: str,
    file_name: str,
    counts: tuple[int, int, int],
    batch_id: int | None,
    now: datetime,
) -> None:
    (exchange_id,) = transaction.new_ids(1)
    place = (profile.profile_id, profile.name, profile.kind, direction, file_name)
    save_exchange(transaction, ExchangeRow(exchange_id, *place, *counts, batch_id, now, user.user_id))
    words = f"{DIRECTION_TITLES[direction]}: строк {counts[0]}, записано {counts[1]}, отклонено {counts[2]}"
    transaction.record(
        Event(
            now,
            user.user_id,
            "exchange",
            record_id=exchange_id,
            new_value=words,
            reason=f"профиль «{profile.name}»",
        )
    )
