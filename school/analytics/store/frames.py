"""Tables for analytics and forecasts, as relations that a measure goes on with; narrowed to a scope."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from school.records import YEAR, ClassFacts, TermKind
from school.register.store.cells import marks_by_lesson
from school.register.store.lessons import lessons_by_id
from school.store.connection import Cursor, Relation, Store
from school.store.names import short_name
from school.store.reading import read_as
from school.store.selection import was_there

Selection = Mapping[str, Collection[int]]
NO_SELECTION: Selection = {}
# Columns that a caller may select by. Relations that are joined may not share parameter names, so ids stand in the
# text of the query, each made a whole number first.
SELECTABLE = frozenset(
    {"school_id", "class_id", "subject_id", "teacher_id", "term_id", "grade_level", "pupil_id", "school_year"}
)


@dataclass(frozen=True)
class ReadScope:
    """Whose rows figures are made of: the whole school, or these classes and this teacher's registers."""

    is_whole_school: bool = False
    class_ids: frozenset[int] = frozenset()
    teacher_id: int | None = None


# A teacher's registers: what the teaching load gives them, and what they have taught (substitutes).
_OWN_REGISTERS = """(SELECT class_id, subject_id, subgroup_id FROM teaching_load WHERE teacher_id = {teacher}
    UNION SELECT class_id, subject_id, subgroup_id FROM lessons WHERE teacher_id = {teacher})"""
_SAME_REGISTER = "o.class_id = r.class_id AND o.subject_id = r.subject_id"
OWN_LESSON = f"""EXISTS (SELECT 1 FROM {_OWN_REGISTERS} o WHERE {_SAME_REGISTER}
    AND o.subgroup_id IS NOT DISTINCT FROM r.subgroup_id)"""
_OWN_PUPIL_IN_SUBJECT = f"""EXISTS (SELECT 1 FROM {_OWN_REGISTERS} o WHERE {_SAME_REGISTER} AND (o.subgroup_id IS NULL
    OR EXISTS (SELECT 1 FROM subgroup_members g WHERE g.subgroup_id = o.subgroup_id AND g.pupil_id = r.pupil_id)))"""
OWN_PUPIL = f"""EXISTS (SELECT 1 FROM {_OWN_REGISTERS} o WHERE o.class_id = r.class_id AND (o.subgroup_id IS NULL
    OR EXISTS (SELECT 1 FROM subgroup_members g WHERE g.subgroup_id = o.subgroup_id AND g.pupil_id = r.pupil_id)))"""
OWN_PLACE = f"r.class_id IN (SELECT class_id FROM {_OWN_REGISTERS})"


def ids_text(ids: Collection[int]) -> str:
    """Return ids as a query lists them; without any, a list that nothing is in."""
    return ", ".join(str(int(key)) for key in sorted(ids)) or "NULL"


def _rows(cursor: Cursor, table: str, scope: ReadScope, own: str, selection: Selection) -> Relation:
    return cursor.sql(rows_in_scope(table, scope, own, selection))


def rows_in_scope(table: str, scope: ReadScope, own: str, selection: Selection, columns: str = "r.*") -> str:
    """Return the query of those rows of a table (named ``r``) that are selected and in scope; ``own``: a teacher's rows.

    Raises ValueError for a column that nothing is selected by.
    """
    if unknown := selection.keys() - SELECTABLE:
        raise ValueError(f"Rows cannot be selected by {sorted(unknown)}.")
    conditions = [f"r.{name} IN ({ids_text(ids)})" for name, ids in selection.items()]
    if not scope.is_whole_school:
        conditions.append(f"(r.class_id IN ({ids_text(scope.class_ids)}) OR {_of_teacher(own, scope)})")
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return f"SELECT {columns} FROM {table} r{where}"


def _of_teacher(sql: str, scope: ReadScope) -> str:
    return sql.replace("{teacher}", "NULL" if scope.teacher_id is None else str(int(scope.teacher_id)))


def mark_table(cursor: Cursor, scope: ReadScope, selection: Selection = NO_SELECTION) -> Relation:
    """Return current marks, one row a mark: the columns of the view mark_rows."""
    return _rows(cursor, "mark_rows", scope, OWN_LESSON, selection)


def term_mark_table(cursor: Cursor, scope: ReadScope, selection: Selection = NO_SELECTION) -> Relation:
    """Return term marks: the columns of the view term_mark_rows."""
    return _rows(cursor, "term_mark_rows", scope, _OWN_PUPIL_IN_SUBJECT, selection)


def lesson_table(cursor: Cursor, scope: ReadScope, selection: Selection = NO_SELECTION) -> Relation:
    """Return lessons: the columns of the view lesson_rows."""
    return _rows(cursor, "lesson_rows", scope, OWN_LESSON, selection)


def absence_table(cursor: Cursor, scope: ReadScope, selection: Selection = NO_SELECTION) -> Relation:
    """Return absences: the columns of the view absence_rows."""
    return _rows(cursor, "absence_rows", scope, OWN_LESSON, selection)


def load_table(cursor: Cursor, scope: ReadScope, selection: Selection = NO_SELECTION) -> Relation:
    """Return the teaching load: class or subgroup × subject × teacher × weekly hours, with its period."""
    return _rows(cursor, "teaching_load", scope, OWN_LESSON, selection)


def enrolment_table(cursor: Cursor, scope: ReadScope, selection: Selection = NO_SELECTION) -> Relation:
    """Return pupils in classes, with their periods."""
    return _rows(cursor, "enrolments", scope, OWN_PLACE, selection)


def member_table(cursor: Cursor) -> Relation:
    """Return pupils in subgroups, with their periods."""
    return cursor.sql("SELECT * FROM subgroup_members")


def class_term_table(cursor: Cursor, scope: ReadScope, selection: Selection = NO_SELECTION) -> Relation:
    """Return the terms that each class reports by, with the terms' dates."""
    table = """(SELECT ct.class_id, ct.term_id, t.school_year, t.kind AS term_kind, t.number AS term_number,
                       t.starts_on, t.ends_on, c.grade_level, c.school_id
                FROM class_terms ct JOIN terms t USING (term_id) JOIN classes c ON c.class_id = ct.class_id)"""
    return _rows(cursor, table, scope, OWN_PLACE, selection)


def term_table(cursor: Cursor) -> Relation:
    """Return all terms."""
    return cursor.sql("SELECT * FROM terms")


def class_table(cursor: Cursor) -> Relation:
    """Return all classes: class_id, school_id, school_year, grade_level."""
    return cursor.sql("SELECT class_id, school_id, school_year, grade_level FROM classes")


def year_mark_table(cursor: Cursor) -> Relation:
    """Return year marks."""
    return cursor.sql("SELECT class_id, subject_id, school_year, pupil_id, value FROM year_marks")


# A year mark as a term mark of the year: its teacher is whoever gave the last term mark of the year.
_YEAR_MARK_ROWS = f"""(SELECT m.class_id, m.subject_id, last.teacher_id, {YEAR} AS term_id, m.pupil_id, m.value,
        m.recorded_at, c.school_id, c.grade_level, m.school_year, '{TermKind.YEAR}' AS term_kind, 1 AS term_number
    FROM year_marks m JOIN classes c USING (class_id)
    LEFT JOIN (SELECT class_id, subject_id, pupil_id, school_year, arg_max(teacher_id, ends_on) AS teacher_id
               FROM term_marks JOIN terms USING (term_id) GROUP BY ALL) last
        ON last.class_id = m.class_id AND last.subject_id = m.subject_id AND last.pupil_id = m.pupil_id
            AND last.school_year = m.school_year)"""


def year_mark_rows(cursor: Cursor, scope: ReadScope, selection: Selection = NO_SELECTION) -> Relation:
    """Return year marks in the columns of the view term_mark_rows: their term is the year (п. 7.2)."""
    return _rows(cursor, _YEAR_MARK_ROWS, scope, _OWN_PUPIL_IN_SUBJECT, selection)


@dataclass(frozen=True)
class PeriodRow:
    """A reporting period of a school year, the terms it joins and what has been given in it.

    A period that ``is_whole_year`` joins all terms of a school year; its final marks are the year marks (п. 7.2).
    ``has_most_term_marks``: at least half of its classes' subjects have final marks.
    """

    school_year: int
    kind: str
    number: int
    starts_on: date
    ends_on: date
    term_ids: tuple[int, ...]
    class_count: int
    has_marks: bool
    has_term_marks: bool
    has_most_term_marks: bool = False
    is_whole_year: bool = False

    def is_finished(self, today: date) -> bool:
        """Whether its final marks speak for it, not the first few given before its end (п. 4.5)."""
        return self.has_term_marks and (
            self.has_most_term_marks or not self.has_marks or self.ends_on < today
        )


def periods(store: Store, scope: ReadScope) -> list[PeriodRow]:
    """Return the terms that the classes in scope report by, oldest first, and after its terms each school year."""
    cursor = store.cursor()
    terms = _terms(cursor, scope, terms_with_marks(store))
    marked = _years_with_marks(cursor, scope)
    years = sorted({row.school_year for row in terms})
    of_years = {year: [row for row in terms if row.school_year == year] for year in years}
    return [row for year in years for row in (*of_years[year], *_whole_year(of_years[year], year in marked))]


ClassTerms = frozenset[tuple[int, int]]
_MARKED = "SELECT DISTINCT l.class_id, l.term_id FROM marks JOIN lessons l USING (lesson_id)"


def terms_with_marks(store: Store) -> ClassTerms:
    """Return (class, term) of every class and term in which there are marks."""

    def compute() -> ClassTerms:
        return frozenset(store.read(_MARKED))

    def refreshed(before: ClassTerms, lessons: frozenset[int]) -> ClassTerms:
        marks = marks_by_lesson(store, lessons)
        entered = {key: (each.class_id, each.term_id) for key, each in lessons_by_id(store, lessons).items()}
        marked = {of_class for key, of_class in entered.items() if marks.get(key)}
        # Where the last mark of a lesson was taken out, it may have been the last of the term.
        doubtful = set(entered.values()) & before - marked
        if not doubtful:
            return before | marked
        classes = ids_text({class_id for class_id, _ in doubtful})
        left = doubtful.intersection(store.read(f"{_MARKED} WHERE l.class_id IN ({classes})"))
        return (before - doubtful) | marked | left

    return store.derived("terms with marks", frozenset({"marks", "lessons"}), compute, refreshed)


def _whole_year(terms: list[PeriodRow], has_year_marks: bool) -> list[PeriodRow]:
    """Return the year as a period, unless it has one term only or a term that is the year already."""
    if len(terms) < 2 or any(row.kind == TermKind.YEAR for row in terms):
        return []
    return [
        PeriodRow(
            terms[0].school_year,
            TermKind.YEAR,
            1,
            min(row.starts_on for row in terms),
            max(row.ends_on for row in terms),
            tuple(sorted(term for row in terms for term in row.term_ids)),
            sum({row.kind: row.class_count for row in terms}.values()),
            any(row.has_marks for row in terms),
            has_year_marks,
            # A year is looked at on purpose: for its own marks, as many as there are.
            has_most_term_marks=has_year_marks,
            is_whole_year=True,
        )
    ]


def _years_with_marks(cursor: Cursor, scope: ReadScope) -> set[int]:
    sql = rows_in_scope("year_marks", scope, _OWN_PUPIL_IN_SUBJECT, NO_SELECTION, "DISTINCT r.school_year")
    return {year for (year,) in cursor.execute(sql).fetchall()}


def _terms(cursor: Cursor, scope: ReadScope, marked: Collection[tuple[int, int]]) -> list[PeriodRow]:
    sql = rows_in_scope("class_terms", scope, OWN_PLACE, NO_SELECTION, "r.class_id, r.term_id")
    query = f"""WITH scoped AS ({sql}),
        marked AS (SELECT unnest($classes::BIGINT[]) AS class_id, unnest($terms::BIGINT[]) AS term_id),
        closed AS (SELECT class_id, term_id, count(DISTINCT subject_id) AS subjects FROM term_marks GROUP BY ALL),
        learned AS (SELECT class_id, count(DISTINCT subject_id) AS subjects FROM teaching_load GROUP BY ALL)
        SELECT t.school_year, t.kind, t.number, min(t.starts_on) AS starts_on, max(t.ends_on) AS ends_on,
            list(DISTINCT t.term_id ORDER BY t.term_id) AS term_ids, count(DISTINCT k.class_id) AS class_count,
            bool_or(m.term_id IS NOT NULL) AS has_marks, bool_or(f.term_id IS NOT NULL) AS has_term_marks,
            2 * coalesce(sum(f.subjects), 0) >= coalesce(sum(n.subjects), 0) AS has_most_term_marks
        FROM scoped k JOIN terms t USING (term_id)
            LEFT JOIN marked m ON m.class_id = k.class_id AND m.term_id = k.term_id
            LEFT JOIN closed f ON f.class_id = k.class_id AND f.term_id = k.term_id
            LEFT JOIN learned n ON n.class_id = k.class_id
        GROUP BY ALL ORDER BY min(t.starts_on), t.kind, t.number"""
    places = {"classes": [class_id for class_id, _ in marked], "terms": [term_id for _, term_id in marked]}
    return read_as(cursor, PeriodRow, query, places)


@dataclass(frozen=True)
class TaughtRow:
    """A class taught a subject by a teacher (None where the data name none). ``is_instead``: only in place of others."""

    class_id: int
    subject_id: int
    teacher_id: int | None
    is_instead: bool


def taught(cursor: Cursor, scope: ReadScope, term_ids: Collection[int]) -> list[TaughtRow]:
    """Return who teaches what to the classes of these terms: from the load, the lessons and the term marks."""
    terms = f"({ids_text(term_ids)})"
    instead = "lesson_id IN (SELECT lesson_id FROM substitutions WHERE withdrawn_at IS NULL)"
    known = f"""(SELECT class_id, subject_id, subgroup_id, teacher_id, FALSE AS is_instead FROM teaching_load
                 WHERE class_id IN (SELECT class_id FROM class_terms WHERE term_id IN {terms})
                 UNION SELECT class_id, subject_id, subgroup_id, teacher_id, {instead} FROM lessons WHERE term_id IN {terms}
                 UNION SELECT class_id, subject_id, NULL, teacher_id, FALSE FROM term_marks WHERE term_id IN {terms})"""
    columns = "r.class_id, r.subject_id, r.teacher_id, bool_and(r.is_instead) AS is_instead"
    sql = rows_in_scope(known, scope, OWN_LESSON, NO_SELECTION, columns)
    return read_as(cursor, TaughtRow, f"{sql} GROUP BY r.class_id, r.subject_id, r.teacher_id")


def classes_of_terms(cursor: Cursor, scope: ReadScope, term_ids: Collection[int]) -> list[ClassFacts]:
    """Return the classes in scope that report by these terms, in the order of a school's lists."""
    sql = rows_in_scope("class_terms", scope, OWN_PLACE, {"term_id": term_ids}, "DISTINCT r.class_id")
    query = f"""SELECT c.class_id, c.name, c.grade_level, c.school_id, s.name AS school_name
        FROM ({sql}) k JOIN classes c USING (class_id) JOIN schools s USING (school_id)
        ORDER BY s.name COLLATE ru, c.grade_level, c.name COLLATE ru, c.class_id"""
    return read_as(cursor, ClassFacts, query)


def class_ids_of_terms(cursor: Cursor, term_ids: Collection[int]) -> frozenset[int]:
    """Return the classes of the whole school that report by these terms."""
    sql = f"SELECT DISTINCT class_id FROM class_terms WHERE term_id IN ({ids_text(term_ids)})"
    return frozenset(class_id for (class_id,) in cursor.execute(sql).fetchall())


@dataclass(frozen=True)
class PupilPlace:
    """A pupil of a class, with the name as a register writes it."""

    pupil_id: int
    class_id: int
    name: str


def pupils_of_classes(
    cursor: Cursor, scope: ReadScope, class_ids: Collection[int], starts_on: date, ends_on: date
) -> list[PupilPlace]:
    """Return the pupils who were in these classes at any time between two days, by name."""
    sql = rows_in_scope("enrolments", scope, OWN_PLACE, {"class_id": class_ids}, "r.*")
    query = f"""SELECT DISTINCT p.pupil_id, e.class_id, {short_name("p")} AS name
        FROM ({sql}) e JOIN pupils p USING (pupil_id)
        WHERE {was_there("e", "$starts_on", "$ends_on")}
        ORDER BY name COLLATE ru, p.pupil_id"""
    return read_as(cursor, PupilPlace, query, {"starts_on": starts_on, "ends_on": ends_on})


@dataclass(frozen=True)
class UnfilledLesson:
    """A lesson in whose register nothing was entered."""

    lesson_id: int
    held_on: date
    number: int
    class_id: int
    class_name: str
    subject_id: int
    subject_name: str
    subgroup_id: int | None
    subgroup_name: str
    teacher_id: int | None


def unfilled_lessons(
    cursor: Cursor, scope: ReadScope, selection: Selection, last_day: date, first_day: date = date.min
) -> list[UnfilledLesson]:
    """Return the lessons held from ``first_day`` to ``last_day`` in which nothing is entered, newest first."""
    sql = rows_in_scope("lesson_rows", scope, OWN_LESSON, selection, "r.*")
    query = f"""SELECT r.lesson_id, r.held_on, r.number, r.class_id, r.class_name, r.subject_id,
            s.name AS subject_name, r.subgroup_id, coalesce(g.name, '') AS subgroup_name, r.teacher_id
        FROM ({sql}) r JOIN subjects s USING (subject_id) LEFT JOIN subgroups g ON g.subgroup_id = r.subgroup_id
        WHERE r.is_held AND r.recorded_at IS NULL AND r.held_on BETWEEN $first AND $last ORDER BY r.held_on DESC, r.number"""
    return read_as(cursor, UnfilledLesson, query, {"first": first_day, "last": last_day})


@dataclass(frozen=True)
class ClassTerm:
    """The term that a class is in."""

    class_id: int
    term_id: int
    school_year: int
    kind: str
    number: int
    starts_on: date
    ends_on: date


def terms_begun(cursor: Cursor, scope: ReadScope, today: date) -> list[ClassTerm]:
    """Return for each class in scope of the newest school year begun the term it is in, or the last one it was in.

    Where terms overlap (a year and its quarters) the one that ends first counts.
    """
    sql = rows_in_scope("class_terms", scope, OWN_PLACE, NO_SELECTION, "r.class_id, r.term_id")
    query = f"""WITH begun AS (SELECT k.class_id, t.term_id, t.school_year, t.kind, t.number, t.starts_on, t.ends_on
                       FROM ({sql}) k JOIN terms t USING (term_id) WHERE t.starts_on <= $today)
        SELECT * FROM begun WHERE school_year = (SELECT max(school_year) FROM begun)
        QUALIFY row_number() OVER (PARTITION BY class_id
            ORDER BY ends_on >= $today DESC, CASE WHEN ends_on >= $today THEN ends_on END,
                ends_on DESC, starts_on DESC, term_id) = 1
        ORDER BY class_id"""
    return read_as(cursor, ClassTerm, query, {"today": today})


def own_pairs(cursor: Cursor, scope: ReadScope) -> Relation:
    """Return the class × subject × pupil that a teacher teaches; no pupil: the whole class."""
    return cursor.sql(
        f"""SELECT DISTINCT o.class_id, o.subject_id, g.pupil_id FROM {_of_teacher(_OWN_REGISTERS, scope)} o
            LEFT JOIN subgroup_members g ON g.subgroup_id = o.subgroup_id
            WHERE o.subgroup_id IS NULL OR g.pupil_id IS NOT NULL"""
    )
