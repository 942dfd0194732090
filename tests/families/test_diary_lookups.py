"""What the diary holds, before any page: whose it is, the week, marks, absences, term marks (п. 2.8, 3.6, 4.7, 5.2)."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from small_school import (
    CHILD,
    CLASS_7A,
    CLASSMATE,
    HISTORY,
    HOMEROOM_STAFF,
    MATHS,
    NOW,
    ORDINARY_WORK,
    OWNERS_LESSON_TODAY,
    OWNERS_LESSON_YESTERDAY,
    QUARTER_1,
    QUARTER_2,
    STRANGE_CHILD,
    People,
)

from school.errors import AccessRefused, Refusal
from school.families.lookups.diary import children_of, diary_pupil
from school.families.lookups.marks import diary_absences, diary_marks
from school.families.lookups.subject import diary_subject
from school.families.lookups.week import DiaryWeek, breaks_ahead, diary_week
from school.families.rules import family_mean, is_correction
from school.homework.actions import LessonEntry, write_lesson
from school.records import AbsenceReason, HomeworkState, User
from school.register.actions.batch import CellEdit
from school.register.actions.entries import LessonHead, enter_cells
from school.store.connection import Store

TODAY = NOW.date()
MONDAY, WEDNESDAY, THURSDAY = date(2026, 11, 16), date(2026, 11, 18), TODAY
REASON = "ошибка при вводе"


def week_of(store: Store, user: User, day: date = TODAY, today: date = TODAY) -> DiaryWeek:
    return diary_week(store, user, CHILD, day=day, today=today)


def lesson_on(store: Store, user: User, day: date):
    (lesson,) = next(each for each in week_of(store, user).days if each.day == day).lessons
    return lesson


def enter(store: Store, user: User, text: str, lesson: int = OWNERS_LESSON_TODAY, pupil: int = CHILD) -> None:
    (result,) = enter_cells(store, user, [CellEdit(lesson, pupil, text, reason=REASON)], now=NOW)
    assert result.status == "saved", result.message


@pytest.mark.parametrize(
    ("part", "pupil", "is_shown"),
    [
        ("guardian", CHILD, True),
        ("pupil", CHILD, True),
        ("guardian", CLASSMATE, False),
        ("pupil", CLASSMATE, False),
        ("homeroom", CLASSMATE, True),
        ("homeroom", STRANGE_CHILD, False),
        ("deputy", STRANGE_CHILD, True),
        ("head", CHILD, True),
        ("owner", CHILD, False),
        ("secretary", CHILD, False),
        ("admin", CHILD, False),
    ],
)
def test_whose_diary_opens_to_whom(
    school_store: Store, people: People, part: str, pupil: int, is_shown: bool
) -> None:
    user = getattr(people, part)
    if is_shown:
        assert [term.number for term in diary_pupil(school_store, user, pupil, TODAY).terms] == [1, 2]
    else:
        with pytest.raises(AccessRefused):
            diary_pupil(school_store, user, pupil, TODAY)


def test_an_unknown_pupil_is_told_without_an_error(school_store: Store, people: People) -> None:
    with pytest.raises(Refusal, match="Такого ученика нет"):
        diary_pupil(school_store, people.head, 999999, TODAY)
    with pytest.raises(AccessRefused):
        diary_pupil(school_store, people.guardian, 999999, TODAY)


def test_staff_have_no_children(school_store: Store, people: People) -> None:
    assert children_of(school_store, people.deputy) == {}
    assert children_of(school_store, people.guardian) == {CHILD: "Алёшин Пётр"}


# The week.


def test_a_week_stands_from_monday_to_friday_with_its_lessons(school_store: Store, people: People) -> None:
    week = week_of(school_store, people.guardian)
    assert [each.day for each in week.days] == [MONDAY + timedelta(number) for number in range(5)]
    assert [len(each.lessons) for each in week.days] == [0, 0, 1, 1, 0]
    lesson = lesson_on(school_store, people.guardian, WEDNESDAY)
    assert (lesson.number, lesson.subject_name, lesson.topic, lesson.teacher) == (
        1,
        "Математика",
        "Дроби",
        "Орлова В.",
    )
    assert (str(lesson.starts_at), [mark.value for mark in lesson.cell.marks]) == ("08:30:00", [4])
    assert lesson.cell.marks[0].work_type == "Ответ на уроке"


def test_an_empty_week_has_days_without_lessons(school_store: Store, people: People) -> None:
    week = week_of(school_store, people.guardian, day=date(2026, 7, 1))
    assert [each.lessons for each in week.days] == [()] * 5
    assert week.later == ()


def test_a_day_off_says_its_name(school_store: Store, people: People, change: Callable) -> None:
    change("INSERT INTO days_off VALUES ('2026-11-20', 'День школы')")
    assert [each.day_off for each in week_of(school_store, people.guardian).days] == [""] * 4 + ["День школы"]


def test_breaks_ahead_are_named_with_their_days(
    school_store: Store, people: People, change: Callable
) -> None:
    change(
        f"""DELETE FROM days_off;
        INSERT INTO days_off SELECT unnest(generate_series(DATE '2026-12-31', DATE '2027-01-01', INTERVAL 1 DAY)), 'Зимние';
        INSERT INTO days_off VALUES ('2026-11-04', 'Прошло'), ('2027-01-04', 'Зимние'), ('2027-02-23', 'Праздник'),
            ('2027-09-01', 'Будущий год');
        INSERT INTO grade_days_off SELECT DATE '2027-02-15', grade_level, 'Дополнительные' FROM classes WHERE class_id = {CLASS_7A};
        INSERT INTO grade_days_off VALUES ('2027-02-16', 1, 'Не для них')"""
    )
    assert breaks_ahead(school_store, people.guardian, CHILD, today=NOW.date()) == [
        ("Зимние", date(2026, 12, 31), date(2027, 1, 4)),
        ("Дополнительные", date(2027, 2, 15), date(2027, 2, 15)),
        ("Праздник", date(2027, 2, 23), date(2027, 2, 23)),
    ]


def test_a_saturday_stands_there_once_it_has_lessons(
    school_store: Store, people: People, change: Callable
) -> None:
    change(f"UPDATE lessons SET held_on = '2026-11-21' WHERE lesson_id = {OWNERS_LESSON_TODAY}")
    assert week_of(school_store, people.guardian).days[-1].day == date(2026, 11, 21)


def test_homework_stands_on_the_day_it_was_given_and_on_the_day_it_is_due(
    school_store: Store, people: People
) -> None:
    head = LessonHead("Дроби", None, HomeworkState.SET, "№ 12–15")
    write_lesson(school_store, people.owner, OWNERS_LESSON_YESTERDAY, LessonEntry(head), now=NOW)
    days = {each.day: each for each in week_of(school_store, people.guardian).days}
    assert [(each.lesson.homework, each.due_on) for each in days[WEDNESDAY].given] == [("№ 12–15", THURSDAY)]
    assert [each.lesson.homework for each in days[THURSDAY].due] == ["№ 12–15"]
    assert (days[WEDNESDAY].due, days[THURSDAY].given) == ((), ())


def test_what_is_not_written_yet_is_said_only_while_it_may_still_come(
    school_store: Store, people: People, change: Callable
) -> None:
    def said(today: date) -> list[dict[HomeworkState, list[str]]]:
        return [each.without_work for each in week_of(school_store, people.guardian, today=today).days][3:4]

    change(f"UPDATE lessons SET homework_state = 'unset' WHERE lesson_id = {OWNERS_LESSON_YESTERDAY}")
    assert said(TODAY) == [{HomeworkState.UNSET: ["Математика"]}]
    assert said(TODAY + timedelta(1)) == [{}]
    change(f"UPDATE lessons SET homework_state = 'none' WHERE lesson_id = {OWNERS_LESSON_YESTERDAY}")
    assert said(TODAY) == [{HomeworkState.NONE: ["Математика"]}]


def test_homework_due_after_the_week_stands_below_it(
    school_store: Store, people: People, change: Callable
) -> None:
    head = LessonHead("Дроби", None, HomeworkState.SET, "Проект")
    write_lesson(school_store, people.owner, OWNERS_LESSON_TODAY, LessonEntry(head), now=NOW)
    change(f"INSERT INTO homework_due_days VALUES ({OWNERS_LESSON_TODAY}, '2026-12-01')")
    assert [(each.lesson.homework, each.due_on) for each in week_of(school_store, people.guardian).later] == [
        ("Проект", date(2026, 12, 1))
    ]


def test_a_cancelled_lesson_and_a_substitute_are_named(
    school_store: Store, people: People, change: Callable
) -> None:
    change(f"UPDATE lessons SET status = 'cancelled' WHERE lesson_id = {OWNERS_LESSON_TODAY}")
    change(
        f"""INSERT INTO substitutions (substitution_id, lesson_id, class_id, subject_id, kind, substitute_id, reason,
        assigned_at) VALUES (1, {OWNERS_LESSON_YESTERDAY}, {CLASS_7A}, {MATHS}, 'subject', {HOMEROOM_STAFF}, '', '2026-11-18')"""
    )
    change(f"UPDATE lessons SET teacher_id = {HOMEROOM_STAFF} WHERE lesson_id = {OWNERS_LESSON_YESTERDAY}")
    yesterday, today = (lesson_on(school_store, people.guardian, day) for day in (WEDNESDAY, THURSDAY))
    assert (yesterday.is_substituted, yesterday.teacher, yesterday.is_cancelled) == (
        True,
        "Климова Р.",
        False,
    )
    assert (today.is_substituted, today.is_cancelled) == (False, True)


def test_the_room_is_that_of_the_timetable(school_store: Store, people: People, change: Callable) -> None:
    change("UPDATE timetable SET room = weekday::VARCHAR || '0' WHERE load_id = 91")
    assert lesson_on(school_store, people.guardian, WEDNESDAY).room == "30"


def test_a_lesson_of_another_subgroup_is_not_the_childs(
    school_store: Store, people: People, change: Callable
) -> None:
    change(f"INSERT INTO subgroups VALUES (401, {CLASS_7A}, {MATHS}, '1-я')")
    change(f"UPDATE lessons SET subgroup_id = 401 WHERE lesson_id = {OWNERS_LESSON_TODAY}")
    assert [len(each.lessons) for each in week_of(school_store, people.guardian).days] == [0, 0, 1, 0, 0]
    change(f"INSERT INTO subgroup_members VALUES (401, {CHILD}, '2026-11-19', NULL)")
    assert [len(each.lessons) for each in week_of(school_store, people.guardian).days] == [0, 0, 1, 1, 0]


# Marks and corrections.


def test_a_new_mark_is_there_at_the_next_look(school_store: Store, people: People) -> None:
    (before,) = diary_marks(school_store, people.guardian, CHILD, today=TODAY).subjects
    enter(school_store, people.owner, "5")
    (after,) = diary_marks(school_store, people.guardian, CHILD, today=TODAY).subjects
    assert [[mark.value for mark in day.marks] for day in before.days] == [[4]]
    assert [[mark.value for mark in day.marks] for day in after.days] == [[4], [5]]


def test_there_is_no_mean_of_fewer_than_three_marks(school_store: Store, people: People) -> None:
    def mean() -> float | None:
        return diary_marks(school_store, people.guardian, CHILD, today=TODAY).subjects[0].mean

    enter(school_store, people.owner, "5")
    assert mean() is None
    enter(school_store, people.owner, "5/3")
    assert mean() == pytest.approx(4)


@pytest.mark.parametrize(
    ("marks", "mean"),
    [
        ([], None),
        ([(5, 1), (4, 1)], None),
        ([(5, 1), (4, 1), (2, 2)], 3.25),
        ([(5, 0), (4, 0), (3, 0)], None),
    ],
)
def test_a_familys_mean(marks: list[tuple[int, float]], mean: float | None) -> None:
    assert family_mean(marks) == mean


def test_the_least_number_of_marks_is_that_of_the_weekly_hours(school_store: Store, people: People) -> None:
    (maths,) = diary_marks(school_store, people.guardian, CHILD, today=TODAY).subjects
    assert (maths.count, maths.minimum) == (1, 6)  # five hours a week (п. 5.2)


def test_a_weight_comes_from_the_mark_the_work_or_is_one(
    school_store: Store, people: People, change: Callable
) -> None:
    def weights() -> list[float]:
        (maths,) = diary_marks(school_store, people.guardian, CHILD, today=TODAY).subjects
        return [mark.weight for day in maths.days for mark in day.marks]

    assert weights() == [1.0]
    change(f"UPDATE work_types SET weight = 1.5 WHERE work_type_id = {ORDINARY_WORK}")
    assert weights() == [1.5]
    change(f"UPDATE marks SET weight = 3 WHERE pupil_id = {CHILD}")
    assert weights() == [3.0]


def test_a_corrected_mark_shows_both_values_and_why(school_store: Store, people: People) -> None:
    enter(school_store, people.owner, "3")
    enter(school_store, people.owner, "5")
    (change,) = lesson_on(school_store, people.guardian, THURSDAY).cell.corrections
    assert (change.old_text, change.new_text, change.reason, change.changed_at) == ("3", "5", REASON, NOW)
    enter(school_store, people.owner, "")
    page = diary_subject(school_store, people.guardian, CHILD, MATHS, today=TODAY)
    assert [(each.old_text, each.new_text) for each in page.subject.days[-1].corrections] == [
        ("3", "5"),
        ("5", ""),
    ]
    assert page.subject.days[-1].marks == ()


def test_another_childs_correction_is_not_shown(school_store: Store, people: People) -> None:
    for text in ("3", "5"):
        enter(school_store, people.owner, text, pupil=CLASSMATE)
    assert lesson_on(school_store, people.guardian, THURSDAY).cell.corrections == ()


@pytest.mark.parametrize(
    ("old", "new", "is_one"),
    [
        ("3", "4", True),
        ("3", "", True),
        ("3", "н", True),
        ("5/4", "5", True),
        ("5", "5/4", False),
        ("н", "4", False),
        ("о 4", "4", False),
        ("н", "б", False),
    ],
)
def test_what_is_a_correction(old: str, new: str, is_one: bool) -> None:
    assert is_correction(old, new) is is_one


def test_a_subject_names_its_teacher_and_the_lessons_behind(school_store: Store, people: People) -> None:
    page = diary_subject(school_store, people.guardian, CHILD, MATHS, today=TODAY)
    assert page.teachers == ("Орлова Вера",)
    assert (page.lessons_held, page.lessons_of_year) == (1, 2)
    with pytest.raises(Refusal, match="Такого предмета"):
        diary_subject(school_store, people.guardian, CHILD, HISTORY, today=TODAY)


def test_marks_of_a_class_left_behind_stay(school_store: Store, people: People, change: Callable) -> None:
    change(f"UPDATE enrolments SET ends_on = '2026-11-19' WHERE pupil_id = {CHILD}")
    change(f"INSERT INTO enrolments VALUES (999, {CHILD}, 12, '2026-11-19', NULL)")
    page = diary_marks(school_store, people.guardian, CHILD, today=TODAY)
    assert page.pupil.class_name == "8Б"
    assert [mark.value for day in page.subjects[0].days for mark in day.marks] == [4]
    assert [len(each.lessons) for each in week_of(school_store, people.guardian).days] == [0, 0, 1, 1, 0]


def test_a_pupil_without_marks_has_subjects_without_marks(school_store: Store, people: People) -> None:
    (maths,) = diary_marks(school_store, people.homeroom, 53, today=TODAY).subjects
    assert (maths.name, maths.days, maths.mean, maths.count) == ("Математика", (), None, 0)


def test_a_pupil_without_a_class_has_an_empty_diary(
    school_store: Store, people: People, change: Callable
) -> None:
    change(f"DELETE FROM enrolments WHERE pupil_id = {CHILD}")
    page = diary_marks(school_store, people.guardian, CHILD, today=TODAY)
    assert (page.term, page.subjects, page.final_marks) == (None, (), ())
    assert diary_absences(school_store, people.guardian, CHILD, today=TODAY).lessons == ()
    assert all(each.lessons == () for each in week_of(school_store, people.guardian).days)


def test_term_marks_are_shown_for_terms_that_are_over(
    school_store: Store, people: People, change: Callable
) -> None:
    change(
        f"INSERT INTO term_marks (class_id, subject_id, term_id, pupil_id, value) VALUES ({CLASS_7A}, {MATHS}, {QUARTER_2}, {CHILD}, 5)"
    )
    page = diary_marks(school_store, people.guardian, CHILD, today=TODAY)
    assert [row.by_term for row in page.final_marks] == [{QUARTER_1: 3}]
    assert [term.number for term in page.closed_terms] == [1]
    change(
        f"INSERT INTO year_marks (class_id, subject_id, school_year, pupil_id, value) VALUES ({CLASS_7A}, {MATHS}, 2026, {CHILD}, 4)"
    )
    assert diary_marks(school_store, people.guardian, CHILD, today=TODAY).final_marks[0].year_mark == 4


# Absences.


def test_absences_are_counted_by_reason_and_by_whole_days(school_store: Store, people: People) -> None:
    enter(school_store, people.owner, "б")
    found = diary_absences(school_store, people.guardian, CHILD, today=TODAY)
    assert found.by_reason == {AbsenceReason.ILLNESS: 1}
    assert (found.whole_days, found.whole_days_ill) == (1, 1)
    assert [(each.held_on, each.number, each.subject_name) for each in found.lessons] == [
        (THURSDAY, 1, "Математика")
    ]


def test_coming_late_is_no_missed_day(school_store: Store, people: People) -> None:
    enter(school_store, people.owner, "о 4")
    found = diary_absences(school_store, people.guardian, CHILD, today=TODAY)
    assert (found.by_reason, found.whole_days) == ({AbsenceReason.LATE: 1}, 0)


def test_a_lesson_that_is_not_filled_is_no_absence(school_store: Store, people: People) -> None:
    assert lesson_on(school_store, people.guardian, THURSDAY).cell.absence is None
    assert diary_absences(school_store, people.guardian, CHILD, today=TODAY).by_reason == {}
