"""Classes and who was in them on a day."""

from dataclasses import dataclass
from datetime import date

from school.records import ClassFacts, PersonName
from school.store.names import full_name, name_parts, rows_apart
from school.store.reading import Reader, read_as
from school.store.selection import is_there


@dataclass(frozen=True)
class ClassHead(ClassFacts):
    """A class with its school year and its homeroom teacher's name (empty: none)."""

    school_year: int
    homeroom: str


@dataclass(frozen=True)
class EnrolledPupil:
    """A pupil on a class list: in the class since (None: from the start), leaving on (None: staying)."""

    pupil_id: int
    name: PersonName
    starts_on: date | None
    ends_on: date | None
    subgroups: str


def class_heads(reader: Reader) -> list[ClassHead]:
    """Return all classes, newest school year first, then by grade level and name."""
    query = f"""SELECT c.class_id, c.name, c.grade_level, c.school_id, s.name AS school_name, c.school_year,
            {full_name("h")} AS homeroom
        FROM classes c JOIN schools s USING (school_id) LEFT JOIN staff h ON h.staff_id = c.homeroom_id
        ORDER BY c.school_year DESC, s.name COLLATE ru, c.grade_level NULLS LAST, c.name COLLATE ru"""
    return read_as(reader, ClassHead, query)


def homeroom_on(reader: Reader, class_id: int, day: date) -> str:
    """Return the name of who led a class on a day, by the appointments recorded since (empty: nobody).

    Who is appointed first leads the class from its beginning: a register may be opened during the year.
    """
    query = """SELECT old_value, new_value, happened_at::DATE > $day FROM events
        WHERE kind = 'homeroom_teacher' AND class_id = $class ORDER BY event_id"""
    changes = reader.read(query, {"class": class_id, "day": day})
    later = next((place for place, change in enumerate(changes) if change[2]), None)
    if later is None:
        return next((head.homeroom for head in class_heads(reader) if head.class_id == class_id), "")
    former, appointed, _ = changes[later]
    if later == 0 and former is None:
        # «7А: Орлова Вера Ивановна»
        return str(appointed or "").partition(": ")[2]
    return former or ""


def school_year_days(reader: Reader) -> dict[int, tuple[date, date]]:
    """Return the first and last day of each school year."""
    rows = reader.read("SELECT school_year, starts_on, ends_on FROM school_years")
    return {year: (starts_on, ends_on) for year, starts_on, ends_on in rows}


def enrolled_pupils(reader: Reader, class_id: int, day: date) -> list[EnrolledPupil]:
    """Return who was in the class on the day, by name, with the subgroups of that day."""
    query = f"""SELECT p.pupil_id, {name_parts("p")}, e.starts_on, e.ends_on,
            coalesce((SELECT string_agg(b.name || ' — ' || g.name, ', ' ORDER BY b.name COLLATE ru, g.name)
                FROM subgroup_members m JOIN subgroups g USING (subgroup_id) JOIN subjects b USING (subject_id)
                WHERE m.pupil_id = p.pupil_id AND g.class_id = e.class_id
                    AND {is_there("m", "$day")}), '') AS subgroups
        FROM enrolments e JOIN pupils p USING (pupil_id)
        WHERE e.class_id = $class AND {is_there("e", "$day")}
        ORDER BY p.last_name COLLATE ru, p.first_name COLLATE ru, p.middle_name COLLATE ru, p.pupil_id"""
    return rows_apart(reader, read_as(reader, EnrolledPupil, query, {"class": class_id, "day": day}))
