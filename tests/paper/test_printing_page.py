"""«Печать журналов» as its readers see it (п. 4.6, 6.6)."""

from collections.abc import Callable

import pytest
from screens import open_page, texts
from small_school import CLASS_7A, CLASS_8B, NOW, People
from streamlit.testing.v1 import AppTest

from school.paper.actions import PaperContent, ask_papers, begin_paper, fail_paper, keep_paper
from school.paper.lookups import paper_shelf
from school.paper.records import PaperForm, PaperKind, PaperOrder
from school.store.connection import Store
from school.store.school import School
from server.documents import paper_job

PAGE = "paper/printing.py"


def buttons(page: AppTest) -> list[str]:
    return [button.label for button in page.button]


def table(page: AppTest) -> list[list[str]]:
    return [list(row) for row in page.dataframe[0].value.itertuples(index=False)]


def press(page: AppTest, label: str) -> AppTest:
    next(button for button in page.button if button.label == label).click().run()
    assert not page.exception
    return page


def test_the_secretary_asks_for_what_is_missing(school_screens: School, people: People) -> None:
    paper_job.asked.clear()
    page = press(open_page(PAGE, people.secretary), "Подготовить недостающие и устаревшие")
    queue = paper_shelf(school_screens.store, people.secretary, 2026).queue
    assert {each.order.class_id for each in queue} == {CLASS_7A, CLASS_8B}
    assert paper_job.asked.is_set()
    assert {state for row in table(page) for state in row[1:]} == {"ждёт очереди"}
    press(page, "Остановить")
    assert paper_shelf(school_screens.store, people.secretary, 2026).queue == []


def test_a_document_is_made_of_one_class(school_screens: School, people: People) -> None:
    page = open_page(PAGE, people.deputy, paper_class=str(CLASS_8B))
    page.button(key=f"ask_{PaperKind.CLASS_REGISTER}").click().run()
    assert not page.exception
    (queued,) = paper_shelf(school_screens.store, people.deputy, 2026).queue
    assert queued.order == PaperOrder(PaperKind.CLASS_REGISTER, CLASS_8B)


@pytest.mark.parametrize("is_current", [True, False])
def test_what_is_ready_says_when_and_whether_it_is_out_of_date(
    school_screens: School, people: People, is_current: bool
) -> None:
    _keep(school_screens.store, people, 0 if is_current else -1)
    page = open_page(PAGE, people.head)
    state = next(row[1] for row in table(page) if row[0] == "7А")
    outdated = "" if is_current else "; есть новые записи"
    assert state == f"19.11.2026, 2 листа{outdated}"
    assert "Секачёва М." in texts(page)
    # The head reads and has nothing made.
    assert not [label for label in buttons(page) if "Подготовить" in label or label == "Заново"]


def _keep(store: Store, people: People, made_from: int) -> None:
    ask_papers(store, people.secretary, [PaperOrder(PaperKind.CLASS_REGISTER, CLASS_7A)], now=NOW)
    queued = begin_paper(store)
    assert queued
    keep_paper(store, people.secretary, queued, PaperContent({PaperForm.PDF: b"x"}, 3, made_from), now=NOW)


def test_what_failed_says_why(school_screens: School, people: People) -> None:
    store = school_screens.store
    ask_papers(store, people.secretary, [PaperOrder(PaperKind.CLASS_REGISTER, CLASS_7A)], now=NOW)
    queued = begin_paper(store)
    assert queued
    fail_paper(store, queued, "Не хватило памяти.")
    page = open_page(PAGE, people.secretary)
    assert "Классный журнал, 7А. Не хватило памяти." in texts(page)
    assert "не удалось" in table(page)[0]


def test_a_homeroom_teacher_sees_their_class_alone(school_screens: School, people: People) -> None:
    page = open_page(PAGE, people.homeroom)
    assert [row[0] for row in table(page)] == ["7А"]
    assert "Подготовить все заново" in buttons(page)


def test_a_school_without_classes_has_nothing_to_print(
    school_screens: School, people: People, change: Callable[[str], None]
) -> None:
    change("DELETE FROM classes")
    page = open_page(PAGE, people.secretary)
    assert not page.exception
    assert "Печатать пока нечего" in texts(page)
