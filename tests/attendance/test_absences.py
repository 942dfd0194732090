"""«Пропуски»: the homeroom teacher corrects absences, gives reasons for days, is warned (п. 4.3)."""

from datetime import date, datetime, timedelta

import narwhals as nw
import pytest
from class_week import (
    FRIDAY,
    HISTORY_ONE,
    HISTORY_TWO,
    MATHS_FRIDAY,
    MATHS_IN_OCTOBER,
    MATHS_MONDAY,
    MATHS_TUESDAY,
    MONDAY,
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
)
from small_school import (
    ABSENTEE,
    CHILD,
    CLASS_7A,
    CLASS_8B,
    CLASSMATE,
    NOW,
    OWNERS_LESSON_TODAY,
    OWNERS_LESSON_YESTERDAY,
    QUARTER_2,
    STRANGE_CHILD,
    STRANGERS_LESSON_YESTERDAY,
    People,
)

from pipelines.measures.attendance import pupil_attendance
from school.access.action import Action
from school.analytics.lookups.tables import tables
from school.attendance.actions import LeaveOrder, enter_absences, give_reason, withdraw_reason
from school.attendance.lookups import (
    AbsenceWeek,
    absence_history,
    absence_week,
    cells_of_leaves,
    expected_leaves,
    lesson_of_pupil,
)
from school.control.lookups.classes import led_classes
from school.errors import AccessRefused, RuleRefused
from school.records import AbsenceReason, Cell, User
from school.register.actions.batch import CellEdit, EntryStatus
from school.register.actions.entries import confirm_attendance, enter_cells
from school.store.connection import Store

TODAY = NOW.date()
ILL, VALID = AbsenceReason.ILLNESS, AbsenceReason.VALID
CERTIFICATE = LeaveOrder(CLASS_7A, (ABSENTEE,), MONDAY, FRIDAY, ILL, note="ОРВИ", certified_on=THURSDAY)


def week_of_7a(store: Store, user: User, today: date = TODAY) -> AbsenceWeek:
    return absence_week(store, user, CLASS_7A, MONDAY, today=today)


def letter(store: Store, user: User, lesson_id: int, pupil_id: int) -> str:
    return week_of_7a(store, user).cells.get((lesson_id, pupil_id), Cell()).text


def cell_events(store: Store) -> list[tuple[object, ...]]:
    return store.read(
        """SELECT lesson_id, pupil_id, user_id, old_value, new_value, reason FROM events
           WHERE kind = 'cell' ORDER BY event_id"""
    )


def test_a_week_shows_every_lesson_once_and_subgroups_together(class_week: Store, people: People) -> None:
    week = week_of_7a(class_week, people.homeroom)
    assert [[lesson.lesson_id for lesson in column.lessons] for column in week.columns] == [
        [MATHS_MONDAY],
        [MATHS_TUESDAY],
        [OWNERS_LESSON_YESTERDAY],
        [HISTORY_ONE, HISTORY_TWO],
        [OWNERS_LESSON_TODAY],
        [MATHS_FRIDAY],
    ]
    assert [name.last for name in week.pupils.values()] == ["Алёшин", "Ёлкина", "Жуков"]


def test_a_column_of_subgroups_knows_each_pupils_own_lesson(class_week: Store) -> None:
    column = [HISTORY_ONE, HISTORY_TWO]
    assert lesson_of_pupil(class_week, column, CHILD) == HISTORY_ONE
    assert lesson_of_pupil(class_week, column, ABSENTEE) == HISTORY_TWO
    assert lesson_of_pupil(class_week, column, STRANGE_CHILD) is None


@pytest.mark.parametrize(("name", "may_edit"), [("homeroom", True), ("deputy", False), ("head", False)])
def test_who_reads_and_who_edits(class_week: Store, people: People, name: str, may_edit: bool) -> None:
    assert week_of_7a(class_week, getattr(people, name)).may_edit is may_edit


@pytest.mark.parametrize("name", ["owner", "stranger", "admin", "secretary", "guardian", "pupil"])
def test_others_see_no_absences_of_a_class(class_week: Store, people: People, name: str) -> None:
    with pytest.raises(AccessRefused):
        week_of_7a(class_week, getattr(people, name))


def test_a_homeroom_teacher_is_offered_the_own_class_only(class_week: Store, people: People) -> None:
    def offered(user: User) -> list[str]:
        return [each.name for each in led_classes(class_week, user, Action.READ_ABSENCES, TODAY)]

    assert offered(people.homeroom) == ["7А"]
    assert offered(people.deputy) == ["7А", "8Б"]


def test_three_days_running_are_told_with_the_name_until_the_reason_is_known(
    class_week: Store, people: People
) -> None:
    absence = week_of_7a(class_week, people.homeroom).absences[ABSENTEE]
    assert absence.run == (MONDAY, TUESDAY, WEDNESDAY)
    assert absence.is_long_run
    assert not absence.run_is_explained
    give_reason(class_week, people.homeroom, CERTIFICATE, now=NOW)
    assert week_of_7a(class_week, people.homeroom).absences[ABSENTEE].run_is_explained


def test_a_lesson_attended_in_the_own_subgroup_ends_the_run(class_week: Store, people: People) -> None:
    edit = CellEdit(HISTORY_TWO, ABSENTEE, "", base="н", reason="был на уроке")
    (result,) = enter_absences(class_week, people.homeroom, [edit], now=NOW)
    assert result.status is EntryStatus.SAVED
    assert week_of_7a(class_week, people.homeroom).absences[ABSENTEE].run == ()


def test_shares_are_those_of_the_deputys_figures(class_week: Store, people: People) -> None:
    frames = tables(class_week, people.deputy, Action.READ_QUALITY)
    measured = (
        nw.from_native(
            pupil_attendance(
                frames.lessons({"class_id": [CLASS_7A], "term_id": [QUARTER_2]}),
                frames.absences(),
                enrolments=frames.enrolments(),
                subgroup_members=frames.subgroup_members(),
                today=TODAY,
            )
        )
        .lazy()
        .collect("pandas")
        .rows(named=True)
    )
    shown = week_of_7a(class_week, people.homeroom).absences
    assert {
        row["pupil_id"]: (row["pupil_lessons"], row["missed_lessons"], row["missed_share"], row["is_chronic"])
        for row in measured
    } == {
        pupil: (row.pupil_lessons, row.missed_lessons, row.percent, row.is_chronic)
        for pupil, row in shown.items()
    }
    assert shown[ABSENTEE].is_chronic


def test_a_reason_is_named_at_a_key_and_leaves_an_event(class_week: Store, people: People) -> None:
    edit = CellEdit(MATHS_MONDAY, ABSENTEE, "б", base="н")
    (result,) = enter_absences(class_week, people.homeroom, [edit], now=NOW)
    assert (result.status, result.text) == (EntryStatus.SAVED, "б")
    assert letter(class_week, people.homeroom, MATHS_MONDAY, ABSENTEE) == "б"
    assert cell_events(class_week) == [(MATHS_MONDAY, ABSENTEE, people.homeroom.user_id, "н", "б", "")]


def test_a_mark_beside_the_absence_stays(class_week: Store, people: People) -> None:
    enter_cells(class_week, people.owner, [CellEdit(OWNERS_LESSON_YESTERDAY, ABSENTEE, "н 4")], now=NOW)
    edit = CellEdit(OWNERS_LESSON_YESTERDAY, ABSENTEE, "у", base="н")
    (result,) = enter_absences(class_week, people.homeroom, [edit], now=NOW)
    assert result.text == "у"
    assert letter(class_week, people.homeroom, OWNERS_LESSON_YESTERDAY, ABSENTEE) == "у 4"


SAVED, REFUSED, REASON = EntryStatus.SAVED, EntryStatus.REFUSED, EntryStatus.REASON_REQUIRED
# Lesson, pupil, text, reason → what becomes of it, words of the answer.
ATTEMPTS = [
    (OWNERS_LESSON_YESTERDAY, CHILD, "5", "", REFUSED, "Отметки ставит учитель предмета"),
    (OWNERS_LESSON_YESTERDAY, CHILD, "н", "ошибка", REFUSED, "получил отметку"),
    (MATHS_MONDAY, ABSENTEE, "", "", REASON, "Учитель записал иначе"),
    (MATHS_MONDAY, ABSENTEE, "", "был на олимпиаде", SAVED, ""),
    (MATHS_MONDAY, CHILD, "н", "", REASON, "Учитель записал иначе"),
    (MATHS_MONDAY, CHILD, "н", "по словам учителя", SAVED, ""),
    (OWNERS_LESSON_TODAY, CHILD, "б", "", SAVED, ""),
    (MATHS_FRIDAY, CHILD, "б", "", REFUSED, "ещё не состоялся"),
    (MATHS_IN_OCTOBER, CLASSMATE, "б", "", REFUSED, "Учебный период закрыт"),
    (HISTORY_ONE, ABSENTEE, "б", "", REFUSED, "не числился"),
    (STRANGERS_LESSON_YESTERDAY, STRANGE_CHILD, "б", "", REFUSED, "нельзя исправлять пропуски"),
    (999, CHILD, "б", "", REFUSED, "Такого урока нет"),
]


@pytest.mark.parametrize(("lesson", "pupil", "text", "reason", "status", "words"), ATTEMPTS)
def test_what_a_homeroom_teacher_may_enter(
    class_week: Store,
    people: People,
    lesson: int,
    pupil: int,
    text: str,
    reason: str,
    status: EntryStatus,
    words: str,
) -> None:
    edit = CellEdit(lesson, pupil, text, reason=reason)
    (result,) = enter_absences(class_week, people.homeroom, [edit], now=NOW)
    assert result.status is status, result.message
    assert words in result.message
    assert bool(cell_events(class_week)) is (status is SAVED)


@pytest.mark.parametrize("name", ["owner", "deputy", "head", "admin", "guardian"])
def test_nobody_else_corrects_absences_here(class_week: Store, people: People, name: str) -> None:
    edit = CellEdit(MATHS_MONDAY, ABSENTEE, "б")
    (result,) = enter_absences(class_week, getattr(people, name), [edit], now=NOW)
    assert result.status is REFUSED
    with pytest.raises(AccessRefused):
        give_reason(class_week, getattr(people, name), CERTIFICATE, now=NOW)


def test_what_the_teacher_changed_meanwhile_is_shown_not_overwritten(
    class_week: Store, people: People
) -> None:
    enter_cells(class_week, people.owner, [CellEdit(MATHS_TUESDAY, ABSENTEE, "о")], now=NOW)
    edit = CellEdit(MATHS_TUESDAY, ABSENTEE, "б", base="н")
    (result,) = enter_absences(class_week, people.homeroom, [edit], now=NOW)
    assert (result.status, result.text, result.by) == (EntryStatus.CONFLICT, "о", "Орлова В.")
    assert letter(class_week, people.homeroom, MATHS_TUESDAY, ABSENTEE) == "о"


def test_a_batch_sent_twice_changes_nothing_more(class_week: Store, people: People) -> None:
    edits = [CellEdit(MATHS_MONDAY, ABSENTEE, "б", base="н", seq=1)]
    for _ in range(2):
        (result,) = enter_absences(class_week, people.homeroom, edits, now=NOW, client_id="вкладка")
        assert result.status is SAVED
    assert len(cell_events(class_week)) == 1


def test_a_tabs_own_correction_is_no_conflict_though_the_cell_has_a_mark(
    class_week: Store, people: People
) -> None:
    mark = CellEdit(MATHS_MONDAY, ABSENTEE, "н 4", reason="забытая отметка")
    (entered,) = enter_cells(class_week, people.owner, [mark], now=NOW)
    assert entered.status is SAVED
    for text, seq in (("б", 1), ("у", 2)):
        # The second was typed before the answer to the first came: on what stood there then.
        edit = CellEdit(MATHS_MONDAY, ABSENTEE, text, base="н", seq=seq)
        (result,) = enter_absences(class_week, people.homeroom, [edit], now=NOW, client_id="вкладка")
        assert result.status is SAVED
    assert letter(class_week, people.homeroom, MATHS_MONDAY, ABSENTEE) == "у 4"


def test_a_correction_takes_nobodys_attendance(class_week: Store, people: People) -> None:
    enter_absences(class_week, people.homeroom, [CellEdit(OWNERS_LESSON_TODAY, CHILD, "б")], now=NOW)
    taken = class_week.read(
        "SELECT attendance_taken_at, recorded_at FROM lessons WHERE lesson_id = $lesson",
        {"lesson": OWNERS_LESSON_TODAY},
    )
    assert taken == [(None, None)]


def test_a_certificate_changes_missed_lessons_and_waits_for_the_others(
    class_week: Store, people: People
) -> None:
    outcome = give_reason(class_week, people.homeroom, CERTIFICATE, now=NOW)
    assert (outcome.changed, outcome.expected, outcome.closed) == (4, 2, 0)
    week = week_of_7a(class_week, people.homeroom)
    assert {pair for pair, cell in week.cells.items() if cell.absence is ILL} == {
        (lesson, ABSENTEE) for lesson in (MATHS_MONDAY, MATHS_TUESDAY, OWNERS_LESSON_YESTERDAY, HISTORY_TWO)
    }
    assert week.expected.keys() == {(OWNERS_LESSON_TODAY, ABSENTEE), (MATHS_FRIDAY, ABSENTEE)}
    (stored,) = week.leaves
    assert (stored.leave.note, stored.leave.certified_on, stored.entered_by) == (
        "ОРВИ",
        THURSDAY,
        "Климова Р.",
    )


def test_the_events_of_a_certificate_name_it(class_week: Store, people: People) -> None:
    give_reason(class_week, people.homeroom, CERTIFICATE, now=NOW)
    (leave,) = class_week.read(
        "SELECT pupil_id, record_id, new_value, reason FROM events WHERE kind = 'leave'"
    )
    assert leave[0] == ABSENTEE
    assert leave[2:] == ("болезнь, 16 ноя – 20 ноя 2026, справка от 19.11.2026", "ОРВИ")
    cells = class_week.read("SELECT DISTINCT record_id, old_value, new_value FROM events WHERE kind = 'cell'")
    assert cells == [(leave[1], "н", "б")]


def test_a_reason_for_one_lesson_leaves_the_rest_of_the_day(class_week: Store, people: People) -> None:
    order = LeaveOrder(CLASS_7A, (ABSENTEE,), WEDNESDAY, WEDNESDAY, VALID, lesson_numbers=(2,), note="врач")
    assert give_reason(class_week, people.homeroom, order, now=NOW).changed == 1
    assert letter(class_week, people.homeroom, HISTORY_TWO, ABSENTEE) == "у"
    assert letter(class_week, people.homeroom, OWNERS_LESSON_YESTERDAY, ABSENTEE) == "н"


def test_known_reasons_change_only_when_asked_for(class_week: Store, people: People) -> None:
    give_reason(class_week, people.homeroom, CERTIFICATE, now=NOW)
    again = LeaveOrder(CLASS_7A, (ABSENTEE,), MONDAY, TUESDAY, VALID, note="заявление")
    assert give_reason(class_week, people.homeroom, again, now=NOW).changed == 0
    replacing = LeaveOrder(CLASS_7A, (ABSENTEE,), MONDAY, TUESDAY, VALID, replaces_known=True)
    assert give_reason(class_week, people.homeroom, replacing, now=NOW).changed == 2


def test_a_closed_term_stays_as_it_was_and_that_is_told(class_week: Store, people: People) -> None:
    order = LeaveOrder(CLASS_7A, (CLASSMATE,), date(2026, 10, 19), date(2026, 10, 23), ILL)
    outcome = give_reason(class_week, people.homeroom, order, now=NOW)
    assert (outcome.changed, outcome.expected, outcome.closed) == (0, 0, 1)
    assert cell_events(class_week) == []


@pytest.mark.parametrize("pupils", [(), (STRANGE_CHILD,), (CHILD, STRANGE_CHILD)])
def test_a_reason_is_for_pupils_of_the_class(
    class_week: Store, people: People, pupils: tuple[int, ...]
) -> None:
    with pytest.raises(RuleRefused):
        give_reason(class_week, people.homeroom, LeaveOrder(CLASS_7A, pupils, MONDAY, FRIDAY, ILL), now=NOW)
    assert class_week.read("SELECT count(*) FROM leaves") == [(0,)]


def test_a_reason_for_another_class_is_refused(class_week: Store, people: People) -> None:
    with pytest.raises(AccessRefused):
        give_reason(
            class_week, people.homeroom, LeaveOrder(CLASS_8B, (STRANGE_CHILD,), MONDAY, FRIDAY, ILL), now=NOW
        )


@pytest.fixture
def planned(class_week: Store, people: People) -> Store:
    """The class week with Алёшин on leave today and tomorrow."""
    order = LeaveOrder(CLASS_7A, (CHILD,), THURSDAY, FRIDAY, VALID, note="соревнования")
    outcome = give_reason(class_week, people.homeroom, order, now=NOW)
    assert (outcome.changed, outcome.expected, outcome.closed) == (0, 2, 0)
    return class_week


def test_a_leave_is_entered_when_the_teacher_confirms_attendance(planned: Store, people: People) -> None:
    assert expected_leaves(planned, people.owner, [OWNERS_LESSON_TODAY]).keys() == {
        (OWNERS_LESSON_TODAY, CHILD)
    }
    confirm_attendance(planned, people.owner, [OWNERS_LESSON_TODAY], now=NOW)
    assert letter(planned, people.homeroom, OWNERS_LESSON_TODAY, CHILD) == "у"
    ((_, _, user_id, old, new, reason),) = cell_events(planned)
    assert (user_id, old, new) == (people.owner.user_id, None, "у")
    assert "по записи классного руководителя: уважительная причина, 19 ноя – 20 ноя 2026" in reason
    assert cells_of_leaves(planned, people.owner, [OWNERS_LESSON_TODAY]) == {
        (OWNERS_LESSON_TODAY, CHILD): Cell(VALID)
    }


def test_a_leave_is_entered_with_the_first_absence_of_a_lesson(planned: Store, people: People) -> None:
    enter_cells(planned, people.owner, [CellEdit(OWNERS_LESSON_TODAY, CLASSMATE, "н")], now=NOW)
    assert letter(planned, people.homeroom, OWNERS_LESSON_TODAY, CHILD) == "у"


@pytest.mark.parametrize("typed", ["5", "о", "н"])
def test_a_leave_never_takes_the_place_of_what_a_teacher_entered(
    planned: Store, people: People, typed: str
) -> None:
    enter_cells(planned, people.owner, [CellEdit(OWNERS_LESSON_TODAY, CHILD, typed)], now=NOW)
    confirm_attendance(planned, people.owner, [OWNERS_LESSON_TODAY], now=NOW)
    assert letter(planned, people.homeroom, OWNERS_LESSON_TODAY, CHILD) == typed


def test_who_came_after_all_stays_present(planned: Store, people: People) -> None:
    confirm_attendance(planned, people.owner, [OWNERS_LESSON_TODAY], now=NOW)
    enter_cells(planned, people.owner, [CellEdit(OWNERS_LESSON_TODAY, CHILD, "")], now=NOW)
    confirm_attendance(planned, people.owner, [OWNERS_LESSON_TODAY], now=NOW)
    enter_cells(planned, people.owner, [CellEdit(OWNERS_LESSON_TODAY, CLASSMATE, "н")], now=NOW)
    assert letter(planned, people.homeroom, OWNERS_LESSON_TODAY, CHILD) == ""


def test_a_withdrawn_leave_reaches_no_lesson_to_come(planned: Store, people: People) -> None:
    confirm_attendance(planned, people.owner, [OWNERS_LESSON_TODAY], now=NOW)
    (stored,) = week_of_7a(planned, people.homeroom).leaves
    withdraw_reason(planned, people.homeroom, stored.leave.leave_id, now=NOW)
    confirm_attendance(planned, people.owner, [MATHS_FRIDAY], now=NOW + timedelta(days=1))
    assert letter(planned, people.homeroom, MATHS_FRIDAY, CHILD) == ""
    assert letter(planned, people.homeroom, OWNERS_LESSON_TODAY, CHILD) == "у"
    with pytest.raises(RuleRefused, match="уже отозвана"):
        withdraw_reason(planned, people.homeroom, stored.leave.leave_id, now=NOW)


@pytest.mark.parametrize("name", ["owner", "deputy", "guardian"])
def test_only_the_homeroom_teacher_withdraws(planned: Store, people: People, name: str) -> None:
    (stored,) = week_of_7a(planned, people.homeroom).leaves
    with pytest.raises(AccessRefused):
        withdraw_reason(planned, getattr(people, name), stored.leave.leave_id, now=NOW)


def test_the_history_of_a_column_is_the_pupils_own_lesson(class_week: Store, people: People) -> None:
    give_reason(class_week, people.homeroom, CERTIFICATE, now=datetime(2026, 11, 19, 13))
    events = absence_history(class_week, people.homeroom, [HISTORY_ONE, HISTORY_TWO], ABSENTEE)
    assert [(event.old_text, event.new_text) for event in events] == [("н", "б")]
    assert absence_history(class_week, people.homeroom, [HISTORY_ONE, HISTORY_TWO], CHILD) == []
