"""Adding the new rows of a planned extract to the store, in the writer's transaction, by set operations."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from school.extracts.store.rows import KEYS
from school.records import LETTER_OF_REASON
from school.store.connection import Transaction

# How records without names are called on screens; the outward id follows.
PUPIL_WORD, TEACHER_WORD, SCHOOL_WORD = "Ученик", "Учитель", "Школа"
CONTROL_WORK_NAMES = "контрольн|самостоятельн|лабораторн|практич"  # п. 5.2
HIGHEST_LESSON_NUMBER = 127

_DAY = ("class_id", "subject_id", "teacher_id", "term_id", "held_on")


@dataclass(frozen=True)
class Loading:
    """Who loads, when, and what the format does not say: the name of a school without one, the reason of each change."""

    at: datetime
    user_id: int | None
    school_name: str
    why: str


def load_plan(transaction: Transaction, loading: Loading) -> None:
    """Add the rows that ``plan_extract`` found new. A row of the plan with a conflict is left out.

    Each filled cell and each term or year mark gets an event of its own.
    """
    for step in (
        _add_schools,
        _add_records,
        _add_years,
        _add_lessons,
        _add_lessons_of_facts,
        _set_work_types_of_lessons,
        _add_marks,
        _add_absences,
        _add_final_marks,
        _add_class_terms,
        _record_cells,
    ):
        step(transaction, loading)
    for table in ("added_lessons", "added_marks", "added_absences", "lesson_days", "fresh"):
        transaction.cursor.execute(f"DROP TABLE IF EXISTS temp.{table}")


def _new(table: str) -> str:
    return f"(SELECT * FROM plan_{table} WHERE is_new AND conflict IS NULL)"


def _keep(transaction: Transaction, name: str, select: str, parameters: Any = None) -> int:
    """Keep a query's rows in a temporary table of the writer and return how many there are."""
    transaction.cursor.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS WITH {KEYS} {select}", parameters)
    return int(transaction.read(f"SELECT count(*) FROM temp.{name}")[0][0])


def _add(transaction: Transaction, table: str, columns: str, select: str, parameters: Any = None) -> None:
    """Insert a query's rows, if any, so that a load that adds nothing changes nothing."""
    if _keep(transaction, "fresh", select, parameters):
        transaction.change(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM fresh")


def _add_numbered(
    transaction: Transaction, table: str, columns: str, select: str, order: str, parameters: Any = None
) -> None:
    """Insert a query's rows with fresh identifiers in the given order; the first column is the identifier."""
    count = _keep(transaction, "fresh", select, parameters)
    if not count:
        return
    identifier, rest = columns.split(", ", 1)
    first_id = transaction.read(
        "SELECT min(id) FROM (SELECT nextval('record_ids') AS id FROM range($count))", {"count": count}
    )[0][0]
    transaction.change(
        f"""INSERT INTO {table} ({identifier}, {rest})
            SELECT $first_id + row_number() OVER (ORDER BY {order}) - 1, {rest} FROM fresh""",
        {"first_id": first_id},
    )


def _add_schools(transaction: Transaction, loading: Loading) -> None:
    _add_numbered(
        transaction,
        "schools",
        "school_id, external_id, name",
        f"""SELECT school_id AS external_id, coalesce(name, nullif($name, ''), '{SCHOOL_WORD} ' || school_id) AS name
            FROM {_new("schools")}""",
        "external_id",
        {"name": loading.school_name},
    )
    _add(
        transaction,
        "settings",
        "name, value",
        """SELECT 'school.name' AS name, coalesce(nullif($name, ''), any_value(schools.name)) AS value FROM schools
           WHERE NOT EXISTS (SELECT 1 FROM settings WHERE settings.name = 'school.name')
           HAVING count(*) = 1 OR $name <> ''""",
        {"name": loading.school_name},
    )


def _add_years(transaction: Transaction, _loading: Loading) -> None:
    _add(
        transaction,
        "school_years",
        "school_year, starts_on, ends_on, days_a_week",
        """SELECT t.school_year, min(t.starts_on) AS starts_on, max(t.ends_on) AS ends_on, any_value(d.days) AS days_a_week
           FROM terms t, (SELECT least(greatest(max(isodow(day)), 5), 7) AS days FROM (SELECT given_on AS day FROM plan_marks
               UNION ALL SELECT missed_on FROM plan_absences UNION ALL SELECT held_on FROM plan_lessons
               UNION ALL SELECT DATE '2024-01-05')) d
           WHERE t.school_year NOT IN (SELECT school_year FROM school_years) GROUP BY t.school_year""",
    )


def _with_ids(table: str, columns: str, joins: tuple[str, ...]) -> str:
    """Return a query of a plan's new rows with the store's identifiers of what they name."""
    known = {
        "class": "JOIN class_keys c ON c.school_key = p.school_id AND c.class_key = p.class_id",
        "subject": "JOIN subject_keys b ON b.school_key = p.school_id AND b.subject_key = p.subject_id",
        "term": "JOIN term_keys t ON t.school_key = p.school_id AND t.term_key = p.term_id",
        "pupil": "JOIN pupil_keys u ON u.school_key = p.school_id AND u.pupil_key = p.pupil_id",
        # One teacher of that id in the school, before one of no known school.
        "teacher": """LEFT JOIN (SELECT s.school_key, k.teacher_key, arg_min(k.staff_id, (k.school_id IS NULL, k.staff_id)) AS staff_id
            FROM staff_keys k JOIN school_keys s ON s.school_id = coalesce(k.school_id, s.school_id) GROUP BY ALL) w
            ON w.school_key = p.school_id AND w.teacher_key = p.teacher_id""",
    }
    return f"SELECT {columns} FROM {_new(table)} p {' '.join(known[name] for name in joins)}"


_TEACHERS = " UNION ".join(
    f"SELECT school_id, teacher_id FROM {_new(table)}{condition}"
    for table, condition in (
        ("teaching_load", ""),
        ("lessons", ""),
        ("marks", ""),
        ("absences", ""),
        ("term_marks", " WHERE NOT is_of_former_school"),
    )
)
# Table, columns (the first is the identifier), query and order of what a school is made of.
_RECORDS = (
    (
        "terms",
        "term_id, school_id, external_id, school_year, kind, number, starts_on, ends_on",
        f"""SELECT s.school_id, p.term_id AS external_id, p.school_year, p.kind, p.number, p.starts_on, p.ends_on
            FROM {_new("terms")} p JOIN school_keys s ON s.school_key = p.school_id""",
        "school_id, school_year, starts_on, number, external_id",
    ),
    (
        "classes",
        "class_id, school_id, external_id, school_year, name, grade_level, term_kind",
        f"""SELECT s.school_id, p.class_id AS external_id, p.school_year, p.name, p.grade_level, p.term_kind
            FROM {_new("classes")} p JOIN school_keys s ON s.school_key = p.school_id""",
        "school_id, school_year, grade_level, name, external_id",
    ),
    (
        "subjects",
        "subject_id, school_id, external_id, name, area",
        f"""SELECT s.school_id, p.subject_id AS external_id, p.name, p.area
            FROM {_new("subjects")} p JOIN school_keys s ON s.school_key = p.school_id""",
        "school_id, name, external_id",
    ),
    (
        "pupils",
        "pupil_id, school_id, external_id, last_name, first_name",
        f"""SELECT DISTINCT s.school_id, p.pupil_id AS external_id, '{PUPIL_WORD}' AS last_name, p.pupil_id AS first_name
            FROM {_new("enrolments")} p JOIN school_keys s ON s.school_key = p.school_id
            WHERE NOT EXISTS (SELECT 1 FROM pupil_keys k WHERE k.school_key = p.school_id AND k.pupil_key = p.pupil_id)""",
        "school_id, external_id",
    ),
    (
        "staff",
        "staff_id, external_id, last_name, first_name, school_id",
        f"""SELECT p.teacher_id AS external_id, '{TEACHER_WORD}' AS last_name, p.teacher_id AS first_name, s.school_id
            FROM ({_TEACHERS}) p JOIN school_keys s ON s.school_key = p.school_id
            WHERE p.teacher_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM staff_keys k
                WHERE k.teacher_key = p.teacher_id AND coalesce(k.school_id, s.school_id) = s.school_id)""",
        "school_id, external_id",
    ),
    (
        "enrolments",
        "enrolment_id, pupil_id, class_id, starts_on, ends_on",
        _with_ids("enrolments", "u.pupil_id, c.class_id, p.starts_on, p.ends_on", ("class", "pupil")),
        "class_id, pupil_id, starts_on",
    ),
    (
        "teaching_load",
        "load_id, school_year, class_id, subject_id, teacher_id, hours_a_week",
        _with_ids(
            "teaching_load",
            "c.school_year, c.class_id, b.subject_id, w.staff_id AS teacher_id, p.hours_a_week",
            ("class", "subject", "teacher"),
        ),
        "class_id, subject_id, teacher_id",
    ),
    (
        # A new work type takes the weight that most of its marks have.
        "work_types",
        "work_type_id, name, short_name, weight, is_written_control",
        f"""SELECT work_type AS name,
                CASE WHEN contains(work_type, ' ')
                     THEN upper(left(array_to_string(list_transform(string_split(work_type, ' '), lambda word: left(word, 1)), ''), 4))
                     ELSE left(work_type, 4) END AS short_name,
                arg_max(weight, (marks, -weight)) AS weight,
                regexp_matches(lower(work_type), '{CONTROL_WORK_NAMES}') AS is_written_control
            FROM (SELECT work_type, weight, count(*) AS marks FROM {_new("marks")} GROUP BY ALL)
            WHERE work_type IS NOT NULL AND work_type NOT IN (SELECT name FROM work_types) GROUP BY work_type""",
        "name",
    ),
)


def _add_records(transaction: Transaction, _loading: Loading) -> None:
    for record in _RECORDS:
        _add_numbered(transaction, *record)


_LESSON_IDS = "c.class_id, b.subject_id, w.staff_id AS teacher_id, t.term_id"
_LESSON_JOINS = ("class", "subject", "term", "teacher")
_LESSON_COLUMNS = "lesson_id, class_id, subject_id, teacher_id, term_id, held_on, number, topic, homework_state, recorded_at"
# Unnumbered lessons follow the numbered ones of the class's day.
_NUMBER = f"""least({HIGHEST_LESSON_NUMBER}, coalesce(n.number,
    greatest(coalesce((SELECT max(l.number) FROM lessons l WHERE l.class_id = n.class_id AND l.held_on = n.held_on), 0),
        coalesce(max(n.number) OVER (PARTITION BY n.class_id, n.held_on), 0))
    + row_number() OVER (PARTITION BY n.class_id, n.held_on, n.number IS NULL ORDER BY n.subject_id, n.teacher_id, n.nth)))"""


def _add_lessons(transaction: Transaction, _loading: Loading) -> None:
    """Where no lesson says when it was entered, the first of a day was entered with its first mark."""
    last_lesson = transaction.read("SELECT coalesce(max(lesson_id), 0) FROM lessons")[0][0]
    _keep(
        transaction,
        "added_marks",
        _with_ids(
            "marks",
            f"{_LESSON_IDS}, p.given_on AS held_on, u.pupil_id, p.value, p.work_type, p.weight, p.recorded_at, p.file, p.line",
            (*_LESSON_JOINS, "pupil"),
        ),
    )
    _keep(
        transaction,
        "added_absences",
        _with_ids(
            "absences",
            f"{_LESSON_IDS}, p.missed_on AS held_on, u.pupil_id, p.reason, p.file, p.line",
            (*_LESSON_JOINS, "pupil"),
        ),
    )
    lessons = _with_ids(
        "lessons",
        f"{_LESSON_IDS}, p.held_on, p.number, p.topic, p.homework_set, p.recorded_at, p.line AS nth",
        _LESSON_JOINS,
    )
    _add_numbered(
        transaction,
        "lessons",
        _LESSON_COLUMNS,
        f"""SELECT n.* REPLACE ({_NUMBER} AS number, coalesce(n.topic, '') AS topic,
                CASE WHEN (SELECT count(recorded_at) > 0 FROM plan_lessons) THEN n.recorded_at
                     WHEN row_number() OVER (PARTITION BY {", ".join("n." + name for name in _DAY)} ORDER BY n.number, n.nth) = 1
                     THEN m.recorded_at END AS recorded_at),
                CASE n.homework_set WHEN true THEN 'set' WHEN false THEN 'none' ELSE 'unset' END AS homework_state
            FROM ({lessons}) n LEFT JOIN ({_first_entries()}) m ON {_same_day("n", "m")}""",
        "held_on, class_id, number, subject_id, teacher_id, nth",
    )
    _keep(transaction, "added_lessons", "SELECT $last::BIGINT AS last_known_id", {"last": last_lesson})


def _first_entries() -> str:
    return f"SELECT {', '.join(_DAY)}, min(recorded_at) AS recorded_at FROM added_marks GROUP BY ALL"


def _same_day(left: str, right: str) -> str:
    return " AND ".join(f"{left}.{name} IS NOT DISTINCT FROM {right}.{name}" for name in _DAY)


def _add_lessons_of_facts(transaction: Transaction, _loading: Loading) -> None:
    """A mark needs a lesson on its day; so many absences of a pupil on a day, so many lessons."""
    day = ", ".join(_DAY)
    needed = f"""SELECT {day}, max(needed) AS needed FROM (
            SELECT {day}, 1 AS needed FROM added_marks
            UNION ALL SELECT {day}, count(*) FROM added_absences GROUP BY {day}, pupil_id) GROUP BY ALL"""
    held = f"SELECT {day}, count(*) AS held FROM lessons WHERE status <> 'cancelled' GROUP BY ALL"
    _add_numbered(
        transaction,
        "lessons",
        _LESSON_COLUMNS,
        f"""SELECT n.* REPLACE ({_NUMBER} AS number, CASE WHEN n.nth = 1 THEN n.recorded_at END AS recorded_at) FROM (
                SELECT {", ".join("k." + name for name in _DAY)}, NULL::TINYINT AS number, '' AS topic,
                    'unset' AS homework_state, CASE WHEN h.held IS NULL THEN m.recorded_at END AS recorded_at, unnest(range(1, k.needed - coalesce(h.held, 0) + 1)) AS nth
                FROM ({needed}) k LEFT JOIN ({held}) h ON {_same_day("k", "h")}
                    LEFT JOIN ({_first_entries()}) m ON {_same_day("k", "m")}
                WHERE k.needed > coalesce(h.held, 0)) n""",
        "held_on, class_id, number, subject_id, teacher_id, nth",
    )
    _keep(
        transaction,
        "lesson_days",
        f"""SELECT {day}, list(lesson_id ORDER BY number, lesson_id) AS lesson_ids FROM lessons
            WHERE status <> 'cancelled' GROUP BY ALL""",
    )


def _set_work_types_of_lessons(transaction: Transaction, _loading: Loading) -> None:
    """A lesson added here whose marks are all of one work type is a lesson of that work type."""
    day = ", ".join(_DAY)
    if _keep(
        transaction,
        "fresh",
        f"""SELECT d.lesson_ids[1] AS lesson_id, any_value(w.work_type_id) AS work_type_id
            FROM (SELECT {day}, any_value(work_type) AS work_type FROM added_marks GROUP BY ALL
                  HAVING count(DISTINCT work_type) = 1 AND count(*) = count(work_type)) m
            JOIN lesson_days d ON {_same_day("m", "d")} JOIN work_types w ON w.name = m.work_type
            WHERE d.lesson_ids[1] > (SELECT last_known_id FROM added_lessons) GROUP BY ALL""",
    ):
        transaction.change(
            "UPDATE lessons SET work_type_id = f.work_type_id FROM fresh f WHERE lessons.lesson_id = f.lesson_id"
        )


def _add_marks(transaction: Transaction, loading: Loading) -> None:
    """Marks of a day stand at its first lesson; work type and weight only where they differ from the lesson's."""
    _add(
        transaction,
        "marks",
        "lesson_id, pupil_id, slot, value, work_type_id, weight, recorded_at, recorded_by",
        f"""SELECT l.lesson_id, m.pupil_id, m.value, m.recorded_at, $user::BIGINT AS recorded_by,
                row_number() OVER (PARTITION BY l.lesson_id, m.pupil_id ORDER BY m.file, m.line) AS slot,
                CASE WHEN own.work_type_id IS DISTINCT FROM l.work_type_id THEN own.work_type_id END AS work_type_id,
                CASE WHEN m.weight <> coalesce(own.weight, lesson_type.weight, 1) THEN m.weight END AS weight
            FROM added_marks m JOIN lesson_days d ON {_same_day("m", "d")} JOIN lessons l ON l.lesson_id = d.lesson_ids[1]
                LEFT JOIN (SELECT name, min(work_type_id) AS work_type_id, arg_min(weight, work_type_id) AS weight
                    FROM work_types GROUP BY name) own ON own.name = m.work_type
                LEFT JOIN work_types lesson_type ON lesson_type.work_type_id = l.work_type_id""",
        {"user": loading.user_id},
    )


def _add_absences(transaction: Transaction, loading: Loading) -> None:
    """Absences fill a day from its last lesson, since marks stand at the first."""
    _add(
        transaction,
        "absences",
        "lesson_id, pupil_id, reason, recorded_by",
        f"""SELECT d.lesson_ids[len(d.lesson_ids) + 1 - a.nth] AS lesson_id, a.pupil_id, a.reason,
                $user::BIGINT AS recorded_by
            FROM (SELECT *, row_number() OVER (PARTITION BY {", ".join(_DAY)}, pupil_id ORDER BY file, line) AS nth
                  FROM added_absences) a JOIN lesson_days d ON {_same_day("a", "d")}""",
        {"user": loading.user_id},
    )


_FORMER_COLUMNS = "pupil_id, subject_id, term_id, value, recorded_at, recorded_by"
# Beside them the class in which the pupil began the year.
_FORMER_ROWS = """(SELECT arg_min(e.class_id, coalesce(e.starts_on, DATE '0001-01-01')) FROM enrolments e JOIN classes k USING (class_id)
    WHERE e.pupil_id = u.pupil_id AND k.school_year = t.school_year) AS class_id, u.pupil_id, b.subject_id, t.term_id, p.value,
    $at::TIMESTAMP AS recorded_at, $user::BIGINT AS recorded_by"""
_MARK_EVENTS = "SELECT '{kind}', NULL, pupil_id, {record}, value::VARCHAR, class_id, subject_id FROM fresh"


def _add_final_marks(transaction: Transaction, loading: Loading) -> None:
    who = {"user": loading.user_id}
    _add(
        transaction,
        "term_marks",
        "class_id, subject_id, term_id, pupil_id, value, teacher_id, recorded_by",
        _with_ids(
            "term_marks",
            f"{_LESSON_IDS}, u.pupil_id, p.value, $user::BIGINT AS recorded_by",
            (*_LESSON_JOINS, "pupil"),
        )
        + " WHERE NOT p.is_of_former_school",
        who,
    )
    _record(transaction, loading, _MARK_EVENTS.format(kind="term_mark", record="term_id"))
    for source, condition in (
        ("term_marks", "WHERE p.is_of_former_school GROUP BY ALL"),
        ("former_school_marks", ""),
    ):
        ids = _with_ids(source, _FORMER_ROWS, ("subject", "term", "pupil"))
        bound = {**who, "at": loading.at}
        _add(transaction, "former_school_marks", _FORMER_COLUMNS, f"{ids} {condition}", bound)
        _record(transaction, loading, _MARK_EVENTS.format(kind="former_mark", record="term_id"))
    _add(
        transaction,
        "year_marks",
        "class_id, subject_id, school_year, pupil_id, value, recorded_by",
        _with_ids(
            "year_marks",
            "c.class_id, b.subject_id, p.school_year, u.pupil_id, p.value, $user::BIGINT AS recorded_by",
            ("class", "subject", "pupil"),
        ),
        who,
    )
    _record(transaction, loading, _MARK_EVENTS.format(kind="year_mark", record="NULL"))


def _add_class_terms(transaction: Transaction, _loading: Loading) -> None:
    """A class reports by the terms of its facts and by the whole calendar of their kind.

    Terms of one kind that overlap are no calendar (each course has its own); then only a class without facts
    gets them all.
    """
    facts = " UNION ".join(
        f"SELECT class_id, term_id FROM {table}" for table in ("lessons", "term_marks", "class_terms")
    )
    _add(
        transaction,
        "class_terms",
        "class_id, term_id",
        f"""SELECT * FROM (WITH facts AS ({facts}),
            loaded AS (SELECT k.* FROM class_keys k JOIN plan_classes p ON p.school_id = k.school_key AND p.class_id = k.class_key),
            own_kinds AS (SELECT f.class_id, min(t.kind) AS kind FROM facts f JOIN terms t USING (term_id)
                GROUP BY f.class_id HAVING count(DISTINCT t.kind) = 1),
            only_kinds AS (SELECT school_id, school_year, min(kind) AS kind FROM terms
                GROUP BY ALL HAVING count(DISTINCT kind) = 1),
            kinds AS (SELECT c.class_id, c.school_id, c.school_year, coalesce(c.term_kind, o.kind, y.kind) AS kind,
                    c.class_id IN (SELECT class_id FROM facts) AS has_facts
                FROM loaded c LEFT JOIN own_kinds o ON o.class_id = c.class_id
                    LEFT JOIN only_kinds y ON y.school_id = c.school_id AND y.school_year = c.school_year),
            overlapping AS (SELECT DISTINCT a.school_id, a.school_year, a.kind FROM terms a JOIN terms b
                ON a.school_id = b.school_id AND a.school_year = b.school_year AND a.kind = b.kind
                AND a.term_id <> b.term_id AND a.starts_on <= b.ends_on AND b.starts_on <= a.ends_on),
            wanted AS (SELECT class_id, term_id FROM facts WHERE class_id IN (SELECT class_id FROM loaded)
                UNION SELECT k.class_id, t.term_id FROM kinds k JOIN terms t
                    ON t.school_id = k.school_id AND t.school_year = k.school_year AND t.kind = k.kind
                WHERE NOT k.has_facts OR (k.school_id, k.school_year, k.kind) NOT IN (SELECT ROW(school_id, school_year, kind) FROM overlapping))
            SELECT class_id, term_id FROM wanted w WHERE NOT EXISTS (SELECT 1 FROM class_terms k
                WHERE k.class_id = w.class_id AND k.term_id = w.term_id))""",
    )


def _record_cells(transaction: Transaction, loading: Loading) -> None:
    """One event a cell, in the words of the register: «н 5», «4/5»."""
    letters = " ".join(f"WHEN '{code}' THEN '{letter}'" for code, letter in LETTER_OF_REASON.items())
    _record(
        transaction,
        loading,
        f"""SELECT 'cell', lesson_id, pupil_id, NULL,
                concat_ws(' ', CASE any_value(absence) {letters} END, string_agg(value::VARCHAR, '/' ORDER BY slot)), NULL, NULL
            FROM (SELECT m.lesson_id, m.pupil_id, NULL AS absence, m.value, m.slot FROM marks m
                    SEMI JOIN (SELECT DISTINCT unnest(d.lesson_ids) AS lesson_id, a.pupil_id FROM added_marks a
                        JOIN lesson_days d ON {_same_day("a", "d")}) k USING (lesson_id, pupil_id)
                  UNION ALL SELECT b.lesson_id, b.pupil_id, b.reason, NULL, NULL FROM absences b
                    SEMI JOIN (SELECT DISTINCT unnest(d.lesson_ids) AS lesson_id, a.pupil_id FROM added_absences a
                        JOIN lesson_days d ON {_same_day("a", "d")}) k USING (lesson_id, pupil_id))
            GROUP BY lesson_id, pupil_id""",
    )


def _record(transaction: Transaction, loading: Loading, select: str) -> None:
    transaction.record_rows(
        f"""SELECT $at, $user, r.kind, r.lesson_id, r.pupil_id, r.record_id, NULL, r.new_value, $why, r.class_id, r.subject_id
            FROM ({select}) r(kind, lesson_id, pupil_id, record_id, new_value, class_id, subject_id)""",
        {"at": loading.at, "user": loading.user_id, "why": loading.why},
    )
