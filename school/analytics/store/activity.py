"""Tables of users and what they did, narrowed to a scope (п. 4.3, 7.1)."""

from datetime import date, timedelta

from school.analytics.store.frames import ReadScope, ids_text
from school.store.connection import Cursor, Relation
from school.store.selection import is_there

# Families belong to the classes that their children are in on the day; staff of another day is not asked about.
_USERS = (
    """(
    SELECT u.user_id, r.role, NULL::BIGINT AS class_id, u.staff_id FROM users u JOIN user_roles r USING (user_id)
        JOIN staff s USING (staff_id)
    WHERE u.blocked_at IS NULL AND r.role NOT IN ('guardian', 'pupil')
        AND (s.dismissed_on IS NULL OR s.dismissed_on > DATE '{day}')
    UNION ALL
    SELECT DISTINCT u.user_id, r.role, e.class_id, NULL::BIGINT AS staff_id FROM users u JOIN user_roles r USING (user_id)
        LEFT JOIN guardian_pupils g ON g.guardian_id = u.guardian_id
        JOIN enrolments e ON e.pupil_id = coalesce(u.pupil_id, g.pupil_id)
    WHERE u.blocked_at IS NULL AND r.role IN ('guardian', 'pupil')
        AND """
    + is_there("e", "DATE '{day}'")
    + ")"
)
_NAMED = """(SELECT k.*, concat_ws(' ', coalesce(s.last_name, g.last_name, p.last_name),
        nullif(coalesce(s.first_name, g.first_name, p.first_name), ''),
        nullif(coalesce(s.middle_name, g.middle_name, ''), '')) AS name
    FROM {users} k JOIN users u USING (user_id) LEFT JOIN staff s ON s.staff_id = u.staff_id
        LEFT JOIN guardians g ON g.guardian_id = u.guardian_id LEFT JOIN pupils p ON p.pupil_id = u.pupil_id)"""


def user_table(cursor: Cursor, scope: ReadScope, day: date) -> Relation:
    """Return users with an open account: user_id, role, class_id (of families), name; a row for each role and class.

    Of a scope that is not the whole school: the families of its classes and the account of its teacher.
    """
    users = _NAMED.replace("{users}", _USERS.replace("{day}", day.isoformat()))
    own = "NULL" if scope.teacher_id is None else str(int(scope.teacher_id))
    narrowed = f" WHERE u.class_id IN ({ids_text(scope.class_ids)}) OR u.staff_id = {own}"
    return cursor.sql(f"SELECT u.* FROM {users} u{'' if scope.is_whole_school else narrowed}")


def event_table(cursor: Cursor, scope: ReadScope, first_day: date, last_day: date) -> Relation:
    """Return what users did between two days: user_id, happened_at, happened_on, its week and month, kind, new_value."""
    own = "NULL" if scope.teacher_id is None else str(int(scope.teacher_id))
    users = f"""SELECT u.user_id FROM users u LEFT JOIN guardian_pupils g ON g.guardian_id = u.guardian_id
        LEFT JOIN enrolments e ON e.pupil_id = coalesce(u.pupil_id, g.pupil_id)
        WHERE e.class_id IN ({ids_text(scope.class_ids)}) OR u.staff_id = {own}"""
    scoped = "" if scope.is_whole_school else f" AND user_id IN ({users})"
    after = last_day + timedelta(days=1)
    return cursor.sql(
        f"""SELECT user_id, happened_at, happened_at::DATE AS happened_on,
                date_trunc('week', happened_at)::DATE AS week_starts_on,
                date_trunc('month', happened_at)::DATE AS month_starts_on, kind, new_value
            FROM events WHERE user_id IS NOT NULL AND happened_at >= TIMESTAMP '{first_day.isoformat()}'
                AND happened_at < TIMESTAMP '{after.isoformat()}'{scoped}"""
    )
