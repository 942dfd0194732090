"""Who is what to whom on a day: the staff with their roles, a pupil's teachers and homeroom teacher, the families' accounts."""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from school.records import PersonName, Role
from school.store.names import name_parts, rows_apart
from school.store.reading import Reader, steady_as
from school.store.selection import among, holds_on, is_there

_TABLES = ("enrolments", "classes", "pupils", "teaching_load", "subgroup_members", "subjects")


class StaffAccount(NamedTuple):
    """An employee who may sign in, with the roles of the account and the position."""

    user_id: int
    staff_id: int
    name: PersonName
    position: str
    roles: frozenset[Role]


class FamilyAccount(NamedTuple):
    """Who may sign in for a pupil: the pupil (``role``), or a guardian with what they are to the child."""

    user_id: int
    pupil_id: int
    role: Role
    name: PersonName
    relation: str


class TiedPupil(NamedTuple):
    """A pupil of a class on a day, and whether one employee teaches them."""

    pupil_id: int
    name: PersonName
    class_id: int
    class_name: str
    is_taught: bool


class TiedStaff(NamedTuple):
    """Who teaches a pupil on a day, and in what, or leads the pupil's class (then ``subject`` is empty)."""

    staff_id: int
    subject: str
    class_id: int


_TEACHES = f"""(t.subgroup_id IS NULL OR EXISTS (SELECT 1 FROM subgroup_members g
    WHERE g.subgroup_id = t.subgroup_id AND g.pupil_id = e.pupil_id AND {is_there("g", "$day")}))"""


def staff_accounts(reader: Reader, day: date) -> list[StaffAccount]:
    """Return the employees of a day who may sign in, by name."""
    query = f"""SELECT u.user_id, s.staff_id, {name_parts("s")}, s.position,
            (SELECT list(r.role) FROM user_roles r WHERE r.user_id = u.user_id AND r.role NOT IN ('guardian', 'pupil')) AS roles
        FROM users u JOIN staff s USING (staff_id)
        WHERE u.blocked_at IS NULL AND (s.dismissed_on IS NULL OR s.dismissed_on > $day)
        ORDER BY s.last_name COLLATE ru, s.first_name COLLATE ru, s.staff_id"""
    return steady_as(reader, StaffAccount, ("users", "user_roles", "staff"), query, {"day": day})


def family_accounts(reader: Reader, pupil_id: int | None = None) -> list[FamilyAccount]:
    """Return the open accounts of pupils and their guardians, a row for each child; or those of one pupil."""
    query = f"""SELECT u.user_id, u.pupil_id, 'pupil' AS role, {name_parts("p")}, '' AS relation
        FROM users u JOIN pupils p USING (pupil_id) JOIN user_roles r ON r.user_id = u.user_id AND r.role = 'pupil'
        WHERE u.blocked_at IS NULL AND ($pupil IS NULL OR u.pupil_id = $pupil)
        UNION ALL SELECT u.user_id, k.pupil_id, 'guardian', {name_parts("g")}, k.relation
        FROM users u JOIN guardians g USING (guardian_id) JOIN guardian_pupils k USING (guardian_id)
            JOIN user_roles r ON r.user_id = u.user_id AND r.role = 'guardian'
        WHERE u.blocked_at IS NULL AND ($pupil IS NULL OR k.pupil_id = $pupil) ORDER BY ALL"""
    tables = ("users", "user_roles", "pupils", "guardians", "guardian_pupils")
    return steady_as(reader, FamilyAccount, tables, query, {"pupil": pupil_id})


def tied_pupils(reader: Reader, staff_id: int | None, day: date) -> list[TiedPupil]:
    """Return all pupils of a day by class and name, each with whether this employee teaches them."""
    query = f"""SELECT p.pupil_id, {name_parts("p")}, c.class_id, c.name AS class_name,
            EXISTS (SELECT 1 FROM teaching_load t WHERE t.class_id = c.class_id AND t.teacher_id = $staff
                AND {holds_on("t", "$day")} AND {_TEACHES}) AS is_taught
        FROM enrolments e JOIN pupils p USING (pupil_id) JOIN classes c USING (class_id)
        WHERE {is_there("e", "$day")}
        ORDER BY c.school_year, c.grade_level, c.name COLLATE ru, p.last_name COLLATE ru, p.first_name COLLATE ru, p.pupil_id"""
    rows = steady_as(reader, TiedPupil, _TABLES, query, {"staff": staff_id, "day": day})
    return rows_apart(reader, rows)


def family_ties(
    reader: Reader, staff_id: int | None, day: date, pupil_ids: Collection[int]
) -> list[tuple[int, int, Role, int, bool]]:
    """Return the open accounts of these pupils and their guardians: account, pupil, role, the pupil's class on a day, whether this
    employee teaches the pupil there.
    """
    if not pupil_ids:
        return []
    query = f"""WITH tied AS MATERIALIZED (SELECT e.pupil_id, e.class_id, EXISTS (SELECT 1 FROM teaching_load t
                WHERE t.class_id = e.class_id AND t.teacher_id = $staff AND {holds_on("t", "$day")} AND {_TEACHES}) AS is_taught
            FROM enrolments e WHERE {is_there("e", "$day")} AND {among("e.pupil_id", "pupils", pupil_ids)})
        SELECT u.user_id, i.pupil_id, 'pupil', i.class_id, i.is_taught FROM tied i JOIN users u USING (pupil_id)
            JOIN user_roles r ON r.user_id = u.user_id AND r.role = 'pupil' WHERE u.blocked_at IS NULL
        UNION ALL SELECT u.user_id, i.pupil_id, 'guardian', i.class_id, i.is_taught FROM tied i
            JOIN guardian_pupils k USING (pupil_id) JOIN users u USING (guardian_id)
            JOIN user_roles r ON r.user_id = u.user_id AND r.role = 'guardian' WHERE u.blocked_at IS NULL"""
    rows = reader.read(query, {"staff": staff_id, "day": day, "pupils": list(pupil_ids)})
    roles = {each.value: each for each in (Role.PUPIL, Role.GUARDIAN)}
    return [(user, pupil, roles[role], class_id, taught) for user, pupil, role, class_id, taught in rows]


def tied_staff(reader: Reader, pupil_id: int, day: date) -> list[TiedStaff] | None:
    """Return who teaches a pupil on a day, a row for each subject, and who leads the class; None for one of no class."""
    query = f"""SELECT e.pupil_id, c.class_id, c.homeroom_id, t.teacher_id, b.name
        FROM enrolments e JOIN classes c USING (class_id)
            LEFT JOIN teaching_load t ON t.class_id = c.class_id AND t.teacher_id IS NOT NULL
                AND {holds_on("t", "$day")} AND {_TEACHES}
            LEFT JOIN subjects b ON b.subject_id = t.subject_id
        WHERE {is_there("e", "$day")} AND e.pupil_id = $pupil ORDER BY b.name COLLATE ru, t.teacher_id"""
    rows = reader.steady(_TABLES, query, {"day": day, "pupil": pupil_id})
    if not rows:
        return None
    found = [TiedStaff(teacher, subject, each) for _, each, _, teacher, subject in rows if teacher]
    leads = [TiedStaff(homeroom, "", each) for _, each, homeroom, *_ in rows if homeroom]
    return [*dict.fromkeys((*found, *leads))]


def users_without_password(reader: Reader) -> frozenset[int]:
    """Return who has never come into the register: their invitation code waits."""
    rows = reader.steady(("users",), "SELECT user_id FROM users WHERE password_hash = ''", {})
    return frozenset(user_id for (user_id,) in rows)
