"""Who is in classes and subgroups on a day, by name."""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from school.records import PersonName
from school.store.names import name_parts, rows_apart
from school.store.reading import Reader, steady_as
from school.store.selection import among, is_there


class Member(NamedTuple):
    """A pupil of a class on a day."""

    pupil_id: int
    class_id: int
    name: PersonName


def members_on(
    reader: Reader, class_ids: Collection[int], day: date, subgroup_id: int | None = None
) -> list[Member]:
    """Return the pupils of classes on a day by name, those of a subgroup alone where one is given."""
    query = f"""SELECT p.pupil_id, e.class_id, {name_parts("p")} FROM enrolments e JOIN pupils p USING (pupil_id)
        WHERE {among("e.class_id", "classes", class_ids)} AND {is_there("e", "$day")}
            AND ($subgroup IS NULL OR EXISTS (SELECT 1 FROM subgroup_members g WHERE g.pupil_id = e.pupil_id
                AND g.subgroup_id = $subgroup AND {is_there("g", "$day")}))
        ORDER BY p.last_name COLLATE ru, p.first_name COLLATE ru, p.middle_name COLLATE ru, p.pupil_id"""
    parameters = {"classes": sorted(class_ids), "day": day, "subgroup": subgroup_id}
    found = steady_as(reader, Member, ("enrolments", "pupils", "subgroup_members"), query, parameters)
    return rows_apart(reader, found)
