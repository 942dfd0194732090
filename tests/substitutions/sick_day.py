"""What the small school needs for a teacher to fall ill: more lessons of theirs, and colleagues at other hours."""

from small_school import CLASS_7A, HISTORY, HOMEROOM_STAFF, MATHS, NOW, OWNER_STAFF, QUARTER_2, USER_IDS

from school.store.connection import Transaction
from school.store.events import Event

# The owner's third lesson today, when the stranger (maths in 8Б) and the homeroom teacher (history in 7А) are free;
# in the second lesson of 7А the homeroom teacher teaches, in the first the stranger does.
OWNERS_THIRD_TODAY, OWNERS_SECOND_TOMORROW, HISTORY_TODAY = 301, 302, 303
LOAD_HISTORY = 93


def add_sick_day(transaction: Transaction) -> None:
    """Add the lessons, the load of history and the homeroom teacher's work as a teacher."""
    transaction.change(
        f"""INSERT INTO teaching_load (load_id, school_year, class_id, subject_id, teacher_id, hours_a_week)
            VALUES ({LOAD_HISTORY}, 2026, {CLASS_7A}, {HISTORY}, {HOMEROOM_STAFF}, 2);
        INSERT INTO user_roles VALUES ({USER_IDS["homeroom"]}, 'teacher');
        INSERT INTO lessons (lesson_id, class_id, subject_id, teacher_id, term_id, held_on, number) VALUES
            ({OWNERS_THIRD_TODAY}, {CLASS_7A}, {MATHS}, {OWNER_STAFF}, {QUARTER_2}, '2026-11-19', 3),
            ({OWNERS_SECOND_TOMORROW}, {CLASS_7A}, {MATHS}, {OWNER_STAFF}, {QUARTER_2}, '2026-11-20', 2),
            ({HISTORY_TODAY}, {CLASS_7A}, {HISTORY}, {HOMEROOM_STAFF}, {QUARTER_2}, '2026-11-19', 2)"""
    )
    transaction.record(Event(NOW, None, "school"))
