"""What the benchmark school holds: whom to send in, and to which lessons."""

from collections.abc import Collection
from dataclasses import dataclass

from benchmarks.server import WORKING_DAY, BenchSchool
from school.store.connection import Store, Transaction
from school.store.events import Event


@dataclass(frozen=True)
class TeacherLesson:
    """A lesson already held, its teacher's account, its register's address and the pupils on its list."""

    lesson_id: int
    user_id: int
    address: str
    pupil_ids: tuple[int, ...]


@dataclass(frozen=True)
class SchoolFacts:
    """Sizes of the school, accounts, addresses of registers, and past lessons without an entry, no teacher's twice in a row."""

    pupils: int
    classes: int
    teachers: int
    marks: int
    deputy_user_id: int
    guardian_user_ids: list[int]
    registers: list[str]
    lessons: list[TeacherLesson]


# One lesson of each teacher, then a second of each, and so on.
_LESSONS = """
WITH recent AS (
    SELECT l.lesson_id, l.class_id, u.user_id, 'class=' || l.class_id || '&subject=' || l.subject_id || '&lesson=' || l.lesson_id AS address,
        list(e.pupil_id ORDER BY e.pupil_id) AS pupil_ids
    FROM lessons l JOIN users u ON u.staff_id = l.teacher_id JOIN classes c USING (class_id) JOIN terms t USING (term_id)
        JOIN enrolments e ON e.class_id = l.class_id AND e.starts_on <= l.held_on AND e.ends_on IS NULL
    WHERE l.subgroup_id IS NULL AND l.status = 'planned' AND t.closed_at IS NULL AND c.grade_level > 1
        AND l.held_on BETWEEN $now::DATE - 14 AND $now::DATE - 1
    GROUP BY ALL
)
SELECT lesson_id, user_id, address, pupil_ids FROM recent
ORDER BY row_number() OVER (PARTITION BY user_id ORDER BY lesson_id), user_id
"""

_REGISTERS = """
SELECT DISTINCT 'class=' || l.class_id || '&subject=' || l.subject_id || '&term=' || l.term_id
FROM lessons l JOIN terms t USING (term_id) JOIN teaching_load tl USING (class_id, subject_id)
WHERE l.subgroup_id IS NULL AND $now::DATE BETWEEN t.starts_on AND t.ends_on AND tl.hours_a_week >= 4 ORDER BY 1
"""

_GUARDIANS = """
SELECT DISTINCT u.user_id FROM users u JOIN guardian_pupils USING (guardian_id)
    JOIN enrolments e ON e.pupil_id = guardian_pupils.pupil_id AND e.ends_on IS NULL ORDER BY 1
"""


def empty_recent_lessons(place: BenchSchool = WORKING_DAY) -> None:
    """Take the entries out of the lessons that people will write in, so that a save inserts; the app must not be running."""

    def empty(transaction: Transaction) -> None:
        for table in ("marks", "absences"):
            transaction.execute(
                f"DELETE FROM {table} WHERE lesson_id IN (SELECT lesson_id FROM lessons "
                "WHERE held_on BETWEEN $now::DATE - 14 AND $now::DATE - 1)",
                {"now": place.now},
            )
        transaction.record(Event(place.now, None, "measurement", reason="измерение"))

    store = place.store()
    try:
        store.write(empty)
    finally:
        store.close()


def stored_entries(place: BenchSchool = WORKING_DAY) -> dict[tuple[int, int], str]:
    """Return what each cell (lesson, pupil) of the recent lessons holds; the app must not be running."""
    store = place.store()
    try:
        return {(lesson, pupil): text for lesson, pupil, text in store.read(_ENTRIES, {"now": place.now})}
    finally:
        store.close()


_ENTRIES = """
SELECT lesson_id, pupil_id, string_agg(entry, '/') FROM (
    SELECT lesson_id, pupil_id, value::VARCHAR AS entry FROM marks
    UNION ALL SELECT lesson_id, pupil_id, CASE reason WHEN 'unknown' THEN 'н' ELSE reason END FROM absences
) JOIN lessons USING (lesson_id)
WHERE held_on BETWEEN $now::DATE - 14 AND $now::DATE - 1 GROUP BY ALL
"""


def school_facts(place: BenchSchool = WORKING_DAY) -> SchoolFacts:
    """Read the facts from the store; the app must not be running."""
    store = place.store()
    try:
        deputy = store.read("SELECT value::BIGINT FROM settings WHERE name = 'demo.user.deputy'")[0][0]
        lessons = [
            TeacherLesson(lesson, user, address, tuple(pupils[:25]))
            for lesson, user, address, pupils in store.read(_LESSONS, {"now": place.now})
        ]
        return SchoolFacts(
            pupils=_count(store, "enrolments WHERE ends_on IS NULL"),
            classes=_count(store, "classes WHERE school_year = (SELECT max(school_year) FROM classes)"),
            teachers=_count(store, "staff WHERE staff_id IN (SELECT teacher_id FROM teaching_load)"),
            marks=_count(store, "marks"),
            deputy_user_id=deputy,
            guardian_user_ids=[row[0] for row in store.read(_GUARDIANS)],
            registers=[row[0] for row in store.read(_REGISTERS, {"now": place.now})],
            lessons=lessons,
        )
    finally:
        store.close()


def _count(store: Store, table_and_condition: str) -> int:
    return int(store.read(f"SELECT count(*) FROM {table_and_condition}")[0][0])


def give_role(user_ids: Collection[int], role: str, place: BenchSchool = WORKING_DAY) -> None:
    """Give users one role more; the app must not be running."""

    def give(transaction: Transaction) -> None:
        for user_id in user_ids:
            transaction.execute("INSERT OR IGNORE INTO user_roles VALUES (?, ?)", [user_id, role])
        transaction.record(Event(place.now, None, "measurement", new_value=role, reason="измерение"))

    store = place.store()
    try:
        store.write(give)
    finally:
        store.close()
