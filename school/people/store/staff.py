"""Employees with their accounts: rows for the office's lists, and what is written of them."""

from collections.abc import Collection
from datetime import date

from school.people.records import StaffMember
from school.records import PersonName, Role
from school.store.names import name_parts
from school.store.reading import Reader, Writer, read_as, read_column
from school.store.writing import update

NO_PASSWORD = ""


def staff_members(reader: Reader, staff_ids: Collection[int] | None = None) -> list[StaffMember]:
    """Return employees (all, or the named ones) by name."""
    wanted = None if staff_ids is None else sorted(staff_ids)
    query = f"""SELECT s.staff_id, {name_parts("s")}, s.position, s.hired_on, s.dismissed_on, u.user_id,
            coalesce(u.login, '') AS login, r.roles, coalesce(u.password_hash, '') <> '' AS has_password, u.blocked_at
        FROM staff s
            LEFT JOIN (SELECT staff_id, min(user_id) AS user_id FROM users GROUP BY staff_id) k USING (staff_id)
            LEFT JOIN users u ON u.user_id = k.user_id
            LEFT JOIN (SELECT user_id, list(role ORDER BY role) AS roles FROM user_roles GROUP BY user_id) r
                ON r.user_id = u.user_id
        WHERE $ids::BIGINT[] IS NULL OR list_contains($ids::BIGINT[], s.staff_id)
        ORDER BY s.last_name COLLATE ru, s.first_name COLLATE ru, s.middle_name COLLATE ru, s.staff_id"""
    return read_as(reader, StaffMember, query, {"ids": wanted})


def logins_taken(reader: Reader) -> set[str]:
    """Return every login name in small letters."""
    return set(read_column(reader, "SELECT lower(login) FROM users"))


def other_admins(reader: Reader, user_id: int | None) -> int:
    """Return how many others can sign in and administer the register, with no day set for their dismissal."""
    query = """SELECT count(DISTINCT u.user_id) FROM users u JOIN user_roles r USING (user_id)
            LEFT JOIN staff s ON s.staff_id = u.staff_id
        WHERE r.role = 'admin' AND u.user_id IS DISTINCT FROM $user AND u.blocked_at IS NULL AND u.password_hash <> ''
            AND s.dismissed_on IS NULL"""
    return int(reader.read(query, {"user": user_id})[0][0])


def duties_from(reader: Reader, staff_id: int, day: date) -> list[str]:
    """Return in words what an employee teaches and leads on a day or later: classes with subjects, homeroom classes."""
    query = """SELECT c.name || ' — ' || b.name || coalesce(' (' || g.name || ')', '') AS duty, c.grade_level
        FROM teaching_load t JOIN classes c USING (class_id) JOIN subjects b USING (subject_id)
            LEFT JOIN subgroups g USING (subgroup_id) LEFT JOIN school_years y ON y.school_year = c.school_year
        WHERE t.teacher_id = $staff AND coalesce(t.ends_on, y.ends_on, $day) >= $day
            AND coalesce(y.ends_on, $day) >= $day
        UNION ALL
        SELECT c.name || ' — классное руководство', c.grade_level
        FROM classes c LEFT JOIN school_years y USING (school_year)
        WHERE c.homeroom_id = $staff AND coalesce(y.ends_on, $day) >= $day
        ORDER BY 2, 1 COLLATE ru"""
    return read_column(reader, query, {"staff": staff_id, "day": day})


def update_staff(
    writer: Writer, staff_id: int, name: PersonName, position: str, hired_on: date | None
) -> None:
    """Replace what is known of an employee."""
    names = {"last_name": name.last, "first_name": name.first, "middle_name": name.middle}
    update(writer, "staff", {"staff_id": staff_id}, **names, position=position, hired_on=hired_on)


def set_dismissed(writer: Writer, staff_id: int, dismissed_on: date | None) -> None:
    """Set the day from which an employee is dismissed, or take it back."""
    update(writer, "staff", {"staff_id": staff_id}, dismissed_on=dismissed_on)


def give_role(writer: Writer, staff_ids: Collection[int], role: Role) -> None:
    """Give employees a role, where they have an account and not the role yet."""
    sql = """INSERT OR IGNORE INTO user_roles SELECT user_id, $role FROM users
        WHERE list_contains($staff::BIGINT[], staff_id)"""
    writer.change(sql, {"staff": sorted(set(staff_ids)), "role": str(role)})


def change_roles(writer: Writer, user_id: int, old: Collection[Role], new: Collection[Role]) -> None:
    """Give and take roles so that the user has the new ones in place of the old ones."""
    gone, added = set(old) - set(new), set(new) - set(old)
    if gone:
        sql = "DELETE FROM user_roles WHERE user_id = $user AND list_contains($roles::VARCHAR[], role)"
        writer.change(sql, {"user": user_id, "roles": sorted(map(str, gone))})
    if added:
        sql = "INSERT INTO user_roles SELECT $user, unnest($roles::VARCHAR[])"
        writer.change(sql, {"user": user_id, "roles": sorted(map(str, added))})
