"""The deputy's screens: overview, classes, subjects, teachers and two sides compared (п. 4.2, 7.2)."""

from collections.abc import Callable

import pytest
from reading import choice, column, figures, plain
from screens import texts
from small_school import (
    CHILD,
    CLASS_7A,
    CLASS_8B,
    HOMEROOM_STAFF,
    MATHS,
    NOW,
    OWNER_STAFF,
    OWNERS_LESSON_TODAY,
    SCHOOL,
    STRANGE_CHILD,
    People,
)
from streamlit.proto.Metric_pb2 import Metric

from school.register.actions.batch import CellEdit
from school.register.actions.entries import enter_cells
from school.store.connection import Store

OVERVIEW, CLASSES, ONE_CLASS = "analytics/overview.py", "analytics/classes.py", "analytics/school_class.py"
SUBJECTS, TEACHERS, TEACHER = "analytics/subjects.py", "analytics/teachers.py", "analytics/teacher.py"
SIDES, QUALITY = "analytics/side_by_side.py", "analytics/quality.py"
PAGES = (OVERVIEW, CLASSES, ONE_CLASS, SUBJECTS, SIDES, QUALITY)
YEAR_MARKS = f"""INSERT INTO year_marks (class_id, subject_id, school_year, pupil_id, value)
    SELECT class_id, {MATHS}, 2026, pupil_id, 5 FROM enrolments WHERE class_id = {CLASS_7A}"""


def links(page: object) -> dict[str, str]:
    """Return the links of a page: their words and addresses."""
    return {link.proto.label: link.proto.query_string for link in page.get("page_link")}  # type: ignore[attr-defined]


def test_the_overview_tells_the_figures_and_their_change(open_page: Callable, people: People) -> None:
    page = open_page(people.deputy, OVERVIEW)
    shown = figures(page)
    assert (shown["Качество знаний"], shown["Отличников"], shown["Неуспевающих"]) == ("50,0 %", "1", "1")
    assert shown["Пропущено уроков"] == "16,7 %"
    assert {metric.label: metric.delta for metric in page.metric}["Неуспевающих"] == "+1"


def test_what_needs_attention_is_a_link_with_its_filters(
    open_page: Callable, people: People, change: Callable
) -> None:
    change("UPDATE lessons SET recorded_at = NULL WHERE lesson_id = 73")
    found = links(open_page(people.deputy, OVERVIEW))
    unfilled = next(label for label in found if label.startswith("Журнал не заполнен"))
    assert unfilled == "Журнал не заполнен: Орлова В. — 1 урок без единой записи (п. 5.5)"
    assert found[unfilled] == f"teacher={OWNER_STAFF}&part=work&period=2026-quarter-2"
    assert any(label.startswith("У 1 ученика сегодня выходит «2»") for label in found)


def test_a_calm_school_is_told_so(open_page: Callable, people: People, change: Callable) -> None:
    change("DELETE FROM absences; UPDATE marks SET value = 5")
    page = open_page(people.deputy, OVERVIEW, period="2026-quarter-1")
    assert "Ничего срочного" in texts(page)


def test_a_saved_mark_is_in_the_overview_at_the_next_look(
    open_page: Callable, people: People, school_store: Store
) -> None:
    page = open_page(people.deputy, OVERVIEW)
    enter_cells(school_store, people.owner, [CellEdit(OWNERS_LESSON_TODAY, CHILD, "2")], now=NOW)
    page.run()
    assert figures(page)["Качество знаний"] == "25,0 %"


def test_how_a_pupil_stands_is_said_only_to_whoever_sees_all_subjects(
    open_page: Callable, people: People
) -> None:
    assert "Отличников" not in figures(open_page(people.owner, OVERVIEW))
    assert figures(open_page(people.homeroom, OVERVIEW))["Отличников"] == "1"
    assert "Хорош." not in open_page(people.owner, CLASSES).dataframe[0].value
    assert column(open_page(people.homeroom, CLASSES), "Хорош.") == [0]


@pytest.mark.parametrize(
    ("part", "classes"),
    [("deputy", ["7А", "8Б"]), ("head", ["7А", "8Б"]), ("homeroom", ["7А"]), ("stranger", ["8Б"])],
)
def test_everybody_sees_the_classes_of_their_reach(
    open_page: Callable, people: People, part: str, classes: list[str]
) -> None:
    assert column(open_page(getattr(people, part), CLASSES), "Класс") == classes


def test_a_class_has_its_subjects_pupils_and_missed_lessons(open_page: Callable, people: People) -> None:
    address = {"class": str(CLASS_7A)}
    page = open_page(people.deputy, ONE_CLASS, **address)
    assert page.title[0].value == "Класс 7А"
    assert "3 ученика; пропущено 33,3 % уроков" in plain(texts(page))
    assert column(page, "Учитель") == ["Орлова В."]
    pupils = open_page(people.deputy, ONE_CLASS, part="pupils", **address)
    assert column(pupils, "Ученик") == ["Алёшин Пётр", "Ёлкина Анна", "Жуков Иван"]
    assert column(pupils, "Группа") == ["С одной «4»", "Отличники", ""]
    assert column(pupils, "Пропусков") == [0, 0, 1]


def test_a_class_without_compared_pupils_opens_its_comparison(
    open_page: Callable, people: People, change: Callable
) -> None:
    change(
        f"DELETE FROM marks WHERE lesson_id IN (SELECT lesson_id FROM lessons WHERE class_id = {CLASS_8B})"
    )
    page = open_page(people.deputy, ONE_CLASS, **{"class": str(CLASS_8B), "part": "fair"})
    assert not page.exception


def test_another_class_in_the_address_is_passed_over(open_page: Callable, people: People) -> None:
    page = open_page(people.homeroom, ONE_CLASS, **{"class": str(CLASS_8B)})
    assert page.title[0].value == "Класс 7А"


def test_a_subject_without_marks_stands_without_figures(
    open_page: Callable, people: People, change: Callable
) -> None:
    change(
        f"""INSERT INTO teaching_load (load_id, school_year, class_id, subject_id, teacher_id, hours_a_week)
            VALUES (95, 2026, {CLASS_7A}, 22, {OWNER_STAFF}, 2)"""
    )
    assert column(open_page(people.deputy, SUBJECTS), "Предмет") == ["Математика"]
    assert "отметок нет" in texts(open_page(people.deputy, SUBJECTS, subject="22"))


def test_a_subject_is_shown_by_class_and_by_teacher(open_page: Callable, people: People) -> None:
    assert column(open_page(people.deputy, SUBJECTS, subject=str(MATHS)), "Качество") == [100.0, 0.0]
    page = open_page(people.deputy, SUBJECTS, subject=str(MATHS), part="teachers")
    assert column(page, "Учитель") == ["Орлова В.", "Стрельцов Г."]


def test_a_teacher_has_a_page_with_classes_and_register(open_page: Callable, people: People) -> None:
    page = open_page(people.deputy, TEACHER, teacher=str(OWNER_STAFF))
    assert page.title[0].value == "Орлова В."
    assert (column(page, "Класс"), column(page, "Качество"), column(page, "Уроков")) == (["7А"], [100.0], [1])


def test_a_teacher_replaced_in_mid_term_keeps_what_was_taught(
    open_page: Callable, people: People, change: Callable
) -> None:
    change(f"UPDATE lessons SET teacher_id = {HOMEROOM_STAFF} WHERE lesson_id = {OWNERS_LESSON_TODAY}")
    change(f"UPDATE teaching_load SET teacher_id = {HOMEROOM_STAFF} WHERE class_id = {CLASS_7A}")
    before = open_page(people.deputy, TEACHER, teacher=str(OWNER_STAFF))
    after = open_page(people.deputy, TEACHER, teacher=str(HOMEROOM_STAFF))
    assert figures(before)["Отметок"] == "2"
    assert after.title[0].value == "Климова Р."
    assert "Отметок" not in figures(after)


def test_administrators_see_the_keeping_of_registers_but_no_quality(
    open_page: Callable, people: People
) -> None:
    assert "Качество" not in open_page(people.admin, TEACHERS).dataframe[0].value
    assert "Качество знаний" not in figures(open_page(people.admin, TEACHER, teacher=str(OWNER_STAFF)))


def test_the_year_is_a_period_with_its_own_marks(
    open_page: Callable, people: People, change: Callable
) -> None:
    change(YEAR_MARKS)
    page = open_page(people.deputy, QUALITY, period="2026-year-1")
    assert choice(page, "Что считать") == "term"
    assert (figures(page)["Отметок"], figures(page)["Качество знаний"]) == ("3", "100,0 %")
    assert column(open_page(people.deputy, QUALITY, period="2026-year-1", by="teacher"), "Учитель") == [
        "Орлова В."
    ]


def test_a_year_without_year_marks_is_shown_by_current_marks(open_page: Callable, people: People) -> None:
    page = open_page(people.deputy, QUALITY, period="2026-year-1")
    assert (choice(page, "Что считать"), figures(page)["Отметок"]) == ("marks", "4")


def test_two_sides_are_compared(open_page: Callable, people: People) -> None:
    address = {"class": str(CLASS_7A), "other_class": str(CLASS_8B), "other_period": "2026-quarter-2"}
    page = open_page(people.deputy, SIDES, **address)
    left, right = page.dataframe[0].value.columns[1:3]
    assert (left, right) == ("7А, 2026/27, 2-я четверть", "8Б, 2026/27, 2-я четверть")
    assert [plain(text) for text in column(page, left)][2] == "100,0 %"
    assert [plain(text) for text in column(page, right)][2] == "0,0 %"
    assert [plain(text) for text in column(page, "Слева − справа")][2] == "+100,0"


@pytest.mark.parametrize(
    ("address", "right"),
    [
        ({}, "2026/27, 1-я четверть"),
        ({"class": CLASS_7A, "subject": MATHS}, "7А, Математика, 2026/27, 1-я четверть"),
        ({"class": CLASS_7A, "other_class": CLASS_8B}, "8Б, 2026/27, 2-я четверть"),
        (
            {"grade": 7, "class": CLASS_7A, "subject": MATHS, "other_class": CLASS_8B},
            "8Б, Математика, 2026/27, 2-я четверть",
        ),
        ({"class": CLASS_7A, "other_class": "all"}, "2026/27, 2-я четверть"),
    ],
    ids=["terms", "terms of a class", "classes", "classes of two grade levels", "a class and all"],
)
def test_both_sides_are_alike_but_for_what_is_compared(
    open_page: Callable, people: People, address: dict[str, object], right: str
) -> None:
    page = open_page(people.deputy, SIDES, **address)
    assert page.dataframe[0].value.columns[2] == right


LAST_YEAR = f"""
    INSERT INTO terms (term_id, school_id, school_year, kind, number, starts_on, ends_on, closed_at)
        VALUES (501, {SCHOOL}, 2025, 'quarter', 4, '2026-04-01', '2026-05-26', '2026-05-27');
    INSERT INTO classes (class_id, school_id, school_year, name, grade_level, term_kind)
        VALUES (502, {SCHOOL}, 2025, '8Б', 8, 'quarter');
    INSERT INTO class_terms VALUES (502, 501);
    INSERT INTO enrolments VALUES (503, {STRANGE_CHILD}, 502, '2025-09-01', '2026-05-27');
    INSERT INTO term_marks (class_id, subject_id, term_id, pupil_id, value)
        VALUES (502, {MATHS}, 501, {STRANGE_CHILD}, 4);
"""


def test_a_class_chosen_while_last_year_stood_on_the_right_is_compared_in_the_lefts_period(
    open_page: Callable, people: People, change: Callable
) -> None:
    """Of the first quarter the period before is last year's, and so are the classes offered: they are met by name."""
    change(LAST_YEAR)
    address = {"period": "2026-quarter-1", "class": str(CLASS_7A)}
    before = open_page(people.deputy, SIDES, **address)
    assert choice(before, "Класс") == str(CLASS_7A)
    page = open_page(people.deputy, SIDES, **address, other_class="502")
    assert list(page.dataframe[0].value.columns[1:3]) == [
        "7А, 2026/27, 1-я четверть",
        "8Б, 2026/27, 1-я четверть",
    ]


def test_a_class_is_compared_with_a_parallel_one_of_the_same_period(
    open_page: Callable, people: People, change: Callable
) -> None:
    change(f"UPDATE classes SET grade_level = 7 WHERE class_id = {CLASS_8B}")
    (address,) = (
        address
        for label, address in links(open_page(people.deputy, ONE_CLASS, **{"class": str(CLASS_7A)})).items()
        if label == "Сравнить с 8Б"
    )
    assert address == f"class={CLASS_7A}&other_class={CLASS_8B}"
    page = open_page(people.deputy, SIDES, **{"class": CLASS_7A, "other_class": CLASS_8B})
    assert list(page.dataframe[0].value.columns[1:3]) == [
        "7А, 2026/27, 2-я четверть",
        "8Б, 2026/27, 2-я четверть",
    ]


def test_the_administrator_has_no_tab_of_quality(open_page: Callable, people: People) -> None:
    def tabs(user: object) -> list[str]:
        groups = open_page(user, TEACHER, teacher=OWNER_STAFF).get("button_group")
        return [option.content for group in groups for option in group.proto.options]

    assert "По периодам" in tabs(people.deputy)
    assert "По периодам" not in tabs(people.admin)


def test_a_school_without_marks_is_not_called_calm(
    open_page: Callable, people: People, change: Callable
) -> None:
    for statement in EDGES["no lessons at all"].split(";"):
        change(statement)
    page = open_page(people.deputy, OVERVIEW)
    assert "Ничего срочного" not in texts(page)
    assert "Пока неизвестно" in texts(page)


def test_figures_that_are_not_known_are_left_out(
    open_page: Callable, people: People, change: Callable
) -> None:
    change("UPDATE lessons SET recorded_at = NULL; DELETE FROM absences")
    shown = figures(open_page(people.deputy, OVERVIEW))
    assert "Отличников" in shown
    assert "—" not in shown.values()


def test_a_class_without_marks_is_told_so_once(open_page: Callable, people: People, change: Callable) -> None:
    change("DELETE FROM marks; DELETE FROM term_marks")
    page = open_page(people.deputy, ONE_CLASS, **{"class": CLASS_7A})
    assert texts(page).count("отметок нет") == 1


def test_a_teacher_is_not_told_of_what_nobody_looked_at(
    open_page: Callable, people: People, change: Callable
) -> None:
    change("UPDATE marks SET value = 5; UPDATE lessons SET recorded_at = NULL WHERE lesson_id = 73")
    page = open_page(people.owner, OVERVIEW)
    assert "Ничего срочного" in texts(page)
    assert "журналы заполнены" not in texts(page)
    assert links(page)["Какие уроки не заполнены"] == "work_view=unfilled"


def test_attention_says_that_it_counts_classes_of_other_terms(
    open_page: Callable, people: People, change: Callable
) -> None:
    for statement in EDGES["another class reports by half-years"].split(";"):
        change(statement)
    page = open_page(people.deputy, OVERVIEW, period="2026-quarter-2")
    assert "Вместе с классами, у которых сейчас «1-е полугодие»." in texts(page)


def test_no_change_is_neither_a_rise_nor_a_fall(
    open_page: Callable, people: People, change: Callable
) -> None:
    change("UPDATE marks SET value = 5; UPDATE term_marks SET value = 5")
    page = open_page(people.deputy, OVERVIEW)
    failing = next(metric for metric in page.metric if metric.label == "Неуспевающих")
    assert failing.delta == "0"
    assert (failing.proto.color, failing.proto.direction) == (Metric.GRAY, Metric.NONE)


def test_the_right_side_is_the_period_before_unless_chosen(open_page: Callable, people: People) -> None:
    titles = list(open_page(people.deputy, SIDES).dataframe[0].value.columns[1:3])
    assert titles == ["2026/27, 2-я четверть", "2026/27, 1-я четверть"]


EDGES = {
    "a term not yet begun": """UPDATE terms SET starts_on = '2026-12-01' WHERE term_id = 32;
        DELETE FROM marks; DELETE FROM absences; DELETE FROM lessons""",
    "no lessons at all": "DELETE FROM marks; DELETE FROM absences; DELETE FROM lessons; DELETE FROM term_marks",
    "no terms": "DELETE FROM class_terms",
    "no pupils": "DELETE FROM enrolments; DELETE FROM marks; DELETE FROM absences; DELETE FROM term_marks",
    "one pupil": f"DELETE FROM enrolments WHERE pupil_id <> {CHILD}; DELETE FROM marks WHERE pupil_id <> {CHILD}",
    "no teachers, no grade levels": """UPDATE lessons SET teacher_id = NULL; DELETE FROM teaching_load;
        UPDATE term_marks SET teacher_id = NULL; UPDATE classes SET grade_level = NULL""",
    "another class reports by half-years": f"""INSERT INTO terms (term_id, school_id, school_year, kind, number, starts_on,
        ends_on) VALUES (39, 1, 2026, 'half', 1, '2026-09-01', '2026-12-29');
        UPDATE class_terms SET term_id = 39 WHERE class_id = {CLASS_8B} AND term_id = 32;
        UPDATE lessons SET term_id = 39 WHERE class_id = {CLASS_8B}""",
}


@pytest.mark.parametrize("edge", EDGES)
def test_what_a_school_lacks_leaves_every_screen_calm(
    open_page: Callable, people: People, change: Callable, edge: str
) -> None:
    for statement in EDGES[edge].split(";"):
        change(statement)
    for number, path in enumerate(PAGES):
        period = "2026-year-1" if number % 2 else ""
        page = open_page(people.deputy, path, **({"period": period} if period else {}))
        said = [*texts(page).split(), *figures(page).values()]
        assert not {"nan", "NaN", "None", "inf", "<NA>"}.intersection(said), f"{edge}, {path}, {period}"
