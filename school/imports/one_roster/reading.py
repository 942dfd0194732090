"""A set as the tables of an extract; what a set of changes does not repeat is taken from the register."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from school.extracts.format import ID_OF
from school.extracts.store.rows import extract_select
from school.files.person_names import name_key
from school.imports.one_roster.places import Places, Stay, add_classes, add_enrolments, add_subjects
from school.imports.one_roster.sessions import Session, read_calendar
from school.imports.one_roster.tables import Line, OneRosterTables, RosterSet, day_of, lines_named
from school.imports.one_roster.works import add_marks
from school.imports.store.people import people_by_key
from school.records import PersonName
from school.store.connection import Store

# The tables of which a set of changes names rows that it does not hold.
_NAMED = ("schools", "terms", "classes", "subjects", "enrolments")
_NOWHERE = "человека нет ни в одном классе набора"
_NOBODY = "такого человека в наборе нет"
_BIRTHDAYS = "demographics.csv: дни рождения записываются в карточки учеников, которых набор приносит; в прежних карточках они не меняются."
_RENAMED = "users.csv: людей, чьё имя в карточке другое: {} ({}). Карточки загрузка не меняет: исправьте их, если имя сменилось."
_TWINS = (
    "users.csv: людей, чьё имя в журнале уже есть под другим обозначением: {} ({}). Загрузятся как другие люди: если это те же, "
    "выгрузите набор с прежними обозначениями."
)
_WORKS_ARE_ADDED = "В наборе изменений работы: их отметки добавятся. Отметки, которые работа дала прежде на другой день, останутся: исправьте их."
_FROM_REGISTER = Line("", 0, {})

Row = Mapping[str, Any]


@dataclass(frozen=True)
class KnownRows:
    """What the register holds: in rows of the extract by table, nothing for a whole set; and the names of ``people`` by id."""

    tables: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    people: Mapping[str, PersonName] = field(default_factory=dict)

    def __getitem__(self, table: str) -> Sequence[Row]:
        """Return the rows of a table."""
        return self.tables.get(table, ())


def known_rows(store: Store, *, is_delta: bool) -> KnownRows:
    """Return whom the register knows, and for a set of changes its schools, terms, classes, subjects and enrolments."""
    found: dict[str, list[Row]] = {}
    for table in _NAMED if is_delta else ():
        cursor = store.execute(extract_select(table))
        names = [column[0] for column in cursor.description or ()]
        found[table] = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return KnownRows(found, people_by_key(store))


def fill_tables(tables: OneRosterTables, roster: RosterSet, known: KnownRows) -> None:
    """Fill the tables of an extract with what the set says."""
    schools = _schools(tables, roster["orgs"]) or _schools_of_changes(roster, known)
    terms = [Session(row["term_id"], row["starts_on"], row["ends_on"]) for row in known["terms"]]
    calendar = read_calendar(roster, tables, terms, schools)
    stays = [
        Stay(row["class_id"], row["pupil_id"], row["starts_on"], row["ends_on"])
        for row in known["enrolments"]
    ]
    years = {row["class_id"]: row["school_year"] for row in known["classes"]}
    places = Places(roster, calendar, years, stays, {term.ends_on for term in terms})
    add_classes(tables, roster, places)
    add_subjects(tables, roster, places, schools)
    add_enrolments(tables, roster, places)
    _people(tables, roster, known.people)
    _birthdays(tables, roster, known.people)
    if roster.is_delta and roster["lineItems"]:
        tables.notes.append(_WORKS_ARE_ADDED)
    add_marks(tables, roster, places, calendar)
    _add_named_rows(tables, known)


def _schools(tables: OneRosterTables, orgs: Sequence[Line]) -> list[str]:
    schools = []
    for line in orgs:
        if line["type"].lower() == "school":
            tables.add("schools", line, school_id=line["sourcedId"], name=line["name"])
            schools.append(line["sourcedId"])
        else:
            tables.pass_over(line, "это не школа")
    return schools


def _schools_of_changes(roster: RosterSet, known: KnownRows) -> list[str]:
    """Return the schools that a set of changes without its schools is of: those it names, those that have its terms, or all."""
    lines = (line for name in ("classes", "enrollments") for line in roster[name])
    named = {line["schoolSourcedId"] for line in lines} - {""}
    sessions = {line["sourcedId"] for line in roster["academicSessions"]}
    named |= {row["school_id"] for row in known["terms"] if row["term_id"] in sessions}
    return sorted(named) or [row["school_id"] for row in known["schools"]]


def _people(tables: OneRosterTables, roster: RosterSet, known: Mapping[str, PersonName]) -> None:
    """Remember the names of all people of the set; who of them is a pupil or a teacher, the enrolments say."""
    enrolled = {line["userSourcedId"] for line in roster["enrollments"]}
    nameless = [line.number for line in roster["users"] if not line["familyName"] and not line["givenName"]]
    if nameless:
        tables.notes.append(
            f"users.csv: людей без фамилии и имени {len(nameless)} (первый — строка {nameless[0]}): в журнале вместо имени "
            "будет обозначение из набора."
        )
    for line in roster["users"]:
        tables.names[line["sourcedId"]] = PersonName(
            line["familyName"], line["givenName"], line["middleName"]
        )
        if line["sourcedId"] not in enrolled and not (roster.is_delta and line["sourcedId"] in known):
            tables.pass_over(line, _NOWHERE)
    for line in roster["roles"]:
        user = line["userSourcedId"]
        if user not in enrolled and not (roster.is_delta and user in known):
            tables.pass_over(line, _NOWHERE)
    here = enrolled | known.keys()
    _tell_names(tables, [line for line in roster["users"] if line["sourcedId"] in here], known)


def _tell_names(tables: OneRosterTables, lines: Sequence[Line], known: Mapping[str, PersonName]) -> None:
    """Say whose card has another name, and whose name another card has: neither is changed, and neither is taken for the other."""
    keys = {key: name_key(name.full) for key, name in known.items() if name.last}
    held = set(keys.values())
    named = [(line, name_key(tables.names[line["sourcedId"]].full)) for line in lines]
    renamed = [line.number for line, name in named if name and keys.get(line["sourcedId"], name) != name]
    if renamed:
        tables.notes.append(_RENAMED.format(len(renamed), lines_named(renamed)))
    if twins := [line.number for line, name in named if line["sourcedId"] not in known and name in held]:
        tables.notes.append(_TWINS.format(len(twins), lines_named(twins)))


def _birthdays(tables: OneRosterTables, roster: RosterSet, known: Mapping[str, PersonName]) -> None:
    """Remember the birthdays of people; of what else the standard tells of them the register has no use."""
    for line in roster["demographics"]:
        given, born_on = line["birthDate"], day_of(line["birthDate"])
        if not given:
            tables.pass_over(line, "в строке нет дня рождения")
        elif born_on is None:
            tables.cannot_read("enrolments", line, f"birthDate: «{given[:40]}», нужна дата ГГГГ-ММ-ДД")
        elif line["sourcedId"] not in tables.names and not (roster.is_delta and line["sourcedId"] in known):
            tables.pass_over(line, _NOBODY)
        else:
            tables.birthdays[line["sourcedId"]] = born_on
    if tables.birthdays:
        tables.notes.append(_BIRTHDAYS)


def _add_named_rows(tables: OneRosterTables, known: KnownRows) -> None:
    """Add the register's rows of what the set names and does not hold."""
    named = {
        name: {columns[name] for rows in tables.rows.values() for _, columns in rows if columns.get(name)}
        for name in ("school_id", *ID_OF.values())
    }
    pupils = {
        columns["pupil_id"]
        for table in ("marks", "term_marks", "year_marks")
        for _, columns in tables.rows[table]
    }
    for table in _NAMED:
        key = "school_id" if table == "schools" else ID_OF.get(table, "class_id")
        present = {columns[key] for _, columns in tables.rows[table]}
        wanted = named[key] if table == "enrolments" else named[key] - present
        for row in known[table]:
            if row[key] in wanted and (table != "enrolments" or row["pupil_id"] in pupils):
                tables.add(table, _FROM_REGISTER, **{name: _text(value) for name, value in row.items()})
    _add_schools_of(tables, known)


def _add_schools_of(tables: OneRosterTables, known: KnownRows) -> None:
    present = {columns["school_id"] for _, columns in tables.rows["schools"]}
    named = {columns["school_id"] for rows in tables.rows.values() for _, columns in rows}
    for row in known["schools"]:
        if row["school_id"] in named - present:
            tables.add("schools", _FROM_REGISTER, **{name: _text(value) for name, value in row.items()})


def _text(value: Any) -> str:
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(value)


def columns_of(
    rows: Iterable[tuple[Line, Mapping[str, str]]], names: Sequence[str]
) -> dict[str, list[object]]:
    """Return rows by column, with the file and the line of each."""
    given = list(rows)
    columns: dict[str, list[object]] = {name: [row.get(name, "") for _, row in given] for name in names}
    return columns | {"file": [line.file for line, _ in given], "line": [line.number for line, _ in given]}
