"""Inspections of the registers with their findings, what became of earlier ones, and who has read them (п. 6.2–6.4)."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from school.inspections.rules import ControlTerm, Inspected
from school.records import InspectionScope, MendState, RegisterFinding
from school.store.connection import Transaction
from school.store.names import full_name, staff_initials
from school.store.reading import Reader, read_as, read_one, read_value
from school.store.selection import among
from school.store.writing import insert, update


@dataclass(frozen=True)
class Inspection:
    """An inspection; ``published_at`` is empty while it is being written."""

    inspection_id: int
    title: str
    school_year: int
    starts_on: date
    ends_on: date
    scope: InspectionScope
    started_at: datetime
    started_by: int
    conclusion: str = ""
    recommendations: str = ""
    published_at: datetime | None = None
    published_by: int | None = None


@dataclass(frozen=True)
class InspectionFinding:
    """A finding as it was that day, with what the inspector made of it."""

    finding_id: int
    inspection_id: int
    found: RegisterFinding
    is_kept: bool = True
    note: str = ""
    mend_until: date | None = None


class Recheck(NamedTuple):
    """A finding of the inspection before, and what became of it."""

    finding: InspectionFinding
    state: MendState


@dataclass(frozen=True)
class Reading:
    """That a named teacher has read the report, and what they answered."""

    staff_id: int
    read_at: datetime
    answer: str


_INSPECTION = """SELECT inspection_id, title, school_year, starts_on, ends_on, scope, started_at, started_by, conclusion,
    recommendations, published_at, published_by FROM inspections"""
_FINDING = """SELECT finding_id, inspection_id, check_code AS "check", class_id, subject_id, teacher_id,
    found_count AS count, found_total AS total, found_text AS text, is_kept, note, mend_until
    FROM inspection_findings"""


def _inspection(row: tuple[Any, ...]) -> Inspection:
    head, scope, rest = row[:5], row[5], row[6:]
    return Inspection(*(*head, _scope(scope), *rest))


def _scope(text: str) -> InspectionScope:
    return InspectionScope(**{name: tuple(values) for name, values in json.loads(text).items()})


def all_inspections(reader: Reader) -> list[Inspection]:
    """Return the inspections, newest first."""
    return [
        _inspection(row) for row in reader.read(f"{_INSPECTION} ORDER BY started_at DESC, inspection_id DESC")
    ]


def inspection_by_id(reader: Reader, inspection_id: int) -> Inspection | None:
    """Return an inspection, or None."""
    rows = reader.read(f"{_INSPECTION} WHERE inspection_id = $id", {"id": inspection_id})
    return _inspection(rows[0]) if rows else None


def findings_of(reader: Reader, inspection_id: int) -> list[InspectionFinding]:
    """Return the findings of an inspection in the order they were made."""
    query = f"{_FINDING} WHERE inspection_id = $id ORDER BY finding_id"
    return read_as(reader, InspectionFinding, query, {"id": inspection_id})


def finding_by_id(reader: Reader, finding_id: int) -> InspectionFinding | None:
    """Return a finding, or None."""
    return read_one(reader, InspectionFinding, f"{_FINDING} WHERE finding_id = $id", {"id": finding_id})


def rechecks_of(reader: Reader, inspection_id: int) -> list[Recheck]:
    """Return the findings of the inspection before with what became of each, as seen when this one began."""
    query = f"""SELECT f.*, r.state FROM ({_FINDING}) f JOIN inspection_rechecks r USING (finding_id)
        WHERE r.inspection_id = $id ORDER BY f.finding_id"""
    return read_as(reader, Recheck, query, {"id": inspection_id})


def readings_of(reader: Reader, inspection_id: int) -> dict[int, Reading]:
    """Return who has read the report, by staff id."""
    query = "SELECT staff_id, read_at, answer FROM inspection_readings WHERE inspection_id = $id"
    return {each.staff_id: each for each in read_as(reader, Reading, query, {"id": inspection_id})}


def author_name(reader: Reader, inspection: Inspection) -> str:
    """Return the full name of who made a report known, or began it; they may have left the school since."""
    query = f"SELECT {full_name('s')} FROM users u JOIN staff s USING (staff_id) WHERE u.user_id = $user"
    return read_value(reader, query, {"user": inspection.published_by or inspection.started_by}) or ""


def inspections_naming(reader: Reader, staff_id: int) -> list[Inspection]:
    """Return the published inspections whose kept findings name a teacher, newest first."""
    query = f"""{_INSPECTION} WHERE published_at IS NOT NULL AND inspection_id IN (SELECT inspection_id
        FROM inspection_findings WHERE teacher_id = $staff AND is_kept) ORDER BY published_at DESC"""
    return [_inspection(row) for row in reader.read(query, {"staff": staff_id})]


def save_inspection(transaction: Transaction, inspection: Inspection) -> None:
    """Add an inspection that is being written."""
    insert(transaction, "inspections", **{**vars(inspection), "scope": json.dumps(vars(inspection.scope))})


def save_findings(transaction: Transaction, findings: Sequence[InspectionFinding]) -> None:
    """Add findings."""
    if not findings:
        return
    columns: Mapping[str, tuple[str, list[Any]]] = {
        "finding_id": ("BIGINT", [each.finding_id for each in findings]),
        "inspection_id": ("BIGINT", [each.inspection_id for each in findings]),
        "check_code": ("VARCHAR", [each.found.check for each in findings]),
        "class_id": ("BIGINT", [each.found.class_id for each in findings]),
        "subject_id": ("BIGINT", [each.found.subject_id for each in findings]),
        "teacher_id": ("BIGINT", [each.found.teacher_id for each in findings]),
        "found_count": ("INTEGER", [each.found.count for each in findings]),
        "found_total": ("INTEGER", [each.found.total for each in findings]),
        "found_text": ("VARCHAR", [each.found.text for each in findings]),
    }
    values = ", ".join(f"unnest(${name}::{kind}[])" for name, (kind, _) in columns.items())
    sql = f"INSERT INTO inspection_findings ({', '.join(columns)}) SELECT {values}"
    transaction.change(sql, {name: listed for name, (_, listed) in columns.items()})


def save_rechecks(transaction: Transaction, inspection_id: int, states: Mapping[int, MendState]) -> None:
    """Note what became of earlier findings: finding id → state."""
    if states:
        transaction.change(
            """INSERT INTO inspection_rechecks SELECT $id, unnest($findings::BIGINT[]), unnest($states::VARCHAR[])""",
            {
                "id": inspection_id,
                "findings": list(states),
                "states": [str(state) for state in states.values()],
            },
        )


def change_finding(transaction: Transaction, finding: InspectionFinding) -> None:
    """Write what the inspector made of a finding."""
    changed = {"is_kept": finding.is_kept, "note": finding.note, "mend_until": finding.mend_until}
    update(transaction, "inspection_findings", {"finding_id": finding.finding_id}, **changed)


def change_conclusion(transaction: Transaction, inspection_id: int, conclusion: str, advice: str) -> None:
    """Write the conclusion and the recommendations."""
    changed = {"conclusion": conclusion, "recommendations": advice}
    update(transaction, "inspections", {"inspection_id": inspection_id}, **changed)


def publish(transaction: Transaction, inspection_id: int, at: datetime, user_id: int) -> None:
    """Note that the report was made known."""
    key = {"inspection_id": inspection_id}
    update(transaction, "inspections", key, published_at=at, published_by=user_id)


def delete_inspection(transaction: Transaction, inspection_id: int) -> None:
    """Delete an inspection that nobody has read, with its findings."""
    for table in ("inspection_rechecks", "inspection_findings", "inspections"):
        transaction.change(f"DELETE FROM {table} WHERE inspection_id = $id", {"id": inspection_id})


def save_reading(transaction: Transaction, inspection_id: int, staff_id: int, at: datetime) -> None:
    """Note that a teacher has read the report."""
    insert(transaction, "inspection_readings", inspection_id=inspection_id, staff_id=staff_id, read_at=at)


def save_answer(transaction: Transaction, inspection_id: int, staff_id: int, text: str, at: datetime) -> None:
    """Write a teacher's answer in place of their earlier one."""
    key = {"inspection_id": inspection_id, "staff_id": staff_id}
    update(transaction, "inspection_readings", key, answer=text, answered_at=at)


def lesson_gaps(reader: Reader, term_ids: Collection[int], now: datetime) -> list[RegisterFinding]:
    """Return held lessons without attendance and substituted lessons unsigned or not filled, by register and teacher.

    Today's lessons are not counted: they may be filled until the evening.
    """
    chosen = among("l.term_id", "terms", term_ids)
    parameters = {"terms": list(term_ids), "today": now.date()}
    query = f"""SELECT class_id, subject_id, teacher_id, count(*) FILTER (attendance_taken_at IS NULL), count(*)
        FROM lessons l WHERE {chosen} AND held_on < $today AND status <> 'cancelled' AND recorded_at IS NOT NULL
        GROUP BY ALL ORDER BY ALL"""
    attendance = reader.read(query, parameters)
    query = f"""SELECT l.class_id, l.subject_id, s.substitute_id, count(*) FILTER (s.signed_at IS NULL),
            count(*) FILTER (l.recorded_at IS NULL), count(*)
        FROM lessons l JOIN substitutions s USING (lesson_id)
        WHERE {chosen} AND l.held_on < $today AND s.withdrawn_at IS NULL AND s.substitute_id IS NOT NULL
        GROUP BY ALL ORDER BY ALL"""
    substituted = reader.read(query, parameters)
    gaps = [RegisterFinding("no_attendance", *row) for row in attendance]
    gaps += [RegisterFinding("unsigned", *(*row[:4], row[5])) for row in substituted]
    return gaps + [RegisterFinding("not_filled_by_substitute", *(*row[:3], *row[4:])) for row in substituted]


class HeldRegister(NamedTuple):
    """A register of a school year with the days on which its load is in force, both inclusive; None: no bound."""

    class_id: int
    subject_id: int
    teacher_id: int | None
    starts_on: date | None
    ends_on: date | None


class KeptFinding(NamedTuple):
    """A finding of a report made known, with what the last inspection after it saw of it."""

    class_id: int | None
    subject_id: int | None
    teacher_id: int | None
    mend_until: date | None
    state: MendState | None


def terms_to_inspect(reader: Reader, school_year: int) -> list[ControlTerm]:
    """Return the periods that classes of a school year report by, one of a kind and number."""
    query = """SELECT kind, number, min(starts_on), max(ends_on) FROM terms
        WHERE school_year = $year AND term_id IN (SELECT term_id FROM class_terms) GROUP BY ALL ORDER BY 3, 4"""
    rows = reader.steady(("terms", "class_terms"), query, {"year": school_year})
    return [ControlTerm(*row) for row in rows]


def registers_of_year(reader: Reader, school_year: int) -> list[HeldRegister]:
    """Return the registers of a school year by its load, by class, whoever held them; subgroups are one register."""
    query = """SELECT t.class_id, t.subject_id, t.teacher_id, t.starts_on, t.ends_on
        FROM teaching_load t JOIN classes c USING (class_id) WHERE c.school_year = $year
        GROUP BY 1, 2, 3, 4, 5, c.grade_level, c.name ORDER BY c.grade_level NULLS LAST, c.name COLLATE ru, 1, 2, 3, 4, 5"""
    rows = reader.steady(("teaching_load", "classes"), query, {"year": school_year})
    return [HeldRegister(*row) for row in rows]


def inspected_in_year(reader: Reader, school_year: int) -> list[Inspected]:
    """Return what the inspections of a school year looked at, in the order they were made known, open ones last."""
    query = """SELECT i.inspection_id, i.starts_on, i.ends_on, i.scope, i.published_at::DATE, u.staff_id
        FROM inspections i LEFT JOIN users u ON u.user_id = coalesce(i.published_by, i.started_by)
        WHERE i.school_year = $year ORDER BY i.published_at NULLS LAST, i.inspection_id"""
    names = staff_initials(reader)
    return [
        Inspected(key, first, last, _scope(scope), made_known_on, names.get(staff_id, ""))
        for key, first, last, scope, made_known_on, staff_id in reader.steady(
            ("inspections", "users"), query, {"year": school_year}
        )
    ]


def kept_findings(reader: Reader, school_year: int) -> list[KeptFinding]:
    """Return the findings of the reports of a school year that were made known."""
    query = """WITH last_seen AS (SELECT r.finding_id, arg_max(r.state, i.started_at) AS state
            FROM inspection_rechecks r JOIN inspections i USING (inspection_id) GROUP BY 1)
        SELECT f.class_id, f.subject_id, f.teacher_id, f.mend_until, l.state
        FROM inspection_findings f JOIN inspections i USING (inspection_id) LEFT JOIN last_seen l USING (finding_id)
        WHERE i.school_year = $year AND i.published_at IS NOT NULL AND f.is_kept ORDER BY f.finding_id"""
    return read_as(reader, KeptFinding, query, {"year": school_year})
