"""Remarks and recommendations: those a teacher wrote, those of a class, those a family reads (п. 3.6, 4.7)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from school.access.action import Action
from school.access.checks import check_may_somewhere, may, scopes_of
from school.access.scopes import Rows, Scope
from school.families.lookups.diary import diary_pupil
from school.families.store import remarks
from school.families.store.remarks import StoredRemark, TaughtPupil
from school.records import User
from school.store.connection import Store
from school.store.names import rows_apart, staff_apart

__all__ = ["StoredRemark", "TaughtPupil"]

# Families and staff see what was written within a school year.
REMARK_DAYS = 300


@dataclass(frozen=True)
class DiaryRemark:
    """A remark as a family reads it; ``may_confirm`` where this reader may say that they have read it."""

    remark: StoredRemark
    may_confirm: bool


def readable_remarks(store: Store, user: User, today: date) -> list[StoredRemark]:
    """Return the remarks that the user wrote and those of the classes they lead or oversee, the newest first."""
    check_may_somewhere(user, Action.READ_REMARKS)
    scopes, since = scopes_of(user, Action.READ_REMARKS), _since(today)
    if Scope.WHOLE_SCHOOL in scopes:
        return _apart(store, remarks.remarks_of_classes(store, None, None, since))
    own = user.homeroom_class_ids if Scope.OWN_CLASS in scopes else frozenset()
    return _apart(store, remarks.remarks_of_classes(store, own, user.user_id, since))


def _apart(store: Store, rows: list[StoredRemark]) -> list[StoredRemark]:
    return staff_apart(store, rows_apart(store, rows, "pupil_name"), "author", "written_by", is_user=True)


def _since(today: date) -> date:
    return today - timedelta(days=REMARK_DAYS)


def pupils_to_write_of(store: Store, user: User, today: date) -> list[TaughtPupil]:
    """Return the pupils of today whom the user may write of: those they teach and those of the own class."""
    check_may_somewhere(user, Action.READ_REMARKS)
    found = [
        pupil
        for pupil in remarks.taught_pupils(store, today)
        if may(user, Action.WRITE_REMARK, remark_rows(pupil))
    ]
    return rows_apart(store, found)


def remark_rows(pupil: TaughtPupil) -> Rows:
    """Return whose rows the remarks of a pupil are."""
    return Rows(teacher_ids=pupil.teacher_ids, class_id=pupil.class_id)


def own_subjects(store: Store, user: User, class_id: int) -> dict[int, str]:
    """Return the subjects that the user teaches in a class, by name."""
    check_may_somewhere(user, Action.READ_REMARKS)
    return {} if user.staff_id is None else remarks.subjects_taught(store, class_id, user.staff_id)


def diary_remarks(store: Store, user: User, pupil_id: int, *, now: datetime) -> list[DiaryRemark]:
    """Return what teachers wrote to the family of a pupil, the newest first; raises AccessRefused for another's child, Refusal for nobody's."""
    diary_pupil(store, user, pupil_id, now.date())
    may_confirm = may(user, Action.CONFIRM_REMARK, Rows(pupil_id=pupil_id))
    return [
        DiaryRemark(remark, may_confirm and remark.read_at is None)
        for remark in remarks.remarks_of_pupil(store, pupil_id, _since(now.date()))
    ]
