"""Pupils and their guardians as rows."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from school.people.records import Guardian, GuardianDraft, PupilDraft
from school.records import PersonName
from school.store.names import last_name_key, name_parts, tell_apart
from school.store.reading import Reader, Writer, read_as, read_one
from school.store.selection import is_there
from school.store.writing import update

_HAS_LAST_NAME = (
    f"{last_name_key('last_name')} IN (SELECT {last_name_key('name')} FROM unnest($names::VARCHAR[]) t(name))"
)


@dataclass(frozen=True)
class FoundPupil:
    """A pupil in a list, with the class of the day asked for (0 and empty: in none) and the last class otherwise."""

    pupil_id: int
    name: PersonName
    born_on: date | None
    class_id: int
    class_name: str
    last_class: str


def pupil_by_id(reader: Reader, pupil_id: int) -> PupilDraft | None:
    """Return a pupil without guardians, or None where there is none."""
    query = f"""SELECT {name_parts("pupils")}, born_on, [] AS guardians, file_number
        FROM pupils WHERE pupil_id = $pupil"""
    return read_one(reader, PupilDraft, query, {"pupil": pupil_id})


def pupils_on(reader: Reader, day: date) -> list[FoundPupil]:
    """Return all pupils by name with the class they are in on a day."""
    query = f"""WITH placed AS (SELECT e.pupil_id, c.class_id, c.name, c.school_year,
                {is_there("e", "$day")}
                    AND coalesce(y.starts_on, $day) <= $day AND coalesce(y.ends_on, $day) >= $day AS is_here,
                coalesce(e.starts_on, y.starts_on) AS since
            FROM enrolments e JOIN classes c USING (class_id) LEFT JOIN school_years y USING (school_year)),
        last AS (SELECT pupil_id, max_by(class_id, (is_here, school_year, since)) AS class_id,
                max_by(name, (is_here, school_year, since)) AS name, bool_or(is_here) AS is_here
            FROM placed GROUP BY pupil_id)
        SELECT p.pupil_id, {name_parts("p")}, p.born_on, CASE WHEN l.is_here THEN l.class_id ELSE 0 END AS class_id,
            CASE WHEN l.is_here THEN l.name ELSE '' END AS class_name, coalesce(l.name, '') AS last_class
        FROM pupils p LEFT JOIN last l USING (pupil_id)
        ORDER BY p.last_name COLLATE ru, p.first_name COLLATE ru, p.middle_name COLLATE ru, p.pupil_id"""
    return read_as(reader, FoundPupil, query, {"day": day})


def pupils_named(reader: Reader, last_names: Collection[str]) -> list[tuple[PupilDraft, str]]:
    """Return pupils with one of these last names, however spelled, with their newest class."""
    query = f"""SELECT p.last_name, p.first_name, p.middle_name, p.born_on,
            coalesce((SELECT max_by(c.name, (c.school_year, coalesce(e.starts_on, DATE '1900-01-01')))
                FROM enrolments e JOIN classes c USING (class_id) WHERE e.pupil_id = p.pupil_id), 'без класса')
        FROM pupils p WHERE {_HAS_LAST_NAME}"""
    rows = reader.read(query, {"names": sorted(set(last_names))})
    return [
        (PupilDraft(PersonName(last, first, middle), born), place)
        for last, first, middle, born, place in rows
    ]


def update_pupil(writer: Writer, pupil_id: int, draft: PupilDraft) -> None:
    """Replace what is known of a pupil."""
    name = draft.name
    names = {"last_name": name.last, "first_name": name.first, "middle_name": name.middle}
    update(
        writer,
        "pupils",
        {"pupil_id": pupil_id},
        **names,
        born_on=draft.born_on,
        file_number=draft.file_number,
    )


def guardians_of(reader: Reader, pupil_ids: Collection[int]) -> dict[int, list[Guardian]]:
    """Return the guardians of each pupil by name, with their accounts."""
    query = """SELECT k.pupil_id, g.guardian_id, g.last_name, g.first_name, g.middle_name, coalesce(k.relation, ''),
            coalesce(g.phone, ''), u.user_id, coalesce(u.login, '')
        FROM guardian_pupils k JOIN guardians g USING (guardian_id) LEFT JOIN users u USING (guardian_id)
        WHERE k.pupil_id IN (SELECT unnest($pupils::BIGINT[]))
        ORDER BY k.pupil_id, g.last_name COLLATE ru, g.first_name COLLATE ru, g.guardian_id"""
    rows = reader.read(query, {"pupils": sorted(set(pupil_ids))})
    found: dict[int, list[Guardian]] = {}
    for pupil_id, guardian_id, last, first, middle, *rest in rows:
        found.setdefault(pupil_id, []).append(Guardian(guardian_id, PersonName(last, first, middle), *rest))
    return found


def guardians_named(reader: Reader, last_names: Iterable[str]) -> list[tuple[int, GuardianDraft]]:
    """Return guardians with one of these last names, however spelled."""
    query = f"""SELECT guardian_id, last_name, first_name, middle_name, coalesce(phone, '') FROM guardians
        WHERE {_HAS_LAST_NAME} ORDER BY guardian_id"""
    rows = reader.read(query, {"names": sorted(set(last_names))})
    return [
        (guardian_id, GuardianDraft(PersonName(last, first, middle), "", phone))
        for guardian_id, last, first, middle, phone in rows
    ]


def update_guardian(writer: Writer, guardian_id: int, draft: GuardianDraft) -> None:
    """Replace a guardian's name and phone."""
    name = draft.name
    names = {"last_name": name.last, "first_name": name.first, "middle_name": name.middle}
    update(writer, "guardians", {"guardian_id": guardian_id}, **names, phone=draft.phone)


def set_relation(writer: Writer, guardian_id: int, pupil_id: int, relation: str) -> None:
    """Replace what a guardian is to a child."""
    key = {"guardian_id": guardian_id, "pupil_id": pupil_id}
    update(writer, "guardian_pupils", key, relation=relation)


def unlink_guardian(writer: Writer, guardian_id: int, pupil_id: int) -> None:
    """Make somebody no longer the guardian of a pupil."""
    sql = "DELETE FROM guardian_pupils WHERE guardian_id = $guardian AND pupil_id = $pupil"
    writer.change(sql, {"guardian": guardian_id, "pupil": pupil_id})


def children_of(reader: Reader, guardian_ids: Collection[int]) -> dict[int, list[tuple[int, PersonName]]]:
    """Return the pupils (id and name, by name) of each guardian."""
    query = """SELECT k.guardian_id, p.pupil_id, p.last_name, p.first_name, p.middle_name
        FROM guardian_pupils k JOIN pupils p USING (pupil_id)
        WHERE k.guardian_id IN (SELECT unnest($guardians::BIGINT[]))
        ORDER BY p.last_name COLLATE ru, p.first_name COLLATE ru, p.pupil_id"""
    rows = reader.read(query, {"guardians": sorted(set(guardian_ids))})
    names = tell_apart(reader, {pupil_id: PersonName(*parts) for _, pupil_id, *parts in rows})
    found: dict[int, list[tuple[int, PersonName]]] = {}
    for guardian_id, pupil_id, *_ in rows:
        found.setdefault(guardian_id, []).append((pupil_id, names[pupil_id]))
    return found
