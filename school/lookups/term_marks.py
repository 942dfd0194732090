"""Marks for terms and years as the signed-in user may see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from school.access.actions import Action
from school.access.checks import may, may_somewhere
from school.access.scopes import Rows
from school.lookups.register import readable_register
from school.records import (
    NO_TERM_MARK,
    YEAR,
    CorrectionPermission,
    PersonName,
    RegisterKey,
    RegisterRow,
    Term,
    TermMarkState,
    TermPlace,
    User,
)
from school.rules.term_marks import (
    NO_BASIS,
    Rounding,
    TermBasis,
    bases,
    closing_term,
    is_unexplained,
    may_be_filled,
    with_year,
)
from school.store.connection import Store
from school.store.corrections import last_permission, permissions_in_force
from school.store.marking import rounding_of
from school.store.registers import listed_pupils
from school.store.term_marks import SubjectTerms, TermMarkEvent, subject_terms, term_mark_events

NOT_YOURS = "Отметки за период ставит учитель этого журнала"
NOT_BEGUN = "Учебный период ещё не начался"
CLOSED = "Учебный период закрыт: нужно разрешение заместителя директора"


@dataclass(frozen=True)
class TermMarksPage:
    """A register's marks for all terms and the year, for the pupils of the chosen term.

    ``terms`` ends with the year; places are (term_id or YEAR, pupil_id). ``why_not`` says for each term why the user
    may not enter its marks (an empty string: they may). ``permission`` is the user's last request to correct the
    chosen term; ``may_ask`` whether they may ask for one.
    """

    register: RegisterRow
    terms: list[Term]
    chosen: Term
    pupils: list[tuple[int, PersonName]]
    pupil_total: int
    held: dict[TermPlace, TermMarkState]
    bases: dict[TermPlace, TermBasis]
    listed: frozenset[TermPlace]
    rounding: Rounding
    why_not: dict[int, str]
    permission: CorrectionPermission | None
    may_ask: bool
    today: datetime

    def state(self, term_id: int, pupil_id: int) -> TermMarkState:
        """Return the mark in a place."""
        return self.held.get((term_id, pupil_id), NO_TERM_MARK)

    def basis(self, term_id: int, pupil_id: int) -> TermBasis:
        """Return what the mark in a place stands on."""
        return self.bases.get((term_id, pupil_id), NO_BASIS)

    def is_listed(self, term_id: int, pupil_id: int) -> bool:
        """Whether the pupil was in the register during the term; for the year, during its last term."""
        real_terms = [term for term in self.terms if term.term_id != YEAR]
        return (closing_term(real_terms, term_id), pupil_id) in self.listed

    @property
    def unexplained(self) -> list[int]:
        """The pupils whose mark for the chosen term lacks the reason that it needs (п. 5.2, 5.4)."""
        term_id = self.chosen.term_id
        return [
            pupil
            for pupil, _ in self.pupils
            if is_unexplained(self.state(term_id, pupil), self.basis(term_id, pupil))
        ]

    def fillable(self, term: Term) -> dict[int, int]:
        """Return the marks that «Принять предложенные» puts into empty places of a term: pupil id → mark."""
        if self.why_not[term.term_id]:
            return {}
        return {
            pupil: proposed
            for pupil, _ in self.pupils
            if self.is_listed(term.term_id, pupil)
            and (proposed := self.basis(term.term_id, pupil).proposed) is not None
            and may_be_filled(
                self.state(term.term_id, pupil), self.basis(term.term_id, pupil), term, self.today.date()
            )
        }


def term_marks_page(
    store: Store,
    user: User,
    key: RegisterKey,
    term_id: int,
    *,
    now: datetime,
    first_pupil: int = 0,
    pupils_a_page: int = 60,
) -> TermMarksPage | None:
    """Return a register's term marks with ``term_id`` (YEAR: the year) chosen; None for a class without terms.

    Raises AccessRefused where the user may not read the register, Refusal where there is none.
    """
    register = readable_register(store, user, key)
    rows = subject_terms(store, key)
    terms = with_year(rows.terms)
    chosen = next((term for term in terms if term.term_id == term_id), next(iter(terms), None))
    if chosen is None:
        return None
    rounding = Rounding(rounding_of(store, key.subject_id) or Rounding.HALF_UP)
    everybody = listed_pupils(store, key, _closing(rows.terms, chosen))
    permission = _own_permission(store, user, key, rows.terms, chosen)
    return TermMarksPage(
        register=register,
        terms=terms,
        chosen=chosen,
        pupils=[(row.pupil_id, row.name) for row in everybody[first_pupil : first_pupil + pupils_a_page]],
        pupil_total=len(everybody),
        held=rows.held,
        bases=bases(rows.terms, rows.given, rows.held, rows.hours_a_week, rounding),
        listed=rows.listed,
        rounding=rounding,
        why_not=_why_not(store, user, key, rows, now),
        permission=permission,
        may_ask=chosen.is_closed and _is_teacher(user, key, rows, chosen, Action.ASK_CORRECTION),
        today=now,
    )


def _closing(terms: Sequence[Term], chosen: Term) -> Term:
    closing = closing_term(terms, chosen.term_id)
    return next(term for term in terms if term.term_id == closing)


def _is_teacher(user: User, key: RegisterKey, rows: SubjectTerms, term: Term, action: Action) -> bool:
    teachers = rows.teacher_ids.get(_closing(rows.terms, term).term_id, frozenset())
    return may(user, action, Rows(teacher_ids=teachers, class_id=key.class_id))


def _own_permission(
    store: Store, user: User, key: RegisterKey, terms: Sequence[Term], chosen: Term
) -> CorrectionPermission | None:
    if user.staff_id is None or not chosen.is_closed or not may_somewhere(user, Action.ASK_CORRECTION):
        return None
    return last_permission(store, key, _closing(terms, chosen).term_id, user.staff_id)


def _why_not(store: Store, user: User, key: RegisterKey, rows: SubjectTerms, now: datetime) -> dict[int, str]:
    permitted = permissions_in_force(store, user.staff_id, now)

    def why_not(term: Term) -> str:
        if not _is_teacher(user, key, rows, term, Action.ENTER_TERM_MARKS):
            return NOT_YOURS
        if term.starts_on > now.date():
            return NOT_BEGUN
        may_correct = (key, _closing(rows.terms, term).term_id) in permitted
        return CLOSED if term.is_closed and not may_correct else ""

    return {term.term_id: why_not(term) for term in with_year(rows.terms)}


def term_mark_history(
    store: Store, user: User, key: RegisterKey, term_id: int, pupil_id: int
) -> list[TermMarkEvent]:
    """Return who gave and changed a term mark, oldest first; raises AccessRefused or Refusal."""
    readable_register(store, user, key)
    return term_mark_events(store, (key.class_id, key.subject_id, term_id, pupil_id))
