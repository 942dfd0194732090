"""Marks for terms and years as the signed-in user may see them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from school.access.action import Action
from school.access.checks import may
from school.access.scopes import Rows
from school.records import (
    NO_TERM_MARK,
    YEAR,
    CorrectionPermission,
    MarkElsewhere,
    PersonName,
    RegisterKey,
    RegisterRow,
    Term,
    TermMarkState,
    TermPlace,
    User,
)
from school.register.lookups.registers import CellEvent, readable_register
from school.register.store.corrections import last_permission, permissions_in_force
from school.register.store.registers import class_names, listed_pupils
from school.register.store.work_types import rounding_of
from school.store.connection import Store
from school.term_marks.rules.term_marks import (
    Rounding,
    TermBasis,
    bases,
    closing_term,
    is_unexplained,
    may_be_filled,
    with_year,
)
from school.term_marks.rules.year_needed import YearNeeded, needed_in_terms
from school.term_marks.store import MarkEvent, SubjectTerms, subject_terms, term_mark_events

NOT_YOURS = "Отметки за период ставит учитель этого журнала"
NOT_BEGUN = "Учебный период ещё не начался"
MOST_PUPILS = 10_000
LOADED = "загрузка данных"
CLOSED = "Учебный период закрыт: нужно разрешение заместителя директора"


class BroughtMarks(NamedTuple):
    """The marks that a pupil has of a former class in a term, in the order of the days."""

    class_name: str
    values: tuple[int, ...]


@dataclass(frozen=True)
class TermMarksPage:
    """A register's marks for all terms and the year, for the pupils of the chosen term.

    ``terms`` ends with the year; places are (term_id or YEAR, pupil_id). ``brought`` are the current marks of former classes
    among those of a basis, ``elsewhere`` the term marks that other classes or the former school gave, by pupil. ``why_not``
    says for each term why the user may not enter its marks (an empty string: they may).
    """

    register: RegisterRow
    terms: list[Term]
    chosen: Term
    pupils: list[tuple[int, PersonName]]
    pupil_total: int
    first_pupil: int
    held: dict[TermPlace, TermMarkState]
    bases: dict[TermPlace, TermBasis]
    listed: frozenset[TermPlace]
    left: frozenset[TermPlace]
    brought: dict[TermPlace, tuple[BroughtMarks, ...]]
    elsewhere: dict[int, list[MarkElsewhere]]
    rounding: Rounding
    why_not: dict[int, str]
    now: datetime

    def state(self, term_id: int, pupil_id: int) -> TermMarkState:
        """Return the mark in a place."""
        return self.held.get((term_id, pupil_id), NO_TERM_MARK)

    def marks_elsewhere(self, pupil_id: int) -> list[MarkElsewhere]:
        """Return the term marks that a pupil's year stands on and others gave, in the order of the terms."""
        return [
            each
            for each in self.elsewhere.get(pupil_id, ())
            if self.state(each.term.term_id, pupil_id).value is None
        ]

    def year_needed(self, pupil_id: int) -> YearNeeded | None:
        """Return what the terms left must bring for a year mark; None before the first term mark and once it is given."""
        if self.state(YEAR, pupil_id).value is not None:
            return None
        own = [term for term in self.terms if term.term_id != YEAR]
        held = {term.term_id: self.state(term.term_id, pupil_id).value for term in own}
        brought = {each.term.term_id: each.value for each in self.marks_elsewhere(pupil_id)}
        return needed_in_terms(own, brought | {key: mark for key, mark in held.items() if mark is not None})

    def basis(self, term_id: int, pupil_id: int) -> TermBasis:
        """Return what the mark in a place stands on."""
        return self.bases[term_id, pupil_id]

    def is_listed(self, term_id: int, pupil_id: int) -> bool:
        """Whether the pupil's mark for the term is given here; for the year, that for its last term."""
        return (self._closing(term_id), pupil_id) in self.listed

    def has_left(self, term_id: int, pupil_id: int) -> bool:
        """Whether the pupil was here in the term and ends it in another class of the school; as to the year, its last term."""
        return (self._closing(term_id), pupil_id) in self.left

    def _closing(self, term_id: int) -> int | None:
        return closing_term([term for term in self.terms if term.term_id != YEAR], term_id)

    @property
    def unexplained(self) -> list[int]:
        """The pupils whose mark for the chosen term lacks the reason that it needs (п. 5.2, 5.4)."""
        term_id = self.chosen.term_id
        return [
            pupil
            for pupil, _ in self.pupils
            if is_unexplained(self.state(term_id, pupil), self.basis(term_id, pupil))
        ]

    @property
    def fillable(self) -> dict[TermPlace, int]:
        """What «Принять предложенные» may put into empty places: place → mark."""
        marks = {
            (term.term_id, pupil): self._fill(term, pupil) for term in self.terms for pupil, _ in self.pupils
        }
        return {place: mark for place, mark in marks.items() if mark is not None}

    def _fill(self, term: Term, pupil_id: int) -> int | None:
        place = (term.term_id, pupil_id)
        if self.why_not[term.term_id] or not self.is_listed(*place):
            return None
        basis = self.basis(*place)
        return basis.proposed if may_be_filled(self.state(*place), basis, term, self.now.date()) else None


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
    shown = everybody[first_pupil : first_pupil + pupils_a_page]
    pupil_ids = {pupil for _, pupil in rows.held} | {row.pupil_id for row in shown}
    hours = rows.hours(now.date())
    return TermMarksPage(
        register=register,
        terms=terms,
        chosen=chosen,
        pupils=[(row.pupil_id, row.name) for row in shown],
        pupil_total=len(everybody),
        first_pupil=first_pupil,
        held=rows.held,
        bases=bases(rows.terms, pupil_ids, rows.given, rows.held, rows.elsewhere, hours, rounding),
        listed=rows.listed,
        left=rows.left,
        brought=_brought(store, rows, pupil_ids),
        elsewhere=rows.elsewhere,
        rounding=rounding,
        why_not=_why_not(store, user, key, rows, now),
        now=now,
    )


def _brought(
    store: Store, rows: SubjectTerms, pupil_ids: Collection[int]
) -> dict[TermPlace, tuple[BroughtMarks, ...]]:
    """Return the marks of former classes by place: the numbers that the term mark stands on, and nothing else (п. 5.2)."""
    names = class_names(store) if rows.brought else {}
    found: dict[TermPlace, tuple[BroughtMarks, ...]] = {}
    for place, marks in rows.brought.items():
        if place[1] in pupil_ids:
            by_class: dict[int, list[int]] = {}
            for each in sorted(marks, key=lambda each: (each.held_on, each.number)):
                by_class.setdefault(each.from_class_id, []).append(each.mark.value)
            found[place] = tuple(BroughtMarks(names[key], tuple(values)) for key, values in by_class.items())
    return found


def _closing(terms: Sequence[Term], chosen: Term) -> Term:
    closing = closing_term(terms, chosen.term_id)
    return next(term for term in terms if term.term_id == closing)


def _is_teacher(user: User, key: RegisterKey, rows: SubjectTerms, term: Term, action: Action) -> bool:
    teachers = rows.teacher_ids.get(_closing(rows.terms, term).term_id, frozenset())
    return may(user, action, Rows(teacher_ids=teachers, class_id=key.class_id))


@dataclass(frozen=True)
class CorrectionState:
    """A closed term at a teacher's own register: their last request to correct it, None where they made none."""

    permission: CorrectionPermission | None


def correction_state(store: Store, user: User, key: RegisterKey, term_id: int) -> CorrectionState | None:
    """Return how it stands with correcting a closed term (YEAR: the last one); None where there is nothing to ask.

    Raises AccessRefused or Refusal where the register is not the user's to read.
    """
    readable_register(store, user, key)
    rows = subject_terms(store, key)
    term = next((term for term in with_year(rows.terms) if term.term_id == term_id), None)
    if term is None or not term.is_closed or not _is_teacher(user, key, rows, term, Action.ASK_CORRECTION):
        return None
    teacher_id, of_term = user.staff_id, _closing(rows.terms, term).term_id
    return CorrectionState(None if teacher_id is None else last_permission(store, key, of_term, teacher_id))


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


def fillable_marks(
    store: Store, user: User, key: RegisterKey, pupil_ids: Collection[int], *, now: datetime
) -> dict[TermPlace, int | None]:
    """Return what «Принять предложенные» may put into these pupils' places; None where nothing.

    Raises AccessRefused or Refusal.
    """
    page = term_marks_page(store, user, key, YEAR, now=now, pupils_a_page=MOST_PUPILS)
    if page is None:
        return {}
    fills = page.fillable
    places = [(term.term_id, pupil) for term in page.terms for pupil in pupil_ids]
    return {place: fills.get(place) for place in places}


def term_mark_history(
    store: Store, user: User, key: RegisterKey, term_id: int, pupil_id: int
) -> list[CellEvent]:
    """Return who gave and changed a term mark, oldest first; raises AccessRefused or Refusal."""
    readable_register(store, user, key)
    place = (key.class_id, key.subject_id, term_id, pupil_id)
    return told_events(term_mark_events(store, place))


def told_events(events: Iterable[MarkEvent]) -> list[CellEvent]:
    """Return a mark's history as a grid tells it."""
    return [
        CellEvent(event.happened_at, event.who or LOADED, event.old_value, event.new_value, event.reason)
        for event in events
    ]
