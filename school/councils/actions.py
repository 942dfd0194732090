"""Exams, final marks and the council's decisions, written down with who, when and why (п. 4.2, 4.3, 4.5, 4.6)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from school.access.action import Action
from school.access.checks import check_may
from school.access.scopes import Rows
from school.councils import rules
from school.councils import store as stored
from school.councils.records import ClassYear, Decision, ExamColumn, ExamEdit, Outcome, PupilYear, SubjectYear
from school.councils.store import ExamPlace
from school.errors import RuleRefused
from school.records import RegisterKey, User
from school.register.actions.batch import EntryBatch, EntryResult
from school.register.store.registers import subject_names, teachers_of
from school.store.connection import Transaction, in_transaction
from school.store.events import Event
from school.store.settings import save_setting, setting
from school.term_marks.rules.term_marks import check_term_has_begun, parse_term_mark


@in_transaction
def plan_exams(
    transaction: Transaction, user: User, class_id: int, subject_ids: Collection[int], *, now: datetime
) -> None:
    """Choose in which subjects a class has an exam (п. 4.2). Raises AccessRefused, or RuleRefused where marks would hang.

    Only subjects taught to the class; one with exam marks stays.
    """
    check_may(user, Action.PLAN_EXAMS)
    year = _year(transaction, class_id)
    taught, wanted = stored.taught_subjects(transaction, class_id), frozenset(subject_ids)
    if wanted - taught:
        raise RuleRefused("Этого предмета у класса нет.", next_step="Обновите страницу.")
    gone = year.exams - wanted
    if any(
        each.exam is not None for pupil in year.pupils for key, each in pupil.subjects.items() if key in gone
    ):
        raise RuleRefused("За экзамен уже стоят отметки.", next_step="Сначала уберите отметки за него.")
    if wanted == year.exams:
        return
    stored.save_exams(transaction, class_id, wanted)
    names = subject_names(transaction)
    old, new = (
        ", ".join(name for key, name in names.items() if key in chosen) for chosen in (year.exams, wanted)
    )
    transaction.record(
        Event(now, user.user_id, "exams", class_id=class_id, old_value=old or None, new_value=new or "нет")
    )


@in_transaction
def enter_exam_marks(
    transaction: Transaction, user: User, edits: Sequence[ExamEdit], *, now: datetime, client_id: str = ""
) -> list[EntryResult[ExamEdit]]:
    """Enter exam marks and other final marks; each is saved or refused on its own, in the order given (п. 4.5, 5.4).

    A batch sent twice changes nothing the second time. Saved entries are durable when this returns.
    """
    return _ExamEntry(transaction, user, now, client_id).enter(edits)


@dataclass
class _Exams:
    """A register at the end of its year: who is in it and who teaches it."""

    year: ClassYear | None
    listed: frozenset[int]
    teacher_ids: frozenset[int]


@dataclass
class _ExamEntry(EntryBatch[ExamEdit, ExamPlace, int | None]):
    """Exam marks of any registers; ``held`` follows the batch."""

    registers: dict[RegisterKey, _Exams] = field(default_factory=dict)
    held: dict[ExamPlace, int | None] = field(default_factory=dict)
    changes: dict[ExamPlace, stored.ExamChange] = field(default_factory=dict)

    overwritten = "Отметку изменил другой человек, пока вы вводили."

    def place(self, edit: ExamEdit) -> ExamPlace:
        return edit.place

    def read(self, places: Sequence[ExamPlace], edits: Sequence[ExamEdit]) -> None:
        keys = {edit.key for edit in edits}
        years = {each: stored.class_year(self.transaction, each) for each in {key.class_id for key in keys}}
        for key in keys:
            year = years[key.class_id]
            listed = stored.listed_at_end(self.transaction, key, year.terms) if year else frozenset[int]()
            self.registers[key] = _Exams(year, listed, teachers_of(self.transaction, key))

    def held_text(self, edit: ExamEdit) -> str:
        return self.text_of(self._mark(edit, edit.column))

    def text_of(self, value: int | None) -> str:
        return "" if value is None else str(value)

    def checked_value(self, edit: ExamEdit) -> int | None:
        register = self.registers[edit.key]
        rows = Rows(teacher_ids=register.teacher_ids, class_id=edit.key.class_id)
        check_may(self.user, Action.ENTER_EXAM_MARKS, rows)
        year = _with_terms(register.year)
        check_term_has_begun(year.terms[-1], self.now.date())
        if year.pupil(edit.pupil_id) is None or edit.pupil_id not in register.listed:
            raise RuleRefused(
                "Ученика нет в журнале на конец года.", next_step="Проверьте движение учащихся у секретаря."
            )
        value, has_exam = parse_term_mark(edit.text), edit.key.subject_id in year.exams
        if edit.column == ExamColumn.EXAM:
            rules.check_has_exam(has_exam)
            return value
        if value == self._mark(edit, ExamColumn.FINAL):
            return value
        exam = self._mark(edit, ExamColumn.EXAM)
        proposed = rules.proposed_final(self._subject(edit).year, exam, has_exam=has_exam)
        return rules.other_final(proposed, value, edit.reason)

    def check_change(self, edit: ExamEdit, value: int | None) -> None:
        reason, pupil = rules.checked_note(edit.reason), self._pupil(edit)
        if value != self._mark(edit, edit.column):
            rules.check_change_after_decision(pupil.decision if pupil else None, reason)

    def change(self, edit: ExamEdit, value: int | None) -> Event:
        old, reason = self.held_text(edit), rules.checked_note(edit.reason)
        self.held[edit.place] = value
        self.changes[edit.place] = stored.ExamChange(edit.place, value, reason, self.now, self.user.user_id)
        return Event(
            self.now,
            self.user.user_id,
            stored.EXAM_EVENTS[edit.column],
            pupil_id=edit.pupil_id,
            record_id=edit.column,
            old_value=old or None,
            new_value=self.text_of(value) or None,
            reason=reason,
            class_id=edit.key.class_id,
            subject_id=edit.key.subject_id,
        )

    def write(self) -> None:
        stored.save_exam_changes(self.transaction, self.changes.values())

    def last_authors(self, places: Collection[ExamPlace]) -> dict[ExamPlace, str]:
        events = {place: stored.exam_events(self.transaction, place) for place in places}
        return {place: found[-1].who for place, found in events.items() if found}

    def _pupil(self, edit: ExamEdit) -> PupilYear | None:
        year = self.registers[edit.key].year
        return year.pupil(edit.pupil_id) if year else None

    def _subject(self, edit: ExamEdit) -> SubjectYear:
        pupil = self._pupil(edit)
        return (pupil.subjects if pupil else {}).get(edit.key.subject_id, SubjectYear(()))

    def _mark(self, edit: ExamEdit, column: ExamColumn) -> int | None:
        place = replace(edit, column=column).place
        return self.held[place] if place in self.held else self._subject(edit).mark(column)


@dataclass(frozen=True)
class WantedDecision:
    """What is to be decided about a pupil; None takes a decision or a proposal back."""

    outcome: Outcome | None
    note: str = ""


@in_transaction
def record_decisions(
    transaction: Transaction,
    user: User,
    class_id: int,
    wanted: Mapping[int, WantedDecision],
    number: str,
    day: date | None,
    *,
    now: datetime,
) -> int:
    """Record the council's decisions about pupils of a class by one protocol; return how many changed (п. 4.2, 4.6).

    What stays as it was keeps its own protocol. Raises AccessRefused, or RuleRefused where a decision contradicts the marks.
    """
    check_may(user, Action.RECORD_DECISIONS, Rows(class_id=class_id))
    year = _year(transaction, class_id)
    protocol, decided_on = rules.checked_protocol(number, day, year.terms[-1].starts_on, now.date())
    changes = _changes(year, wanted, Decision(Outcome.MOVED_UP, decided_on, protocol, recorded_at=now))
    _save(transaction, user, year, changes, now)
    return len(changes)


@in_transaction
def propose_decisions(
    transaction: Transaction,
    user: User,
    class_id: int,
    wanted: Mapping[int, WantedDecision],
    *,
    now: datetime,
) -> int:
    """Propose decisions about the homeroom teacher's own class; what the council decided stays (п. 4.3).

    Raises AccessRefused, or RuleRefused where a proposal contradicts the marks.
    """
    check_may(user, Action.PROPOSE_DECISIONS, Rows(class_id=class_id))
    year = _year(transaction, class_id)
    check_term_has_begun(year.terms[-1], now.date())
    open_ones = {
        pupil_id: each for pupil_id, each in wanted.items() if not _is_recorded(year.pupil(pupil_id))
    }
    changes = _changes(year, open_ones, Decision(Outcome.MOVED_UP, recorded_at=now))
    _save(transaction, user, year, changes, now)
    return len(changes)


def _is_recorded(pupil: PupilYear | None) -> bool:
    return pupil is not None and pupil.decision is not None and pupil.decision.is_recorded


def _changes(
    year: ClassYear, wanted: Mapping[int, WantedDecision], like: Decision
) -> list[tuple[int, Decision | None]]:
    """Return the decisions that differ from those held, each checked against the marks; ``like`` gives protocol and moment."""
    changes: list[tuple[int, Decision | None]] = []
    for pupil_id, each in wanted.items():
        pupil = year.pupil(pupil_id)
        if pupil is None:
            raise RuleRefused("Ученика нет в классе на конец года.", next_step="Обновите страницу.")
        decision = _decided(year, pupil, each, like)
        if not _is_same(pupil.decision, decision):
            changes.append((pupil_id, decision))
    return changes


def _decided(year: ClassYear, pupil: PupilYear, wanted: WantedDecision, like: Decision) -> Decision | None:
    if wanted.outcome is None:
        return None
    facts, note = rules.council_facts(year.grade_level, pupil), rules.checked_note(wanted.note)
    try:
        rules.check_outcome(facts, wanted.outcome, note)
    except RuleRefused as refusal:
        number = [each.pupil_id for each in year.at_end].index(pupil.pupil_id) + 1
        raise RuleRefused(f"№ {number}: {refusal.what}", refusal.why, refusal.next_step) from refusal
    owed = facts.debts if wanted.outcome is Outcome.CONDITIONAL else ()
    return replace(like, outcome=wanted.outcome, debts=owed, note=note)


def _is_same(held: Decision | None, new: Decision | None) -> bool:
    """Whether nothing is decided anew; the protocol of what stays is its own, but a proposal becomes a decision."""
    if held is None or new is None:
        return held is new
    return (held.outcome, held.note, held.debts, held.is_recorded) == (
        new.outcome,
        new.note,
        new.debts,
        new.is_recorded,
    )


def _save(
    transaction: Transaction,
    user: User,
    year: ClassYear,
    changes: Sequence[tuple[int, Decision | None]],
    now: datetime,
) -> None:
    stored.save_decisions(transaction, year.class_id, changes, user.user_id)
    held = {each.pupil_id: each.decision for each in year.pupils}
    for pupil_id, decision in changes:
        old, new = (
            rules.decision_text(each, year.grade_level, year.subjects) if each else None
            for each in (held[pupil_id], decision)
        )
        transaction.record(
            Event(
                now,
                user.user_id,
                "council_decision" if decision is None or decision.is_recorded else "decision_proposed",
                pupil_id=pupil_id,
                old_value=old,
                new_value=new,
                reason=decision.note if decision else "",
                class_id=year.class_id,
            )
        )


def _year(transaction: Transaction, class_id: int) -> ClassYear:
    return _with_terms(stored.class_year(transaction, class_id))


def _with_terms(year: ClassYear | None) -> ClassYear:
    if year is None or not year.terms:
        raise RuleRefused(
            "У класса нет учебных периодов.", next_step="Их задаёт администратор в календаре учебного года."
        )
    return year


@in_transaction
def set_sheet_look(transaction: Transaction, user: User, look: rules.SheetLook, *, now: datetime) -> None:
    """Choose how the school's summary sheets are printed (п. 6.6). Raises AccessRefused."""
    check_may(user, Action.RECORD_DECISIONS)
    old = rules.sheet_look(setting(transaction, stored.SHEET_LOOK))
    if old == look:
        return
    save_setting(transaction, stored.SHEET_LOOK, look.text)
    words = (
        ", ".join(title for each, title in rules.SHEET_COLUMN_TITLES.items() if one.has(each))
        + (", А3" if one.is_a3 else ", А4")
        for one in (old, look)
    )
    old_words, new_words = words
    transaction.record(Event(now, user.user_id, "sheet_look", old_value=old_words, new_value=new_words))
