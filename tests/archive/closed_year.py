"""The small school as its year is over and closed: nothing stands in the way of its archive."""

from datetime import datetime

from small_school import QUARTER_1, QUARTER_2

from school.store.connection import Transaction
from school.store.events import Event

JUNE = datetime(2027, 6, 10, 12, 0)
# Texts that a table, a quote or a line end could break.
NASTY = "тема \"в кавычках\", с запятой;\nи новой строкой \\n 'апостроф' "


def close_year(transaction: Transaction) -> None:
    """Fill what is empty, give every mark, close the terms."""
    transaction.change(
        """UPDATE lessons SET topic = $topic, homework = ' ', homework_state = 'set', attendance_taken_at = '2026-11-19 09:00',
            recorded_at = '2026-11-19 09:00' WHERE topic = ''""",
        {"topic": NASTY},
    )
    transaction.change(
        f"""INSERT INTO term_marks BY NAME SELECT * REPLACE ({QUARTER_2} AS term_id, '' AS reason) FROM term_marks
            WHERE term_id = {QUARTER_1}"""
    )
    transaction.change(
        """INSERT INTO year_marks BY NAME SELECT class_id, subject_id, 2026 AS school_year, pupil_id, value, recorded_at
            FROM term_marks WHERE term_id = (SELECT max(term_id) FROM terms)"""
    )
    transaction.change(
        """INSERT INTO council_decisions BY NAME SELECT class_id, pupil_id, 'moved_up' AS outcome, DATE '2027-05-28' AS decided_on,
            '7' AS protocol FROM enrolments"""
    )
    transaction.change("UPDATE terms SET closed_at = '2027-06-01 12:00', closed_by = 105")
    transaction.change("UPDATE users SET password_hash = 'СЕКРЕТ-пароль' WHERE password_hash <> ''")
    transaction.record(
        Event(
            datetime(2026, 11, 19, 9),
            101,
            "cell",
            lesson_id=71,
            pupil_id=51,
            old_value="3",
            new_value="4",
            reason=NASTY,
        ),
        Event(JUNE, None, "school"),
    )
