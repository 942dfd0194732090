"""Final marks, and what the council may decide by the marks of a year (п. 5.4; 273-ФЗ, ст. 58)."""

from contextlib import AbstractContextManager, nullcontext
from datetime import date
from typing import Any

import pytest

from school.councils.records import Decision, Missed, Outcome, PupilYear, SubjectYear
from school.councils.rules import (
    CouncilFacts,
    check_change_after_decision,
    check_outcome,
    checked_note,
    checked_protocol,
    council_facts,
    decision_text,
    other_final,
    proposed_final,
    suggested_outcome,
)
from school.errors import ReasonRequired, RuleRefused
from school.records import PersonName

MATHS, HISTORY = 21, 22
TOO_LONG = "Сократите"


@pytest.mark.parametrize(
    ("year", "exam", "has_exam", "final"),
    [
        (4, None, False, 4),  # no exam: the year mark
        (None, None, False, None),
        (4, None, True, None),  # the exam is still to come
        (None, 4, True, None),
        (4, 5, True, 5),  # a half goes to the pupil's favour
        (5, 4, True, 5),
        (3, 5, True, 4),
        (2, 3, True, 3),
        (2, 2, True, 2),
    ],
)
def test_the_final_mark_is_the_mean_of_year_and_exam(
    year: int | None, exam: int | None, has_exam: bool, final: int | None
) -> None:
    assert proposed_final(year, exam, has_exam=has_exam) == final


@pytest.mark.parametrize(
    ("proposed", "wanted", "reason", "stored"),
    [
        (4, None, "", None),
        (4, 4, "", None),  # what the rule says anyway is not stored
        (4, 5, "пересдал 3 июня", 5),
        (4, 3, "пересдал 3 июня", 3),
        (None, 4, "отметки прежней школы", 4),
    ],
)
def test_only_what_differs_from_the_rule_is_stored(
    proposed: int | None, wanted: int | None, reason: str, stored: int | None
) -> None:
    assert other_final(proposed, wanted, reason) == stored


@pytest.mark.parametrize("wanted", [5, 3])
def test_another_final_mark_needs_a_reason(wanted: int) -> None:
    with pytest.raises(ReasonRequired, match="Напишите причину"):
        other_final(4, wanted, " ")


def test_six_is_no_mark() -> None:
    with pytest.raises(RuleRefused, match="2, 3, 4 или 5"):
        other_final(4, 6, "так решили")


def may(outcome: Outcome, facts: CouncilFacts, note: str = "") -> str:
    """Return an empty text where the decision may be taken, else the refusal."""
    try:
        check_outcome(facts, outcome, note)
    except RuleRefused as refusal:
        return str(refusal)
    return ""


PASSED, OWES = CouncilFacts(7), CouncilFacts(7, (MATHS,))
OWES_AGAIN = CouncilFacts(7, (MATHS,), frozenset({MATHS}))
OWES_ANOTHER = CouncilFacts(7, (MATHS,), frozenset({HISTORY}))
NINTH, NINTH_OWES, ELEVENTH = CouncilFacts(9), CouncilFacts(9, (MATHS,)), CouncilFacts(11)


@pytest.mark.parametrize(
    ("facts", "outcome", "note", "said"),
    [
        (PASSED, Outcome.MOVED_UP, "", ""),
        (OWES, Outcome.MOVED_UP, "", "Выберите «перевести условно»"),
        (NINTH, Outcome.MOVED_UP, "", "После 9-го класса не переводят"),
        (OWES, Outcome.CONDITIONAL, "", ""),
        (PASSED, Outcome.CONDITIONAL, "", "Задолженности нет"),
        (OWES_AGAIN, Outcome.CONDITIONAL, "", "за один следующий год"),
        (OWES_ANOTHER, Outcome.CONDITIONAL, "", ""),
        (NINTH_OWES, Outcome.CONDITIONAL, "", "После 9-го класса не переводят"),
        (OWES, Outcome.REPEATS, "", ""),
        (PASSED, Outcome.REPEATS, "", "Напишите основание"),
        (PASSED, Outcome.REPEATS, "заявление родителей", ""),
        (NINTH, Outcome.GRADUATED, "", ""),
        (ELEVENTH, Outcome.GRADUATED, "", ""),
        (NINTH_OWES, Outcome.GRADUATED, "", "аттестата не дают"),
        (PASSED, Outcome.GRADUATED, "", "после 9-го и 11-го"),
        (PASSED, Outcome.LEFT, "", "почему и куда"),
        (PASSED, Outcome.LEFT, "переезд", ""),
    ],
)
def test_a_decision_follows_from_the_marks(
    facts: CouncilFacts, outcome: Outcome, note: str, said: str
) -> None:
    refusal = may(outcome, facts, note)
    assert (said in refusal) if said else not refusal


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        (PASSED, Outcome.MOVED_UP),
        (OWES, Outcome.CONDITIONAL),
        (OWES_AGAIN, Outcome.REPEATS),
        (NINTH, Outcome.GRADUATED),
        (NINTH_OWES, None),
        (CouncilFacts(1), Outcome.MOVED_UP),
        (CouncilFacts(None), Outcome.MOVED_UP),
    ],
)
def test_what_is_suggested_may_be_decided(facts: CouncilFacts, outcome: Outcome | None) -> None:
    assert suggested_outcome(facts) == outcome
    assert outcome is None or not may(outcome, facts)


def year_of(**subjects: SubjectYear) -> PupilYear:
    places = {"maths": MATHS, "history": HISTORY}
    return PupilYear(
        1, PersonName("Ким", "Аня"), {places[name]: each for name, each in subjects.items()}, Missed()
    )


@pytest.mark.parametrize(
    ("grade", "maths", "history", "owed"),
    [
        (7, SubjectYear((), 4, final=4, is_owed=True), SubjectYear((), 3, final=3, is_owed=True), ()),
        (7, SubjectYear((), 2, final=2, is_owed=True), SubjectYear((), 3, final=3, is_owed=True), (MATHS,)),
        (7, SubjectYear((), None, is_owed=True), SubjectYear((), 3, final=3, is_owed=True), (MATHS,)),
        # A subject that ended with the first half of the year owes nothing.
        (7, SubjectYear((), None), SubjectYear((), 3, final=3, is_owed=True), ()),
        (1, SubjectYear((), None, is_owed=True), SubjectYear((), None, is_owed=True), ()),
    ],
)
def test_a_mark_is_owed_only_in_what_is_taught_to_the_end(
    grade: int, maths: SubjectYear, history: SubjectYear, owed: tuple[int, ...]
) -> None:
    assert council_facts(grade, year_of(maths=maths, history=history)).debts == owed


@pytest.mark.parametrize(
    ("number", "day", "given"),
    [
        ("  5  ", date(2027, 5, 27), nullcontext()),
        ("", date(2027, 5, 27), pytest.raises(RuleRefused, match="Номер")),
        ("5" * 21, date(2027, 5, 27), pytest.raises(RuleRefused, match="20 знаков")),
        ("5", None, pytest.raises(RuleRefused, match=r"с 01\.04\.2027 по 30\.05\.2027")),
        ("5", date(2027, 5, 31), pytest.raises(RuleRefused, match="День педсовета")),
        ("5", date(2027, 3, 31), pytest.raises(RuleRefused, match="День педсовета")),
    ],
)
def test_a_protocol_has_a_number_and_a_day_at_the_years_end(
    number: str, day: date | None, given: AbstractContextManager[Any]
) -> None:
    with given:
        assert checked_protocol(number, day, date(2027, 4, 1), date(2027, 5, 30)) == ("5", day)


def test_words_are_kept_short_and_tidy() -> None:
    assert checked_note("  по   заявлению ") == "по заявлению"
    with pytest.raises(RuleRefused, match=TOO_LONG):
        checked_note("о" * 201)


def test_marks_change_with_a_reason_once_the_council_has_decided() -> None:
    decided = Decision(Outcome.MOVED_UP, date(2027, 5, 27), "5")
    with pytest.raises(ReasonRequired, match="протокол № 5"):
        check_change_after_decision(decided, "")
    check_change_after_decision(decided, "пересдача")
    check_change_after_decision(Decision(Outcome.MOVED_UP), "")
    check_change_after_decision(None, "")


@pytest.mark.parametrize(
    ("decision", "grade", "words"),
    [
        (
            Decision(Outcome.MOVED_UP, date(2027, 5, 27), "5"),
            7,
            "перевести в 8 класс, протокол № 5 от 27.05.2027",
        ),
        (
            Decision(Outcome.CONDITIONAL, date(2027, 5, 27), "5", (MATHS,)),
            7,
            "перевести в 8 класс условно (Математика), протокол № 5 от 27.05.2027",
        ),
        (Decision(Outcome.MOVED_UP), None, "перевести, предложение классного руководителя"),
    ],
)
def test_a_decision_is_worded_as_in_a_protocol(decision: Decision, grade: int | None, words: str) -> None:
    assert decision_text(decision, grade, {MATHS: "Математика"}) == words
