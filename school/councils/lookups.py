"""A class's year, its exams and decisions, as the signed-in user may see them (п. 4.2, 4.3, 4.6)."""

from dataclasses import dataclass
from datetime import date

from school.access.action import Action
from school.access.checks import check_may, check_may_somewhere, may
from school.access.scopes import Rows
from school.councils import store as stored
from school.councils.records import ClassYear, CouncilClass, ExamColumn, ExamPage, Outcome, SubjectYear
from school.councils.rules import SheetLook, council_facts, sheet_look, suggested_outcome
from school.errors import RuleRefused
from school.records import PersonName, RegisterKey, User
from school.register.lookups.registers import CellEvent, readable_register, register_rows
from school.register.store.registers import subject_names
from school.store.connection import Store
from school.store.settings import setting
from school.term_marks.lookups.term_marks import told_events

NOT_YOURS = "Экзамен ставит учитель предмета или заместитель директора"
NO_EXAM = "Экзамена по этому предмету у класса нет: итог равен годовой отметке"
NOT_BEGUN = "Последний учебный период ещё не начался"


def council_classes(store: Store, user: User) -> list[CouncilClass]:
    """Return the classes about which the user may read decisions, newest year first. Raises AccessRefused."""
    check_may_somewhere(user, Action.READ_COUNCILS)
    return [
        each
        for each in stored.council_classes(store)
        if may(user, Action.READ_COUNCILS, Rows(class_id=each.class_id))
    ]


def class_year(store: Store, user: User, class_id: int) -> ClassYear:
    """Return a class's year with all marks, absences and decisions. Raises AccessRefused, RuleRefused for no class."""
    check_may(user, Action.READ_COUNCILS, Rows(class_id=class_id))
    found = stored.class_year(store, class_id)
    if found is None:
        raise RuleRefused("Такого класса нет.", next_step="Обновите страницу.")
    return found


@dataclass(frozen=True)
class CouncilPage:
    """A class's year with what the marks come to for each pupil, and what the user may do.

    ``debts``: subjects not passed, by pupil; ``why_not`` says why nothing can be decided yet.
    """

    year: ClassYear
    suggested: dict[int, Outcome | None]
    debts: dict[int, tuple[int, ...]]
    may_record: bool
    may_propose: bool
    why_not: str = ""


def council_page(store: Store, user: User, class_id: int, *, today: date) -> CouncilPage:
    """Return a class's year with the decisions that the marks suggest. Raises AccessRefused or RuleRefused."""
    year = class_year(store, user, class_id)
    facts = {each.pupil_id: council_facts(year.grade_level, each) for each in year.at_end}
    rows = Rows(class_id=class_id)
    has_begun = bool(year.terms) and year.terms[-1].starts_on <= today
    return CouncilPage(
        year,
        {pupil: suggested_outcome(each) for pupil, each in facts.items()},
        {pupil: each.debts for pupil, each in facts.items()},
        may_record=may(user, Action.RECORD_DECISIONS, rows),
        may_propose=may(user, Action.PROPOSE_DECISIONS, rows)
        and not all(each.decision and each.decision.is_recorded for each in year.at_end),
        why_not="" if has_begun else NOT_BEGUN,
    )


def exam_page(store: Store, user: User, key: RegisterKey, *, today: date) -> ExamPage:
    """Return a register's exam: who is in it at the end of the year, with year mark, exam and final mark.

    Raises AccessRefused where the user may not read the register, Refusal where there is none.
    """
    register = readable_register(store, user, key)
    year = stored.class_year(store, key.class_id)
    if year is None or not year.terms:
        return ExamPage(register, has_exam=False, why_not=NOT_BEGUN)
    last, own = year.terms[-1], stored.listed_at_end(store, key, year.terms)
    empty = SubjectYear((None,) * len(year.terms))
    pupils = [
        (each, each.subjects.get(key.subject_id, empty)) for each in year.at_end if each.pupil_id in own
    ]
    has_exam = key.subject_id in year.exams
    why_not = "" if last.starts_on <= today else NOT_BEGUN
    if not may(user, Action.ENTER_EXAM_MARKS, register_rows(register)):
        why_not = NOT_YOURS
    return ExamPage(register, has_exam, pupils, why_not)


def exam_history(
    store: Store, user: User, key: RegisterKey, column: ExamColumn, pupil_id: int
) -> list[CellEvent]:
    """Return who gave and changed an exam mark or another final mark, oldest first; raises AccessRefused or Refusal."""
    readable_register(store, user, key)
    return told_events(stored.exam_events(store, (key.class_id, key.subject_id, column, pupil_id)))


def exams_to_plan(store: Store, user: User, class_id: int) -> tuple[dict[int, str], frozenset[int]]:
    """Return the subjects that a class is taught, by id, and those in which it has an exam. Raises AccessRefused."""
    check_may(user, Action.PLAN_EXAMS)
    taught, named = stored.taught_subjects(store, class_id), subject_names(store)
    return {key: name for key, name in named.items() if key in taught}, stored.exams_of(store, class_id)


def undecided_pupils(
    store: Store, user: User, class_ids: list[int], day: date
) -> dict[str, list[PersonName]]:
    """Return by class who is in it on a day without a decision of the council. Raises AccessRefused."""
    check_may(user, Action.READ_YEAR_OPENING)
    return stored.undecided(store, class_ids, day)


def sheet_look_of(store: Store, user: User) -> SheetLook:
    """Return how the school prints its summary sheets. Raises AccessRefused."""
    check_may_somewhere(user, Action.READ_COUNCILS)
    return sheet_look(setting(store, stored.SHEET_LOOK))
