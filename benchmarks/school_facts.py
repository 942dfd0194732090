"""What the benchmark school holds: whom to send in, and to which lessons."""

from dataclasses import dataclass

from benchmarks.server import WORKING_DAY, BenchSchool
from school.store.connection import Store


@dataclass(frozen=True)
class TeacherLesson:
    """A lesson already held, its teacher's account, its register's address and the pupils on its list."""

    lesson_id: int
    user_id: int
    address: str
    pupil_ids: tuple[int, ...]


@dataclass(frozen=True)
class SchoolFacts:
    """Sizes of the school, the deputy's account, addresses of registers, and lessons of different teachers."""

    pupils: int
    classes: int
    teachers: int
    marks: int
    deputy_user_id: int
    registers: list[str]
    lessons: list[TeacherLesson]


_LESSONS = """
WITH empty_lessons AS (
    SELECT min(l.lesson_id) AS lesson_id, u.user_id FROM lessons l JOIN users u ON u.staff_id = l.teacher_id
        JOIN classes c USING (class_id) JOIN terms t USING (term_id)
    WHERE l.subgroup_id IS NULL AND l.status = 'planned' AND t.closed_at IS NULL AND c.grade_level > 1
        AND l.held_on BETWEEN $now::DATE - 14 AND $now::DATE - 1
        AND NOT EXISTS (SELECT 1 FROM marks m WHERE m.lesson_id = l.lesson_id)
    GROUP BY u.user_id, l.class_id, l.subject_id
)
SELECT k.lesson_id, k.user_id, 'class=' || l.class_id || '&subject=' || l.subject_id || '&lesson=' || l.lesson_id, list(e.pupil_id ORDER BY e.pupil_id) FROM empty_lessons k JOIN lessons l USING (lesson_id)
    JOIN enrolments e ON e.class_id = l.class_id AND e.starts_on <= l.held_on AND e.ends_on IS NULL
GROUP BY ALL ORDER BY k.lesson_id
"""

_REGISTERS = """
SELECT DISTINCT 'class=' || l.class_id || '&subject=' || l.subject_id || '&term=' || l.term_id
FROM lessons l JOIN terms t USING (term_id) JOIN teaching_load tl USING (class_id, subject_id)
WHERE l.subgroup_id IS NULL AND $now::DATE BETWEEN t.starts_on AND t.ends_on AND tl.hours_a_week >= 4 ORDER BY 1
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
            registers=[row[0] for row in store.read(_REGISTERS, {"now": place.now})],
            lessons=lessons,
        )
    finally:
        store.close()


def _count(store: Store, table_and_condition: str) -> int:
    return int(store.read(f"SELECT count(*) FROM {table_and_condition}")[0][0])
