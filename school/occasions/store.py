"""Events of the school, their files and answers as rows."""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import NamedTuple

from school.files.attachments.keeping import KeptFile
from school.occasions.rules import Circle, OccasionDraft, Side
from school.store.memory.entered import Kind
from school.store.names import short_name, staff_initials
from school.store.reading import Reader, Writer, read_as, read_one
from school.store.selection import among, holds_on
from school.store.writing import insert

# By school year: what a year holds is a few hundred rows, and every week of a diary asks.
OCCASIONS = Kind("occasions", ("occasion_files",))
# By event.
ANSWERS = Kind("occasion_answers")


class OccasionFile(NamedTuple):
    """A kept file of an event."""

    file_id: int
    occasion_id: int
    stored_name: str
    title: str
    kind: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True)
class Occasion:
    """An event of a school year; ``version`` counts its changes, ``cancelled_at`` None: it stands."""

    occasion_id: int
    school_year: int
    audience: Circle
    draft: OccasionDraft
    version: int
    written_at: datetime
    written_by: int
    changed_at: datetime
    cancelled_at: datetime | None
    cancel_reason: str
    files: tuple[OccasionFile, ...] = ()


class OccasionAnswer(NamedTuple):
    """Whether somebody comes: ``person_id`` is the pupil, of the staff the employee."""

    occasion_id: int
    side: Side
    person_id: int
    is_coming: bool
    answered_at: datetime
    answered_by: int


_COLUMNS = """occasion_id, school_year, grade_level, class_id, title, starts_on, ends_on, starts_at, ends_at, place, text, asks_pupils,
    asks_guardians, asks_staff, is_staff_only, version, written_at, written_by, changed_at, cancelled_at, cancel_reason"""
_FILE_COLUMNS = ", ".join(OccasionFile._fields)


def occasions_of_year(reader: Reader, school_year: int) -> list[Occasion]:
    """Return the events of a school year by their day, cancelled ones too: from memory."""
    return reader.entered(OCCASIONS, [school_year], lambda wanted: _occasions(reader, wanted))[school_year]


def _occasions(reader: Reader, years: list[int]) -> dict[int, list[Occasion]]:
    query = f"""SELECT {_COLUMNS} FROM occasions WHERE {among("school_year", "years", years)}
        ORDER BY starts_on, starts_at NULLS FIRST, occasion_id"""
    rows = read_as(reader, Occasion, query, {"years": years})
    ids = [row.occasion_id for row in rows]
    query = f"""SELECT {_FILE_COLUMNS} FROM occasion_files
        WHERE {among("occasion_id", "occasions", ids)} ORDER BY file_id"""
    files = read_as(reader, OccasionFile, query, {"occasions": ids}) if ids else []
    found: dict[int, list[Occasion]] = {year: [] for year in years}
    for row in rows:
        own = tuple(file for file in files if file.occasion_id == row.occasion_id)
        found[row.school_year].append(Occasion(**vars(row) | {"files": own}) if own else row)
    return found


def occasion_by_id(reader: Reader, occasion_id: int) -> Occasion | None:
    """Return an event, or None."""
    rows = reader.read("SELECT school_year FROM occasions WHERE occasion_id = $id", {"id": occasion_id})
    of_year = occasions_of_year(reader, rows[0][0]) if rows else []
    return next((each for each in of_year if each.occasion_id == occasion_id), None)


def answers_of(
    reader: Reader, occasion_ids: Collection[int]
) -> dict[int, dict[tuple[Side, int], OccasionAnswer]]:
    """Return the answers to events, by event, then by whose they are: from memory."""
    return reader.entered(ANSWERS, [*dict.fromkeys(occasion_ids)], lambda wanted: _answers(reader, wanted))


def _answers(reader: Reader, occasion_ids: list[int]) -> dict[int, dict[tuple[Side, int], OccasionAnswer]]:
    query = f"""SELECT {", ".join(OccasionAnswer._fields)} FROM occasion_answers
        WHERE {among("occasion_id", "occasions", occasion_ids)}"""
    found: dict[int, dict[tuple[Side, int], OccasionAnswer]] = {each: {} for each in occasion_ids}
    for row in read_as(reader, OccasionAnswer, query, {"occasions": occasion_ids}):
        found[row.occasion_id][row.side, row.person_id] = row
    return found


class YearClass(NamedTuple):
    """A class of a school year."""

    class_id: int
    name: str
    grade_level: int | None
    homeroom_id: int | None


def classes_of_year(reader: Reader, school_year: int) -> list[YearClass]:
    """Return the classes of a school year, by grade and name."""
    query = """SELECT class_id, name, grade_level, homeroom_id FROM classes WHERE school_year = $year
        ORDER BY grade_level NULLS LAST, name COLLATE ru"""
    return [YearClass(*row) for row in reader.steady(("classes",), query, {"year": school_year})]


def audience_classes(reader: Reader, school_year: int, audience: Circle) -> list[YearClass]:
    """Return the classes of an audience."""
    classes = classes_of_year(reader, school_year)
    return [each for each in classes if audience.includes(each.class_id, each.grade_level)]


def asked_staff(reader: Reader, occasion: Occasion, today: date) -> dict[int, str]:
    """Return the employees whom an event is for, by id: of a class and a grade those who teach and lead it, of the school all."""
    names = staff_initials(reader)
    query = "SELECT staff_id FROM staff WHERE dismissed_on IS NULL OR dismissed_on > $today"
    wanted = {row[0] for row in reader.steady(("staff",), query, {"today": today})}
    if occasion.audience != Circle():
        classes = audience_classes(reader, occasion.school_year, occasion.audience)
        query = f"""SELECT DISTINCT teacher_id FROM teaching_load t WHERE {among("class_id", "classes", [each.class_id for each in classes])}
            AND {holds_on("t", "$day")}"""
        parameters = {"classes": [each.class_id for each in classes], "day": occasion.draft.starts_on}
        teach = {row[0] for row in reader.steady(("teaching_load",), query, parameters)}
        wanted &= teach | {each.homeroom_id for each in classes}
    return {staff: name for staff, name in names.items() if staff in wanted}


def guardian_names(reader: Reader, user_ids: Collection[int]) -> dict[int, str]:
    """Return the last and first name of those accounts that are guardians'."""
    query = f"""SELECT u.user_id, {short_name("g")} FROM users u JOIN guardians g USING (guardian_id)
        WHERE {among("u.user_id", "users", user_ids)}"""
    return dict(reader.read(query, {"users": sorted(user_ids)})) if user_ids else {}


def author_names(reader: Reader, user_ids: Collection[int]) -> dict[int, str]:
    """Return the surname with initials of those accounts that are the staff's."""
    names = staff_initials(reader)
    query = f"SELECT user_id, staff_id FROM users WHERE {among('user_id', 'users', user_ids)} AND staff_id IS NOT NULL"
    rows = reader.read(query, {"users": sorted(user_ids)}) if user_ids else []
    return {user: names[staff] for user, staff in rows if staff in names}


def file_by_id(reader: Reader, file_id: int) -> OccasionFile | None:
    """Return a file, or None."""
    query = f"SELECT {_FILE_COLUMNS} FROM occasion_files WHERE file_id = $file"
    return read_one(reader, OccasionFile, query, {"file": file_id})


def save_occasion(writer: Writer, occasion: Occasion, pupil_ids: Collection[int]) -> None:
    """Add an event with its files, or put its new version in the place of the old; ``pupil_ids``: whose pages say it."""
    values = {
        name: value for name, value in vars(occasion).items() if name not in {"audience", "draft", "files"}
    } | {**vars(occasion.audience), **vars(occasion.draft)}
    keys = [occasion.school_year]
    insert(writer, "occasions", "OR REPLACE", keys, pupil_ids, **values)
    for file in occasion.files:
        insert(writer, "occasion_files", "OR IGNORE", keys, pupil_ids, **file._asdict())


def occasion_files(
    kept: Iterable[KeptFile], ids: Iterable[int], occasion_id: int
) -> tuple[OccasionFile, ...]:
    """Return kept files as those of an event."""
    return tuple(
        OccasionFile(each, occasion_id, **asdict(file)) for each, file in zip(ids, kept, strict=True)
    )


def save_answer(writer: Writer, answer: OccasionAnswer) -> None:
    """Note whether somebody comes: only the pages of that pupil say it."""
    whose = [] if answer.side == Side.STAFF else [answer.person_id]
    values = answer._asdict() | {"side": str(answer.side)}
    insert(writer, "occasion_answers", "OR REPLACE", [answer.occasion_id], whose, **values)


def delete_answers(writer: Writer, occasion_id: int, pupil_ids: Collection[int]) -> None:
    """Forget the answers to an event whose day or hour has changed; the record of them stays."""
    sql = "DELETE FROM occasion_answers WHERE occasion_id = $occasion"
    writer.change(sql, {"occasion": occasion_id}, entered_in=[occasion_id], of_pupils=pupil_ids)
