"""«Качество обучения»: hand-checked figures, and whose rows each reader gets."""

from collections.abc import Callable

import pytest
from reading import choice, column, figures, plain
from screens import texts
from small_school import ABSENTEE, CHILD, CLASS_7A, CLASS_8B, MATHS, NOW, OWNERS_LESSON_TODAY, People

from pages.analytics.parts.quality import EXPLAINED
from school.register.actions.batch import CellEdit
from school.register.actions.entries import enter_cells
from school.store.connection import Store

PAGE = "analytics/quality.py"

# In the second quarter so far: 7А has 4 and 5, 8Б has 3 and 2, a pupil each.
SEEN_BY = {
    "deputy": {
        "Успеваемость": "75,0 %",
        "Качество знаний": "50,0 %",
        "СОУ": "54,0 %",
        "Средний балл": "3,50",
        "Отметок": "4",
    },
    "head": {
        "Успеваемость": "75,0 %",
        "Качество знаний": "50,0 %",
        "СОУ": "54,0 %",
        "Средний балл": "3,50",
        "Отметок": "4",
    },
    "homeroom": {
        "Успеваемость": "100,0 %",
        "Качество знаний": "100,0 %",
        "СОУ": "82,0 %",
        "Средний балл": "4,50",
        "Отметок": "2",
    },
    "owner": {
        "Успеваемость": "100,0 %",
        "Качество знаний": "100,0 %",
        "СОУ": "82,0 %",
        "Средний балл": "4,50",
        "Отметок": "2",
    },
    "stranger": {
        "Успеваемость": "50,0 %",
        "Качество знаний": "0,0 %",
        "СОУ": "26,0 %",
        "Средний балл": "2,50",
        "Отметок": "2",
    },
}


@pytest.mark.parametrize("reader", SEEN_BY)
def test_each_reader_sees_the_figures_of_their_own_reach(
    open_page: Callable, people: People, reader: str
) -> None:
    assert figures(open_page(getattr(people, reader), PAGE)) == SEEN_BY[reader]


def test_a_figure_of_one_reader_is_never_shown_to_another(open_page: Callable, people: People) -> None:
    open_page(people.deputy, PAGE)
    assert figures(open_page(people.stranger, PAGE)) == SEEN_BY["stranger"]
    assert figures(open_page(people.deputy, PAGE)) == SEEN_BY["deputy"]


@pytest.mark.parametrize("part", ["admin", "secretary", "guardian", "pupil"])
def test_others_are_refused(open_page: Callable, people: People, part: str) -> None:
    page = open_page(getattr(people, part), PAGE)
    assert not page.metric
    assert not page.dataframe


def test_a_period_with_term_marks_is_shown_by_them(open_page: Callable, people: People) -> None:
    # Term marks of the first quarter: 3, 4, 5 in each of the two classes.
    page = open_page(people.deputy, PAGE, period="2026-quarter-1")
    assert choice(page, "Что считать") == "term"
    assert figures(page) == {
        "Успеваемость": "100,0 %",
        "Качество знаний": "66,7 %",
        "СОУ": "66,7 %",
        "Средний балл": "4,00",
        "Отметок": "6",
    }


def test_the_first_few_final_marks_do_not_stand_for_the_whole_term(
    open_page: Callable, people: People, change: Callable
) -> None:
    """A teacher who gives the marks of a term before its end must not turn the figures of the school into those few."""
    change("""INSERT INTO teaching_load (load_id, school_year, class_id, subject_id, hours_a_week)
        SELECT 900 + 10 * subject_id + class_id, 2026, class_id, subject_id, 1 FROM classes, range(501, 504) s(subject_id)""")
    change(
        "INSERT INTO term_marks (class_id, subject_id, term_id, pupil_id, value) VALUES (11, 21, 32, 51, 5)"
    )
    page = open_page(people.deputy, PAGE)
    assert choice(page, "Что считать") == "today"
    assert figures(page) == SEEN_BY["deputy"]


def test_change_is_against_the_quarter_before(open_page: Callable, people: People, change: Callable) -> None:
    change(
        "INSERT INTO term_marks (class_id, subject_id, term_id, pupil_id, value) VALUES (11, 21, 32, 51, 5)"
    )
    page = open_page(people.deputy, PAGE)
    deltas = {metric.label: metric.delta for metric in page.metric}
    assert choice(page, "Что считать") == "term"
    assert deltas["Качество знаний"] == "+33,3 п. п."
    assert deltas["Средний балл"] == "+1,00"


def test_a_saved_mark_is_in_the_figures_at_the_next_look(
    open_page: Callable, people: People, school_store: Store
) -> None:
    page = open_page(people.deputy, PAGE)
    enter_cells(school_store, people.owner, [CellEdit(OWNERS_LESSON_TODAY, CHILD, "2")], now=NOW)
    page.run()
    # The child's 4 and 2 now round to 3: of 3, 5, 3, 2 one is a 4 or 5.
    assert figures(page)["Качество знаний"] == "25,0 %"


@pytest.mark.parametrize(("basis", "marks", "quality"), [("marks", "5", "40,0 %"), ("today", "4", "25,0 %")])
def test_every_mark_counts_or_every_pupil_once(
    open_page: Callable, people: People, school_store: Store, basis: str, marks: str, quality: str
) -> None:
    enter_cells(school_store, people.owner, [CellEdit(OWNERS_LESSON_TODAY, CHILD, "2")], now=NOW)
    page = open_page(people.deputy, PAGE, basis=basis)
    assert (figures(page)["Отметок"], figures(page)["Качество знаний"]) == (marks, quality)


def test_classes_stand_in_the_order_of_the_school_with_their_counts(
    open_page: Callable, people: People
) -> None:
    page = open_page(people.deputy, PAGE)
    assert column(page, "Класс") == ["7А", "8Б"]
    assert column(page, "Отметок") == [2, 2]
    assert column(page, "Качество") == [100.0, 0.0]


@pytest.mark.parametrize(
    ("by", "title", "members"),
    [
        ("grade", "Параллель", ["7-е классы", "8-е классы"]),
        ("subject", "Предмет", ["Математика"]),
        ("teacher", "Учитель", ["Орлова В.", "Стрельцов Г."]),
    ],
)
def test_groups_are_named(
    open_page: Callable, people: People, by: str, title: str, members: list[str]
) -> None:
    assert column(open_page(people.deputy, PAGE, by=by), title) == members


def test_terms_follow_one_another(open_page: Callable, people: People) -> None:
    page = open_page(people.deputy, PAGE, view="terms", period="2026-quarter-1")
    assert column(page, "Учебный период") == ["2026/27, 1-я четверть"]
    assert column(page, "Качество") == [pytest.approx(66.67, abs=0.01)]


def test_the_pupils_behind_a_figure_include_those_without_marks(open_page: Callable, people: People) -> None:
    page = open_page(people.deputy, PAGE, view="pupils", **{"class": str(CLASS_7A), "subject": str(MATHS)})
    assert column(page, "Ученик") == ["Алёшин Пётр", "Ёлкина Анна", "Жуков Иван"]
    assert column(page, "Отметки") == ["4", "5", ""]
    assert column(page, "Пропусков") == [0, 0, 1]


def test_a_link_leads_to_the_register_behind_the_figure(open_page: Callable, people: People) -> None:
    page = open_page(people.owner, PAGE, view="pupils", subject=str(MATHS), **{"class": str(CLASS_7A)})
    (link,) = [each for each in page.get("page_link") if each.proto.label == "Открыть журнал"]
    assert f"class={CLASS_7A}&subject={MATHS}" in link.proto.query_string


def test_another_teachers_class_in_the_address_is_passed_over(open_page: Callable, people: People) -> None:
    page = open_page(people.stranger, PAGE, view="pupils", subject=str(MATHS), **{"class": str(CLASS_7A)})
    assert "class" not in page.query_params
    assert column(page, "Ученик") == ["Борисова Юлия", "Яковлев Олег"]


@pytest.mark.parametrize("typed", ["999", "абв", "1; DROP TABLE marks"])
def test_a_mistyped_address_shows_the_default(open_page: Callable, people: People, typed: str) -> None:
    page = open_page(people.deputy, PAGE, period=typed, basis=typed, view=typed, by=typed, **{"class": typed})
    assert figures(page) == SEEN_BY["deputy"]


def test_a_choice_stands_in_the_address_as_an_id_and_goes_along(open_page: Callable, people: People) -> None:
    page = open_page(people.deputy, PAGE)
    page.selectbox(key="filter_class").select(str(CLASS_8B)).run()
    assert page.query_params["class"] == str(CLASS_8B)
    page.switch_page("pages/forecasts/forecasts.py").run()
    assert choice(page, "Класс") == str(CLASS_8B)
    assert page.query_params["class"] == str(CLASS_8B)


def test_figures_tell_their_formula_and_on_how_many_marks_they_stand(
    open_page: Callable, people: People
) -> None:
    page = open_page(people.deputy, PAGE)
    assert "число «5»" not in plain(texts(page))
    page.session_state[f"explain_{'_'.join(EXPLAINED)}"] = True
    said = plain(texts(page.run()))
    assert "(число «5» + число «4») · 100 / число отметок" in said
    assert "Сейчас: **4**" in said


def test_a_class_with_one_pupil_has_figures(open_page: Callable, people: People, change: Callable) -> None:
    change(f"DELETE FROM enrolments WHERE class_id = {CLASS_7A} AND pupil_id <> {CHILD}")
    change(f"DELETE FROM marks WHERE pupil_id NOT IN ({CHILD}, {ABSENTEE})")
    page = open_page(people.homeroom, PAGE)
    assert figures(page)["Отметок"] == "1"
    assert column(page, "Δ качество") != [0.0]


@pytest.mark.parametrize("view", ["groups", "map", "terms", "pupils"])
def test_a_school_without_marks_is_told_so_calmly(
    open_page: Callable, people: People, change: Callable, view: str
) -> None:
    change("DELETE FROM marks; DELETE FROM term_marks")
    page = open_page(people.deputy, PAGE, view=view)
    assert "отметок нет" in texts(page)
    assert "nan" not in texts(page).lower()


@pytest.mark.parametrize("view", ["groups", "map", "terms", "pupils"])
def test_imported_marks_without_teachers_and_grade_levels_have_figures(
    open_page: Callable, people: People, change: Callable, view: str
) -> None:
    change(
        "UPDATE lessons SET teacher_id = NULL; DELETE FROM teaching_load; UPDATE classes SET grade_level = NULL"
    )
    page = open_page(people.deputy, PAGE, view=view)
    assert figures(page) == SEEN_BY["deputy"]
    assert choice(page, "Параллель") is None
    assert choice(page, "Учитель") is None
