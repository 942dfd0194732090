"""The substitution log of a made-up school, and what its data checks find: a certificate for days of presence."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta

from demo.plan.lessons import DatedLesson
from demo.plan.structure_rows import Founded
from demo.plan.whole_school import PlannedYear
from school.attendance.actions import LeaveOrder, give_reason
from school.records import AbsenceReason, SubstitutionKind, User
from school.store.connection import Store
from school.store.rows import SubstitutionRow

ASSIGNED_AT, SIGNED_AT = time(7, 45), time(15, 10)
REASON = "болезнь учителя"
# The last substitutes have not signed yet, unless that was long ago.
LAST_UNSIGNED, MOST_DAYS_UNSIGNED = 2, 30


def substitution_rows(
    ids: Iterator[int],
    lessons: Iterable[DatedLesson],
    subject_ids: Mapping[str, int],
    school: Founded,
    deputy: User,
    today: date,
) -> list[SubstitutionRow]:
    """Return the log of the lessons that colleagues of the subject gave and of those that were cancelled."""
    changed = [
        lesson for lesson in lessons if lesson.is_cancelled or lesson.teacher_id != lesson.load.teacher_id
    ]
    given = sorted(
        (lesson for lesson in changed if not lesson.is_cancelled),
        key=lambda each: (each.held_on, each.number),
    )
    recently = today - timedelta(days=MOST_DAYS_UNSIGNED)
    unsigned = {lesson.lesson_id for lesson in given[-LAST_UNSIGNED:] if lesson.held_on >= recently}
    return [
        _row(
            next(ids),
            lesson,
            subject_ids[lesson.load.subject.name],
            school,
            deputy,
            is_signed=not lesson.is_cancelled and lesson.lesson_id not in unsigned,
        )
        for lesson in changed
    ]


def _row(
    substitution_id: int,
    lesson: DatedLesson,
    subject_id: int,
    school: Founded,
    deputy: User,
    *,
    is_signed: bool,
) -> SubstitutionRow:
    load, substitute = lesson.load, None if lesson.is_cancelled else lesson.teacher_id
    return SubstitutionRow(
        substitution_id,
        lesson.lesson_id,
        load.school_class.class_id,
        subject_id,
        load.subgroup.subgroup_id if load.subgroup else None,
        SubstitutionKind.CANCELLED if substitute is None else SubstitutionKind.SUBJECT,
        load.teacher_id,
        substitute,
        None,
        REASON,
        datetime.combine(lesson.held_on, ASSIGNED_AT),
        deputy.user_id,
        datetime.combine(lesson.held_on, SIGNED_AT) if is_signed else None,
        school.users[lesson.teacher_id].user_id if is_signed else None,
    )


def plant_certificate(store: Store, year: PlannedYear, school: Founded, now: datetime) -> None:
    """Let a homeroom teacher bring a certificate for last week of a pupil who has not missed a lesson of it."""
    evening = datetime.combine(now.date() - timedelta(days=1), time(18))
    last_day = now.date() - timedelta(days=now.isoweekday() + 2)
    missed = {
        pupil
        for (pupil,) in store.read(
            "SELECT pupil_id FROM absences JOIN lessons USING (lesson_id) WHERE held_on >= $monday",
            {"monday": last_day - timedelta(days=4)},
        )
    }
    for each in year.classes:
        leader = school.users[year.homerooms[each.class_id]]
        present = [
            stay.pupil_id for stay in each.stays if stay.covers(last_day) and stay.pupil_id not in missed
        ]
        if present:
            order = LeaveOrder(
                each.class_id,
                (present[0],),
                last_day - timedelta(days=1),
                last_day,
                AbsenceReason.VALID,
                note="заявление родителей",
            )
            give_reason(store, leader, order, now=evening)
            return
