"""«Журнал изменений»: who changed what, in words, newest first."""

from datetime import timedelta

import pytest
from office_pages import EVENTS, button
from screens import screen, sign_in_as, texts
from small_school import CLASSMATE, OWNERS_LESSON_YESTERDAY, People
from streamlit.testing.v1 import AppTest

from school.paper.store import ASKED, PRINTED
from school.register.actions.batch import CellEdit
from school.register.actions.entries import enter_cells
from school.store.events import Event
from school.store.school import School


def test_a_change_is_told_with_its_author_place_and_pupil(school_screens: School, people: People) -> None:
    edit = CellEdit(OWNERS_LESSON_YESTERDAY, CLASSMATE, "4", reason="пересдача")
    enter_cells(school_screens.store, people.owner, [edit], now=school_screens.clock())
    page = sign_in_as(screen(EVENTS), people.deputy).run()
    page.selectbox(key="kind").select("cell").run()
    row = page.dataframe[0].value.iloc[0]
    assert (row["Кто"], row["Где"], row["Ученик"]) == (
        "Орлова В.",
        "7А, Математика, урок 18.11.2026",
        "Ёлкина Анна",
    )
    assert "«4»" in row["Что изменилось"]


def test_changes_are_turned_page_by_page_newest_first(school_screens: School, people: People) -> None:
    _record_sign_ins(school_screens, 120, people.owner.user_id)
    page = sign_in_as(screen(EVENTS), people.head).run()
    assert len(page.dataframe[0].value) == 50
    first = _shown_range(page)
    button(page, "Старее").click().run()
    assert (first, _shown_range(page)) == ("1–50", "51–100")
    page.selectbox(key="kind").select("export").run()
    assert "Таких изменений нет" in texts(page)


def test_what_people_change_stands_first_and_the_program_s_own_behind_a_filter(
    school_screens: School, people: People
) -> None:
    _record_sign_ins(school_screens, 60, None)
    _record_sign_ins(school_screens, 2, people.owner.user_id)
    page = sign_in_as(screen(EVENTS), people.deputy).run()
    # Whoever looks has signed in too.
    assert list(page.dataframe[0].value["Кто"]) == ["Завьялова И.", "Орлова В.", "Орлова В."]
    page.selectbox(key="whose").select("программы").run()
    assert set(page.dataframe[0].value["Кто"]) == {"программа"}
    assert page.selectbox(key="who").disabled
    own = _total(page)
    page.selectbox(key="whose").select("все").run()
    assert _total(page) == own + 3


def test_changes_of_the_last_week_are_asked_for_by_name(school_screens: School, people: People) -> None:
    monday = school_screens.clock() - timedelta(days=school_screens.clock().weekday())
    school_screens.store.write(
        lambda transaction: transaction.record(
            *(Event(monday - timedelta(days=back), people.owner.user_id, "sign_in") for back in (0, 1, 7, 8))
        )
    )
    page = sign_in_as(screen(EVENTS), people.deputy).run()
    page.selectbox(key="days").select("прошлая неделя").run()
    assert list(page.dataframe[0].value["Кто"]) == ["Орлова В.", "Орлова В."]
    page.selectbox(key="days").select("свои дни").run()
    page.date_input(key="own_days").set_value((monday.date() - timedelta(days=8), monday.date())).run()
    assert len(page.dataframe[0].value[page.dataframe[0].value["Кто"] == "Орлова В."]) == 4


@pytest.mark.parametrize("kind", [PRINTED, ASKED])
def test_papers_ordered_for_print_do_not_close_the_record(
    school_screens: School, people: People, kind: str
) -> None:
    school_screens.store.write(
        lambda transaction: transaction.record(Event(school_screens.clock(), people.secretary.user_id, kind))
    )
    page = sign_in_as(screen(EVENTS), people.admin).run()
    assert not page.exception
    assert any("для печати" in each for each in page.dataframe[0].value["Что изменилось"])


def _record_sign_ins(here: School, count: int, user_id: int | None) -> None:
    here.store.write(
        lambda transaction: transaction.record(
            *(Event(here.clock(), user_id, "sign_in") for _ in range(count))
        )
    )


def _total(page: AppTest) -> int:
    return int(texts(page).split(" из ")[-1].split()[0])


def _shown_range(page: AppTest) -> str:
    return next(text.value for text in page.markdown if " из " in text.value).split(" ", 1)[0]
