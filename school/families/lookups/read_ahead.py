"""Reading ahead: what the diaries of a week show of a class is in memory before its first family asks for it."""

from collections.abc import Collection, Iterator
from datetime import date, timedelta

from school.announcements.lookups.family import read_announcements_ahead
from school.families.lookups.week import last_day_shown
from school.families.rules import monday_of
from school.families.store import diaries
from school.families.store.news import visits_of
from school.families.store.recent_news import recent_events
from school.homework.lookups import read_homework_ahead
from school.homework.rules.due_days import LONGEST_DAYS
from school.homework.store import tasks_of_lessons, ticks_of_lessons
from school.lesson_plans.lookups import planned_controls
from school.occasions.lookups import read_occasions_ahead
from school.register.lookups.registers import registers_of_year
from school.register.store.cells import absences_by_lesson, marks_by_lesson
from school.register.store.lessons import lessons_by_id
from school.register.store.pupil_lessons import lessons_of_classes
from school.register.store.registers import class_terms, school_years
from school.store.connection import Store
from school.tasks.lookups import read_tasks_ahead


def read_diaries_ahead(store: Store, user_ids: Collection[int], today: date) -> Iterator[None]:
    """Read what all families' diaries of this week share, then of each class in turn, one at a step; ``user_ids``: the families."""
    visits_of(store, user_ids)
    recent_events(store, today)
    read_announcements_ahead(store)
    read_occasions_ahead(store, today)
    yield
    year = next((year for year in school_years(store) if year <= today.year), None)
    monday, last = monday_of(today), last_day_shown(today, today)
    # Homework of earlier lessons may be due this week; their cells are of other weeks.
    first = monday - timedelta(LONGEST_DAYS)
    registers = registers_of_year(store, year) if year is not None else []
    for class_id in dict.fromkeys(row.key.class_id for row in registers):
        dated = lessons_of_classes(store, [class_id], first, last)
        ids = [each.lesson_id for each in dated]
        known = lessons_by_id(store, ids)
        if known:
            read_homework_ahead(store, list(known.values()))
            tasks = [task.task_id for task in tasks_of_lessons(store, ids)]
            read_tasks_ahead(store, [class_id], tasks)
            ticks_of_lessons(store, ids)
            of_week = [each.lesson_id for each in dated if each.held_on >= monday]
            for read in (marks_by_lesson, absences_by_lesson, diaries.changes_by_lesson):
                read(store, of_week)
        class_terms(store, class_id)
        diaries.rooms_of_class(store, class_id)
        diaries.substituted_lessons(store, class_id)
        planned_controls(store, class_id)
        yield
