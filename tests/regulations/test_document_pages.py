"""«Документы школы» as each role uses it, and the family's page (п. 3.6, 4.1, 4.2)."""

from collections.abc import Callable

import pytest
from diary_pages import diary_client
from drafted import DRAFT, approved
from screens import open_page, screen, session_of, sign_in_as, texts
from small_school import CHILD, NOW, People
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from pages.regulations.routes import routes
from school.audiences.rules import Target
from school.records import User
from school.regulations.actions import remind_readers, save_draft, submit_draft
from school.regulations.lookups import documents, drafts, waiting_to_read
from school.regulations.records import RegulationKind, RegulationState
from school.store.connection import Store
from school.waiting.lookups import Deed, what_waits
from server.menu import DOCUMENTS, menu_rows, waiting_in_menu
from server.session import COOKIE_NAME

pytestmark = pytest.mark.usefixtures("school_screens")
PAGE = "regulations/documents.py"
TODAY = NOW.date()


def head_of(page: AppTest) -> str:
    """Return what the frame draws over a page."""
    return "".join(each.proto.body for each in page.get("html"))


def press(page: AppTest, label: str) -> AppTest:
    next(each for each in page.button if each.label == label).click().run()
    assert not page.exception
    return page


def test_a_teacher_opens_and_then_presses(school_store: Store, people: People) -> None:
    document = approved(school_store, people)
    remind_readers(school_store, people.deputy, document, now=NOW)
    page = open_page(PAGE, people.owner)
    assert "Положение № 1 от 19.11.2026" in texts(page)
    assert "вам напомнили 19.11" in texts(page)
    assert any("документ школы ждёт" in each.value for each in page.toast)
    page = press(page, "Открыть")
    assert "Соглашения об электронном ознакомлении в школе нет" in texts(page)
    assert waiting_to_read(school_store, people.owner, today=TODAY)
    assert waiting_in_menu(people.owner, menu_rows(people.owner))[DOCUMENTS] == 1
    page = press(page, "Ознакомлен(а)")
    assert "Вы ознакомлены 19.11.2026" in texts(page)
    assert waiting_in_menu(people.owner, menu_rows(people.owner))[DOCUMENTS] == 0
    assert "Лист ознакомления" not in texts(page)


def test_the_deputy_fills_an_order_and_the_head_approves_it(school_store: Store, people: People) -> None:
    page = open_page(PAGE, people.deputy, documents="write")
    page.selectbox[0].select("homerooms").run()
    page = press(page, "Заполнить из журнала")
    assert "7А | Климова Рита" in page.text_area[0].value
    page = press(page, "Сохранить черновик")
    (draft,) = drafts(school_store, people.deputy)
    assert (draft.kind, draft.title) == (RegulationKind.ORDER, "О закреплении классных руководителей")
    page = press(page, "Отдать на утверждение")
    assert "Документ у директора" in texts(page)
    page = open_page(PAGE, people.head)
    page = press(page, "Открыть")
    page.text_input[0].input("12")
    page = press(page, "Утвердить")
    (listed,) = documents(school_store, people.head, today=TODAY)
    assert (listed.regulation.number, listed.total) == ("12", 7)
    assert "Собрано **0 из 7**" in texts(page)


def test_an_order_goes_to_the_head_at_once_and_gets_the_next_number(
    school_store: Store, people: People
) -> None:
    approved(school_store, people, kind=RegulationKind.ORDER, number="47")
    page = open_page(PAGE, people.deputy, documents="write")
    page.selectbox[0].select("homerooms").run()
    page = press(page, "Заполнить из журнала")
    page = press(page, "Сохранить и отдать на утверждение")
    assert "Документ у директора" in texts(page)
    page = press(open_page(PAGE, people.head), "Открыть")
    assert page.text_input[0].value == "48"
    page = press(page, "Утвердить")
    assert "№ 48" in texts(page)


def test_a_draft_without_a_text_is_kept_and_said_not_to_be_handed_in(
    school_store: Store, people: People
) -> None:
    page = open_page(PAGE, people.deputy, documents="write")
    page.text_input[0].input("О журнале")
    page = press(page, "Сохранить и отдать на утверждение")
    assert "Черновик сохранён, но не отдан" in " ".join(each.value for each in page.toast)
    (draft,) = drafts(school_store, people.deputy)
    assert draft.state is RegulationState.DRAFT


def test_a_new_version_begins_with_the_words_of_the_old(school_store: Store, people: People) -> None:
    document = approved(school_store, people)
    page = open_page(PAGE, people.deputy, document=str(document))
    page = press(page, "Новая редакция")
    assert "все ознакомятся снова" in texts(page)
    assert page.text_area[0].value == DRAFT.body
    page = press(page, "Сохранить черновик")
    (draft,) = drafts(school_store, people.deputy)
    assert (draft.version, draft.series_id) == (2, document)


def test_the_secretary_notes_signatures_and_sees_no_drafts(school_store: Store, people: People) -> None:
    document = approved(school_store, people)
    save_draft(school_store, people.deputy, DRAFT, newer_than=document, now=NOW)
    page = open_page(PAGE, people.secretary, document=str(document))
    assert "Собрано **0 из 7**" in texts(page)
    page.multiselect[0].select(41)
    page = press(page, "Отметить")
    assert "Собрано **1 из 7**" in texts(page)
    assert [each.label for each in page.button if each.label == "Новая редакция"] == []


def test_a_family_reads_what_is_shown_to_it(school_store: Store, people: People) -> None:
    approved(school_store, people, is_for_families=True, title="Для семей <b>")
    approved(school_store, people, number="2", title="Только работникам")
    file = approved(
        school_store, people, number="3", body="", is_for_families=True, file=("Приказ.pdf", b"%PDF-1.4")
    )
    hidden = approved(school_store, people, number="4", body="", file=("Тайна.pdf", b"%PDF-1.4"))
    client = diary_client(people.guardian)
    page = client.get(f"/family/{CHILD}/documents").text
    assert ["Для семей &lt;b&gt;" in page, "Только работникам" in page] == [True, False]
    assert '<th scope="col" class="typed">Что</th>' in page
    assert [files_client(people.guardian, key) for key in (file, hidden)] == [200, 403]
    assert files_client(people.owner, hidden) == 200


def files_client(user: User, document: int) -> int:
    client = TestClient(Starlette(routes=routes))
    client.cookies.set(COOKIE_NAME, session_of(user))
    return client.get(f"/api/documents/{document}").status_code


def test_a_draft_for_people_by_name_is_refused_without_them(school_store: Store, people: People) -> None:
    page = open_page(PAGE, people.deputy, documents="write")
    page.text_input(key="title_new0").input("О проверке")
    page.selectbox(key="target_new0").select(Target.STAFF).run()
    page = press(page, "Сохранить черновик")
    assert "Не выбрано, кому это адресовано" in texts(page)
    assert page.text_input(key="title_new0").value == "О проверке"
    assert drafts(school_store, people.deputy) == []


def test_a_document_before_the_head_counts_in_the_menu(school_store: Store, people: People) -> None:
    document = save_draft(school_store, people.deputy, DRAFT, now=NOW)
    submit_draft(school_store, people.deputy, document, now=NOW)
    assert waiting_in_menu(people.head, menu_rows(people.head))[DOCUMENTS] == 1
    assert waiting_in_menu(people.deputy, menu_rows(people.deputy))[DOCUMENTS] == 0
    (line,) = what_waits(school_store, people.head, now=NOW)
    assert (line.deed, line.codes) == (Deed.APPROVE, {"document": document})
    assert what_waits(school_store, people.deputy, now=NOW) == []


def test_a_new_employee_starts_with_what_is_in_force(
    school_store: Store, people: People, change: Callable[[str], None]
) -> None:
    approved(school_store, people)
    change(f"UPDATE regulation_readings SET is_late = true WHERE staff_id = {people.owner.staff_id}")
    page = sign_in_as(screen("app.py"), people.owner).run()
    assert "<h1>Документы школы</h1>" in head_of(page)
    press(page, "Открыть")
    again = sign_in_as(screen("app.py"), people.owner).run()
    assert "<h1>Документы школы</h1>" not in head_of(again)
