"""Stays, movements and birthdays of the whole school, as counts and reports of movement read them."""

from datetime import date
from typing import NamedTuple

from school.people.rules.school_counts import CountedMovement, CountedStay
from school.records import PersonName
from school.store.names import name_parts
from school.store.reading import Reader, read_as
from school.store.selection import has_come


class PupilFacts(NamedTuple):
    """Whom a count counts: the name, the birthday and the number of the personal file."""

    pupil_id: int
    name: PersonName
    born_on: date | None
    file_number: str


def stays_of_year(reader: Reader, school_year: int) -> list[CountedStay]:
    """Return the stays in classes of a school year, by pupil; who left a class on the day of coming was never in it."""
    query = f"""SELECT e.pupil_id, c.class_id, c.name AS class_name, c.grade_level, c.school_year, e.starts_on, e.ends_on
        FROM enrolments e JOIN classes c USING (class_id)
        WHERE c.school_year = $year AND {has_come("e")} ORDER BY e.pupil_id, e.starts_on, e.enrolment_id"""
    return read_as(reader, CountedStay, query, {"year": school_year})


def counted_movements(reader: Reader, first: date, last: date) -> list[CountedMovement]:
    """Return the movements of these days that stand."""
    query = """SELECT kind, happened_on, from_class_id, to_class_id, reason FROM pupil_movements
        WHERE withdrawn_at IS NULL AND happened_on BETWEEN $first AND $last ORDER BY movement_id"""
    return read_as(reader, CountedMovement, query, {"first": first, "last": last})


def pupil_facts(reader: Reader) -> dict[int, PupilFacts]:
    """Return what is known of all pupils, by name."""
    query = f"""SELECT pupil_id, {name_parts("pupils")}, born_on, file_number FROM pupils
        ORDER BY last_name COLLATE ru, first_name COLLATE ru, middle_name COLLATE ru, pupil_id"""
    return {each.pupil_id: each for each in read_as(reader, PupilFacts, query)}


def terms_of_years(reader: Reader) -> list[tuple[int, str, int, date, date]]:
    """Return the terms of all years, each once: school year, kind, number, first day, last day."""
    query = "SELECT DISTINCT school_year, kind, number, starts_on, ends_on FROM terms ORDER BY ALL"
    return [(year, kind, number, first, last) for year, kind, number, first, last in reader.read(query)]
