"""Pupils and classes of a school year as a list from a file is compared with them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from school.calendar import first_of_september
from school.extracts.store.rows import KEYS
from school.records import PersonName
from school.store.reading import Reader, Writer


def year_frame(reader: Reader, school_id: int, school_year: int) -> tuple[dict[int, str], date, date | None]:
    """Return the classes of a school's year (id → name), its first day, and its last one where that is settled."""
    classes = reader.read(
        "SELECT class_id, name FROM classes WHERE school_id = $school AND school_year = $year ORDER BY class_id",
        {"school": school_id, "year": school_year},
    )
    query = "SELECT starts_on, ends_on FROM school_years WHERE school_year = $year"
    days = reader.read(query, {"year": school_year})
    first_day, last_day = days[0] if days else (first_of_september(school_year), None)
    return dict(classes), first_day, last_day


def pupils_of_year(reader: Reader, school_id: int, school_year: int) -> list[tuple[Any, ...]]:
    """Return everybody in a school's books, also those who left.

    Columns: id, names, birthday, the class of the year they have not left, its name, the last day of leaving in the year.
    """
    return reader.read(
        """SELECT p.pupil_id, p.last_name, p.first_name, p.middle_name, p.born_on, k.class_id, coalesce(k.name, ''),
               k.left_on
           FROM pupils p LEFT JOIN (
               SELECT e.pupil_id, max_by(c.class_id, e.enrolment_id) FILTER (e.ends_on IS NULL) AS class_id,
                   max_by(c.name, e.enrolment_id) FILTER (e.ends_on IS NULL) AS name, max(e.ends_on) AS left_on
               FROM enrolments e JOIN classes c USING (class_id)
               WHERE c.school_year = $year GROUP BY e.pupil_id) k USING (pupil_id)
           WHERE p.school_id = $school ORDER BY p.pupil_id""",
        {"school": school_id, "year": school_year},
    )


def people_by_key(reader: Reader) -> dict[str, PersonName]:
    """Return the names of all pupils and staff by outward id; without parts for those who have no name but that id."""
    rows = reader.read(
        f"""WITH {KEYS} SELECT k.pupil_key, p.last_name, p.first_name, p.middle_name, p.external_id = p.first_name
            FROM pupils p JOIN pupil_keys k USING (pupil_id)
            UNION ALL SELECT k.teacher_key, s.last_name, s.first_name, s.middle_name, s.external_id = s.first_name
            FROM staff s JOIN staff_keys k USING (staff_id)"""
    )
    return {key: PersonName("", "") if is_nameless else PersonName(*name) for key, *name, is_nameless in rows}


def give_birthdays(writer: Writer, birthdays: Mapping[str, date]) -> None:
    """Give birthdays, by outward id, to those pupils who have neither one nor a name but that id."""
    if birthdays:
        writer.change(
            """UPDATE pupils SET born_on = k.born_on
               FROM (SELECT unnest($ids::VARCHAR[]) AS external_id, unnest($days::DATE[]) AS born_on) k
               WHERE pupils.external_id = k.external_id AND pupils.first_name = k.external_id AND pupils.born_on IS NULL""",
            {"ids": list(birthdays), "days": list(birthdays.values())},
        )


def name_people(writer: Writer, table: str, names: Mapping[str, PersonName]) -> None:
    """Give names, by outward id, to those people of a table («pupils», «staff») who have none but that id."""
    known = {key: name for key, name in names.items() if name.last}
    if known:
        writer.change(
            f"""UPDATE {table} SET last_name = k.last_name, first_name = k.first_name, middle_name = k.middle_name
                FROM (SELECT unnest($ids::VARCHAR[]) AS external_id, unnest($last::VARCHAR[]) AS last_name,
                          unnest($first::VARCHAR[]) AS first_name, unnest($middle::VARCHAR[]) AS middle_name) k
                WHERE {table}.external_id = k.external_id AND {table}.first_name = k.external_id""",
            {
                "ids": list(known),
                "last": [name.last for name in known.values()],
                "first": [name.first for name in known.values()],
                "middle": [name.middle for name in known.values()],
            },
        )
