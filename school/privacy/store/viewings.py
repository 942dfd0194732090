"""Who has looked at what of whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from school.privacy.rules.viewing import Viewing
from school.store.connection import Transaction
from school.store.names import short_name, surname_and_initials
from school.store.reading import Reader, read_as


@dataclass(frozen=True)
class NamedViewing:
    """A viewing with names; ``pupil_name`` is empty where all pupils of the school were seen."""

    viewed_at: datetime
    who: str
    position: str
    kind: str
    title: str
    pupil_id: int | None
    pupil_name: str


@dataclass(frozen=True)
class ViewingFilter:
    """Which viewings: of a pupil, by a user; None leaves that open."""

    pupil_id: int | None = None
    user_id: int | None = None


_WHO = f"""coalesce(nullif({surname_and_initials("s")}, ''), nullif({surname_and_initials("g")}, ''), {short_name("k")}, '')"""
_NAMED = f"""SELECT v.viewed_at, {_WHO} AS who, coalesce(s.position, CASE WHEN g.guardian_id IS NOT NULL
        THEN 'родитель' WHEN k.pupil_id IS NOT NULL THEN 'ученик' ELSE '' END) AS position, v.kind, v.title, v.pupil_id,
        coalesce({short_name("p")}, '') AS pupil_name
    FROM viewings v LEFT JOIN users u USING (user_id) LEFT JOIN staff s ON s.staff_id = u.staff_id
        LEFT JOIN guardians g ON g.guardian_id = u.guardian_id LEFT JOIN pupils k ON k.pupil_id = u.pupil_id
        LEFT JOIN pupils p ON p.pupil_id = v.pupil_id
    WHERE ($pupil::BIGINT IS NULL OR v.pupil_id = $pupil OR v.pupil_id IS NULL)
        AND ($user::BIGINT IS NULL OR v.user_id = $user)"""
# Whoever was in a class, and in the classes that a teacher taught in a year.
_OF_CLASS = "SELECT DISTINCT pupil_id FROM enrolments WHERE class_id = $class_id"
_OF_TEACHER = """SELECT DISTINCT e.pupil_id FROM enrolments e JOIN teaching_load t USING (class_id)
    WHERE t.teacher_id = $teacher AND t.school_year = $year"""


def save_viewings(transaction: Transaction, viewings: Sequence[Viewing]) -> None:
    """Add viewings, a row a pupil. They change nothing that is read of the school: nothing in memory grows old by them."""
    for each in viewings:
        pupils, of_whom = _pupils(each)
        given = {"at": each.viewed_at, "user": each.user_id, "kind": each.seen.kind, "title": each.seen.title}
        transaction.keep(
            f"INSERT INTO viewings SELECT $at, $user, $kind, pupil_id, $title FROM ({pupils})",
            given | of_whom,
        )


def _pupils(viewing: Viewing) -> tuple[str, dict[str, object]]:
    seen = viewing.seen
    if seen.pupil_ids:
        return "SELECT unnest($pupils::BIGINT[]) AS pupil_id", {"pupils": sorted(seen.pupil_ids)}
    if seen.class_id is not None:
        return _OF_CLASS, {"class_id": seen.class_id}
    if seen.teacher is not None:
        return _OF_TEACHER, dict(zip(("teacher", "year"), seen.teacher, strict=True))
    return "SELECT NULL::BIGINT AS pupil_id", {}


def named_viewings(reader: Reader, wanted: ViewingFilter, *, limit: int) -> list[NamedViewing]:
    """Return viewings, newest first."""
    query = f"{_NAMED} ORDER BY v.viewed_at DESC, pupil_name COLLATE ru LIMIT $limit"
    return read_as(
        reader, NamedViewing, query, {"pupil": wanted.pupil_id, "user": wanted.user_id, "limit": limit}
    )


def count_viewings(reader: Reader, wanted: ViewingFilter) -> int:
    """Return how many viewings there are."""
    query = f"SELECT count(*) FROM ({_NAMED})"
    return int(reader.read(query, {"pupil": wanted.pupil_id, "user": wanted.user_id})[0][0])


def viewers(reader: Reader) -> list[tuple[int, str]]:
    """Return who has looked: user id and name, by name."""
    given = {"pupil": None, "user": None}
    query = f"""WITH n AS ({_NAMED.replace("SELECT v.viewed_at", "SELECT v.user_id, v.viewed_at", 1)})
        SELECT user_id, min(who) AS name FROM n GROUP BY user_id ORDER BY name COLLATE ru, user_id"""
    return [(user_id, name) for user_id, name in reader.read(query, given)]


def seen_pupils(reader: Reader) -> list[tuple[int, str]]:
    """Return who was looked at by name: pupil id and name."""
    query = f"""SELECT p.pupil_id, {short_name("p")} FROM pupils p SEMI JOIN viewings USING (pupil_id)
        ORDER BY p.last_name COLLATE ru, p.first_name COLLATE ru, p.pupil_id"""
    return [(pupil_id, name) for pupil_id, name in reader.read(query)]
