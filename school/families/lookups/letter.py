"""What a letter tells a family without a computer: a child's marks, absences, remarks and homework ahead (п. 2.8, 4.3)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from school.families.lookups.marks import DiaryAbsences, DiaryMarks, diary_absences, diary_marks
from school.families.lookups.remarks import DiaryRemark, diary_remarks
from school.homework.lookups import PupilHomework, pupil_homework
from school.records import User
from school.store.connection import Store
from school.tasks.lookups import PupilTask, tasks_due

AHEAD_DAYS = 14


@dataclass(frozen=True)
class FamilyLetter:
    """A child's term as a letter tells it; ``ahead``: homework due today or within AHEAD_DAYS, the first day first.

    ``tasks``: the child's own tasks without a lesson that are to be done in these days.
    """

    marks: DiaryMarks
    absences: DiaryAbsences
    remarks: tuple[DiaryRemark, ...]
    ahead: tuple[PupilHomework, ...]
    tasks: tuple[PupilTask, ...]


def family_letter(store: Store, user: User, pupil_id: int, *, now: datetime) -> FamilyLetter:
    """Return what a letter of today's term tells of a pupil: no mark that the family does not see in the diary yet.

    Raises AccessRefused or Refusal.
    """
    today = now.date()
    marks = diary_marks(store, user, pupil_id, today=today, now=now, is_for_family=True)
    since = marks.term.starts_on if marks.term else today
    last = today + timedelta(AHEAD_DAYS)
    due = [
        each
        for each in pupil_homework(store, pupil_id, today, today)
        if each.is_work and each.due_on is not None and today <= each.due_on <= last
    ]
    return FamilyLetter(
        marks,
        diary_absences(store, user, pupil_id, today=today),
        tuple(
            each
            for each in diary_remarks(store, user, pupil_id, now=now)
            if each.remark.written_at.date() >= since
        ),
        tuple(sorted(due, key=lambda each: each.due_on or last)),
        tuple(
            each
            for each in tasks_due(store, pupil_id, marks.pupil.class_ids, today, today)
            if each.is_open and each.due_on is not None and each.due_on <= last
        ),
    )
