"""Settings of marking for those who may see them."""

from dataclasses import dataclass

from school.access.action import Action
from school.access.checks import check_may, may
from school.records import User, WorkType
from school.register.store.registers import subject_names, work_types
from school.register.store.work_types import mark_counts_by_work_type, school_rounding, subject_roundings
from school.store.connection import Store
from school.term_marks.rules.term_marks import Rounding


@dataclass(frozen=True)
class MarkingSettings:
    """Work types with the number of their marks, and the roundings: the school's and the subjects' own."""

    work_types: list[WorkType]
    mark_counts: dict[int, int]
    school_rounding: Rounding
    subject_roundings: dict[int, Rounding]
    subjects: dict[int, str]
    may_edit: bool


def marking_settings(store: Store, user: User) -> MarkingSettings:
    """Return how the school marks; raises AccessRefused."""
    check_may(user, Action.READ_MARKING)
    own = {subject: Rounding(name) for subject, name in subject_roundings(store).items()}
    return MarkingSettings(
        work_types=sorted(work_types(store).values(), key=lambda row: row.is_retired),
        mark_counts=mark_counts_by_work_type(store),
        school_rounding=Rounding(school_rounding(store) or Rounding.HALF_UP),
        subject_roundings=own,
        subjects=subject_names(store),
        may_edit=may(user, Action.EDIT_MARKING),
    )
