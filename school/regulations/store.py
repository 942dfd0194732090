"""Documents of the school and who is acquainted with them, as rows; what an employee is to read is in memory: the menu counts it."""

from collections.abc import Collection
from dataclasses import fields
from datetime import date, datetime
from functools import partial
from typing import Any

from school.audiences.rules import Audience, Target
from school.regulations.records import Acquaintance, Regulation
from school.store.memory.entered import Kind
from school.store.names import surname_and_initials
from school.store.reading import Reader, Writer, read_as, steady_as
from school.store.selection import among
from school.store.writing import insert, spread

AGREEMENT = "regulations.agreement"
# By document; by employee.
REGULATIONS = Kind("regulations", ("users", "staff"))
ACQUAINTANCES = Kind("regulation_readings")
NAMES = frozenset({"author", "approver"})
_REGULATIONS = f"""SELECT r.*,
        coalesce({surname_and_initials("s")}, '') AS author, coalesce({surname_and_initials("h")}, '') AS approver
    FROM regulations r LEFT JOIN users u ON u.user_id = r.drafted_by LEFT JOIN staff s ON s.staff_id = u.staff_id
        LEFT JOIN users v ON v.user_id = r.approved_by LEFT JOIN staff h ON h.staff_id = v.staff_id"""


def audience_of(regulation: Regulation) -> Audience:
    """Return whom a document is for: staff alone."""
    return Audience(Target(regulation.target), regulation.target_ids, regulation.target_roles, for_staff=True)


def regulations_by_id(reader: Reader, ids: Collection[int]) -> dict[int, Regulation]:
    """Return documents by their ids, from memory while they have not changed; those that are not there are missing."""
    return reader.entered(REGULATIONS, ids, partial(_regulations, reader))


def _regulations(reader: Reader, ids: list[int]) -> dict[int, Regulation]:
    query = f"{_REGULATIONS} WHERE {among('r.regulation_id', 'ids', ids)}"
    return {each.regulation_id: each for each in read_as(reader, Regulation, query, {"ids": ids})}


def all_regulations(reader: Reader) -> list[Regulation]:
    """Return all versions of all documents, the newest first."""
    query = f"{_REGULATIONS} ORDER BY coalesce(r.dated_on, r.drafted_at::DATE) DESC, r.regulation_id DESC"
    return steady_as(reader, Regulation, ("regulations", "users", "staff"), query, {})


def submitted_regulations(reader: Reader) -> list[Regulation]:
    """Return what lies before the head, the oldest first."""
    query = f"{_REGULATIONS} WHERE r.state = 'submitted' ORDER BY r.regulation_id"
    return steady_as(reader, Regulation, ("regulations", "users", "staff"), query, {})


def acquaintances_of(reader: Reader, staff_ids: Collection[int]) -> dict[int, tuple[Acquaintance, ...]]:
    """Return what these employees are to be acquainted with, by them: from memory while nothing changed."""
    return reader.entered(ACQUAINTANCES, staff_ids, partial(_of_staff, reader))


def _of_staff(reader: Reader, staff_ids: list[int]) -> dict[int, tuple[Acquaintance, ...]]:
    query = f"SELECT * FROM regulation_readings WHERE {among('staff_id', 'ids', staff_ids)} ORDER BY regulation_id"
    found: dict[int, list[Acquaintance]] = {each: [] for each in staff_ids}
    for row in read_as(reader, Acquaintance, query, {"ids": staff_ids}):
        found[row.staff_id].append(row)
    return {staff_id: tuple(rows) for staff_id, rows in found.items()}


def acquaintances_with(reader: Reader, regulation_id: int) -> list[Acquaintance]:
    """Return who is to be acquainted with a document, by name."""
    query = """SELECT k.* FROM regulation_readings k LEFT JOIN staff s USING (staff_id) WHERE k.regulation_id = $regulation
        ORDER BY s.last_name COLLATE ru, s.first_name COLLATE ru, k.staff_id"""
    return read_as(reader, Acquaintance, query, {"regulation": regulation_id})


def counts_of(reader: Reader, today: date) -> dict[int, tuple[int, int]]:
    """Return by document how many employees are acquainted, and of how many: who has left without it is not asked any more."""
    query = """SELECT k.regulation_id, count(k.confirmed_at), count(*) FROM regulation_readings k LEFT JOIN staff s USING (staff_id)
        WHERE k.confirmed_at IS NOT NULL OR s.dismissed_on IS NULL OR s.dismissed_on > $today GROUP BY ALL"""
    rows = reader.steady(("regulation_readings", "staff"), query, {"today": today})
    return {regulation: (done, total) for regulation, done, total in rows}


def positions_of(reader: Reader, staff_ids: Collection[int]) -> dict[int, tuple[str, date | None]]:
    """Return the position and the day of dismissal of employees."""
    query = f"SELECT staff_id, position, dismissed_on FROM staff WHERE {among('staff_id', 'ids', staff_ids)}"
    rows = reader.read(query, {"ids": sorted(staff_ids)}) if staff_ids else []
    return {staff_id: (position, dismissed) for staff_id, position, dismissed in rows}


def names_of_users(reader: Reader, user_ids: Collection[int]) -> dict[int, str]:
    """Return the surnames with initials of employees by their accounts."""
    query = f"""SELECT u.user_id, {surname_and_initials("s")} FROM users u JOIN staff s USING (staff_id)
        WHERE {among("u.user_id", "ids", user_ids)}"""
    return dict(reader.read(query, {"ids": sorted(user_ids)})) if user_ids else {}


def save_regulation(writer: Writer, regulation: Regulation) -> None:
    """Add a version, or write one in place of what it was."""
    names = [each.name for each in fields(Regulation) if each.name not in NAMES]
    row: dict[str, Any] = {name: getattr(regulation, name) for name in names}
    row |= {
        "kind": str(regulation.kind),
        "state": str(regulation.state),
        "target_ids": list(regulation.target_ids),
        "target_roles": [str(each) for each in regulation.target_roles],
    }
    insert(writer, "regulations", "OR REPLACE", [regulation.regulation_id], [], **row)


def remove_regulation(writer: Writer, regulation_id: int) -> None:
    """Remove a draft that nobody has been given."""
    sql = "DELETE FROM regulations WHERE regulation_id = $regulation"
    writer.change(sql, {"regulation": regulation_id}, entered_in=[regulation_id], of_pupils=[])


def add_readers(
    writer: Writer, regulation_id: int, staff_ids: Collection[int], at: datetime, *, is_late: bool
) -> None:
    """Add a row for each employee who is to be acquainted."""
    columns: dict[str, list[Any]] = {
        "regulation_id": [regulation_id] * len(staff_ids),
        "staff_id": sorted(staff_ids),
        "given_at": [at] * len(staff_ids),
        "is_late": [is_late] * len(staff_ids),
    }
    kinds = dict.fromkeys(columns, "BIGINT") | {"given_at": "TIMESTAMP", "is_late": "BOOLEAN"}
    sql, parameters = spread(columns, kinds)
    writer.change(
        f"INSERT INTO regulation_readings ({', '.join(columns)}) {sql}",
        parameters,
        entered_in=sorted(staff_ids),
        of_pupils=[],
    )


def save_acquaintance(writer: Writer, row: Acquaintance, *, is_noted: bool = True) -> None:
    """Keep what became of a row that is there; ``is_noted``: the caller records an event, else it is the program's own book."""
    sql = """UPDATE regulation_readings SET seen_at = $seen_at, confirmed_at = $confirmed_at, paper_by = $paper_by,
            reminded_at = $reminded_at
        WHERE regulation_id = $regulation_id AND staff_id = $staff_id"""
    given = {name: value for name, value in vars(row).items() if name not in {"given_at", "is_late"}}
    before = acquaintances_of(writer, [row.staff_id])[row.staff_id]
    if is_noted:
        writer.change(sql, given, entered_in=[row.staff_id], of_pupils=[])
    else:
        writer.keep(sql, given)
    now = tuple(row if each.regulation_id == row.regulation_id else each for each in before)
    writer.remember(ACQUAINTANCES, {row.staff_id: now})
