"""Names of staff, pupils and guardians as queries write them.

Each function returns SQL for a table by its name in the query; what it yields is what the property of ``PersonName``
yields: a part that is not known is left out. Where a join found nobody it is an empty text.

Whoever looks like somebody else of the same list is told apart in one place, ``tell_apart``.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from school.records import Namesake, PersonName
from school.store.reading import Reader

Shown = TypeVar("Shown", PersonName, str)
Row = TypeVar("Row", bound=Any)
# What is known of the people of a table besides their names: the first that differs tells two of them apart.
_NOTES = {
    "pupils": (
        "SELECT pupil_id, last_name, first_name, middle_name, strftime(born_on, '%d.%m.%Y'), '' FROM pupils",
        "pupil_id",
    ),
    "staff": (
        """SELECT s.staff_id, s.last_name, s.first_name, s.middle_name, s.position,
               (SELECT string_agg(DISTINCT b.name, ', ' ORDER BY b.name) FROM teaching_load t JOIN subjects b USING (subject_id)
                WHERE t.teacher_id = s.staff_id AND t.school_year = (SELECT max(school_year) FROM teaching_load)) AS subjects, u.login
           FROM staff s LEFT JOIN users u USING (staff_id)""",
        "s.staff_id",
    ),
}
_TABLES = {"pupils": ("pupils",), "staff": ("staff", "users", "teaching_load", "subjects")}
_NO_NOTE = {"pupils": "без даты рождения", "staff": "без должности"}


def full_name(alias: str) -> str:
    """Return SQL for «Иванов Пётр Сергеевич»."""
    return (
        f"concat_ws(' ', {alias}.last_name, nullif({alias}.first_name, ''), nullif({alias}.middle_name, ''))"
    )


def short_name(alias: str) -> str:
    """Return SQL for «Иванов Пётр»."""
    return f"concat_ws(' ', {alias}.last_name, nullif({alias}.first_name, ''))"


def surname_and_initials(alias: str) -> str:
    """Return SQL for «Иванов П. С.»."""
    first, middle = (f"nullif(left({alias}.{name}, 1), '') || '.'" for name in ("first_name", "middle_name"))
    return f"concat_ws(' ', {alias}.last_name, {first}, {middle})"


def name_parts(alias: str) -> str:
    """Return SQL for the columns of a ``PersonName``."""
    return f"{alias}.last_name AS last, {alias}.first_name AS first, {alias}.middle_name AS middle"


def last_name_key(column: str) -> str:
    """Return SQL for what two spellings of one last name have in common: its letters, the look-alikes as one."""
    letters = rf"regexp_replace({column}, '\(.*?(\)|$)|[^\pL]', '', 'g')"
    return f"translate(upper({letters}), 'ABCEHKMOPTXYЁ', 'АВСЕНКМОРТХУЕ')"


def staff_initials(reader: Reader) -> dict[int, str]:
    """Return the surname with initials of all staff by id, in alphabetical order."""
    query = f"""SELECT staff_id, {surname_and_initials("staff")} FROM staff
        ORDER BY last_name COLLATE ru, first_name COLLATE ru, staff_id"""
    return tell_apart(reader, dict(reader.steady(("staff",), query, {})), "staff")


def staff_full_names(reader: Reader) -> dict[int, str]:
    """Return the full name of all staff by id, namesakes told apart."""
    query = f"SELECT staff_id, {full_name('staff')} FROM staff"
    return tell_apart(reader, dict(reader.steady(("staff",), query, {})), "staff")


def tell_apart(reader: Reader, names: Mapping[int, Shown], table: str = "pupils") -> dict[int, Shown]:
    """Return the names of a list, by id of ``table``, with those that look alike told apart.

    People of one last and first name show their patronymics, and full namesakes a birthday (staff: a position, else the
    subjects of the year, else a login). Where all names differ nothing is read.
    """
    shown = {key: _as_seen(name) for key, name in names.items()}
    if len(set(shown.values())) == len(names):
        return dict(names)
    counts = Counter(shown.values())
    alike = _namesakes(reader, [key for key, text in shown.items() if text and counts[text] > 1], table)
    apart = dict(names)
    for key, namesake in alike.items():
        shown_as: Any = namesake
        if isinstance(names[key], str):
            is_short = names[key] == PersonName(namesake.last, namesake.first).short
            shown_as = namesake.short if is_short else namesake.full
        apart[key] = shown_as
    return apart


def rows_apart(
    reader: Reader, rows: Sequence[Row], field: str = "name", person: str = "pupil_id", table: str = "pupils"
) -> list[Row]:
    """Return rows of a list, records with the id of a ``person`` and the name in ``field``, with namesakes told apart."""
    ids = [getattr(row, person) for row in rows]
    names = {key: getattr(row, field) for key, row in zip(ids, rows, strict=True) if key is not None}
    apart = tell_apart(reader, names, table)
    changed = {key for key, name in apart.items() if name is not names[key]}
    pairs = zip(ids, rows, strict=True)
    return [_with(row, {field: apart[key]}) if key in changed else row for key, row in pairs]


def staff_apart(
    reader: Reader, rows: Sequence[Row], field: str, person: str, *, is_user: bool = False
) -> list[Row]:
    """Return rows of a list, records with the id of an employee (``is_user``: of their account) in ``person`` and their surname
    with initials in ``field``, with namesakes told apart.

    Of all employees, not those of the list alone: the rest of a log is a page further.
    """
    if not any(getattr(row, field) for row in rows):
        return list(rows)
    names = staff_initials(reader)
    if is_user:
        accounts = reader.steady(
            ("users",), "SELECT user_id, staff_id FROM users WHERE staff_id IS NOT NULL", {}
        )
        names = {user_id: names[staff_id] for user_id, staff_id in accounts if staff_id in names}
    return [
        _with(row, {field: name})
        if (name := names.get(getattr(row, person))) and name != getattr(row, field)
        else row
        for row in rows
    ]


def _with(row: Row, values: Mapping[str, Any]) -> Row:
    record: Any = row
    found: Row = record._replace(**values) if isinstance(row, tuple) else replace(record, **values)
    return found


def _as_seen(name: PersonName | str) -> str:
    return (name if isinstance(name, str) else f"{name.last} {name.first}").casefold().replace("ё", "е")


def _namesakes(reader: Reader, ids: Collection[int], table: str) -> dict[int, Namesake]:
    query, key = _NOTES[table]
    rows = reader.steady(
        _TABLES[table], f"{query} WHERE {key} IN (SELECT unnest($ids::BIGINT[]))", {"ids": sorted(ids)}
    )
    people = {row[0]: (PersonName(*row[1:4]), [note for note in row[4:] if note]) for row in rows}
    seen = {person: _as_seen(name.full) for person, (name, _) in people.items()}
    full_counts = Counter(seen.values())
    found = {}
    for person, (name, notes) in people.items():
        others = [people[each][1] for each in people if each != person and seen[each] == seen[person]]
        telling = (note for note in notes if not any(note in each for each in others))
        note = next(telling, (notes or [_NO_NOTE[table]])[0]) if full_counts[seen[person]] > 1 else ""
        found[person] = Namesake(*name.parts, note)
    return found
