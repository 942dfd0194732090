"""The tables of a class as people read them: names in place of numbers, one CSV file each, and its changes (п. 2.3, 6.6)."""

from pathlib import Path

import duckdb

from school.archive.package.tables import copy_csv
from school.calendar import TERM_WORDS
from school.store.names import full_name

Cursor = duckdb.DuckDBPyConnection
CHANGES = "изменения.jsonl"
_PUPIL, _TEACHER = full_name("p"), full_name("s")
_LESSON = (
    """l.held_on AS "дата", l.number AS "урок", b.name AS "предмет", coalesce(g.name, '') AS "подгруппа\""""
)
_OF_LESSON = """JOIN lessons l USING (lesson_id) JOIN subjects b USING (subject_id)
    LEFT JOIN subgroups g ON g.subgroup_id = l.subgroup_id"""
# A term by its name on screens and in print: «2-я четверть».
_KINDS = " ".join(f"WHEN '{kind}' THEN '{words}'" for kind, words in TERM_WORDS.items())
_TERM = f"replace(CASE t.kind {_KINDS} ELSE '{TERM_WORDS['term']}' END, '{{}}', t.number::VARCHAR)"
# File → its query; $class is the class.
TABLES: dict[str, str] = {
    "список.csv": f"""SELECT p.pupil_id AS "номер ученика", {_PUPIL} AS "ученик", p.born_on AS "дата рождения",
            e.starts_on AS "в классе с", e.ends_on AS "выбыл"
        FROM enrolments e JOIN pupils p USING (pupil_id) WHERE e.class_id = $class
        ORDER BY p.last_name COLLATE ru, p.first_name COLLATE ru, p.pupil_id, e.starts_on""",
    "уроки.csv": f"""SELECT {_LESSON}, {_TEACHER} AS "учитель", if(l.status = 'cancelled', 'да', '') AS "отменён", l.topic AS "тема",
            l.homework AS "домашнее задание", coalesce(w.name, '') AS "вид работы"
        FROM lessons l JOIN subjects b USING (subject_id) LEFT JOIN subgroups g ON g.subgroup_id = l.subgroup_id
            LEFT JOIN staff s ON s.staff_id = l.teacher_id LEFT JOIN work_types w USING (work_type_id)
        WHERE l.class_id = $class ORDER BY l.held_on, l.number, b.name, l.lesson_id""",
    "отметки.csv": f"""SELECT {_LESSON}, p.pupil_id AS "номер ученика", {_PUPIL} AS "ученик", m.value AS "отметка",
            coalesce(w.name, '') AS "вид работы", coalesce(m.weight, w.weight, 1) AS "вес"
        FROM marks m {_OF_LESSON} JOIN pupils p ON p.pupil_id = m.pupil_id
            LEFT JOIN work_types w ON w.work_type_id = coalesce(m.work_type_id, l.work_type_id)
        WHERE l.class_id = $class ORDER BY l.held_on, l.number, b.name, ({_PUPIL}) COLLATE ru, p.pupil_id, m.slot""",
    "пропуски.csv": f"""SELECT {_LESSON}, p.pupil_id AS "номер ученика", {_PUPIL} AS "ученик",
            CASE a.reason WHEN 'illness' THEN 'болезнь' WHEN 'valid' THEN 'уважительная' WHEN 'late' THEN 'опоздание'
                ELSE 'не выяснено' END AS "причина"
        FROM absences a {_OF_LESSON} JOIN pupils p ON p.pupil_id = a.pupil_id
        WHERE l.class_id = $class ORDER BY l.held_on, l.number, b.name, ({_PUPIL}) COLLATE ru, p.pupil_id""",
    "оценки за период.csv": f"""SELECT * FROM (
            SELECT b.name AS "предмет", {_TERM} AS "период", t.ends_on AS "конец периода",
                p.pupil_id AS "номер ученика", {_PUPIL} AS "ученик", m.value AS "отметка", m.reason AS "пояснение"
            FROM term_marks m JOIN terms t USING (term_id) JOIN subjects b USING (subject_id)
                JOIN pupils p ON p.pupil_id = m.pupil_id WHERE m.class_id = $class
            UNION ALL
            SELECT b.name, 'год', NULL, p.pupil_id, {_PUPIL}, m.value, m.reason
            FROM year_marks m JOIN subjects b USING (subject_id) JOIN pupils p ON p.pupil_id = m.pupil_id
            WHERE m.class_id = $class) ORDER BY "предмет", "конец периода" NULLS LAST, "ученик" COLLATE ru, "номер ученика\"""",
}
_CHANGES = f"""SELECT e.event_id, e.happened_at, {_TEACHER} AS who, e.kind, e.lesson_id, e.pupil_id, e.old_value, e.new_value,
        e.reason
    FROM events e LEFT JOIN users u USING (user_id) LEFT JOIN staff s ON s.staff_id = u.staff_id
    WHERE e.class_id = $class OR e.lesson_id IN (SELECT lesson_id FROM lessons WHERE class_id = $class) ORDER BY e.event_id"""


def write_class_tables(cursor: Cursor, folder: Path, class_id: int) -> list[str]:
    """Write the tables and the changes of a class into a folder; return the names of the files. Raises OSError, duckdb.Error."""
    for name, query in TABLES.items():
        copy_csv(cursor, query.replace("$class", str(class_id)), folder / name, [])
    changes, place = _CHANGES.replace("$class", str(class_id)), str(folder / CHANGES).replace("'", "''")
    cursor.execute(f"COPY ({changes}) TO '{place}' (FORMAT json)")
    return [*TABLES, CHANGES]
