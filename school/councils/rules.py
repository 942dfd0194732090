"""Final marks and the council's decisions: what follows from the marks, and what contradicts them (п. 4.2, 5.4; 273-ФЗ, ст. 58)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from school.councils.records import Decision, Outcome, PupilYear, SubjectYear
from school.errors import ReasonRequired, RuleRefused
from school.register.rules.cells import HIGHEST_MARK, LOWEST_MARK
from school.register.rules.marks import is_graded, round_half_up

LAST_BASIC_GRADE, LAST_GRADE = 9, 11
# Who finishes grade 9 applies for grade 10 again (273-ФЗ, ст. 55, 67); who finishes grade 11 or, in the evening, 12, leaves.
LEAVING_GRADES = (LAST_BASIC_GRADE, LAST_GRADE, LAST_GRADE + 1)
LONGEST_PROTOCOL, LONGEST_REASON = 20, 200

OUTCOME_TITLES: dict[Outcome, str] = {
    Outcome.MOVED_UP: "перевести",
    Outcome.CONDITIONAL: "перевести условно",
    Outcome.REPEATS: "оставить на повторное обучение",
    Outcome.GRADUATED: "выпустить с аттестатом",
    Outcome.LEFT: "отчислить",
}


class SheetColumn(StrEnum):
    """What a school may leave out of its summary sheets."""

    TERMS = "terms"
    EXAM = "exam"
    FILE_NUMBER = "file_number"
    ABSENCES = "absences"
    TOTALS = "totals"


SHEET_COLUMN_TITLES: dict[SheetColumn, str] = {
    SheetColumn.TERMS: "отметки за периоды",
    SheetColumn.EXAM: "экзамен",
    SheetColumn.FILE_NUMBER: "№ личного дела",
    SheetColumn.ABSENCES: "пропуски",
    SheetColumn.TOTALS: "итоги по предметам",
}


@dataclass(frozen=True)
class SheetLook:
    """How a school prints its summary sheets: with which columns, on A3 or A4."""

    columns: frozenset[SheetColumn] = frozenset(SheetColumn)
    is_a3: bool = False

    def has(self, column: SheetColumn) -> bool:
        """Whether the column is printed."""
        return column in self.columns

    @property
    def text(self) -> str:
        """The look as the setting holds it: «a4 exam,terms»."""
        return f"{'a3' if self.is_a3 else 'a4'} {','.join(sorted(self.columns))}"


def sheet_look(text: str | None) -> SheetLook:
    """Return the look that a setting holds; without one all columns on A4."""
    if text is None:
        return SheetLook()
    paper, _, names = text.partition(" ")
    return SheetLook(frozenset(each for each in SheetColumn if each in names.split(",")), paper == "a3")


def proposed_final(year: int | None, exam: int | None, *, has_exam: bool) -> int | None:
    """Return the final mark by the rule: the mean of year mark and exam, a half up as for the year mark (п. 5.4).

    Without an exam it is the year mark; None while one of them is missing.
    """
    if not has_exam:
        return year
    return None if year is None or exam is None else round_half_up((year + exam) / 2)


def check_mark(value: int | None) -> None:
    """Raise RuleRefused for what is no mark 2 to 5 (п. 5.3)."""
    if value is not None and not LOWEST_MARK <= value <= HIGHEST_MARK:
        raise RuleRefused("Ставят одну отметку.", next_step="Выберите 2, 3, 4 или 5.")


def other_final(proposed: int | None, wanted: int | None, reason: str) -> int | None:
    """Return the final mark to be stored: what people decided otherwise than the rule; None where the rule's holds.

    Raises ReasonRequired for another mark without a reason, RuleRefused for what is no mark.
    """
    check_mark(wanted)
    if wanted in (None, proposed):
        return None
    if not reason.strip():
        raise ReasonRequired(
            "Итог отличается от среднего годовой отметки и экзамена (п. 5.4).", next_step="Напишите причину."
        )
    return wanted


def check_change_after_decision(decision: Decision | None, reason: str) -> None:
    """Raise ReasonRequired where the council has decided on the marks as they were."""
    if decision and decision.is_recorded and not reason.strip():
        raise ReasonRequired(
            f"Педсовет уже принял решение: протокол № {decision.protocol} от {decision.decided_on:%d.%m.%Y}.",
            next_step="Напишите причину, а затем проверьте решение на странице «Решения педсовета».",
        )


def check_has_exam(has_exam: bool) -> None:
    """Raise RuleRefused for an exam mark where the class has no exam in the subject (п. 4.2)."""
    if not has_exam:
        raise RuleRefused(
            "По этому предмету экзамена нет.",
            next_step="Предметы с экзаменом выбирает заместитель директора на этой же странице.",
        )


def debts(subjects: Mapping[int, SubjectYear]) -> tuple[int, ...]:
    """Return the subjects that a pupil has not passed: taught at the end of the year, with a final 2 or none (273-ФЗ, ст. 58 ч. 2)."""
    return tuple(
        subject
        for subject, each in subjects.items()
        if each.is_owed and (each.final is None or each.final == LOWEST_MARK)
    )


@dataclass(frozen=True)
class CouncilFacts:
    """What a decision stands on: the grade level, subjects not passed, and those that the last conditional move left."""

    grade_level: int | None
    debts: tuple[int, ...] = ()
    debts_before: frozenset[int] = frozenset()

    @property
    def overdue(self) -> frozenset[int]:
        """Subjects whose year to be passed is over (273-ФЗ, ст. 58 ч. 8–9)."""
        return self.debts_before & set(self.debts)


def council_facts(grade_level: int | None, pupil: PupilYear) -> CouncilFacts:
    """Return what a decision about a pupil stands on; first grades have no marks to owe."""
    owed = debts(pupil.subjects) if is_graded(grade_level) else ()
    return CouncilFacts(grade_level, owed, pupil.debts_before)


def suggested_outcome(facts: CouncilFacts) -> Outcome | None:
    """Return what the marks come to; None where people have to decide: a last grade that is not passed."""
    if facts.grade_level in LEAVING_GRADES:
        return None if facts.debts else Outcome.GRADUATED
    if not facts.debts:
        return Outcome.MOVED_UP
    return Outcome.REPEATS if facts.overdue else Outcome.CONDITIONAL


def check_outcome(facts: CouncilFacts, outcome: Outcome, note: str) -> None:
    """Raise RuleRefused for a decision that contradicts the facts (273-ФЗ, ст. 58, 59, 61)."""
    _CHECKS[outcome](facts, note)


def _check_moves(facts: CouncilFacts) -> None:
    if facts.grade_level in LEAVING_GRADES:
        raise RuleRefused(
            f"После {facts.grade_level}-го класса не переводят.",
            next_step="Выберите «выпустить с аттестатом» или «оставить на повторное обучение».",
        )


def _check_moved_up(facts: CouncilFacts, _note: str) -> None:
    _check_moves(facts)
    if facts.debts:
        raise RuleRefused(
            "Есть предмет с итогом 2 или без отметки за год.",
            "С задолженностью переводят условно (273-ФЗ, ст. 58).",
            "Выберите «перевести условно», или пусть учитель поставит отметку.",
        )


def _check_conditional(facts: CouncilFacts, _note: str) -> None:
    _check_moves(facts)
    if not facts.debts:
        raise RuleRefused("Задолженности нет.", next_step="Выберите «перевести».")
    if facts.overdue:
        raise RuleRefused(
            "По этому предмету условно переводили и в прошлом году.",
            "Долг ликвидируют за один следующий год (273-ФЗ, ст. 58).",
            "Выберите «оставить на повторное обучение».",
        )


def _check_repeats(facts: CouncilFacts, note: str) -> None:
    if not facts.debts and not note.strip():
        raise RuleRefused(
            "Задолженности нет.",
            "Повторное обучение без неё бывает по заявлению родителей или заключению ПМПК.",
            "Напишите основание в примечании или выберите «перевести».",
        )


def _check_graduated(facts: CouncilFacts, _note: str) -> None:
    if facts.grade_level not in LEAVING_GRADES:
        raise RuleRefused(
            "Аттестат дают после 9-го и 11-го класса (273-ФЗ, ст. 60).", next_step="Выберите «перевести»."
        )
    if facts.debts:
        raise RuleRefused(
            "Есть предмет с итогом 2 или без отметки за год: аттестата не дают (273-ФЗ, ст. 59, 60).",
            next_step="Исправьте итог после пересдачи, выберите «оставить на повторное обучение» или «отчислить».",
        )


def _check_left(_facts: CouncilFacts, note: str) -> None:
    if not note.strip():
        raise RuleRefused(
            "Не сказано, почему и куда выбывает ученик.", next_step="Напишите это в примечании."
        )


_CHECKS = {
    Outcome.MOVED_UP: _check_moved_up,
    Outcome.CONDITIONAL: _check_conditional,
    Outcome.REPEATS: _check_repeats,
    Outcome.GRADUATED: _check_graduated,
    Outcome.LEFT: _check_left,
}


def checked_protocol(number: str, day: date | None, last_term_began: date, today: date) -> tuple[str, date]:
    """Return the protocol's number without stray blanks and its day; raises RuleRefused (п. 4.2).

    A council decides about a year from the beginning of its last term on.
    """
    tidy = " ".join(number.split())
    if not 1 <= len(tidy) <= LONGEST_PROTOCOL:
        raise RuleRefused(
            "Номер протокола не подходит.", next_step=f"Напишите его, не длиннее {LONGEST_PROTOCOL} знаков."
        )
    if day is None or not last_term_began <= day <= today:
        raise RuleRefused(
            "День педсовета не подходит.",
            next_step=f"Выберите день с {last_term_began:%d.%m.%Y} по {today:%d.%m.%Y}.",
        )
    return tidy, day


def checked_note(text: str) -> str:
    """Return a note or reason without stray blanks; raises RuleRefused for a too long one."""
    tidy = " ".join(text.split())
    if len(tidy) > LONGEST_REASON:
        raise RuleRefused("Слишком длинно.", next_step=f"Сократите до {LONGEST_REASON} знаков.")
    return tidy


def outcome_text(outcome: Outcome, grade_level: int | None) -> str:
    """Return a decision as a protocol says it: «перевести в 8 класс»."""
    to = "" if grade_level is None else f" в {grade_level + 1} класс"
    here = "" if grade_level is None else f" в {grade_level} классе"
    return {
        Outcome.MOVED_UP: f"перевести{to}",
        Outcome.CONDITIONAL: f"перевести{to} условно",
        Outcome.REPEATS: f"оставить на повторное обучение{here}",
    }.get(outcome, OUTCOME_TITLES[outcome])


def decision_text(decision: Decision, grade_level: int | None, subjects: Mapping[int, str]) -> str:
    """Return a decision whole: what, with which subjects to be passed, by which protocol."""
    owed = ", ".join(subjects.get(each, "") for each in decision.debts)
    words = outcome_text(decision.outcome, grade_level) + (f" ({owed})" if owed else "")
    if decision.decided_on is None:
        return f"{words}, предложение классного руководителя"
    return f"{words}, протокол № {decision.protocol} от {decision.decided_on:%d.%m.%Y}"
