"""Exams, final marks and decisions as they are written down: who, with which reason, and what is left in the events."""

from collections.abc import Callable
from datetime import date

import pytest
from small_school import (
    ABSENTEE,
    CHILD,
    CLASS_7A,
    CLASSMATE,
    HISTORY,
    MATHS,
    NOW,
    QUARTER_1,
    SCHOOL,
    STRANGE_CHILD,
    People,
)

from school.certificates.store.results import year_marks
from school.councils.actions import (
    WantedDecision,
    enter_exam_marks,
    plan_exams,
    propose_decisions,
    record_decisions,
    set_sheet_look,
)
from school.councils.lookups import (
    class_year,
    council_classes,
    council_page,
    exam_history,
    exam_page,
    sheet_look_of,
)
from school.councils.records import Decision, ExamColumn, ExamEdit, Missed, Outcome, SubjectYear
from school.councils.rules import SheetColumn, SheetLook
from school.councils.store import final_marks
from school.errors import AccessRefused, RuleRefused
from school.families.lookups.marks import diary_marks
from school.records import RegisterKey, User
from school.register.actions.batch import EntryStatus
from school.store.connection import Store

Change = Callable[[str], None]
KEY, DAY, TODAY = RegisterKey(CLASS_7A, MATHS), date(2026, 11, 18), NOW.date()
SAVED = (EntryStatus.SAVED, "")
UP, CONDITIONAL, REPEATS = Outcome.MOVED_UP, Outcome.CONDITIONAL, Outcome.REPEATS


@pytest.fixture
def with_years(change: Change) -> Change:
    """Give everybody of 7А a 4 for the year but the absentee, who has a 2."""
    change(
        f"""INSERT INTO year_marks (class_id, subject_id, school_year, pupil_id, value)
            SELECT {CLASS_7A}, {MATHS}, 2026, pupil_id, CASE pupil_id WHEN {ABSENTEE} THEN 2 ELSE 4 END
            FROM enrolments WHERE class_id = {CLASS_7A}"""
    )
    return change


def events(store: Store, kind: str) -> list[tuple[object, ...]]:
    query = "SELECT pupil_id, old_value, new_value, reason FROM events WHERE kind = $kind ORDER BY event_id"
    return store.read(query, {"kind": kind})


def in_maths(store: Store, people: People, pupil: int) -> SubjectYear:
    found = class_year(store, people.deputy, CLASS_7A).pupil(pupil)
    assert found is not None
    return found.subjects[MATHS]


def typed(
    store: Store,
    user: User,
    text: str,
    reason: str = "",
    *,
    pupil: int = CHILD,
    column: ExamColumn = ExamColumn.EXAM,
    base: str | None = None,
) -> tuple[EntryStatus, str]:
    """Type one mark; return what became of it and the words."""
    edit = ExamEdit(KEY, column, pupil, text, base, reason=reason)
    (result,) = enter_exam_marks(store, user, [edit], now=NOW)
    return result.status, result.message


def test_an_exam_makes_the_final_mark_and_is_taken_back(
    school_store: Store, people: People, with_years: Change
) -> None:
    assert in_maths(school_store, people, CHILD).final == 4
    plan_exams(school_store, people.deputy, CLASS_7A, [MATHS], now=NOW)
    assert in_maths(school_store, people, CHILD).final is None
    for _ in range(2):
        assert typed(school_store, people.owner, "5") == SAVED
        first = SubjectYear((3, None), 4, 5, 5, 5, "", is_owed=True)
        assert in_maths(school_store, people, CHILD) == first
    typed(school_store, people.deputy, "")
    assert in_maths(school_store, people, CHILD).exam is None
    assert events(school_store, "exam_mark") == [(CHILD, None, "5", ""), (CHILD, "5", None, "")]
    assert events(school_store, "exams") == [(None, None, "Математика", "")]
    history = exam_history(school_store, people.head, KEY, ExamColumn.EXAM, CHILD)
    assert [(each.old_text, each.new_text) for each in history] == [("", "5"), ("5", "")]


def test_another_final_mark_is_kept_with_its_reason_and_goes_when_the_rule_agrees(
    school_store: Store, people: People, with_years: Change
) -> None:
    status, words = typed(school_store, people.owner, "5", column=ExamColumn.FINAL)
    assert (status, "причину" in words) == (EntryStatus.REASON_REQUIRED, True)
    why = "победитель олимпиады"
    assert typed(school_store, people.owner, "5", why, column=ExamColumn.FINAL) == SAVED
    assert typed(school_store, people.owner, "5", column=ExamColumn.FINAL) == SAVED
    held = in_maths(school_store, people, CHILD)
    assert (held.proposed, held.final, held.reason) == (4, 5, why)
    assert typed(school_store, people.owner, "4", column=ExamColumn.FINAL) == SAVED
    assert in_maths(school_store, people, CHILD).final == 4
    assert events(school_store, "final_mark") == [(CHILD, None, "5", why), (CHILD, "5", None, "")]


def test_a_final_mark_is_judged_by_the_exam_typed_before_it(
    school_store: Store, people: People, with_years: Change
) -> None:
    plan_exams(school_store, people.deputy, CLASS_7A, [MATHS], now=NOW)
    edits = [ExamEdit(KEY, ExamColumn.EXAM, CHILD, "5"), ExamEdit(KEY, ExamColumn.FINAL, CHILD, "5")]
    results = enter_exam_marks(school_store, people.owner, edits, now=NOW)
    assert [(each.status, each.text) for each in results] == [
        (EntryStatus.SAVED, "5"),
        (EntryStatus.SAVED, ""),
    ]
    assert in_maths(school_store, people, CHILD).final == 5


def test_a_wrong_mark_is_refused_by_itself(school_store: Store, people: People, with_years: Change) -> None:
    plan_exams(school_store, people.deputy, CLASS_7A, [MATHS], now=NOW)
    rows = ((CLASSMATE, "7"), (STRANGE_CHILD, "4"), (CHILD, "5"))
    edits = [ExamEdit(KEY, ExamColumn.EXAM, pupil, text) for pupil, text in rows]
    results = enter_exam_marks(school_store, people.owner, edits, now=NOW)
    assert [each.status for each in results] == [EntryStatus.REFUSED] * 2 + [EntryStatus.SAVED]
    assert in_maths(school_store, people, CHILD).exam == 5
    assert in_maths(school_store, people, CLASSMATE).exam is None


def test_a_batch_sent_twice_is_written_once_and_a_colleagues_mark_is_not_overwritten(
    school_store: Store, people: People, with_years: Change
) -> None:
    plan_exams(school_store, people.deputy, CLASS_7A, [MATHS], now=NOW)
    edits = [
        ExamEdit(KEY, ExamColumn.EXAM, CHILD, "5", "", 1),
        ExamEdit(KEY, ExamColumn.FINAL, CHILD, "3", "", 2, "апелляция"),
    ]
    for _ in range(2):
        results = enter_exam_marks(school_store, people.owner, edits, now=NOW, client_id="tab")
        assert [(each.status, each.text) for each in results] == [
            (EntryStatus.SAVED, "5"),
            (EntryStatus.SAVED, "3"),
        ]
        assert len(events(school_store, "exam_mark") + events(school_store, "final_mark")) == 2
    typed(school_store, people.deputy, "3")
    # The first batch, come once more, does not undo what the deputy head has written since.
    enter_exam_marks(school_store, people.owner, edits, now=NOW, client_id="tab")
    assert in_maths(school_store, people, CHILD).exam == 3
    late = ExamEdit(KEY, ExamColumn.EXAM, CHILD, "4", "5", 3)
    (result,) = enter_exam_marks(school_store, people.owner, [late], now=NOW, client_id="other tab")
    assert (result.status, result.text) == (EntryStatus.CONFLICT, "3")
    assert result.by


def test_an_exam_is_entered_by_its_teacher_or_the_deputy_where_the_class_has_one(
    school_store: Store, people: People, with_years: Change
) -> None:
    status, words = typed(school_store, people.owner, "5")
    assert (status, "экзамена нет" in words) == (EntryStatus.REFUSED, True)
    plan_exams(school_store, people.deputy, CLASS_7A, [MATHS], now=NOW)
    for nobody in (people.stranger, people.homeroom, people.head, people.admin, people.secretary):
        assert typed(school_store, nobody, "5")[0] == EntryStatus.REFUSED
    assert in_maths(school_store, people, CHILD).exam is None


def test_an_exam_with_marks_or_a_subject_not_taught_is_not_planned_away_or_in(
    school_store: Store, people: People, with_years: Change
) -> None:
    with pytest.raises(RuleRefused, match="предмета у класса нет"):
        plan_exams(school_store, people.deputy, CLASS_7A, [HISTORY], now=NOW)
    plan_exams(school_store, people.admin, CLASS_7A, [MATHS], now=NOW)
    typed(school_store, people.owner, "5")
    with pytest.raises(RuleRefused, match="уже стоят отметки"):
        plan_exams(school_store, people.deputy, CLASS_7A, [], now=NOW)


def test_a_page_of_exams_lists_the_register_and_says_why_nothing_may_be_entered(
    school_store: Store, people: People, with_years: Change
) -> None:
    page = exam_page(school_store, people.owner, KEY, today=TODAY)
    assert [pupil.pupil_id for pupil, _ in page.pupils] == [CHILD, CLASSMATE, ABSENTEE]
    assert (page.has_exam, page.why_not) == (False, "")
    assert exam_page(school_store, people.head, KEY, today=TODAY).why_not
    assert "не начался" in exam_page(school_store, people.owner, KEY, today=date(2026, 10, 1)).why_not


def decide(store: Store, people: People, number: str = "5", **outcomes: Outcome) -> int:
    pupils = {"child": CHILD, "classmate": CLASSMATE, "absentee": ABSENTEE}
    wanted = {pupils[name]: WantedDecision(each) for name, each in outcomes.items()}
    return record_decisions(store, people.deputy, CLASS_7A, wanted, number, DAY, now=NOW)


def test_a_council_decides_about_a_class_by_one_protocol_and_a_change_leaves_both(
    school_store: Store, people: People, with_years: Change
) -> None:
    page = council_page(school_store, people.deputy, CLASS_7A, today=TODAY)
    assert page.suggested == {CHILD: UP, CLASSMATE: UP, ABSENTEE: CONDITIONAL}
    assert page.debts[ABSENTEE] == (MATHS,)
    assert decide(school_store, people, child=UP, classmate=UP, absentee=CONDITIONAL) == 3
    assert decide(school_store, people, "6", child=UP, classmate=UP, absentee=REPEATS) == 1
    year = class_year(school_store, people.homeroom, CLASS_7A)
    decisions = {each.pupil_id: each.decision for each in year.pupils}
    assert decisions[CHILD] == Decision(UP, DAY, "5", recorded_at=NOW)
    assert decisions[ABSENTEE] == Decision(REPEATS, DAY, "6", recorded_at=NOW)
    assert events(school_store, "council_decision")[-1] == (
        ABSENTEE,
        "перевести в 8 класс условно (Математика), протокол № 5 от 18.11.2026",
        "оставить на повторное обучение в 7 классе, протокол № 6 от 18.11.2026",
        "",
    )
    (mine,) = council_classes(school_store, people.homeroom)
    assert (mine.class_id, mine.pupils, mine.decided) == (CLASS_7A, 3, 3)


def test_a_decision_that_contradicts_the_marks_names_its_row_and_nothing_is_written(
    school_store: Store, people: People, with_years: Change
) -> None:
    with pytest.raises(RuleRefused, match=r"^№ 3: .*переводят условно"):
        decide(school_store, people, child=UP, absentee=UP)
    assert class_year(school_store, people.deputy, CLASS_7A).pupils[0].decision is None


def test_a_homeroom_teacher_proposes_and_the_council_decides(
    school_store: Store, people: People, with_years: Change
) -> None:
    decide(school_store, people, child=UP)
    wanted = {each: WantedDecision(REPEATS, "по заявлению") for each in (CHILD, CLASSMATE)}
    assert propose_decisions(school_store, people.homeroom, CLASS_7A, wanted, now=NOW) == 1
    year = class_year(school_store, people.homeroom, CLASS_7A)
    held = {each.pupil_id: each.decision for each in year.pupils}
    assert held[CHILD] == Decision(UP, DAY, "5", recorded_at=NOW)
    assert held[CLASSMATE] == Decision(REPEATS, note="по заявлению", recorded_at=NOW)
    with pytest.raises(AccessRefused):
        record_decisions(school_store, people.homeroom, CLASS_7A, wanted, "5", DAY, now=NOW)
    # What was proposed becomes a decision by the council's protocol, and can be taken back.
    assert record_decisions(school_store, people.secretary, CLASS_7A, wanted, "7", DAY, now=NOW) == 2
    gone = {CLASSMATE: WantedDecision(None)}
    assert record_decisions(school_store, people.deputy, CLASS_7A, gone, "7", DAY, now=NOW) == 1
    assert [row[2] for row in events(school_store, "council_decision")][-1] is None


def test_a_debt_is_left_open_for_one_year_only(
    school_store: Store, people: People, with_years: Change
) -> None:
    with_years(
        f"""INSERT INTO classes (class_id, school_id, school_year, name, grade_level) VALUES (10, {SCHOOL}, 2025, '6А', 6);
        INSERT INTO council_decisions (class_id, pupil_id, outcome, decided_on, protocol, debts)
            VALUES (10, {ABSENTEE}, 'conditional', '2026-05-27', '3', [{MATHS}])"""
    )
    page = council_page(school_store, people.deputy, CLASS_7A, today=TODAY)
    assert page.suggested[ABSENTEE] == REPEATS
    with pytest.raises(RuleRefused, match="за один следующий год"):
        decide(school_store, people, absentee=CONDITIONAL)


def test_a_mark_changes_after_the_decision_only_with_a_reason(
    school_store: Store, people: People, with_years: Change
) -> None:
    plan_exams(school_store, people.deputy, CLASS_7A, [MATHS], now=NOW)
    typed(school_store, people.owner, "5")
    decide(school_store, people, child=UP)
    status, words = typed(school_store, people.owner, "4")
    assert (status, "протокол № 5" in words) == (EntryStatus.REASON_REQUIRED, True)
    assert typed(school_store, people.owner, "4", "апелляция") == SAVED
    assert events(school_store, "exam_mark")[-1] == (CHILD, "5", "4", "апелляция")


def test_a_years_sheet_has_absences_marks_of_others_and_who_left(
    school_store: Store, people: People, with_years: Change
) -> None:
    with_years(
        f"""DELETE FROM term_marks WHERE pupil_id = {CLASSMATE};
        INSERT INTO former_school_marks (pupil_id, subject_id, term_id, value, recorded_at)
            VALUES ({CLASSMATE}, {MATHS}, {QUARTER_1}, 5, '2026-11-02');
        UPDATE enrolments SET ends_on = '2026-11-30' WHERE pupil_id = {CHILD}"""
    )
    year = class_year(school_store, people.deputy, CLASS_7A)
    assert [each.pupil_id for each in year.at_end] == [CLASSMATE, ABSENTEE]
    by_pupil = {each.pupil_id: each for each in year.pupils}
    assert by_pupil[CHILD].left_on == date(2026, 11, 30)
    assert not by_pupil[CHILD].subjects[MATHS].is_owed
    assert by_pupil[CLASSMATE].subjects[MATHS].terms == (5, None)
    assert by_pupil[ABSENTEE].missed == Missed(1, 0)


def test_a_family_reads_the_decision_once_the_council_has_taken_it(
    school_store: Store, people: People, with_years: Change
) -> None:
    proposed = {CHILD: WantedDecision(UP)}
    propose_decisions(school_store, people.homeroom, CLASS_7A, proposed, now=NOW)
    assert diary_marks(school_store, people.guardian, CHILD, today=TODAY).decision == ""
    decide(school_store, people, child=UP)
    words = "2026/27: перевести в 8 класс, протокол № 5 от 18.11.2026"
    assert diary_marks(school_store, people.guardian, CHILD, today=TODAY).decision == words


def test_a_school_chooses_how_its_sheets_are_printed(school_store: Store, people: People) -> None:
    assert sheet_look_of(school_store, people.head) == SheetLook()
    narrow = SheetLook(frozenset({SheetColumn.EXAM}), is_a3=True)
    for _ in range(2):
        set_sheet_look(school_store, people.secretary, narrow, now=NOW)
    assert sheet_look_of(school_store, people.homeroom) == narrow
    assert [row[2] for row in events(school_store, "sheet_look")] == ["экзамен, А3"]
    with pytest.raises(AccessRefused):
        set_sheet_look(school_store, people.homeroom, SheetLook(), now=NOW)


@pytest.mark.usefixtures("with_years")
def test_papers_print_the_final_mark_of_exam_and_decision_and_the_years_where_there_is_neither(
    school_store: Store, change: Change
) -> None:
    change(f"INSERT INTO class_exams VALUES ({CLASS_7A}, {MATHS})")
    change(
        f"INSERT INTO exam_marks VALUES ({CLASS_7A}, {MATHS}, {CHILD}, 5, NULL, NULL), ({CLASS_7A}, {MATHS}, {ABSENTEE}, 2, NULL, NULL)"
    )
    change(f"INSERT INTO final_marks VALUES ({CLASS_7A}, {MATHS}, {ABSENTEE}, 3, 'пересдача', NULL, NULL)")
    years = year_marks(school_store, [CHILD, CLASSMATE, ABSENTEE])
    final = final_marks(school_store, years, [CHILD, CLASSMATE, ABSENTEE])
    # Year 4 and exam 5; no exam taken, so no final mark yet; decided otherwise.
    assert final == {(CHILD, MATHS, 2026): 5, (ABSENTEE, MATHS, 2026): 3}
    change("DELETE FROM class_exams")
    assert final_marks(school_store, years, [CLASSMATE])[(CLASSMATE, MATHS, 2026)] == 4
