"""Who belongs to an audience on a day, and the classes, subgroups and people that one may be aimed at."""

from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple

from school.audiences.rules import PART_TITLES, ROLE_TITLES, TARGET_TITLES, Audience, Part, Target
from school.store.names import short_name, staff_initials
from school.store.reading import Reader, read_as, read_column, steady_as
from school.store.selection import among, holds_on, is_there


class Member(NamedTuple):
    """Somebody of an audience. ``owner_id``: the child that it is about, or the employee themself; ``class_id``: the child's."""

    part: Part
    person_id: int
    owner_id: int
    class_id: int | None


class AimedGroup(NamedTuple):
    """A class (without a subgroup) or a subgroup of one, with who teaches it as a whole."""

    class_id: int
    class_name: str
    grade_level: int | None
    subgroup_id: int | None
    subgroup_name: str
    teacher_ids: frozenset[int]


class AimedPupil(NamedTuple):
    """A pupil with the class and the subgroups of a day."""

    pupil_id: int
    name: str
    class_id: int
    class_name: str
    subgroup_ids: frozenset[int]


# What may change who belongs to an audience.
MEMBER_TABLES = (
    "enrolments",
    "subgroup_members",
    "classes",
    "guardian_pupils",
    "teaching_load",
    "staff",
    "users",
    "user_roles",
)
# Of a pupil's classes, of its staff: which are meant.
_PUPILS_AIMED = {
    Target.SCHOOL: "true",
    Target.GRADE: "list_contains($ids::BIGINT[], c.grade_level)",
    Target.CLASS: "list_contains($ids::BIGINT[], c.class_id)",
    Target.SUBGROUP: f"""EXISTS (SELECT 1 FROM subgroup_members m JOIN subgroups g USING (subgroup_id)
        WHERE m.pupil_id = e.pupil_id AND g.class_id = e.class_id AND list_contains($ids::BIGINT[], m.subgroup_id)
            AND {is_there("m", "$day")})""",
    Target.PUPILS: "list_contains($ids::BIGINT[], e.pupil_id)",
}
_LOADS_AIMED = _PUPILS_AIMED | {Target.SUBGROUP: "list_contains($ids::BIGINT[], t.subgroup_id)"}
_LED_AIMED = _PUPILS_AIMED | {
    Target.SUBGROUP: """c.class_id IN (SELECT class_id FROM subgroups WHERE list_contains($ids::BIGINT[], subgroup_id))"""
}
# A pupil of a day is in one class: enrolments of former years may stand open.
_PUPILS = f"""SELECT e.pupil_id, e.class_id FROM enrolments e JOIN classes c USING (class_id)
    WHERE c.school_year = $year AND {is_there("e", "$day")} AND {{aimed}}
    QUALIFY row_number() OVER (PARTITION BY e.pupil_id ORDER BY e.starts_on DESC NULLS LAST, e.class_id) = 1"""
_STAFF_OF_CLASSES = f"""SELECT t.teacher_id AS staff_id FROM teaching_load t JOIN classes c USING (class_id)
    WHERE c.school_year = $year AND {holds_on("t", "$day")} AND {{loads}}
    UNION SELECT c.homeroom_id FROM classes c WHERE c.school_year = $year AND {{led}}"""
_STAFF_IN_ROLES = """SELECT u.staff_id FROM users u JOIN user_roles r USING (user_id)
    WHERE u.blocked_at IS NULL AND list_contains($roles::VARCHAR[], r.role)"""
_EMPLOYED = "coalesce(s.hired_on, $day) <= $day AND (s.dismissed_on IS NULL OR s.dismissed_on > $day)"


def school_year_of(reader: Reader, day: date) -> int | None:
    """Return the school year of a day: the last that has begun, before the first the first; None where there is none."""
    query = (
        """SELECT coalesce(max(school_year) FILTER (starts_on <= $day), min(school_year)) FROM school_years"""
    )
    found: int | None = reader.steady(("school_years",), query, {"day": day})[0][0]
    return found


def members_of(reader: Reader, audience: Audience, day: date) -> list[Member]:
    """Return who belongs to an audience on a day, one row a person and child."""
    queries = [_QUERIES[part](audience) for part in Part if part in audience.parts]
    if not queries:
        return []
    query = " UNION ALL ".join(queries) + " ORDER BY part, owner_id, person_id"
    given: dict[str, Any] = {
        "day": day,
        "year": school_year_of(reader, day),
        "ids": list(audience.target_ids),
        "roles": [str(role) for role in audience.target_roles],
    }
    return read_as(
        reader, Member, query, {name: value for name, value in given.items() if f"${name}" in query}
    )


def _pupils(audience: Audience) -> str:
    pupils = _PUPILS.format(aimed=_PUPILS_AIMED[audience.target])
    return f"SELECT 'pupil' AS part, pupil_id AS person_id, pupil_id AS owner_id, class_id FROM ({pupils})"


def _guardians(audience: Audience) -> str:
    pupils = _PUPILS.format(aimed=_PUPILS_AIMED[audience.target])
    return f"""SELECT 'guardian' AS part, k.guardian_id AS person_id, k.pupil_id AS owner_id, p.class_id
        FROM guardian_pupils k JOIN ({pupils}) p ON p.pupil_id = k.pupil_id"""


def _staff(audience: Audience) -> str:
    target = audience.target
    if target == Target.SCHOOL:
        aimed = "true"
    elif target == Target.STAFF:
        aimed = "list_contains($ids::BIGINT[], s.staff_id)"
    elif target == Target.ROLE:
        aimed = f"s.staff_id IN ({_STAFF_IN_ROLES})"
    else:
        classes = _STAFF_OF_CLASSES.format(loads=_LOADS_AIMED[target], led=_LED_AIMED[target])
        aimed = f"s.staff_id IN ({classes})"
    return f"""SELECT 'staff' AS part, s.staff_id AS person_id, s.staff_id AS owner_id, NULL AS class_id
        FROM staff s WHERE {_EMPLOYED} AND {aimed}"""


_QUERIES = {Part.STAFF: _staff, Part.PUPIL: _pupils, Part.GUARDIAN: _guardians}


def people_with_sign_in(reader: Reader) -> dict[Part, frozenset[int]]:
    """Return who has a way in: employees, pupils and guardians by id."""
    query = """SELECT staff_id, pupil_id, guardian_id FROM users WHERE blocked_at IS NULL AND password_hash <> ''"""
    columns = [*zip(*reader.steady(("users",), query, {}), strict=True)] or [(), (), ()]
    parts = (Part.STAFF, Part.PUPIL, Part.GUARDIAN)
    return {part: frozenset(column) - {None} for part, column in zip(parts, columns, strict=True)}


def aimed_groups(reader: Reader, day: date) -> list[AimedGroup]:
    """Return the classes of the school year of a day and their subgroups, by grade and name, each class first."""
    teachers = f"""(SELECT list(DISTINCT t.teacher_id) FROM teaching_load t WHERE t.class_id = c.class_id
        AND t.subgroup_id IS NOT DISTINCT FROM {{subgroup}} AND t.teacher_id IS NOT NULL AND {holds_on("t", "$day")})"""
    query = f"""SELECT * FROM (
            SELECT c.class_id, c.name AS class_name, c.grade_level, NULL::BIGINT AS subgroup_id, '' AS subgroup_name,
                {teachers.format(subgroup="NULL")} AS teacher_ids
            FROM classes c WHERE c.school_year = $year
            UNION ALL
            SELECT c.class_id, c.name, c.grade_level, g.subgroup_id, b.name || ', ' || g.name,
                {teachers.format(subgroup="g.subgroup_id")}
            FROM subgroups g JOIN classes c USING (class_id) JOIN subjects b USING (subject_id) WHERE c.school_year = $year
        ) ORDER BY grade_level NULLS LAST, class_name COLLATE ru, class_id, subgroup_name COLLATE ru, subgroup_id NULLS FIRST"""
    tables = ("classes", "subgroups", "subjects", "teaching_load")
    return steady_as(reader, AimedGroup, tables, query, {"day": day, "year": school_year_of(reader, day)})


def aimed_pupils(reader: Reader, day: date) -> list[AimedPupil]:
    """Return the pupils of a day, by class and name."""
    pupils = _PUPILS.format(aimed="true")
    query = f"""SELECT p.pupil_id, {short_name("p")} AS name, c.class_id, c.name AS class_name,
            (SELECT list(m.subgroup_id) FROM subgroup_members m WHERE m.pupil_id = p.pupil_id
                AND {is_there("m", "$day")}) AS subgroup_ids
        FROM ({pupils}) h JOIN pupils p ON p.pupil_id = h.pupil_id JOIN classes c ON c.class_id = h.class_id
        ORDER BY c.grade_level NULLS LAST, c.name COLLATE ru, p.last_name COLLATE ru, p.first_name COLLATE ru, p.pupil_id"""
    return read_as(reader, AimedPupil, query, {"day": day, "year": school_year_of(reader, day)})


def employed_staff(reader: Reader, day: date) -> list[int]:
    """Return who works at the school on a day, by name."""
    query = f"""SELECT s.staff_id FROM staff s WHERE {_EMPLOYED}
        ORDER BY s.last_name COLLATE ru, s.first_name COLLATE ru, s.staff_id"""
    return [staff_id for (staff_id,) in reader.read(query, {"day": day})]


def audience_words(reader: Reader, audience: Audience) -> str:
    """Return whom something is for: «7А, 7Б: ученики, родители»."""
    aimed = _aimed_words(reader, audience)
    if audience.target in {Target.ROLE, Target.STAFF}:
        return aimed
    return f"{aimed}: {', '.join(PART_TITLES[part] for part in Part if part in audience.parts)}"


def _aimed_words(reader: Reader, audience: Audience) -> str:
    ids = audience.target_ids
    if audience.target == Target.GRADE:
        return ", ".join(f"{grade}-е классы" for grade in ids)
    if audience.target == Target.CLASS:
        names = class_names(reader)
        return ", ".join(name for _, name in sorted(names[each] for each in ids if each in names))
    if audience.target == Target.SUBGROUP:
        return "; ".join(_subgroup_names(reader, ids))
    if audience.target == Target.ROLE:
        return ", ".join(ROLE_TITLES[role] for role in audience.target_roles)
    if audience.target == Target.STAFF:
        initials = staff_initials(reader)
        return ", ".join(initials[each] for each in ids if each in initials)
    words = TARGET_TITLES[audience.target]
    return f"{words} ({len(ids)})" if audience.target == Target.PUPILS else words


def class_names(reader: Reader) -> dict[int, tuple[int, str]]:
    """Return the grade level (0 where it is not known) and the name of each class."""
    query = "SELECT class_id, coalesce(grade_level, 0), name FROM classes"
    return {class_id: (grade, name) for class_id, grade, name in reader.steady(("classes",), query, {})}


def _subgroup_names(reader: Reader, ids: Collection[int]) -> list[str]:
    query = f"""SELECT c.name || ': ' || b.name || ', ' || g.name FROM subgroups g JOIN classes c USING (class_id)
            JOIN subjects b USING (subject_id)
        WHERE {among("g.subgroup_id", "ids", ids)} ORDER BY c.grade_level, c.name COLLATE ru, b.name COLLATE ru, g.name"""
    return read_column(reader, query, {"ids": sorted(ids)})
