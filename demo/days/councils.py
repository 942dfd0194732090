"""The end of the years that are over: exams in two subjects, final marks, the council's decisions about every class (п. 4.2)."""

from datetime import datetime, time

import numpy as np

from demo.plan.classes import LAST_BASIC_GRADE, LAST_GRADE
from demo.plan.structure_rows import Founded
from demo.plan.whole_school import SchoolPlan
from school.councils.actions import WantedDecision, enter_exam_marks, plan_exams, record_decisions
from school.councils.lookups import class_year, council_page
from school.councils.records import ClassYear, ExamColumn, ExamEdit, SubjectYear
from school.errors import StoreFault
from school.records import RegisterKey, Role, User
from school.register.actions.batch import EntryStatus
from school.register.rules.cells import HIGHEST_MARK, LOWEST_MARK
from school.store.connection import Store
from school.year.records import ONE_DAY

FIRST_GRADE_WITH_EXAMS = 5
EXAM_SUBJECTS = ("Русский язык", "Математика", "Алгебра")
# Of ten exams one is a mark better than the year, one a mark worse.
DIFFERS_BY = (-1, 0, 0, 0, 0, 0, 0, 0, 0, 1)
DAYS_TO_THE_EXAMS, DAYS_TO_THE_COUNCIL = 1, 3
WHY_WITHOUT_YEAR, WHY_PASSED_AGAIN = "по отметкам прежней школы", "пересдача"


def hold_councils(store: Store, plan: SchoolPlan, school: Founded, now: datetime) -> None:
    """Let the deputy write down what ends each school year that is over."""
    deputy = school.user_with(Role.DEPUTY)
    for number, year in enumerate(plan.years, start=1):
        rng = np.random.default_rng([plan.seed, 11, year.calendar.school_year])
        examined_at, decided_at = (
            datetime.combine(year.calendar.ends_on + days * ONE_DAY, time(14))
            for days in (DAYS_TO_THE_EXAMS, DAYS_TO_THE_COUNCIL)
        )
        if decided_at > now:
            return
        for each in year.classes:
            if each.stays:
                _examine(store, deputy, each.class_id, rng, examined_at)
                _decide(store, deputy, each.class_id, str(7 + number), decided_at)


def _examine(store: Store, deputy: User, class_id: int, rng: np.random.Generator, at: datetime) -> None:
    year = class_year(store, deputy, class_id)
    is_examined = (year.grade_level or 0) >= FIRST_GRADE_WITH_EXAMS
    exams = [key for key, name in year.subjects.items() if is_examined and name in EXAM_SUBJECTS]
    plan_exams(store, deputy, class_id, exams, now=at)
    absent = _absent_at_exam(year, exams[0]) if exams else None
    for subject in year.subjects:
        edits = _edits(year, subject, rng, has_exam=subject in exams, absent=absent)
        results = enter_exam_marks(store, deputy, edits, now=at)
        if refused := [result for result in results if result.status is not EntryStatus.SAVED]:
            raise StoreFault(f"The register refused {len(refused)} made-up exam marks: {refused[0].message}")


def _edits(
    year: ClassYear, subject: int, rng: np.random.Generator, *, has_exam: bool, absent: int | None
) -> list[ExamEdit]:
    """Return the exam of each pupil, and a final mark where there is no year mark or the last grade would not be passed."""
    key, edits = RegisterKey(year.class_id, subject), []
    for pupil in year.at_end:
        held = pupil.subjects.get(subject, SubjectYear(()))
        if not held.is_owed:
            continue
        exam, differs_by = None, int(rng.choice(DIFFERS_BY))
        if has_exam and held.year is not None and pupil.pupil_id != absent:
            exam = min(max(held.year + differs_by, LOWEST_MARK + 1), HIGHEST_MARK)
        other, why = None, ""
        if held.year is None:
            last = next((mark for mark in reversed(held.terms) if mark is not None), LOWEST_MARK + 2)
            other, why = max(last, LOWEST_MARK + 1), WHY_WITHOUT_YEAR
        elif year.grade_level in (LAST_BASIC_GRADE, LAST_GRADE) and held.year == LOWEST_MARK and not has_exam:
            other, why = LOWEST_MARK + 1, WHY_PASSED_AGAIN
        if exam is not None:
            edits.append(ExamEdit(key, ExamColumn.EXAM, pupil.pupil_id, str(exam)))
        if other is not None:
            edits.append(ExamEdit(key, ExamColumn.FINAL, pupil.pupil_id, str(other), reason=why))
    return edits


def _absent_at_exam(year: ClassYear, subject: int) -> int | None:
    """Return who came to no exam, the weakest in a subject: moved up conditionally; nobody of a last grade."""
    marks = {
        pupil.pupil_id: pupil.subjects[subject].year
        for pupil in year.at_end
        if subject in pupil.subjects and pupil.subjects[subject].year is not None
    }
    if year.grade_level in (LAST_BASIC_GRADE, LAST_GRADE):
        return None
    return min(marks, key=lambda pupil: marks[pupil] or 0, default=None)


def _decide(store: Store, deputy: User, class_id: int, number: str, at: datetime) -> None:
    page = council_page(store, deputy, class_id, today=at.date())
    wanted = {pupil: WantedDecision(outcome) for pupil, outcome in page.suggested.items()}
    record_decisions(store, deputy, class_id, wanted, number, at.date(), now=at)
