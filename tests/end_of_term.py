"""The small school at the end of its second quarter, with enough marks to judge by."""

from datetime import datetime

from small_school import ABSENTEE, CHILD, CLASS_7A, CLASSMATE, CONTROL_WORK, MATHS, OWNER_STAFF, QUARTER_2

from school.records import RegisterKey
from school.store.connection import Transaction
from school.store.events import Event

REGISTER_7A = RegisterKey(CLASS_7A, MATHS)
END = datetime(2026, 12, 28, 12)  # the day before the last of the quarter
AFTER = datetime(2026, 12, 30, 12)
# Five lessons more, the first of them a control work (weight 2). 4 and 5 of yesterday's lesson come to them.
MARKS = {CHILD: (4, 4, 4, 4, 5), CLASSMATE: (5, 5, 5, 4, 5), ABSENTEE: (3, 3)}


def add_marks(transaction: Transaction) -> None:
    """Write the lessons and their marks."""
    for number in range(5):
        lesson_id, work_type, day = (
            300 + number,
            CONTROL_WORK if number == 0 else None,
            f"2026-12-{7 + number:02d}",
        )
        transaction.change(
            """INSERT INTO lessons (lesson_id, class_id, subject_id, teacher_id, term_id, held_on, number, work_type_id)
               VALUES (?, ?, ?, ?, ?, ?, 1, ?)""",
            [lesson_id, CLASS_7A, MATHS, OWNER_STAFF, QUARTER_2, day, work_type],
        )
        for pupil, values in MARKS.items():
            if number < len(values):
                transaction.change(
                    "INSERT INTO marks (lesson_id, pupil_id, slot, value, recorded_at) VALUES (?, ?, 1, ?, ?)",
                    [lesson_id, pupil, values[number], f"{day} 09:00"],
                )
    transaction.record(Event(END, None, "school"))
