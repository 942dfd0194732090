"""The deputy head finds substitutes for an absent teacher; the substitute signs the log (п. 4.2, 4.5)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from school.access.action import Action
from school.access.checks import check_may
from school.access.scopes import Rows
from school.errors import RuleRefused
from school.records import JoinTarget, Lesson, Substitution, SubstitutionKind, TeacherHours, User
from school.register.store.lessons import lessons_by_id
from school.store.connection import Transaction, in_transaction
from school.store.events import Event
from school.store.names import staff_initials
from school.store.rows import SubstitutionRow
from school.store.structure import insert_rows
from school.substitutions import rules
from school.substitutions import store as rows_of
from school.substitutions.rules import GIVEN_KINDS, KIND_TITLES


@dataclass(frozen=True)
class Assignment:
    """What is to become of a lesson: a substitute gives it, it is joined with another, or (neither) it is cancelled."""

    lesson_id: int
    substitute_id: int | None = None
    joined_lesson_id: int | None = None


@dataclass(frozen=True)
class AssignmentResult:
    """What became of an assignment: the new record, or why it was refused."""

    lesson_id: int
    substitution_id: int | None = None
    message: str = ""


@in_transaction
def assign_substitutions(
    transaction: Transaction, user: User, assignments: Sequence[Assignment], reason: str, *, now: datetime
) -> list[AssignmentResult]:
    """Settle an absent teacher's lessons, each on its own: one refused does not stop the others (п. 4.2).

    The lesson becomes the substitute's alone; who teaches its subject now substitutes in it, others keep watch.
    ``reason`` says why the teacher is absent; a cancelled lesson needs it. Raises AccessRefused.
    """
    check_may(user, Action.ASSIGN_SUBSTITUTIONS)
    return _Assigning(transaction, user, reason.strip(), now).all(assignments)


@dataclass
class _Assigning:
    """Assignments inside a transaction; teachers and lessons of a day are read once and kept up to date."""

    transaction: Transaction
    user: User
    reason: str
    now: datetime
    teachers: dict[date, dict[int, TeacherHours]] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)

    def all(self, assignments: Sequence[Assignment]) -> list[AssignmentResult]:
        self.names = staff_initials(self.transaction)
        return [self._result(assignment) for assignment in assignments]

    def _result(self, assignment: Assignment) -> AssignmentResult:
        try:
            return AssignmentResult(assignment.lesson_id, self._assign(assignment))
        except RuleRefused as refusal:
            return AssignmentResult(assignment.lesson_id, message=str(refusal))

    def _assign(self, assignment: Assignment) -> int:
        lesson = self._open_lesson(assignment.lesson_id)
        regular_id = lesson.teacher_id or rows_of.teacher_of_load(self.transaction, lesson.lesson_id)
        kind, substitute_id = self._settled(lesson, assignment, regular_id)
        rules.check_reason(kind, self.reason)
        (substitution_id,) = self.transaction.new_ids(1)
        row = Substitution(
            substitution_id,
            lesson.lesson_id,
            kind,
            regular_id,
            substitute_id,
            assignment.joined_lesson_id,
            self.reason,
        )
        rows_of.save_substitution(self.transaction, row, at=self.now, user_id=self.user.user_id)
        self._note_busy(lesson, regular_id, substitute_id)
        names = (self.names.get(each or 0, "") for each in (regular_id, substitute_id))
        self.transaction.record(_assigned_event(row, *names, user=self.user, now=self.now))
        return substitution_id

    def _open_lesson(self, lesson_id: int) -> Lesson:
        lesson = lessons_by_id(self.transaction, [lesson_id]).get(lesson_id)
        if lesson is None:
            raise RuleRefused("Такого урока нет.", next_step="Обновите страницу.")
        rules.check_lesson_is_open(
            lesson,
            has_entries=bool(rows_of.lessons_with_entries(self.transaction, [lesson_id])),
            is_settled=bool(rows_of.substitutions_of_lessons(self.transaction, [lesson_id])),
        )
        rules.check_nothing_joined(bool(rows_of.lessons_joined_to(self.transaction, [lesson_id])))
        return lesson

    def _settled(
        self, lesson: Lesson, assignment: Assignment, regular_id: int | None
    ) -> tuple[SubstitutionKind, int | None]:
        if assignment.joined_lesson_id is not None:
            target = self._join_target(lesson, assignment.joined_lesson_id, regular_id)
            return SubstitutionKind.JOINED, target.teacher_id
        if assignment.substitute_id is None:
            return SubstitutionKind.CANCELLED, None
        teacher = self._teachers_on(lesson.held_on).get(assignment.substitute_id)
        can = teacher is not None and teacher.staff_id != regular_id
        free = can and teacher is not None and rules.is_free(teacher, lesson.held_on, lesson.number)
        rules.check_is_free(free, self.names.get(assignment.substitute_id, ""))
        assert teacher
        return rules.fit_of(teacher, lesson.subject_id, lesson.class_id).kind, teacher.staff_id

    def _join_target(self, lesson: Lesson, target_id: int, regular_id: int | None) -> JoinTarget:
        day = lesson.held_on
        targets = rows_of.join_targets(self.transaction, day, day)
        target = next(
            (
                each
                for each in rules.joins(lesson, None, targets, {regular_id})
                if each.lesson_id == target_id
            ),
            None,
        )
        if target is None:
            raise RuleRefused(
                "С этим уроком объединить нельзя.",
                "Он в другое время, отменён, без учителя или уже объединён с третьим.",
                "Выберите другой урок из списка.",
            )
        return target

    def _teachers_on(self, day: date) -> dict[int, TeacherHours]:
        if day not in self.teachers:
            hours = rows_of.teacher_hours(self.transaction, day, day)
            self.teachers[day] = {each.staff_id: each for each in hours}
        return self.teachers[day]

    def _note_busy(self, lesson: Lesson, regular_id: int | None, substitute_id: int | None) -> None:
        known = self._teachers_on(lesson.held_on)
        if substitute_id in known:
            busy = known[substitute_id].busy | {(lesson.held_on, lesson.number)}
            known[substitute_id] = replace(known[substitute_id], busy=busy)
        if regular_id in known:
            known[regular_id] = replace(
                known[regular_id], away_on=known[regular_id].away_on | {lesson.held_on}
            )


def _assigned_event(row: Substitution, regular: str, substitute: str, *, user: User, now: datetime) -> Event:
    new_value = " · ".join(part for part in (substitute, KIND_TITLES[row.kind]) if part)
    return _event("substitution", row, user.user_id, now, regular or None, new_value, row.reason)


def _event(
    kind: str,
    row: Substitution | SubstitutionRow,
    user_id: int | None,
    now: datetime,
    old_value: str | None = None,
    new_value: str | None = None,
    reason: str = "",
) -> Event:
    return Event(
        now,
        user_id,
        kind,
        lesson_id=row.lesson_id,
        record_id=row.substitution_id,
        old_value=old_value,
        new_value=new_value,
        reason=reason,
    )


@in_transaction
def withdraw_substitution(
    transaction: Transaction, user: User, substitution_id: int, *, now: datetime
) -> None:
    """Take an assignment back while nothing was entered in the lesson; it is its regular teacher's again.

    Raises AccessRefused, or RuleRefused with the reason why it stays.
    """
    check_may(user, Action.ASSIGN_SUBSTITUTIONS)
    row = rows_of.substitutions_by_id(transaction, [substitution_id]).get(substitution_id)
    if row is None:
        raise RuleRefused("Этого назначения уже нет.", next_step="Обновите страницу.")
    rules.check_may_withdraw(
        has_entries=bool(rows_of.lessons_with_entries(transaction, [row.lesson_id])),
        has_joined=bool(rows_of.lessons_joined_to(transaction, [row.lesson_id])),
    )
    rows_of.withdraw_substitution(transaction, row, at=now)
    name = staff_initials(transaction).get(row.substitute_id or 0, "")
    signed = "подписано" if row.signed_at else ""
    old = " · ".join(part for part in (name, KIND_TITLES[row.kind], signed) if part)
    transaction.record(_event("substitution_withdrawn", row, user.user_id, now, old))


@in_transaction
def sign_substitutions(
    transaction: Transaction, user: User, substitution_ids: Collection[int], *, now: datetime
) -> None:
    """Sign own lines of the substitution log: user and time (п. 4.5); all of them or, with a reason, none.

    Raises AccessRefused for another's line, RuleRefused before the day of the lesson or for a line that is gone.
    """
    check_may(user, Action.SIGN_SUBSTITUTIONS, Rows(teacher_ids=user.own_lessons))
    found = rows_of.substitutions_by_id(transaction, substitution_ids)
    lessons = lessons_by_id(transaction, [row.lesson_id for row in found.values()])
    for substitution_id in substitution_ids:
        _check_line(user, found.get(substitution_id), lessons, now)
    if found:
        rows_of.sign_substitutions(transaction, list(found), at=now, user_id=user.user_id)
        transaction.record(*(_event("substitution_signed", row, user.user_id, now) for row in found.values()))


def _check_line(user: User, row: Substitution | None, lessons: dict[int, Lesson], now: datetime) -> None:
    if row is None:
        raise RuleRefused("Этой замены уже нет: назначение сняли.", next_step="Обновите страницу.")
    signer = frozenset() if row.substitute_id is None else frozenset([row.substitute_id])
    check_may(user, Action.SIGN_SUBSTITUTIONS, Rows(teacher_ids=signer))
    rules.check_may_sign(
        lessons[row.lesson_id].held_on,
        now.date(),
        is_given=row.kind in GIVEN_KINDS,
        is_signed=row.signed_at is not None,
    )


@in_transaction
def write_past_substitutions(transaction: Transaction, user: User, rows: Sequence[SubstitutionRow]) -> None:
    """Write substitutions of past lessons, which already name their substitutes, each with its events.

    Raises AccessRefused.
    """
    check_may(user, Action.IMPORT_JOURNAL)
    insert_rows(transaction, rows)
    names = staff_initials(transaction)
    transaction.record(*(event for row in rows for event in _past_events(row, names)))


def _past_events(row: SubstitutionRow, names: Mapping[int, str]) -> list[Event]:
    substitute = names.get(row.substitute_id or 0, "")
    new_value = " · ".join(part for part in (substitute, KIND_TITLES[SubstitutionKind(row.kind)]) if part)
    regular = names.get(row.regular_teacher_id or 0)
    events = [_event("substitution", row, row.assigned_by, row.assigned_at, regular, new_value, row.reason)]
    if row.signed_at:
        events.append(_event("substitution_signed", row, row.signed_by, row.signed_at))
    return events
