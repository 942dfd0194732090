"""The form of an absence on a family's phone, «Пропуски» of the homeroom teacher, the hint at a lesson (п. 3.6, 4.3)."""

import pytest
from diary_pages import OWN_FORM, diary_client, diary_page, press
from screens import sign_in_as, texts
from small_school import CHILD, CLASS_7A, NOW, OWNERS_LESSON_TODAY, STRANGE_CHILD, People
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from pages.attendance.parts.absences_answer import absences_answer
from pages.excuses.routes import routes as paper_routes
from pages.families.routes import routes
from pages.ui.leave_hints import leave_hints
from school.excuses.actions import Announcement, announce_absence
from school.excuses.rules import Absent
from school.files.attachments.pictures import bare_picture
from school.privacy.lookups.keeping import ViewingFilter
from school.privacy.lookups.keeping import viewings as noted_viewings
from school.records import AbsenceReason, User
from school.store.connection import Store
from school.store.school import School
from server.http.own_routes import OwnRoutes
from server.menu import menu_rows, waiting_in_menu
from server.session import COOKIE_NAME, school
from server.viewings import viewings
from tests.homework.made_pictures import HEIC, PHOTO

pytestmark = pytest.mark.usefixtures("school_screens")
FORM = f"/family/{CHILD}/absences/announce"
FIELDS = {"reason": "illness", "from": "2026-11-19", "to": "2026-11-20", "note": "<b>жар</b>"}
SITE = {"Sec-Fetch-Site": "same-origin"}


def send(user: User, files: list[tuple[str, tuple[str, bytes]]] | None = None, **fields: str):
    body = [(name, (None, value)) for name, value in (FIELDS | fields).items()]
    return diary_client(user).post(FORM, files=[*body, *(files or [])], headers=SITE)


def announced(store: Store, people: People) -> int:
    absent = Absent(NOW.date(), NOW.date(), AbsenceReason.ILLNESS, note="жар")
    sent = Announcement(CHILD, absent, [("Справка.jpg", PHOTO)])
    return announce_absence(store, people.guardian, sent, now=NOW)


def test_a_guardian_sends_a_photo_by_a_plain_form_and_reads_what_became_of_it(people: People) -> None:
    form = diary_page(people.guardian, f"/{CHILD}/absences/announce")
    assert 'accept="image/jpeg,image/png,application/pdf"' in form
    assert form.count("<script") == 2, "only those that put on the view and let a phone keep pages"
    answer = send(people.guardian, [("paper", ("IMG 1.jpg", PHOTO)), ("lesson", (None, "1"))])  # type: ignore[list-item]
    assert (answer.status_code, answer.headers["location"]) == (303, f"/family/{CHILD}/absences#announced")
    page = diary_page(people.guardian, f"/{CHILD}/absences")
    for words in ("19–20 ноября, уроки 1", "ждёт ответа", "&lt;b&gt;жар&lt;/b&gt;", "IMG 1.jpg", "Отозвать"):
        assert words in page, words
    # The pupil reads that it was announced, without the words and the paper of the parent.
    own = diary_page(people.pupil, f"/{CHILD}/absences")
    assert "ждёт ответа" in own
    assert not any(word in own for word in ("жар", "IMG 1.jpg", "Отозвать", "/announce"))
    ((excuse,),) = school().store.read("SELECT excuse_id FROM excuses")
    taken = press(diary_client(people.guardian), f"/family/{CHILD}/absences/{excuse}/withdraw", x="1")
    assert taken.status_code == 303
    assert "вы отозвали" in diary_page(people.guardian, f"/{CHILD}/absences")


def test_a_refused_form_keeps_what_was_typed(people: People) -> None:
    files = [("paper", ("Справка.heic", HEIC))]
    page = send(people.guardian, files, reason="valid", note="поездка").text
    assert "записан в виде HEIC" in page
    assert "Файлы выберите ещё раз" in page
    assert 'value="valid" checked' in page
    assert ">поездка</textarea>" in page
    for fields in ({"from": "вчера"}, {"from": ""}, {"reason": "late"}, {"to": "99999-01-01"}):
        assert 'role="alert"' in send(people.guardian, **fields).text


def test_a_form_of_another_site_too_large_or_of_another_child_is_refused(people: People) -> None:
    files = [(name, (None, value)) for name, value in FIELDS.items()]
    foreign = diary_client(people.guardian).post(FORM, files=files, headers={"Sec-Fetch-Site": "cross-site"})
    plain = diary_client(people.guardian).post(FORM, data=FIELDS, headers=OWN_FORM)
    other = f"/family/{STRANGE_CHILD}/absences/announce"
    strange = diary_client(people.guardian).post(other, files=files, headers=SITE)
    large = diary_client(people.guardian).post(
        FORM, files=files, headers=SITE | {"Content-Length": str(40 * 1024 * 1024)}
    )
    many = [("paper", ("a.jpg", PHOTO))] * 9
    assert [each.status_code for each in (foreign, plain, strange, large)] == [403, 403, 403, 413]
    assert send(people.guardian, many).status_code == 413
    assert school().store.read("SELECT * FROM excuses") == []


def test_only_this_form_may_be_larger_than_other_bodies(people: People) -> None:
    session = diary_client(people.guardian).cookies[COOKIE_NAME]
    client = TestClient(OwnRoutes(Starlette(), routes), follow_redirects=False)
    client.cookies.set(COOKIE_NAME, session)
    body = [(name, (None, value)) for name, value in FIELDS.items()]
    photo = ("paper", ("a.jpg", PHOTO))
    assert client.post(FORM, files=[*body, photo], headers=SITE).status_code == 303
    elsewhere = client.post(f"/family/{CHILD}/absences/1/withdraw", files=[photo], headers=SITE)
    assert elsewhere.status_code in {403, 413}


def test_a_photo_is_shown_in_the_browser_and_the_viewing_is_noted(
    school_store: Store, school_screens: School, people: People
) -> None:
    announced(school_store, people)
    ((paper,),) = school_store.read("SELECT paper_id FROM excuse_papers")
    client = TestClient(Starlette(routes=paper_routes))
    address = f"/api/excuses/papers/{paper}"
    assert client.get(address).status_code == 401
    for user, status in (
        (people.guardian, 200),
        (people.owner, 403),
        (people.pupil, 403),
        (people.homeroom, 200),
    ):
        client.cookies.set(COOKIE_NAME, diary_client(user).cookies[COOKIE_NAME])
        assert client.get(address).status_code == status
    shown = client.get(address)
    assert (shown.headers["content-type"], shown.content) == ("image/jpeg", bare_picture("jpg", PHOTO))
    assert shown.headers["content-disposition"].startswith("inline")
    assert "sandbox" in shown.headers["content-security-policy"]
    viewings.write(school_screens)
    rows, _ = noted_viewings(school_store, people.head, ViewingFilter(pupil_id=CHILD), limit=9)
    assert [row.who for row in rows if row.kind == "paper"] == ["Климова Р."]


def test_the_homeroom_teacher_sees_how_many_wait_and_answers_on_the_page(
    school_store: Store, people: People
) -> None:
    assert not any(row.path == "attendance/absences.py" for row in menu_rows(people.owner))
    announced(school_store, people)
    answer = absences_answer(school(), people.homeroom, {"class": str(CLASS_7A), "week": "2026-11-16"})
    (button,) = [each for each in answer["buttons"] if each["what"] == "excuses"]
    assert button["label"] == "Сообщили семьи: 1"
    hint = answer["grid"]["hints"][f"{OWNERS_LESSON_TODAY}:{CHILD}"]
    assert (hint["text"], "Семья сообщила: болезнь" in hint["title"]) == ("б?", True)

    assert (menu_waits(people.homeroom), menu_waits(people.deputy), menu_waits(people.owner)) == (1, 0, None)


def menu_waits(user: User) -> int | None:
    return waiting_in_menu(user, menu_rows(user)).get("attendance/absences.py")


def dialog(user: User) -> AppTest:
    def page() -> None:
        from small_school import CLASS_7A

        from pages.attendance.parts.excuse_dialog import excuses_dialog

        excuses_dialog(CLASS_7A)

    return sign_in_as(AppTest.from_function(page), user).run()


def test_the_dialog_accepts_by_one_click_and_declines_with_a_word(
    school_store: Store, people: People
) -> None:
    announced(school_store, people)
    page = dialog(people.homeroom)
    assert "Алёшин Пётр" in texts(page)
    page.button[0].click().run()
    assert not page.exception
    decided = "SELECT leave_id IS NOT NULL, decided_by FROM excuses"
    assert school_store.read(decided) == [(True, people.homeroom.user_id)]
    announced(school_store, people)
    page = dialog(people.homeroom)
    page.text_area[0].set_value("Пришлите справку")
    next(each for each in page.button if each.label == "Отклонить").click().run()
    assert not page.exception
    assert school_store.read("SELECT answer FROM excuses ORDER BY excuse_id DESC LIMIT 1") == [
        ("Пришлите справку",)
    ]
    assert "Принять" not in {each.label for each in dialog(people.deputy).button}


def test_the_teacher_of_a_lesson_has_a_hint_and_others_have_none(school_store: Store, people: People) -> None:
    announced(school_store, people)
    key = f"{OWNERS_LESSON_TODAY}:{CHILD}"
    hints = leave_hints(school(), people.owner, [OWNERS_LESSON_TODAY])
    assert hints[key]["text"] == "б?"
    assert "жар" not in str(hints)
    assert leave_hints(school(), people.stranger, [OWNERS_LESSON_TODAY]) == {}
