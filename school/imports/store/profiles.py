"""Profiles of columns, and the files exchanged by them (п. 4.6)."""

from collections.abc import Collection, Mapping
from datetime import datetime

import pyarrow as pa

from school.imports.records import ExchangeRow, StoredProfile
from school.store.connection import Transaction
from school.store.names import staff_apart, surname_and_initials
from school.store.reading import Reader, Writer, read_as
from school.store.writing import insert, update

_PROFILES = """SELECT profile_id, kind, name, mapping, coalesce(version, 1) AS version, saved_at FROM import_profiles"""


def profiles(reader: Reader, kinds: Collection[str]) -> list[StoredProfile]:
    """Return the profiles of some kinds by name."""
    query = f"{_PROFILES} WHERE list_contains($kinds::VARCHAR[], kind) ORDER BY name COLLATE ru, profile_id"
    return read_as(reader, StoredProfile, query, {"kinds": list(map(str, kinds))})


def profile_by_id(reader: Reader, profile_id: int) -> StoredProfile | None:
    """Return a profile, or None."""
    found = read_as(reader, StoredProfile, f"{_PROFILES} WHERE profile_id = $id", {"id": profile_id})
    return found[0] if found else None


def add_profile(
    writer: Transaction, kind: str, name: str, mapping: str, version: int, *, at: datetime, by: int | None
) -> int:
    """Add a profile and return its id."""
    (profile_id,) = writer.new_ids(1)
    given = {"kind": kind, "name": name, "mapping": mapping, "version": version}
    insert(writer, "import_profiles", profile_id=profile_id, **given, saved_at=at, saved_by=by)
    return profile_id


def replace_mapping(
    writer: Writer, profile_id: int, mapping: str, version: int, *, at: datetime, by: int | None
) -> None:
    """Replace what a profile says."""
    changed = {"mapping": mapping, "version": version, "saved_at": at, "saved_by": by}
    update(writer, "import_profiles", {"profile_id": profile_id}, **changed)


def set_profile_name(writer: Writer, profile_id: int, name: str) -> None:
    """Call a profile by another name."""
    update(writer, "import_profiles", {"profile_id": profile_id}, name=name)


def delete_profile(writer: Writer, profile_id: int) -> None:
    """Drop a profile with the digests of its last exchange; the log keeps its name."""
    for table in ("exchanged_rows", "import_profiles"):
        writer.change(f"DELETE FROM {table} WHERE profile_id = $profile", {"profile": profile_id})


def last_rows(reader: Reader, profile_id: int) -> dict[int, int]:
    """Return key → content of the rows of the last exchange by a profile."""
    query = "SELECT row_key, content FROM exchanged_rows WHERE profile_id = $profile"
    return dict(reader.read(query, {"profile": profile_id}))


def keep_rows(transaction: Transaction, profile_id: int, rows: Mapping[int, int]) -> None:
    """Put the rows of an exchange in the place of those of the last one."""
    transaction.change("DELETE FROM exchanged_rows WHERE profile_id = $profile", {"profile": profile_id})
    if rows:
        table = pa.table({"k": pa.array(rows.keys(), pa.int64()), "c": pa.array(rows.values(), pa.int64())})
        transaction.cursor.register("exchanged_now", table)
        sql = "INSERT INTO exchanged_rows SELECT $profile, k, c FROM exchanged_now"
        transaction.change(sql, {"profile": profile_id})
        transaction.cursor.unregister("exchanged_now")


def save_exchange(writer: Writer, exchange: ExchangeRow) -> None:
    """Add a line to the log of exchanges."""
    kept = {
        name: value
        for name, value in vars(exchange).items()
        if name not in ("exchanged_by_name", "undone_at")
    }
    insert(writer, "exchanges", **kept)


def exchanges(reader: Reader, kinds: Collection[str]) -> list[ExchangeRow]:
    """Return the log of some kinds, newest first."""
    name = f"coalesce(nullif({surname_and_initials('s')}, ''), u.login, '')"
    rows = read_as(
        reader,
        ExchangeRow,
        f"""SELECT e.*, {name} AS exchanged_by_name, b.undone_at FROM exchanges e
            LEFT JOIN users u ON u.user_id = e.exchanged_by LEFT JOIN staff s ON s.staff_id = u.staff_id
            LEFT JOIN import_batches b ON b.batch_id = e.batch_id
            WHERE list_contains($kinds::VARCHAR[], e.kind) ORDER BY e.exchange_id DESC""",
        {"kinds": list(map(str, kinds))},
    )
    return staff_apart(reader, rows, "exchanged_by_name", "exchanged_by", is_user=True)
