"""«Планирование (КТП)» and the head of a lesson as each role finds them."""

import pytest
from grid_answers import register_of, write_head
from screens import open_page, texts
from small_school import CLASS_7A, MATHS, NOW, OWNERS_LESSON_TODAY, People
from streamlit.testing.v1 import AppTest

from school.lesson_plans.actions import PlanChange, save_plan
from school.lesson_plans.lookups import plan_page
from school.records import PlanTopic, RegisterKey, User
from school.store.connection import Store

PAGE = "lesson_plans/lesson_plan.py"
KEY = RegisterKey(CLASS_7A, MATHS)
PLAN = [PlanTopic("Дроби", 1), PlanTopic("Степени", 2)]
pytestmark = pytest.mark.usefixtures("school_screens")


@pytest.fixture
def planned(school_store: Store, people: People) -> None:
    """A plan of the owner's register."""
    save_plan(school_store, people.owner, KEY, PlanChange(PLAN, (), "проверка"), now=NOW)


def open_plan(user: User, view: str = "") -> AppTest:
    page = open_page(PAGE, user)
    page.query_params["class"], page.query_params["subject"] = str(CLASS_7A), str(MATHS)
    if view:
        page.query_params["plan_view"] = view
    return page.run()


def press(page: AppTest, label: str) -> AppTest:
    return next(button for button in page.button if button.label == label).click().run()


def labels(page: AppTest) -> set[str]:
    return {button.label for button in page.button}


def topics(store: Store, user: User) -> list[tuple[str, int]]:
    return [(topic.title, topic.hours) for topic in plan_page(store, user, KEY, today=NOW.date()).topics]


@pytest.mark.usefixtures("planned")
@pytest.mark.parametrize(
    ("name", "classes"), [("owner", ["7А"]), ("stranger", ["8Б"]), ("deputy", ["7А", "8Б"])]
)
def test_everybody_sees_the_registers_that_are_theirs_to_see(
    people: People, name: str, classes: list[str]
) -> None:
    page = open_page(PAGE, getattr(people, name))
    assert list(page.dataframe[0].value["Класс"]) == classes
    assert f"Журналов: **{len(classes)}**" in texts(page)


@pytest.mark.usefixtures("planned")
@pytest.mark.parametrize("name", ["homeroom", "deputy", "head", "admin"])
def test_readers_find_no_way_to_change_a_plan(people: People, name: str) -> None:
    for view in ("lessons", "topics", "load", "replan"):
        page = open_plan(getattr(people, name), view)
        assert not page.exception
        assert labels(page) <= {"Все планы", "Выйти", "Пароль"}
        assert not page.text_area


@pytest.mark.usefixtures("planned")
@pytest.mark.parametrize("name", ["stranger"])
def test_a_teacher_of_other_registers_is_refused(people: People, name: str) -> None:
    page = open_plan(getattr(people, name))
    assert "Вам нельзя смотреть планирование" in texts(page)
    assert "Дроби" not in texts(page)


def test_a_pasted_plan_is_shown_first_and_saved_when_accepted(school_store: Store, people: People) -> None:
    page = open_plan(people.owner)
    page.text_area[0].set_value("1. Дроби; 2\nСтепени (3 ч)").run()
    assert topics(school_store, people.owner) == []
    press(page, "Принять 2 темы")
    assert not page.exception
    assert topics(school_store, people.owner) == [("Дроби", 2), ("Степени", 3)]


def test_a_bad_line_is_named_and_nothing_can_be_accepted(school_store: Store, people: People) -> None:
    page = open_plan(people.owner)
    page.text_area[0].set_value("Дроби; 2\nСтепени\tмного").run()
    assert "строка 2: часы — не число" in texts(page)
    assert not any(label.startswith("Принять") for label in labels(page))
    assert page.text_area[0].value == "Дроби; 2\nСтепени\tмного"


@pytest.mark.usefixtures("planned")
def test_a_proposal_is_shown_before_it_is_accepted(school_store: Store, people: People) -> None:
    page = open_plan(people.owner, "replan")
    assert "менять нечего" in texts(page)
    page.number_input[0].set_value(1).run()
    assert "уплотняется на **1 час**" in texts(page)
    assert topics(school_store, people.owner) == [("Дроби", 1), ("Степени", 2)]
    press(page, "Принять новый план")
    assert topics(school_store, people.owner) == [("Дроби", 1), ("Степени", 1)]


@pytest.mark.usefixtures("planned")
def test_a_topic_is_taken_from_the_plan_and_written(school_store: Store, people: People) -> None:
    planned = register_of(people.owner)["head"]["planned"]
    assert planned["title"] == "Степени"
    write_head(people.owner, OWNERS_LESSON_TODAY, topic="Степень числа", plan=planned["id"])
    assert school_store.read(
        f"SELECT topic, p.title FROM lessons JOIN lesson_plan_topics USING (lesson_id) JOIN plan_topics p USING (topic_id) WHERE lesson_id = {OWNERS_LESSON_TODAY}"
    ) == [("Степень числа", "Степени")]


@pytest.mark.usefixtures("planned")
def test_topics_of_the_present_plan_go_only_when_that_is_said(school_store: Store, people: People) -> None:
    page = open_plan(people.owner, "load")
    page.text_area[0].set_value("Дроби\t1\nСтепени\t2\nКорни\t3").run()
    assert not page.warning
    page.text_area[0].set_value("Дроби\t1\nКорни\t3").run()
    assert "уйдёт 1 тема" in page.warning[0].value
    accept = next(button for button in page.button if button.label == "Принять 2 темы")
    assert accept.disabled
    next(box for box in page.checkbox if box.label == "Да, заменить план").check().run()
    press(page, "Принять 2 темы")
    assert not page.exception
    assert topics(school_store, people.owner) == [("Дроби", 1), ("Корни", 3)]
