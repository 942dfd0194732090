"""Exams, final marks and the council's decisions, written down with who, when and why (п. 4.2, 4.3, 4.5, 4.6)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from school.access.action import Action
from school.access.checks import check_may
from school.access.scopes import Rows
from school.councils import rules
from school.councils import store as stored
from school.councils.records import ClassYear, Decision, ExamEdit, Outcome, PupilYear, SubjectYear
from school.errors import RuleRefused
from school.records import RegisterKey, User
from school.register.store.registers import listed_pupils, subject_names, teachers_of
from school.store.connection import Transaction, in_transaction
from school.store.events import Event
from school.store.settings import save_setting, setting
from school.term_marks.rules.term_marks import check_term_has_begun


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
    transaction: Transaction, user: User, key: RegisterKey, edits: Sequence[ExamEdit], *, now: datetime
) -> int:
    """Enter exam marks and other final marks of a register, all or none; return how many changed (п. 4.5, 5.4).

    Raises AccessRefused, RuleRefused, or ReasonRequired.
    """
    teachers = teachers_of(transaction, key)
    check_may(user, Action.ENTER_EXAM_MARKS, Rows(teacher_ids=teachers, class_id=key.class_id))
    year = _year(transaction, key.class_id)
    last = year.terms[-1]
    check_term_has_begun(last, now.date())
    listed = {
        each.pupil_id for each in listed_pupils(transaction, key, last) if each.is_listed_on(last.ends_on)
    }
    entry = _ExamEntry(transaction, user, key, now, has_exam=key.subject_id in year.exams)
    changed = 0
    for edit in edits:
        pupil = year.pupil(edit.pupil_id)
        if pupil is None or edit.pupil_id not in listed:
            raise RuleRefused(
                "Ученика нет в журнале на конец года.", next_step="Проверьте движение учащихся у секретаря."
            )
        changed += entry.enter(pupil, edit)
    return changed


@dataclass
class _ExamEntry:
    """Exam marks of one register inside a transaction."""

    transaction: Transaction
    user: User
    key: RegisterKey
    now: datetime
    has_exam: bool

    def enter(self, pupil: PupilYear, edit: ExamEdit) -> int:
        """Write what changed of a pupil's exam mark and final mark; return how many of the two did."""
        held = pupil.subjects.get(self.key.subject_id, SubjectYear(()))
        rules.check_mark(edit.exam)
        reason = rules.checked_note(edit.reason)
        proposed = rules.proposed_final(held.year, edit.exam, has_exam=self.has_exam)
        other = rules.other_final(proposed, edit.other_final, reason)
        held_other = held.final if held.reason else None
        is_new_exam, is_new_final = (
            edit.exam != held.exam,
            (other, reason if other else "") != (held_other, held.reason),
        )
        if is_new_exam:
            rules.check_has_exam(self.has_exam)
        if is_new_exam or is_new_final:
            rules.check_change_after_decision(pupil.decision, reason)
        if is_new_exam:
            self._write("exam_marks", "exam_mark", pupil.pupil_id, held.exam, edit.exam, reason)
        if is_new_final:
            self._write("final_marks", "final_mark", pupil.pupil_id, held_other, other, reason)
        return is_new_exam + is_new_final

    def _write(
        self, table: str, kind: str, pupil_id: int, old: int | None, new: int | None, reason: str
    ) -> None:
        key, user_id = self.key, self.user.user_id
        place = {"class_id": key.class_id, "subject_id": key.subject_id, "pupil_id": pupil_id}
        row = {"value": new, "recorded_at": self.now, "recorded_by": user_id}
        why = {"reason": reason} if table == "final_marks" else {}
        stored.save_mark(self.transaction, table, place, None if new is None else {**row, **why})
        self.transaction.record(
            Event(
                self.now,
                user_id,
                kind,
                pupil_id=pupil_id,
                old_value=None if old is None else str(old),
                new_value=None if new is None else str(new),
                reason=reason,
                class_id=key.class_id,
                subject_id=key.subject_id,
            )
        )


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
    found = stored.class_year(transaction, class_id)
    if found is None or not found.terms:
        raise RuleRefused(
            "У класса нет учебных периодов.", next_step="Их задаёт администратор в календаре учебного года."
        )
    return found


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
