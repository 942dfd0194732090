"""The queries of the data checks: what contradicts itself in a school year, a row a finding.

Every query gives the columns of ``DataFinding`` that it knows, under their names; ``$year`` is the school year, ``$today``
the day up to which facts count.
"""

from dataclasses import dataclass
from datetime import date

from school.store.names import short_name, surname_and_initials
from school.store.reading import Reader, read_as
from school.store.selection import holds_on, is_not_over, is_there


@dataclass(frozen=True)
class DataFinding:
    """Something that a check found: where it is, with identifiers for the link and names for people."""

    class_id: int | None
    class_name: str
    subject_id: int | None
    subject_name: str
    subgroup_id: int | None
    subgroup_name: str
    term_id: int | None
    lesson_id: int | None
    held_on: date | None
    number: int | None
    pupil_id: int | None
    pupil_name: str
    teacher_id: int | None
    teacher_name: str
    term_kind: str | None
    term_number: int | None
    note: str


# Lessons held before a register without a single mark is worth a question.
LESSONS_BEFORE_MARKS = 5
# Grade 1 gets no marks.
FIRST_MARKED_GRADE = 2
_LISTED = f"""EXISTS (SELECT 1 FROM enrolments e WHERE e.class_id = l.class_id AND e.pupil_id = v.pupil_id
    AND {is_there("e", "l.held_on")})"""

# The lessons of the year, and how many marks and absences stand at each lesson that has any.
_FRAME = """
WITH l AS (SELECT x.*, c.name AS class_name, c.grade_level FROM lessons x JOIN classes c USING (class_id)
    WHERE c.school_year = $year),
    entered AS (SELECT lesson_id, pupil_id, 1 AS marks, 0 AS absences FROM marks
        UNION ALL SELECT lesson_id, pupil_id, 0, 1 FROM absences),
    entries AS (SELECT lesson_id, sum(marks) AS marks, sum(absences) AS absences FROM entered GROUP BY lesson_id)
"""
_AT_LESSON = (
    "l.class_id, l.subject_id, l.subgroup_id, l.term_id, l.lesson_id, l.held_on, l.number, l.teacher_id"
)
_ENTERED_AT = """SELECT l.class_id, l.subject_id, l.subgroup_id, l.term_id, l.lesson_id, l.held_on, e.pupil_id,
    e.marks, e.absences FROM entered e JOIN l USING (lesson_id)"""
_ENTRY_WORDS = "'отметок: ' || e.marks || ', пропусков: ' || e.absences AS note"

QUERIES: dict[str, str] = {
    "entries_on_days_off": f"""
        SELECT {_AT_LESSON}, {_ENTRY_WORDS} FROM l JOIN entries e USING (lesson_id)
        LEFT JOIN school_years y ON y.school_year = $year
        WHERE l.held_on IN (SELECT day FROM days_off) OR (isodow(l.held_on) > coalesce(y.days_a_week, 7)
            AND l.held_on NOT IN (SELECT day FROM moved_days))""",
    "entries_at_cancelled_lessons": f"""
        SELECT {_AT_LESSON}, {_ENTRY_WORDS} FROM l JOIN entries e USING (lesson_id) WHERE l.status = 'cancelled'""",
    "leaves_without_absence": f"""
        SELECT v.class_id, v.pupil_id, min(l.held_on) AS held_on,
            'уроков с ' || strftime(v.starts_on, '%d.%m') || ' по ' || strftime(v.ends_on, '%d.%m')
                || ', где ученик отмечен присутствующим: ' || count(*) AS note
        FROM leaves v JOIN l ON l.class_id = v.class_id AND l.held_on BETWEEN v.starts_on AND v.ends_on
            AND (len(v.lesson_numbers) = 0 OR list_contains(v.lesson_numbers, l.number))
        WHERE v.withdrawn_at IS NULL AND l.attendance_taken_at IS NOT NULL AND l.held_on <= $today
            AND l.status <> 'cancelled' AND {_LISTED}
            AND (l.subgroup_id IS NULL OR EXISTS (SELECT 1 FROM subgroup_members g
                WHERE g.subgroup_id = l.subgroup_id AND g.pupil_id = v.pupil_id))
            AND NOT EXISTS (SELECT 1 FROM absences a WHERE a.lesson_id = l.lesson_id AND a.pupil_id = v.pupil_id)
        GROUP BY v.leave_id, v.class_id, v.pupil_id, v.starts_on, v.ends_on""",
    "entries_of_unlisted_pupils": f"""
        SELECT class_id, subject_id, subgroup_id, term_id, pupil_id, max(lesson_id) AS lesson_id,
            max(held_on) AS held_on, 'отметок: ' || sum(marks) || ', пропусков: ' || sum(absences) AS note
        FROM (
            SELECT x.* FROM ({_ENTERED_AT}) x ANTI JOIN enrolments n ON n.class_id = x.class_id
                AND n.pupil_id = x.pupil_id AND {is_there("n", "x.held_on")}
            UNION ALL
            SELECT x.* FROM ({_ENTERED_AT}) x SEMI JOIN enrolments n ON n.class_id = x.class_id
                AND n.pupil_id = x.pupil_id AND {is_there("n", "x.held_on")}
            ANTI JOIN subgroup_members g ON g.subgroup_id = x.subgroup_id AND g.pupil_id = x.pupil_id
                AND {is_there("g", "x.held_on")}
            WHERE x.subgroup_id IS NOT NULL)
        GROUP BY class_id, subject_id, subgroup_id, term_id, pupil_id""",
    # A pupil who left has an ended enrolment; who finished grade 9 or 11 may have gone without one.
    "pupils_without_class": """
        SELECT p.pupil_id, last_one.class_id, CASE WHEN last_one.class_id IS NULL THEN 'не был зачислен ни в один класс'
            ELSE 'не переведён: в прошлом году ' || last_one.name END AS note
        FROM pupils p LEFT JOIN (SELECT n.pupil_id, arg_max(c.class_id, c.school_year) AS class_id,
                arg_max(c.name, c.school_year) AS name, max(c.school_year) AS school_year,
                arg_max(c.grade_level, c.school_year) AS grade_level, arg_max(coalesce(n.ends_on, DATE '9999-12-31'),
                    (c.school_year, coalesce(n.ends_on, DATE '9999-12-31'))) AS ends_on
            FROM enrolments n JOIN classes c USING (class_id) GROUP BY n.pupil_id) last_one USING (pupil_id)
        WHERE last_one.pupil_id IS NULL OR (last_one.school_year = $year - 1 AND last_one.grade_level NOT IN (9, 11)
            AND last_one.ends_on >= coalesce((SELECT ends_on FROM school_years WHERE school_year = $year - 1),
                make_date($year::INTEGER, 8, 31)))""",
    "lessons_of_dismissed_staff": f"""
        SELECT l.class_id, l.subject_id, l.subgroup_id, min(l.held_on) AS held_on, l.teacher_id,
            'уволен ' || strftime(any_value(s.dismissed_on), '%d.%m.%Y') || ', уроков после этого: ' || count(*) AS note
        FROM l JOIN staff s ON s.staff_id = l.teacher_id
        WHERE s.dismissed_on <= l.held_on AND l.status <> 'cancelled' GROUP BY 1, 2, 3, 5
        UNION ALL BY NAME
        SELECT t.class_id, t.subject_id, t.subgroup_id, t.teacher_id,
            'уволен ' || strftime(s.dismissed_on, '%d.%m.%Y') || ', нагрузка не снята' AS note
        FROM teaching_load t JOIN staff s ON s.staff_id = t.teacher_id
        WHERE t.school_year = $year AND s.dismissed_on <= $today
            AND {is_not_over("t", "s.dismissed_on")}""",
    "teacher_at_two_lessons": """
        SELECT l.teacher_id, l.held_on, l.number, min(l.class_id) AS class_id, min(l.subject_id) AS subject_id,
            min(l.lesson_id) AS lesson_id, string_agg(DISTINCT l.class_name, ', ' ORDER BY l.class_name) AS note
        FROM l WHERE l.status <> 'cancelled' AND l.teacher_id IS NOT NULL AND l.lesson_id NOT IN (
            SELECT lesson_id FROM substitutions WHERE withdrawn_at IS NULL AND kind = 'joined')
        GROUP BY l.teacher_id, l.held_on, l.number HAVING count(*) > 1""",
    "class_at_two_lessons": """
        SELECT l.class_id, l.held_on, l.number, min(l.lesson_id) AS lesson_id, min(l.subject_id) AS subject_id,
            arg_min(l.subgroup_id, l.subject_id) AS subgroup_id, 'уроков: ' || count(*) AS note
        FROM l WHERE l.status <> 'cancelled' GROUP BY l.class_id, l.held_on, l.number
        HAVING count(*) > 1 AND (count(l.subgroup_id) < count(*) OR count(DISTINCT l.subgroup_id) < count(*))""",
    "load_without_timetable": f"""
        SELECT t.class_id, t.subject_id, t.subgroup_id, t.teacher_id,
            'часов в неделю: ' || printf('%g', t.hours_a_week) AS note
        FROM teaching_load t WHERE t.school_year = $year AND {holds_on("t", "$today")}
            AND NOT EXISTS (SELECT 1 FROM timetable x WHERE x.load_id = t.load_id
                AND {is_not_over("x", "$today")})
            AND EXISTS (SELECT 1 FROM timetable x JOIN teaching_load y USING (load_id) WHERE y.school_year = $year)""",
    "timetable_without_load": f"""
        SELECT t.class_id, t.subject_id, t.subgroup_id, t.teacher_id,
            CASE WHEN t.load_id IS NULL THEN 'нагрузки нет' WHEN t.teacher_id IS NULL THEN 'учитель не назначен'
                ELSE 'нагрузка окончена ' || strftime(t.ends_on, '%d.%m.%Y') END
                || ', уроков в неделю: ' || count(*) AS note
        FROM timetable x LEFT JOIN teaching_load t USING (load_id)
        WHERE {is_not_over("x", "$today")} AND (t.load_id IS NULL OR (t.school_year = $year
            AND (t.teacher_id IS NULL OR NOT {is_not_over("t", "$today")})))
        GROUP BY t.load_id, t.class_id, t.subject_id, t.subgroup_id, t.teacher_id, t.ends_on""",
    "terms_without_marks": f"""
        SELECT l.class_id, l.subject_id, l.subgroup_id, l.term_id, max(l.lesson_id) AS lesson_id,
            any_value(l.teacher_id) AS teacher_id, 'уроков прошло: ' || count(*) AS note
        FROM l LEFT JOIN entries e USING (lesson_id)
        WHERE l.status <> 'cancelled' AND l.held_on <= $today AND coalesce(l.grade_level, 99) >= {FIRST_MARKED_GRADE}
        GROUP BY l.class_id, l.subject_id, l.subgroup_id, l.term_id
        HAVING count(*) >= {LESSONS_BEFORE_MARKS} AND coalesce(sum(e.marks), 0) = 0""",
    "closed_terms_without_term_marks": f"""
        SELECT g.class_id, g.subject_id, g.term_id, any_value(g.subgroup_id) AS subgroup_id,
            'учеников без отметки: ' || count(DISTINCT g.pupil_id) AS note
        FROM (SELECT DISTINCT l.class_id, l.subject_id, l.term_id, l.subgroup_id, m.pupil_id, t.ends_on
            FROM marks m JOIN l USING (lesson_id) JOIN terms t USING (term_id)
            WHERE t.closed_at IS NOT NULL) g
        JOIN enrolments n ON n.class_id = g.class_id AND n.pupil_id = g.pupil_id
            AND {is_there("n", "g.ends_on")}
        ANTI JOIN term_marks k ON k.class_id = g.class_id AND k.subject_id = g.subject_id
            AND k.term_id = g.term_id AND k.pupil_id = g.pupil_id
        GROUP BY g.class_id, g.subject_id, g.term_id""",
}

# Gives every column of DataFinding whichever of them the query knows.
_SHAPE = """
SELECT NULL::BIGINT AS class_id, NULL::BIGINT AS subject_id, NULL::BIGINT AS subgroup_id, NULL::BIGINT AS term_id,
    NULL::BIGINT AS lesson_id, NULL::DATE AS held_on, NULL::TINYINT AS number, NULL::BIGINT AS pupil_id,
    NULL::BIGINT AS teacher_id, '' AS note WHERE false
"""


def count_findings(reader: Reader, name: str, school_year: int, today: date) -> int:
    """Return how many findings a check has in a school year."""
    query = f"{_FRAME} SELECT count(*) FROM ({QUERIES[name]})"
    rows = reader.read(query, _parameters(name, school_year, today))
    return int(rows[0][0])


def _parameters(name: str, school_year: int, today: date) -> dict[str, int | date]:
    """Return what a query asks for: a parameter that it does not name would be an error."""
    return {"year": school_year} | ({"today": today} if "$today" in QUERIES[name] else {})


def findings(reader: Reader, name: str, school_year: int, today: date, limit: int) -> list[DataFinding]:
    """Return up to ``limit`` findings of a check with the names that people read, the latest first."""
    query = f"""{_FRAME}, found AS ({_SHAPE} UNION ALL BY NAME SELECT * FROM ({QUERIES[name]}))
        SELECT f.class_id, coalesce(c.name, '') AS class_name, f.subject_id, coalesce(b.name, '') AS subject_name,
            f.subgroup_id, coalesce(g.name, '') AS subgroup_name, f.term_id, f.lesson_id, f.held_on, f.number,
                f.pupil_id,
            {short_name("p")} AS pupil_name, f.teacher_id, {surname_and_initials("s")} AS teacher_name,
            t.kind AS term_kind, t.number AS term_number, f.note
        FROM found f LEFT JOIN classes c ON c.class_id = f.class_id
            LEFT JOIN subjects b ON b.subject_id = f.subject_id LEFT JOIN subgroups g ON g.subgroup_id = f.subgroup_id
            LEFT JOIN pupils p ON p.pupil_id = f.pupil_id LEFT JOIN staff s ON s.staff_id = f.teacher_id
            LEFT JOIN terms t ON t.term_id = f.term_id
        ORDER BY coalesce(f.held_on, t.starts_on) DESC NULLS LAST, c.grade_level, c.name COLLATE ru,
            b.name COLLATE ru, p.last_name COLLATE ru, f.number LIMIT $limit"""
    return read_as(reader, DataFinding, query, {**_parameters(name, school_year, today), "limit": limit})
