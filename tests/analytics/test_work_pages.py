"""«Прохождение программ», «Посещаемость», «Работа с журналом»: what each reader sees, and calm where there is nothing."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from reading import column, figures
from screens import texts
from small_school import (
    ABSENTEE,
    CHILD,
    CLASS_7A,
    CLASS_8B,
    MATHS,
    OWNER_STAFF,
    OWNERS_LESSON_TODAY,
    QUARTER_2,
    STRANGER_STAFF,
    USER_IDS,
    People,
)

from pages.analytics.parts.charts_work import stacks_by_group
from school.sign_in.rules.view import View

CURRICULUM, ATTENDANCE, WORK = (
    "analytics/curriculum.py",
    "analytics/attendance.py",
    "analytics/register_work.py",
)
AFTER_THE_DEADLINE = datetime(2026, 11, 19, 16, 1)
PAGES = {
    CURRICULUM: ("curriculum_view", ("behind", "groups", "map", "none")),
    ATTENDANCE: ("attendance_view", ("groups", "weeks", "times", "pupils")),
    WORK: ("work_view", ("filling", "unfilled", "homework", "users")),
}
EVERY_VIEW = [(page, {name: view}) for page, (name, views) in PAGES.items() for view in views]
PLAN_OF_7A = f"""
    INSERT INTO lesson_plans (plan_id, class_id, subject_id, saved_at) VALUES (401, {CLASS_7A}, {MATHS}, '2026-09-01');
    INSERT INTO plan_topics VALUES (402, 401, 1, 'Дроби', 1), (403, 401, 2, 'Проценты', 9);
"""
CANCELLED = f"""
    INSERT INTO lessons (lesson_id, class_id, subject_id, teacher_id, term_id, held_on, number, status)
        VALUES (404, {CLASS_7A}, {MATHS}, {OWNER_STAFF}, {QUARTER_2}, '2026-11-17', 1, 'cancelled');
"""


def test_the_plan_against_the_lessons(open_page: Callable, people: People, change: Callable) -> None:
    change(PLAN_OF_7A + CANCELLED)
    page = open_page(people.deputy, CURRICULUM)
    assert figures(page) == {
        "Пройдено программы": "10,0 %",
        "Выполнение плана": "50,0 %",
        "Отставание, часов": "1",
        "Журналов отстаёт": "1",
        "Без планирования": "1",
    }
    assert (column(page, "Класс"), column(page, "Отстаёт, ч"), column(page, "Отменено")) == (["7А"], [1], [1])
    without = open_page(people.head, CURRICULUM, curriculum_view="none")
    assert (column(without, "Класс"), column(without, "Учитель")) == (["8Б"], ["Стрельцов Г."])
    assert column(without, "План")[0].startswith(f"lesson_plan?class={CLASS_8B}&subject=")


def test_a_register_that_is_behind_opens_its_plan(
    open_page: Callable, people: People, change: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(PLAN_OF_7A + CANCELLED)
    monkeypatch.setattr("pages.ui.tables.this_view", lambda: View(has_plain_tables=True))
    page = open_page(people.deputy, CURRICULUM)
    next(each for each in page.selectbox if each.label == "Открыть строку").select_index(0).run()
    assert not page.exception
    assert page.markdown[0].value.startswith("#### 7А Математика")


def test_a_teacher_replaced_in_the_term_hands_the_plan_over(
    open_page: Callable, people: People, change: Callable
) -> None:
    change(
        PLAN_OF_7A
        + f"""UPDATE teaching_load SET ends_on = '2026-11-10' WHERE class_id = {CLASS_7A};
            INSERT INTO teaching_load (load_id, school_year, class_id, subject_id, teacher_id, hours_a_week, starts_on)
                VALUES (405, 2026, {CLASS_7A}, {MATHS}, {STRANGER_STAFF}, 5, '2026-11-10')"""
    )
    assert column(open_page(people.deputy, CURRICULUM), "Учитель") == ["Стрельцов Г."]


def test_missed_lessons_by_reason(open_page: Callable, people: People) -> None:
    page = open_page(people.deputy, ATTENDANCE)
    said = figures(page)
    assert (said["Пропущено уроков"], said["Не выяснено (Н)"]) == ("16,7 %", "16,7 %")
    assert said["Пропускают много"] == "1"
    assert (column(page, "Класс"), column(page, "Н"), column(page, "Учеников")) == (
        ["7А", "8Б"],
        [1, 0],
        [3, 3],
    )


def test_whom_to_call_has_a_name_and_a_link(open_page: Callable, people: People) -> None:
    page = open_page(people.homeroom, ATTENDANCE, attendance_view="pupils")
    assert (column(page, "Ученик"), column(page, "Дней подряд")) == (["Жуков Иван"], [1])
    assert column(page, "Пропуски") == [f"absences?class={CLASS_7A}"]
    assert "Пропуски" not in open_page(people.owner, ATTENDANCE, attendance_view="pupils").dataframe[0].value


def test_a_pupil_who_left_is_not_called(open_page: Callable, people: People, change: Callable) -> None:
    change(f"UPDATE enrolments SET ends_on = '2026-11-18' WHERE pupil_id = {ABSENTEE}")
    assert "Звонить некому" in texts(open_page(people.deputy, ATTENDANCE, attendance_view="pupils"))


def test_a_saved_absence_is_in_the_figures_at_the_next_look(
    open_page: Callable, people: People, change: Callable
) -> None:
    open_page(people.deputy, ATTENDANCE)
    change(f"INSERT INTO absences VALUES (73, {CHILD}, 'illness', '2026-11-18 09:00', NULL)")
    assert figures(open_page(people.deputy, ATTENDANCE))["Пропущено уроков"] == "33,3 %"


def test_unfilled_lessons_lead_to_their_register_and_teacher(
    open_page: Callable, people: People, at_time: Callable
) -> None:
    at_time(AFTER_THE_DEADLINE)
    page = open_page(people.homeroom, WORK, work_view="unfilled")
    assert column(page, "Учитель") == ["Орлова В."]
    assert column(page, "Журнал") == [f"grid?class={CLASS_7A}&subject={MATHS}&lesson={OWNERS_LESSON_TODAY}"]


# The owner's lessons are of Wednesday 18 and Thursday 19 November.
@pytest.mark.parametrize(
    ("now", "days", "found"),
    [
        pytest.param("2026-11-19 12:00", "yesterday", 1, id="yesterday"),
        pytest.param("2026-11-19 12:00", "week", 1, id="today's may still be filled"),
        pytest.param("2026-11-19 16:01", "week", 2, id="the deadline has passed"),
        pytest.param("2026-11-23 12:00", "yesterday", 0, id="a Sunday"),
        pytest.param("2026-11-23 12:00", "week", 0, id="this week, on its Monday"),
        pytest.param("2026-11-23 12:00", "last_week", 2, id="the week before"),
        pytest.param("2026-11-30 12:00", "last_week", 0, id="a week too late"),
        pytest.param("2026-11-30 12:00", "two_weeks", 2, id="two weeks"),
    ],
)
def test_who_has_not_filled_is_asked_of_days(
    open_page: Callable, people: People, change: Callable, at_time: Callable, now: str, days: str, found: int
) -> None:
    change(f"UPDATE lessons SET recorded_at = NULL WHERE teacher_id = {OWNER_STAFF}")
    change(f"UPDATE lessons SET recorded_at = held_on WHERE teacher_id <> {OWNER_STAFF}")
    at_time(datetime.fromisoformat(now))
    page = open_page(people.deputy, WORK, work_view="unfilled", days=days)
    if not found:
        assert "Все уроки этих дней заполнены" in texts(page)
        return
    by_teacher, lessons = page.dataframe
    assert list(by_teacher.value["Не заполн."]) == [found]
    assert list(by_teacher.value["Где"]) == ["7А Математика"]
    assert len(lessons.value) == found


def test_days_of_one_s_own_choice_are_both_inclusive(
    open_page: Callable, people: People, change: Callable, at_time: Callable
) -> None:
    change("UPDATE lessons SET recorded_at = NULL")
    at_time(datetime(2026, 11, 23, 12))
    page = open_page(people.deputy, WORK, work_view="unfilled", days="own")
    page.date_input(key="own_days").set_value((date(2026, 11, 18), date(2026, 11, 18))).run()
    assert set(page.dataframe[1].value["День"]) == {"18.11.2026"}
    page.date_input(key="own_days").set_value((date(2026, 11, 18), date(2026, 11, 19))).run()
    assert set(page.dataframe[1].value["День"]) == {"18.11.2026", "19.11.2026"}


def test_homework_declined_is_not_homework_forgotten(
    open_page: Callable, people: People, change: Callable
) -> None:
    change("UPDATE lessons SET homework_state = 'unset' WHERE lesson_id = 74")
    page = open_page(people.deputy, WORK, work_view="homework")
    # Where nothing was decided stands first, as in the chart above.
    assert (column(page, "Класс"), column(page, "Не задано"), column(page, "Не решено")) == (
        ["8Б", "7А"],
        [0, 1],
        [1, 0],
    )


ENTRIES = f"""
    INSERT INTO events (happened_at, user_id, kind, new_value) VALUES
        ('2026-11-18 09:00', {USER_IDS["owner"]}, 'cell', '5'), ('2026-11-19 09:00', {USER_IDS["owner"]}, 'cell', 'н'),
        ('2026-11-18 20:00', {USER_IDS["guardian"]}, 'sign_in', NULL)
"""


def test_users_by_role_and_by_name(open_page: Callable, people: People, change: Callable) -> None:
    change(ENTRIES)
    page = open_page(people.deputy, WORK, work_view="users")
    roles = dict(zip(column(page, "Роль"), column(page, "Работали"), strict=True))
    assert (roles["Родитель (законный представитель)"], roles["Учитель-предметник"]) == (1, 1)
    staff = next(table.value for table in page.dataframe if "Отметки" in table.value)
    owner = staff[staff["Пользователь"].str.startswith("Орлова")].iloc[0]
    assert (owner["Дней"], owner["Отметки"], owner["Пропуски"]) == (2, 1, 1)


def names_on(page) -> set[str]:
    return {
        name
        for table in page.dataframe
        if "Пользователь" in table.value
        for name in table.value["Пользователь"]
    }


def test_a_homeroom_teacher_sees_the_families_of_the_class_and_a_teacher_only_themselves(
    open_page: Callable, people: People, change: Callable
) -> None:
    change(ENTRIES)
    assert names_on(open_page(people.homeroom, WORK, work_view="users")) == {"Алёшина Ольга", "Алёшин Пётр"}
    assert names_on(open_page(people.owner, WORK, work_view="users")) == {"Орлова Вера"}


@pytest.mark.parametrize(
    ("part", "classes"), [("head", ["7А", "8Б"]), ("homeroom", ["7А"]), ("stranger", ["8Б"])]
)
def test_everybody_sees_the_classes_of_their_own(
    open_page: Callable, people: People, part: str, classes: list[str]
) -> None:
    reader = getattr(people, part)
    assert column(open_page(reader, WORK, by="class"), "Класс" if len(classes) > 1 else "Уроков") is not None
    assert column(open_page(reader, ATTENDANCE), "Класс") == classes


# No teachers, no grade levels, no times of entry, no accounts of families.
IMPORTED = """
    UPDATE lessons SET teacher_id = NULL, recorded_at = NULL; DELETE FROM teaching_load;
    UPDATE classes SET grade_level = NULL; UPDATE marks SET recorded_at = NULL;
    DELETE FROM user_roles WHERE role IN ('guardian', 'pupil')
"""
STRANGE_SCHOOLS = {
    "no lessons": "DELETE FROM marks; DELETE FROM absences; DELETE FROM lessons; DELETE FROM teaching_load",
    "no terms": "DELETE FROM class_terms",
    "one pupil": f"DELETE FROM enrolments WHERE pupil_id <> {CHILD}",
    "half-years beside quarters": f"""
        INSERT INTO terms (term_id, school_id, school_year, kind, number, starts_on, ends_on)
            VALUES (39, 1, 2026, 'half', 1, '2026-09-01', '2026-12-29');
        DELETE FROM class_terms WHERE class_id = {CLASS_8B}; INSERT INTO class_terms VALUES ({CLASS_8B}, 39);
        UPDATE lessons SET term_id = 39 WHERE class_id = {CLASS_8B}""",
}


def is_calm(shown: str) -> bool:
    return "nan" not in shown.lower() and "none" not in shown.lower()


@pytest.mark.parametrize(("page", "view"), EVERY_VIEW)
def test_every_view_of_an_import_is_calm(
    open_page: Callable, people: People, change: Callable, page: str, view: dict[str, str]
) -> None:
    change(IMPORTED)
    assert is_calm(texts(open_page(people.deputy, page, **view)))


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("school", STRANGE_SCHOOLS)
def test_a_strange_school_is_calm(
    open_page: Callable, people: People, change: Callable, page: str, school: str
) -> None:
    change(STRANGE_SCHOOLS[school])
    assert is_calm(texts(open_page(people.deputy, page)))


@pytest.mark.parametrize("page", PAGES)
def test_a_term_not_begun_and_a_whole_year_are_calm(
    open_page: Callable, people: People, change: Callable, page: str
) -> None:
    change(
        "INSERT INTO terms (term_id, school_id, school_year, kind, number, starts_on, ends_on) VALUES "
        f"(40, 1, 2026, 'quarter', 3, '2027-01-11', '2027-03-26'); INSERT INTO class_terms VALUES ({CLASS_7A}, 40)"
    )
    for period in ("2026-quarter-3", "2026-year-1"):
        assert "nan" not in texts(open_page(people.deputy, page, period=period)).lower()


@pytest.mark.parametrize(("lessons", "tick"), [([1, 1], 1), ([4, 9], None)])
def test_lost_lessons_are_counted_in_whole_lessons(lessons: list[float], tick: int | None) -> None:
    figure = stacks_by_group(["7А", "7Б"], {"отменено": ("red", lessons), "не по плану": ("blue", [1, 0])})
    assert figure.to_dict()["layout"]["xaxis"].get("dtick") == tick
