"""Marks for terms and years: entered like cells of the register, each with the reason that the rules ask for."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property

from school.access.action import Action
from school.access.checks import check_may
from school.access.scopes import Rows
from school.errors import RuleRefused
from school.records import NO_TERM_MARK, YEAR, CorrectionPermission, RegisterKey, Term, TermMarkState, User
from school.register.actions.batch import EntryBatch, EntryResult
from school.register.rules.corrections import check_reason_is_written
from school.register.rules.entry import check_term_takes_entries
from school.register.store.corrections import note_permission_used, permissions_in_force
from school.register.store.work_types import rounding_of
from school.store.connection import Transaction, in_transaction
from school.store.events import Event
from school.term_marks import store as stored
from school.term_marks.rules import term_marks as rules
from school.term_marks.rules.term_marks import Rounding, TermBasis
from school.term_marks.store import SubjectPlace, SubjectTerms, TermMarkChange


@dataclass(frozen=True)
class TermMarkEdit:
    """What was typed as a pupil's mark for a term (``term_id`` YEAR: for the year); the rest as in ``CellEdit``."""

    key: RegisterKey
    term_id: int
    pupil_id: int
    text: str
    base: str | None = None
    seq: int = 0
    reason: str = ""

    @property
    def place(self) -> SubjectPlace:
        """Where the mark stands."""
        return (self.key.class_id, self.key.subject_id, self.term_id, self.pupil_id)


TermMarkResult = EntryResult[TermMarkEdit]


@in_transaction
def enter_term_marks(
    transaction: Transaction, user: User, edits: Sequence[TermMarkEdit], *, now: datetime, client_id: str = ""
) -> list[TermMarkResult]:
    """Enter marks for terms and years; each is saved or refused on its own, in the order given (п. 4.5, 5.2–5.4).

    A batch sent twice changes nothing the second time. Saved entries are durable when this returns.
    """
    return _Entry(transaction, user, now, client_id).enter(edits)


def mark_text(value: int | None) -> str:
    """Return a term mark as a cell shows it."""
    return "" if value is None else str(value)


@dataclass
class _Register:
    """A register with what its term marks stand on; ``held`` follows the batch."""

    key: RegisterKey
    rows: SubjectTerms
    rounding: Rounding
    today: date

    @cached_property
    def hours(self) -> dict[int, float | None]:
        return self.rows.hours(self.today)

    @cached_property
    def terms(self) -> dict[int, Term]:
        return {term.term_id: term for term in rules.with_year(self.rows.terms)}

    def basis(self, term_id: int, pupil_id: int) -> TermBasis:
        if term_id != YEAR:
            given = self.rows.given.get((term_id, pupil_id), [])
            return rules.term_basis(given, self.hours.get(term_id), self.rounding)
        own = [self.held(term.term_id, pupil_id).value for term in self.rows.terms]
        others = self.rows.elsewhere.get(pupil_id, ())
        return rules.year_basis(rules.marks_of_year(self.rows.terms, own, others))

    def held(self, term_id: int, pupil_id: int) -> TermMarkState:
        return self.rows.held.get((term_id, pupil_id), NO_TERM_MARK)


@dataclass
class _Entry(EntryBatch[TermMarkEdit, SubjectPlace, int | None]):
    """Term marks of any registers."""

    registers: dict[RegisterKey, _Register] = field(default_factory=dict)
    permissions: dict[tuple[RegisterKey, int], CorrectionPermission] = field(default_factory=dict)
    changes: dict[SubjectPlace, TermMarkChange] = field(default_factory=dict)
    used_permissions: set[int] = field(default_factory=set)

    overwritten = "Отметку изменил другой человек, пока вы вводили."

    def explain(self, key: RegisterKey, term_id: int, reasons: Mapping[int, str]) -> None:
        self._read_registers({key})
        for pupil_id, reason in reasons.items():
            self._check_place(TermMarkEdit(key, term_id, pupil_id, ""))
            check_reason_is_written(reason)
            register = self.registers[key]
            held = register.held(term_id, pupil_id)
            if held.value is None or not rules.is_unexplained(held, register.basis(term_id, pupil_id)):
                raise RuleRefused("Причина уже не нужна.", next_step="Обновите страницу.")
            edit = TermMarkEdit(key, term_id, pupil_id, mark_text(held.value), reason=reason)
            self.transaction.record(self._change(edit, held, replace(held, reason=reason.strip())))
        self.write()

    def place(self, edit: TermMarkEdit) -> SubjectPlace:
        return edit.place

    def read(self, places: Sequence[SubjectPlace], edits: Sequence[TermMarkEdit]) -> None:
        self._read_registers({edit.key for edit in edits})

    def _read_registers(self, keys: set[RegisterKey]) -> None:
        for key in keys:
            rounding = Rounding(rounding_of(self.transaction, key.subject_id) or Rounding.HALF_UP)
            self.registers[key] = _Register(
                key, stored.subject_terms(self.transaction, key), rounding, self._today
            )
        self.permissions = permissions_in_force(self.transaction, self.user.staff_id, self.now)

    def held_text(self, edit: TermMarkEdit) -> str:
        return mark_text(self._held(edit).value)

    def _held(self, edit: TermMarkEdit) -> TermMarkState:
        return self.registers[edit.key].held(edit.term_id, edit.pupil_id)

    def checked_value(self, edit: TermMarkEdit) -> int | None:
        self._check_place(edit)
        return rules.parse_term_mark(edit.text)

    def text_of(self, value: int | None) -> str:
        return mark_text(value)

    def check_change(self, edit: TermMarkEdit, value: int | None) -> None:
        register = self.registers[edit.key]
        basis, term = register.basis(edit.term_id, edit.pupil_id), register.terms[edit.term_id]
        rules.check_reason_given(
            rules.grounds(self._held(edit), value, basis, term, self._today), edit.reason
        )

    def change(self, edit: TermMarkEdit, value: int | None) -> Event:
        return self._change(edit, self._held(edit), TermMarkState(value, edit.reason.strip(), self.now))

    @property
    def _today(self) -> date:
        return self.now.date()

    def _check_place(self, edit: TermMarkEdit) -> None:
        register = self.registers[edit.key]
        term = register.terms.get(edit.term_id)
        # The year is closed, and its marks are given, with the last term.
        of_term = rules.closing_term(register.rows.terms, edit.term_id)
        if term is None or of_term is None:
            check_may(self.user, Action.ENTER_TERM_MARKS)
            raise RuleRefused("Такого учебного периода нет.", next_step="Обновите страницу.")
        teachers = register.rows.teacher_ids.get(of_term, frozenset())
        check_may(self.user, Action.ENTER_TERM_MARKS, Rows(teacher_ids=teachers, class_id=edit.key.class_id))
        rules.check_term_has_begun(term, self._today)
        permission = self.permissions.get((edit.key, of_term))
        check_term_takes_entries(term.is_closed, permission is not None)
        place = (of_term, edit.pupil_id)
        rules.check_pupil_is_in_term(place in register.rows.listed, place in register.rows.left)
        if term.is_closed and permission:
            self.used_permissions.add(permission.permission_id)

    def _change(self, edit: TermMarkEdit, held: TermMarkState, state: TermMarkState) -> Event:
        register = self.registers[edit.key]
        register.rows.held[edit.term_id, edit.pupil_id] = state
        school_year = register.rows.terms[-1].school_year
        self.changes[edit.place] = TermMarkChange(
            edit.place, state, school_year, self.user.staff_id, self.user.user_id
        )
        return Event(
            self.now,
            self.user.user_id,
            "year_mark" if edit.term_id == YEAR else "term_mark",
            pupil_id=edit.pupil_id,
            record_id=None if edit.term_id == YEAR else edit.term_id,
            old_value=mark_text(held.value) or None,
            new_value=mark_text(state.value) or None,
            reason=edit.reason.strip(),
            class_id=edit.key.class_id,
            subject_id=edit.key.subject_id,
        )

    def write(self) -> None:
        stored.save_term_marks(self.transaction, self.changes.values())
        if self.changes:
            for permission_id in self.used_permissions:
                note_permission_used(self.transaction, permission_id, self.now)

    def last_authors(self, places: Collection[SubjectPlace]) -> dict[SubjectPlace, str]:
        events = {place: stored.term_mark_events(self.transaction, place) for place in places}
        return {place: found[-1].who for place, found in events.items() if found}


@in_transaction
def explain_term_marks(
    transaction: Transaction,
    user: User,
    key: RegisterKey,
    term_id: int,
    reasons: Mapping[int, str],
    *,
    now: datetime,
) -> None:
    """Write the missing reasons of given marks (п. 5.2, 5.4): pupil id → reason; the marks stay.

    Raises AccessRefused or RuleRefused and then writes none of them.
    """
    _Entry(transaction, user, now).explain(key, term_id, reasons)
