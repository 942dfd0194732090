"""How far the marks of a term are given, register by register, and requests to correct what is closed (п. 4.2)."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field

from school.access.action import Action
from school.access.checks import check_may
from school.records import (
    NO_TERM_MARK,
    YEAR,
    CorrectionPermission,
    RegisterKey,
    RegisterRow,
    Term,
    TermMarkState,
    User,
)
from school.register.rules.marks import is_graded
from school.register.store.corrections import permissions_asked
from school.register.store.registers import class_terms, registers
from school.register.store.work_types import school_rounding, subject_roundings
from school.spans import hours_in_force
from school.store.connection import Store
from school.store.names import staff_initials
from school.term_marks import store as stored
from school.term_marks.rules.term_marks import (
    Rounding,
    TermBasis,
    is_unexplained,
    marks_of_year,
    term_basis,
    year_basis,
)

Period = tuple[int, str, int]  # school_year, kind, number


@dataclass(frozen=True)
class TermState:
    """A term of a kind for the whole school."""

    period: Period
    term: Term
    is_closed: bool


@dataclass
class RegisterTermLine:
    """A register in a term: how many pupils it has at the end, and what about their term marks is amiss.

    ``too_few`` counts pupils with fewer marks than п. 5.2 asks for, ``unexplained`` given marks without the reason
    that they need, ``reasons`` what teachers wrote. ``year_missing`` is 0 but in the last term.
    """

    register: RegisterRow
    term_id: int
    pupils: int = 0
    missing: int = 0
    too_few: int = 0
    unexplained: int = 0
    year_missing: int = 0
    reasons: list[str] = field(default_factory=list)

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing."""
        return not (self.missing or self.unexplained or self.year_missing)


def known_terms(store: Store, user: User) -> list[TermState]:
    """Return the terms that classes report by, one of a kind and number, newest first. Raises AccessRefused."""
    check_may(user, Action.READ_TERM_CLOSING)
    by_period: dict[Period, list[Term]] = defaultdict(list)
    for term in stored.all_terms(store):
        by_period[term.school_year, term.kind, term.number].append(term)
    return [
        TermState(period, terms[0], all(term.is_closed for term in terms))
        for period, terms in by_period.items()
    ]


def term_lines(store: Store, user: User, period: Period) -> list[RegisterTermLine]:
    """Return a line for each register of the classes that report by this term, by class and subject.

    Raises AccessRefused.
    """
    check_may(user, Action.READ_TERM_CLOSING)
    return _Lines(store, period).count()


class _Lines:
    """The marks of one term of the whole school, read at once."""

    def __init__(self, store: Store, period: Period) -> None:
        self.store = store
        self.terms = stored.terms_of_period(store, *period)
        self.pupils = stored.pupils_at_end(store, [term.term_id for term in self.terms])
        self.class_terms = {
            class_id: class_terms(store, class_id)
            for class_id in sorted({row.class_id for row in self.pupils})
        }
        self.given = stored.given_marks(store, term_ids=[term.term_id for term in self.terms])
        self.held = stored.held_marks_of_terms(store, self._term_ids_to_read(), self._last_term_classes())
        self.elsewhere = stored.marks_elsewhere(store)
        self.registers = {row.key: row for row in registers(store, period[0])}
        self.roundings = subject_roundings(store)
        self.school_rounding = school_rounding(store) or Rounding.HALF_UP

    def _last_term_classes(self) -> set[int]:
        own = {term.term_id for term in self.terms}
        return {
            class_id
            for class_id, terms in self.class_terms.items()
            if terms[-1].term_id in own and len(terms) > 1
        }

    def _term_ids_to_read(self) -> Collection[int]:
        return {term.term_id for terms in self.class_terms.values() for term in terms}

    def count(self) -> list[RegisterTermLine]:
        lines: dict[tuple[RegisterKey, int], RegisterTermLine] = {}
        with_year = self._last_term_classes()
        for row in self.pupils:
            key = RegisterKey(row.class_id, row.subject_id, row.subgroup_id)
            if key not in self.registers or not is_graded(self.registers[key].grade_level):
                continue
            line = lines.setdefault((key, row.term_id), RegisterTermLine(self.registers[key], row.term_id))
            self._add(line, key, row.term_id, row.pupil_id)
            if row.class_id in with_year:
                self._add_year(line, key, row.pupil_id)
        order = {key: place for place, key in enumerate(self.registers)}
        return sorted(lines.values(), key=lambda line: order[line.register.key])

    def hours(self, key: RegisterKey, term_id: int) -> float | None:
        """Return the weekly hours in force as the term ends (п. 5.2)."""
        ends_on = next(term.ends_on for term in self.terms if term.term_id == term_id)
        return hours_in_force(self.registers[key].loads, ends_on)

    def _add(self, line: RegisterTermLine, key: RegisterKey, term_id: int, pupil_id: int) -> None:
        place = (key.class_id, key.subject_id, term_id, pupil_id)
        rounding = Rounding(self.roundings.get(key.subject_id, self.school_rounding))
        basis = term_basis(self.given.get(place, []), self.hours(key, term_id), rounding)
        line.pupils += 1
        line.too_few += basis.has_too_few
        line.missing += self._note(line, self.held.get(place, NO_TERM_MARK), basis)

    def _add_year(self, line: RegisterTermLine, key: RegisterKey, pupil_id: int) -> None:
        def held(term_id: int) -> TermMarkState:
            return self.held.get((key.class_id, key.subject_id, term_id, pupil_id), NO_TERM_MARK)

        terms = self.class_terms[key.class_id]
        others = self.elsewhere.get((key.class_id, key.subject_id, pupil_id), ())
        basis = year_basis(marks_of_year(terms, [held(term.term_id).value for term in terms], others))
        line.year_missing += self._note(line, held(YEAR), basis)

    def _note(self, line: RegisterTermLine, held: TermMarkState, basis: TermBasis) -> bool:
        line.unexplained += is_unexplained(held, basis)
        if held.reason and held.reason not in line.reasons:
            line.reasons.append(held.reason)
        return held.value is None


@dataclass(frozen=True)
class CorrectionRequest:
    """A request to correct a closed term with its register and term in words; ``teacher_name`` may be empty."""

    permission: CorrectionPermission
    register: RegisterRow
    term: Term
    teacher_name: str


def correction_requests(store: Store, user: User, school_year: int) -> list[CorrectionRequest]:
    """Return the requests about terms of a school year, the waiting ones first. Raises AccessRefused."""
    check_may(user, Action.READ_TERM_CLOSING)
    rows = {row.key: row for row in registers(store, school_year)}
    terms = {term.term_id: term for term in stored.all_terms(store)}
    names = staff_initials(store)
    return [
        CorrectionRequest(
            permission, rows[permission.key], terms[permission.term_id], names.get(permission.teacher_id, "")
        )
        for permission in permissions_asked(store, school_year)
        if permission.key in rows and permission.term_id in terms
    ]
