"""Whom of the staff the family of a child may ask for a talk: its teachers, its homeroom teacher, the heads (п. 4.7)."""

from collections.abc import Iterator, Sequence
from datetime import date

from school.consultations.records import Host
from school.records import Role
from school.register.store.pupil_lessons import classes_of_pupil, subgroups_of_pupil
from school.spans import holds, is_in_span
from school.store.names import staff_initials
from school.store.reading import Reader
from school.store.selection import is_not_over

HOMEROOM = "классный руководитель"
# So many duties are named of somebody who teaches a primary class everything.
MOST_DUTIES = 3
LEADERS = {Role.DEPUTY: "заместитель директора", Role.HEAD: "директор"}
_LOAD = """SELECT t.teacher_id, s.name, t.subgroup_id, t.starts_on, t.ends_on FROM teaching_load t JOIN subjects s USING (subject_id)
    WHERE t.class_id = $class_id AND t.teacher_id IS NOT NULL ORDER BY s.name COLLATE ru, t.teacher_id"""
_LEADERS = """SELECT u.staff_id, r.role FROM users u JOIN user_roles r USING (user_id) JOIN staff s USING (staff_id)
    WHERE r.role IN ('deputy', 'head') AND u.blocked_at IS NULL AND (s.dismissed_on IS NULL OR s.dismissed_on > $day)
    ORDER BY r.role, s.last_name COLLATE ru, s.first_name COLLATE ru, s.staff_id"""


def class_on(reader: Reader, pupil_id: int, day: date) -> int | None:
    """Return the class that a pupil is in on a day; None where in none."""
    stays = classes_of_pupil(reader, pupil_id, day)
    here = stays[:1] if stays and is_in_span([(stays[0].starts_on, stays[0].ends_on)], day) else []
    return here[0].class_id if here else None


def hosts_of_pupil(reader: Reader, pupil_id: int, day: date) -> list[Host]:
    """Return whom the family of a pupil may ask on a day: the homeroom teacher, the teachers by subject, the heads.

    Nobody once the pupil is in no class any more: rights end with the enrolment and with the load.
    """
    class_id = class_on(reader, pupil_id, day)
    if class_id is None:
        return []
    duties: dict[int, list[str]] = {}
    for staff_id, duty in _duties(reader, pupil_id, class_id, day):
        if duty not in duties.setdefault(staff_id, []):
            duties[staff_id].append(duty)
    names = staff_initials(reader)
    return [
        Host(staff_id, names[staff_id], duty_words(of_one))
        for staff_id, of_one in duties.items()
        if staff_id in names
    ]


def duty_words(duties: Sequence[str]) -> str:
    """Return «классный руководитель, Алгебра, Геометрия», of many the first and how many more there are."""
    left = len(duties) - MOST_DUTIES
    return ", ".join(duties) if left <= 1 else f"{', '.join(duties[:MOST_DUTIES])} и ещё {left}"


def _duties(reader: Reader, pupil_id: int, class_id: int, day: date) -> Iterator[tuple[int, str]]:
    query = "SELECT homeroom_id FROM classes WHERE class_id = $class_id AND homeroom_id IS NOT NULL"
    for (staff_id,) in reader.steady(("classes",), query, {"class_id": class_id}):
        yield staff_id, HOMEROOM
    subgroups = subgroups_of_pupil(reader, pupil_id)
    load = reader.steady(("teaching_load", "subjects"), _LOAD, {"class_id": class_id})
    for staff_id, subject, subgroup_id, starts_on, ends_on in load:
        is_taught = subgroup_id is None or is_in_span(subgroups.get(subgroup_id, ()), day)
        if is_taught and holds(starts_on, ends_on, day):
            yield staff_id, subject
    for staff_id, role in reader.steady(("users", "user_roles", "staff"), _LEADERS, {"day": day}):
        yield staff_id, LEADERS[Role(role)]


def staff_who_receive(reader: Reader, day: date) -> list[Host]:
    """Return everybody whom families may ask on a day, by name: whoever teaches or leads a class, and the heads."""
    query = f"""SELECT DISTINCT staff_id FROM (
            SELECT t.teacher_id AS staff_id FROM teaching_load t JOIN classes c USING (class_id)
            WHERE c.school_year = $year AND {is_not_over("t", "$day")}
            UNION ALL SELECT homeroom_id FROM classes WHERE school_year = $year
            UNION ALL SELECT u.staff_id FROM users u JOIN user_roles r USING (user_id)
                WHERE r.role IN ('deputy', 'head') AND u.blocked_at IS NULL)
        JOIN staff s USING (staff_id) WHERE s.dismissed_on IS NULL OR s.dismissed_on > $day"""
    ((year,),) = reader.read(
        "SELECT max(school_year) FROM school_years WHERE starts_on <= $day", {"day": day}
    ) or [(None,)]
    found = {row[0] for row in reader.read(query, {"year": year, "day": day})}
    duties = _duties_of_staff(reader, year, day)
    return [
        Host(staff_id, name, duty_words(duties.get(staff_id, ())))
        for staff_id, name in staff_initials(reader).items()
        if staff_id in found
    ]


def _duties_of_staff(reader: Reader, year: int | None, day: date) -> dict[int, list[str]]:
    query = """SELECT t.teacher_id, list(DISTINCT s.name ORDER BY s.name) FROM teaching_load t
        JOIN subjects s USING (subject_id) WHERE t.school_year = $year AND t.teacher_id IS NOT NULL GROUP BY t.teacher_id"""
    found: dict[int, list[str]] = dict(reader.read(query, {"year": year}))
    for staff_id, role in reader.read(_LEADERS, {"day": day}):
        found.setdefault(staff_id, []).insert(0, LEADERS[Role(role)])
    return found
