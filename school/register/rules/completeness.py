"""What a complete lesson has: topic, homework decided, attendance (п. 3.4, 4.5)."""

from datetime import datetime
from enum import StrEnum

from school.records import HomeworkState


class Part(StrEnum):
    """A part of a lesson's record."""

    TOPIC = "topic"
    HOMEWORK = "homework"
    ATTENDANCE = "attendance"
    MARKS = "marks"


PART_TITLES: dict[Part, str] = {
    Part.TOPIC: "тема",
    Part.HOMEWORK: "домашнее задание",
    Part.ATTENDANCE: "посещаемость",
    Part.MARKS: "отметки",
}

# A lesson without marks is a lesson all the same: the number of marks is judged over the term (п. 5.2).
REQUIRED_PARTS = (Part.TOPIC, Part.HOMEWORK, Part.ATTENDANCE)


def missing_parts(
    topic: str, homework_state: str, attendance_taken_at: datetime | None, mark_count: int
) -> tuple[Part, ...]:
    """Return the parts of a lesson's record that are not there yet, in the order of the day's work (п. 4.5)."""
    is_there = {
        Part.ATTENDANCE: attendance_taken_at is not None,
        Part.TOPIC: bool(topic),
        Part.HOMEWORK: homework_state != HomeworkState.UNSET,
        Part.MARKS: mark_count > 0,
    }
    return tuple(part for part, present in is_there.items() if not present)
