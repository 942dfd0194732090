"""Rows of the plan, and what the register knows to be done of it; all from memory until a table changes."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from school.records import Role
from school.store.connection import Transaction
from school.store.reading import Reader, read_one, steady_as
from school.store.writing import insert, update
from school.year_plan.records import StoredEntry

_COLUMNS = "entry_id, school_year, code, title, note, due_on, user_id, remind_days, done_on, is_dropped"


def stored_entries(reader: Reader, school_year: int) -> list[StoredEntry]:
    """Return the rows of a school year in the order they were made."""
    query = f"SELECT {_COLUMNS} FROM plan_entries WHERE school_year = $year ORDER BY entry_id"
    return steady_as(reader, StoredEntry, ("plan_entries",), query, {"year": school_year})


def entry_by_id(reader: Reader, entry_id: int) -> StoredEntry | None:
    """Return a row, or None."""
    return read_one(
        reader, StoredEntry, f"SELECT {_COLUMNS} FROM plan_entries WHERE entry_id = $id", {"id": entry_id}
    )


def save_entry(transaction: Transaction, row: StoredEntry, now: datetime, user_id: int) -> None:
    """Add a row, or write it in place of what it was."""
    kept = {**row._asdict(), "changed_at": now, "changed_by": user_id}
    if entry_by_id(transaction, row.entry_id) is None:
        insert(transaction, "plan_entries", **kept)
    else:
        update(transaction, "plan_entries", {"entry_id": kept.pop("entry_id")}, **kept)


def delete_entry(transaction: Transaction, entry_id: int) -> None:
    """Delete a row that somebody typed."""
    transaction.change("DELETE FROM plan_entries WHERE entry_id = $id", {"id": entry_id})


def users_with(reader: Reader, roles: Collection[Role]) -> dict[int, int]:
    """Return the accounts that play one of these roles and are not blocked: user id → staff id."""
    query = """SELECT DISTINCT u.user_id, u.staff_id FROM users u JOIN user_roles r USING (user_id)
        JOIN staff s ON s.staff_id = u.staff_id
        WHERE list_contains($roles, r.role) AND u.blocked_at IS NULL AND s.dismissed_on IS NULL ORDER BY 1"""
    parameters = {"roles": sorted(map(str, roles))}
    return dict(reader.steady(("users", "user_roles", "staff"), query, parameters))


def staff_of_users(reader: Reader) -> dict[int, int]:
    """Return the employee of each account that has one."""
    query = "SELECT user_id, staff_id FROM users WHERE staff_id IS NOT NULL"
    return dict(reader.steady(("users",), query, {}))


def closed_terms(reader: Reader, school_year: int) -> dict[tuple[str, int], date]:
    """Return (kind, number) of the periods that every class has closed, with the day (п. 4.2)."""
    query = """SELECT kind, number, max(closed_at)::DATE FROM terms
        WHERE school_year = $year AND term_id IN (SELECT term_id FROM class_terms)
        GROUP BY ALL HAVING bool_and(closed_at IS NOT NULL)"""
    return _days(reader, ("terms", "class_terms"), query, school_year)


def reports_made(reader: Reader, school_year: int, kind: str) -> dict[tuple[str, int], date]:
    """Return (kind, number) of the periods of which a report about the school was made, with the first day (п. 7.1, 7.2)."""
    query = """SELECT term_kind, term_number, min(made_at)::DATE FROM made_reports
        WHERE school_year = $year AND kind = $kind AND about_id IS NULL GROUP BY ALL"""
    return _days(reader, ("made_reports",), query, school_year, kind=kind)


def _days(
    reader: Reader, tables: tuple[str, ...], query: str, school_year: int, **more: Any
) -> dict[tuple[str, int], date]:
    rows = reader.steady(tables, query, {"year": school_year, **more})
    return {(kind, number): day for kind, number, day in rows}


def last_decision_day(reader: Reader, school_year: int) -> date | None:
    """Return the newest day of the council's decisions about classes of a year."""
    query = """SELECT max(d.decided_on) FROM council_decisions d JOIN classes c USING (class_id)
        WHERE c.school_year = $year"""
    return _one(reader, ("council_decisions", "classes"), query, {"year": school_year})


def packed_on(reader: Reader, school_year: int) -> date | None:
    """Return when the first whole package of a year was made (п. 6.5)."""
    query = "SELECT min(made_at)::DATE FROM archives WHERE school_year = $year AND state = 'made'"
    return _one(reader, ("archives",), query, {"year": school_year})


def last_paper_day(reader: Reader, school_year: int) -> date | None:
    """Return the day of the last step of a year's documents on paper (п. 6.6)."""
    query = """SELECT max(s.made_at)::DATE FROM archive_steps s JOIN archive_documents d USING (document_id)
        JOIN archives a USING (archive_id) WHERE a.school_year = $year"""
    return _one(reader, ("archive_steps", "archive_documents", "archives"), query, {"year": school_year})


def has_timetable(reader: Reader, school_year: int) -> bool:
    """Whether the classes of a school year have a timetable (п. 4.3)."""
    query = """SELECT 1 FROM timetable JOIN teaching_load t USING (load_id) JOIN classes c USING (class_id)
        WHERE c.school_year = $year LIMIT 1"""
    return bool(reader.steady(("timetable", "teaching_load", "classes"), query, {"year": school_year}))


def _one(reader: Reader, tables: tuple[str, ...], query: str, parameters: Mapping[str, Any]) -> date | None:
    rows = reader.steady(tables, query, dict(parameters))
    return rows[0][0] if rows else None
