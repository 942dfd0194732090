"""OneRoster 1.1, the international roster exchange: a ZIP of CSV files, results included, as tables of the journal extract.

A class of the kind «homeroom» is a school class. A pupil's marks of a scheduled class (a course's lessons) belong to the
pupil's homeroom class, or, where the set has none for the pupil, to the scheduled class itself. Only scores of 2 to 5 are marks.
"""

import csv
import io
import zipfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import PurePosixPath

from school.calendar import school_year_of_lesson
from school.errors import Refusal
from school.extracts.actions import ImportReport, preview_journal
from school.extracts.archive import UNPACKED_BYTES
from school.extracts.checks import check_rows
from school.extracts.format import TABLES
from school.extracts.staging import RefusedExtractRow, Staging, staging
from school.extracts.words import put_in_register_words
from school.files.plan import ImportKind
from school.imports.actions.loads import SourceFile, check_may_load, load_extract
from school.records import PersonName, User
from school.store.connection import Store

REQUIRED = ("academicSessions", "classes", "courses", "enrollments", "orgs", "users")
READ = (*REQUIRED, "categories", "lineItems", "results")
DELETED = "tobedeleted"
PUPIL_ROLE, TEACHER_ROLE, HOMEROOM = "student", "teacher", "homeroom"
# Sessions that marks are given for, finest first.
SESSION_KINDS = ("gradingPeriod", "term", "semester", "schoolYear")
KIND_OF_COUNT = {1: "year", 2: "half", 4: "quarter"}

Record = Mapping[str, str]


@dataclass(frozen=True)
class Line:
    """A line of a file of the set."""

    file: str
    number: int
    texts: Record

    def __getitem__(self, name: str) -> str:
        """Return a column's text without blanks around, empty where there is none."""
        return (self.texts.get(name) or "").strip()


@dataclass
class OneRosterTables:
    """Rows of the extract with the line each came from, names of people by their id, and lines that cannot be used."""

    rows: dict[str, list[tuple[Line, dict[str, str]]]] = field(default_factory=lambda: defaultdict(list))
    pupil_names: dict[str, PersonName] = field(default_factory=dict)
    teacher_names: dict[str, PersonName] = field(default_factory=dict)
    refused: list[RefusedExtractRow] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, table: str, line: Line, **columns: str) -> None:
        """Add a row of an extract's table."""
        self.rows[table].append((line, columns))

    def refuse(self, table: str, line: Line, reason: str) -> None:
        """Leave a line out, for a reason."""
        self.refused.append(RefusedExtractRow(table, line.file, line.number, reason))


def read_set(content: bytes) -> dict[str, list[Line]]:
    """Return the lines of each file of the set that are not marked for deletion.

    Raises Refusal for what is no ZIP of OneRoster files.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = {
                PurePosixPath(each.filename).stem: each
                for each in archive.infolist()
                if each.filename.endswith(".csv")
            }
            if sum(each.file_size for each in members.values()) > UNPACKED_BYTES:
                raise Refusal("Архив слишком велик.", next_step="Выгрузите его по частям.")
            files = {
                name: _lines(f"{name}.csv", archive.read(members[name])) for name in READ if name in members
            }
    except (
        zipfile.BadZipFile,
        RuntimeError,
        NotImplementedError,
        OSError,
        EOFError,
        ValueError,
        csv.Error,
    ) as problem:
        raise Refusal(
            "Архив не открывается.",
            "Файл повреждён, закрыт паролем или это не ZIP с таблицами CSV.",
            "Выгрузите его заново и повторите загрузку.",
        ) from problem
    if missing := [name for name in REQUIRED if name not in files]:
        raise Refusal(
            f"Это не набор OneRoster 1.1: нет файлов {', '.join(f'{name}.csv' for name in missing)}.",
            next_step="Проверьте архив.",
        )
    return files


def _lines(file: str, content: bytes) -> list[Line]:
    reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
    lines = [
        Line(file, reader.line_num, {key: text for key, text in row.items() if isinstance(text, str)})
        for row in reader
    ]
    return [line for line in lines if line["status"].lower() != DELETED]


def extract_of(files: Mapping[str, list[Line]]) -> OneRosterTables:
    """Return the tables of an extract that say what the set says."""
    tables = OneRosterTables()
    schools = _schools(tables, files["orgs"])
    sessions = _terms(tables, files["academicSessions"], schools)
    people = {line["sourcedId"]: line for line in files["users"]}
    places = _Places(files, sessions)
    _classes(tables, files["classes"], places)
    _subjects(tables, files["courses"], places, schools)
    _enrolments(tables, files["enrollments"], places)
    _marks(tables, files, places, sessions)
    for known, role in ((tables.pupil_names, PUPIL_ROLE), (tables.teacher_names, TEACHER_ROLE)):
        known |= {key: _name(line) for key, line in people.items() if line["role"].lower() == role}
    return tables


def _name(line: Line) -> PersonName:
    return PersonName(line["familyName"], line["givenName"], line["middleName"])


def _schools(tables: OneRosterTables, orgs: Sequence[Line]) -> list[str]:
    schools = [line for line in orgs if line["type"].lower() == "school"]
    for line in schools:
        tables.add("schools", line, school_id=line["sourcedId"], name=line["name"])
    return [line["sourcedId"] for line in schools]


def _terms(tables: OneRosterTables, lines: Sequence[Line], schools: Sequence[str]) -> dict[str, Line]:
    """Add the finest sessions as terms of every school, numbered by their days; return them by id."""
    kinds = [kind for kind in SESSION_KINDS if any(line["type"] == kind for line in lines)]
    terms = sorted(
        (line for line in lines if kinds and line["type"] == kinds[0]), key=lambda line: line["startDate"]
    )
    years = Counter(_year_of(line) for line in terms)
    numbers: Counter[str] = Counter()
    for line in terms:
        year = _year_of(line)
        numbers[year] += 1
        for school in schools:
            tables.add(
                "terms",
                line,
                term_id=line["sourcedId"],
                school_id=school,
                school_year=year,
                kind=KIND_OF_COUNT.get(years[year], "course"),
                number=str(numbers[year]),
                starts_on=line["startDate"],
                ends_on=line["endDate"],
            )
    return {line["sourcedId"]: line for line in terms}


def _year_of(line: Line) -> str:
    """Return the year in which the session's school year starts."""
    day = _iso_day(line["startDate"])
    return str(school_year_of_lesson(day)) if day else ""


def _iso_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


class _Places:
    """Where a pupil of a scheduled class belongs: homeroom classes, sessions, teachers."""

    def __init__(self, files: Mapping[str, list[Line]], sessions: Mapping[str, Line]) -> None:
        self.classes = {line["sourcedId"]: line for line in files["classes"]}
        self.sessions = sessions
        self.homerooms = {key for key, line in self.classes.items() if line["classType"].lower() == HOMEROOM}
        self.home_of: dict[tuple[str, str], str] = {}
        self.teachers: dict[str, list[str]] = defaultdict(list)
        self.alone: set[str] = set()
        for line in files["enrollments"]:
            self._note(line)
        for line in files["enrollments"]:
            class_id, user = line["classSourcedId"], line["userSourcedId"]
            if (
                line["role"].lower() == PUPIL_ROLE
                and class_id not in self.homerooms
                and self.class_of(class_id, user) == class_id
            ):
                self.alone.add(class_id)

    def _note(self, line: Line) -> None:
        class_id, user, role = line["classSourcedId"], line["userSourcedId"], line["role"].lower()
        if role == TEACHER_ROLE:
            self.teachers[class_id].append(user)
        elif role == PUPIL_ROLE and class_id in self.homerooms:
            self.home_of.setdefault((user, self.year_of(class_id)), class_id)

    def year_of(self, class_id: str) -> str:
        """Return the school year of a class by its first session, empty where none is known."""
        line = self.classes.get(class_id)
        terms = line["termSourcedIds"].split(",") if line else []
        years = [_year_of(self.sessions[term.strip()]) for term in terms if term.strip() in self.sessions]
        return min(years) if years else self.newest_year

    @property
    def newest_year(self) -> str:
        """The newest school year of the set."""
        return max((_year_of(line) for line in self.sessions.values()), default="")

    def class_of(self, class_id: str, user: str) -> str:
        """Return the school class to which a pupil's marks of a scheduled class belong."""
        return self.home_of.get((user, self.year_of(class_id)), class_id)

    def teacher_of(self, class_id: str) -> str:
        """Return the only teacher of a class, empty where there is none or several."""
        return self.teachers[class_id][0] if len(set(self.teachers[class_id])) == 1 else ""


def _classes(tables: OneRosterTables, lines: Sequence[Line], places: _Places) -> None:
    for line in lines:
        if line["sourcedId"] in places.homerooms | places.alone:
            tables.add(
                "classes",
                line,
                class_id=line["sourcedId"],
                school_id=line["schoolSourcedId"],
                school_year=places.year_of(line["sourcedId"]),
                name=line["title"] or line["classCode"],
                grade_level=line["grades"].split(",")[0].lstrip("0"),
            )


def _subjects(
    tables: OneRosterTables, lines: Sequence[Line], places: _Places, schools: Sequence[str]
) -> None:
    """Add a course as a subject of each school that teaches it."""
    taught = {
        (line["courseSourcedId"], line["schoolSourcedId"])
        for key, line in places.classes.items()
        if key not in places.homerooms
    }
    for line in lines:
        for school in schools:
            if (line["sourcedId"], school) in taught:
                tables.add(
                    "subjects", line, subject_id=line["sourcedId"], school_id=school, name=line["title"]
                )


def _enrolments(tables: OneRosterTables, lines: Sequence[Line], places: _Places) -> None:
    for line in lines:
        class_id, user = line["classSourcedId"], line["userSourcedId"]
        if line["role"].lower() != PUPIL_ROLE:
            continue
        if class_id not in places.classes:
            tables.refuse("enrolments", line, f"classSourcedId: «{class_id}» — такого класса в наборе нет")
        elif class_id in places.homerooms or places.class_of(class_id, user) == class_id:
            tables.add(
                "enrolments",
                line,
                school_id=line["schoolSourcedId"],
                class_id=class_id,
                pupil_id=user,
                starts_on=line["beginDate"],
                ends_on=line["endDate"],
            )


def _marks(
    tables: OneRosterTables, files: Mapping[str, list[Line]], places: _Places, sessions: Mapping[str, Line]
) -> None:
    items = {line["sourcedId"]: line for line in files.get("lineItems", ())}
    categories = {line["sourcedId"]: line["title"] for line in files.get("categories", ())}
    for line in files.get("results", ()):
        item = items.get(line["lineItemSourcedId"])
        scheduled = places.classes.get(item["classSourcedId"]) if item else None
        if item is None or scheduled is None:
            tables.refuse("marks", line, "lineItemSourcedId: такой работы или её класса в наборе нет")
            continue
        if not line["score"]:
            tables.refuse("marks", line, f"нет отметки ({line['scoreStatus'] or 'score пуст'})")
            continue
        given_on = (line["scoreDate"] or item["dueDate"] or item["assignDate"])[:10]
        tables.add(
            "marks",
            line,
            school_id=scheduled["schoolSourcedId"],
            class_id=places.class_of(item["classSourcedId"], line["studentSourcedId"]),
            subject_id=scheduled["courseSourcedId"],
            teacher_id=places.teacher_of(item["classSourcedId"]),
            term_id=_term_of(item, given_on, sessions),
            pupil_id=line["studentSourcedId"],
            given_on=given_on,
            value=line["score"],
            work_type=categories.get(item["categorySourcedId"], ""),
        )


def _term_of(item: Line, given_on: str, sessions: Mapping[str, Line]) -> str:
    """Return the session that the day lies in, else the one that the work names."""
    by_day = [key for key, line in sessions.items() if line["startDate"] <= given_on <= line["endDate"]]
    return by_day[0] if by_day else item["gradingPeriodSourcedId"]


@contextmanager
def _staged(store: Store, content: bytes) -> Iterator[tuple[Staging, OneRosterTables]]:
    tables = extract_of(read_set(content))
    with staging(store) as stage:
        for table in TABLES.values():
            stage.make_raw_table(table)
            rows = tables.rows.get(table.name, [])
            columns: dict[str, list[object]] = {
                name: [row.get(name, "") for _, row in rows] for name in table.names
            }
            columns |= {"file": [line.file for line, _ in rows], "line": [line.number for line, _ in rows]}
            stage.put_raw_rows(table, columns)
        check_rows(stage)
        tables.notes += put_in_register_words(stage)
        yield stage, tables


def _report(stage: Staging, tables: OneRosterTables, plan: ImportReport) -> ImportReport:
    # A term, a subject or a session stands once in a file and once for each school: it is refused once.
    refused = list(dict.fromkeys([*tables.refused, *stage.refused(), *plan.refused]))
    return replace(plan, refused=refused, notes=tables.notes)


def preview_one_roster(store: Store, user: User, content: bytes) -> ImportReport:
    """Return what loading the set would bring, and do nothing. Raises AccessRefused and Refusal."""
    check_may_load(user, ImportKind.ONE_ROSTER)
    with _staged(store, content) as (stage, tables):
        return _report(stage, tables, preview_journal(store, user, stage.catalog))


def load_one_roster(
    store: Store,
    user: User,
    content: bytes,
    file: SourceFile,
    *,
    now: datetime,
    progress: Callable[[str], None],
) -> ImportReport:
    """Load the set in one transaction that can be taken back as a whole; the second time nothing is added.

    Raises AccessRefused and Refusal.
    """
    check_may_load(user, ImportKind.ONE_ROSTER)
    progress("Читаю набор")
    with _staged(store, content) as (stage, tables):
        progress("Записываю в журнал")
        plan = load_extract(
            store,
            user,
            stage.catalog,
            (tables.pupil_names, tables.teacher_names),
            file,
            refused_before=len(tables.refused) + len(stage.refused()),
            now=now,
        )
        return _report(stage, tables, plan)
