"""Marks for terms and years: entered like cells of the register, each with the reason that the rules ask for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from school.access.action import Action
from school.access.checks import check_may
from school.access.scopes import Rows
from school.errors import AccessRefused, ReasonRequired, RuleRefused
from school.records import NO_TERM_MARK, YEAR, CorrectionPermission, RegisterKey, Term, TermMarkState, User
from school.register.actions.entries import EntryStatus
from school.register.rules.corrections import check_reason_is_written
from school.register.rules.entry import check_term_takes_entries, is_overwritten
from school.register.store.cells import Receipt
from school.register.store.corrections import note_permission_used, permissions_in_force
from school.register.store.work_types import rounding_of
from school.store.connection import Store, Transaction
from school.store.events import Event
from school.term_marks.rules.term_marks import (
    Rounding,
    TermBasis,
    check_pupil_is_in_term,
    check_reason_given,
    check_term_has_begun,
    closing_term,
    grounds,
    is_unexplained,
    parse_term_mark,
    term_basis,
    with_year,
    year_basis,
)
from school.term_marks.store import (
    SubjectPlace,
    SubjectTerms,
    TermMarkChange,
    save_term_mark_receipts,
    save_term_marks,
    subject_terms,
    term_mark_events,
    term_mark_receipts,
)


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


@dataclass(frozen=True)
class TermMarkResult:
    """What became of an edit, with the mark that stands there now as text."""

    edit: TermMarkEdit
    status: EntryStatus
    text: str
    message: str = ""
    by: str = ""


def enter_term_marks(
    store: Store, user: User, edits: Sequence[TermMarkEdit], *, now: datetime, client_id: str = ""
) -> list[TermMarkResult]:
    """Enter marks for terms and years; each is saved or refused on its own, in the order given (п. 4.5, 5.2–5.4).

    A batch sent twice changes nothing the second time. Saved entries are durable when this returns.
    """
    return store.write(lambda transaction: _Entry(transaction, user, now, client_id).enter(edits))


def mark_text(value: int | None) -> str:
    """Return a term mark as a cell shows it."""
    return "" if value is None else str(value)


@dataclass
class _Register:
    """A register with what its term marks stand on; ``held`` follows the batch."""

    key: RegisterKey
    rows: SubjectTerms
    rounding: Rounding

    @property
    def terms(self) -> dict[int, Term]:
        return {term.term_id: term for term in with_year(self.rows.terms)}

    def basis(self, term_id: int, pupil_id: int) -> TermBasis:
        if term_id != YEAR:
            given = self.rows.given.get((term_id, pupil_id), [])
            return term_basis(given, self.rows.hours_a_week, self.rounding)
        return year_basis([self.held(term.term_id, pupil_id).value for term in self.rows.terms])

    def held(self, term_id: int, pupil_id: int) -> TermMarkState:
        return self.rows.held.get((term_id, pupil_id), NO_TERM_MARK)


@dataclass
class _Entry:
    """One batch of term marks inside a transaction."""

    transaction: Transaction
    user: User
    now: datetime
    client_id: str = ""
    registers: dict[RegisterKey, _Register] = field(default_factory=dict)
    permissions: dict[tuple[RegisterKey, int], CorrectionPermission] = field(default_factory=dict)
    receipts: dict[SubjectPlace, Receipt] = field(default_factory=dict)
    new_receipts: dict[SubjectPlace, Receipt] = field(default_factory=dict)
    changes: dict[SubjectPlace, TermMarkChange] = field(default_factory=dict)
    used_permissions: set[int] = field(default_factory=set)

    def enter(self, edits: Sequence[TermMarkEdit]) -> list[TermMarkResult]:
        if not edits:
            return []
        self._read({edit.key for edit in edits})
        if self.client_id:
            places = list(dict.fromkeys(edit.place for edit in edits))
            self.receipts = term_mark_receipts(self.transaction, self.client_id, places)
        results = [self._enter_one(edit) for edit in edits]
        self._write()
        return [self._with_author(result) for result in results]

    def explain(self, key: RegisterKey, term_id: int, reasons: Mapping[int, str]) -> None:
        self._read({key})
        for pupil_id, reason in reasons.items():
            register, _ = self._checked_place(TermMarkEdit(key, term_id, pupil_id, ""))
            check_reason_is_written(reason)
            held = register.held(term_id, pupil_id)
            if held.value is None or not is_unexplained(held, register.basis(term_id, pupil_id)):
                raise RuleRefused("Причина уже не нужна.", next_step="Обновите страницу.")
            edit = TermMarkEdit(key, term_id, pupil_id, mark_text(held.value), reason=reason)
            self._change(edit, register, held, replace(held, reason=reason.strip()))
        self._write()

    def _read(self, keys: set[RegisterKey]) -> None:
        for key in keys:
            rounding = Rounding(rounding_of(self.transaction, key.subject_id) or Rounding.HALF_UP)
            self.registers[key] = _Register(key, subject_terms(self.transaction, key), rounding)
        self.permissions = permissions_in_force(self.transaction, self.user.staff_id, self.now)

    def _enter_one(self, edit: TermMarkEdit) -> TermMarkResult:
        register = self.registers[edit.key]
        held = register.held(edit.term_id, edit.pupil_id)
        text, receipt = mark_text(held.value), self.receipts.get(edit.place)
        if receipt and receipt.client_seq >= edit.seq:
            return TermMarkResult(edit, EntryStatus.SAVED, text)
        try:
            _, term = self._checked_place(edit)
            value = parse_term_mark(edit.text)
            if is_overwritten(edit.base, text, mark_text(value), receipt.cell_text if receipt else None):
                message = "Отметку изменил другой человек, пока вы вводили."
                return TermMarkResult(edit, EntryStatus.CONFLICT, text, message)
            basis = register.basis(edit.term_id, edit.pupil_id)
            check_reason_given(grounds(held, value, basis, term, self._today), edit.reason)
        except ReasonRequired as refusal:
            return TermMarkResult(edit, EntryStatus.REASON_REQUIRED, text, str(refusal))
        except (RuleRefused, AccessRefused) as refusal:
            return TermMarkResult(edit, EntryStatus.REFUSED, text, str(refusal))
        if self.client_id:
            self.receipts[edit.place] = self.new_receipts[edit.place] = Receipt(edit.seq, mark_text(value))
        if value != held.value:
            self._change(edit, register, held, TermMarkState(value, edit.reason.strip(), self.now))
        return TermMarkResult(edit, EntryStatus.SAVED, mark_text(value))

    @property
    def _today(self) -> date:
        return self.now.date()

    def _checked_place(self, edit: TermMarkEdit) -> tuple[_Register, Term]:
        register = self.registers[edit.key]
        term = register.terms.get(edit.term_id)
        # The year is closed, and its marks are given, with the last term.
        of_term = closing_term(register.rows.terms, edit.term_id)
        if term is None or of_term is None:
            check_may(self.user, Action.ENTER_TERM_MARKS)
            raise RuleRefused("Такого учебного периода нет.", next_step="Обновите страницу.")
        teachers = register.rows.teacher_ids.get(of_term, frozenset())
        check_may(self.user, Action.ENTER_TERM_MARKS, Rows(teacher_ids=teachers, class_id=edit.key.class_id))
        check_term_has_begun(term, self._today)
        permission = self.permissions.get((edit.key, of_term))
        check_term_takes_entries(term.is_closed, permission is not None)
        check_pupil_is_in_term((of_term, edit.pupil_id) in register.rows.listed)
        if term.is_closed and permission:
            self.used_permissions.add(permission.permission_id)
        return register, term

    def _change(
        self, edit: TermMarkEdit, register: _Register, held: TermMarkState, state: TermMarkState
    ) -> None:
        register.rows.held[edit.term_id, edit.pupil_id] = state
        school_year = register.rows.terms[-1].school_year
        self.changes[edit.place] = TermMarkChange(
            edit.place, state, school_year, self.user.staff_id, self.user.user_id
        )
        self.transaction.record(
            Event(
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
        )

    def _write(self) -> None:
        save_term_marks(self.transaction, self.changes.values())
        save_term_mark_receipts(self.transaction, self.client_id, self.new_receipts, self.now)
        if self.changes:
            for permission_id in self.used_permissions:
                note_permission_used(self.transaction, permission_id, self.now)

    def _with_author(self, result: TermMarkResult) -> TermMarkResult:
        if result.status is not EntryStatus.CONFLICT:
            return result
        history = term_mark_events(self.transaction, result.edit.place)
        return replace(result, by=history[-1].who if history else "")


def explain_term_marks(
    store: Store,
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
    store.write(lambda transaction: _Entry(transaction, user, now).explain(key, term_id, reasons))
