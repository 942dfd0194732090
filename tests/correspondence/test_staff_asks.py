"""«Спросить» of the staff: beside a mark of the register, a remark, a request to fill it; who is asked follows from whose it is (п. 2.9, 4.3)."""

from datetime import date, timedelta

import pytest
from diary_pages import diary_page
from screens import open_page, texts
from small_school import (
    CHILD,
    CLASS_7A,
    MATHS,
    NOW,
    OWNER_STAFF,
    OWNERS_LESSON_TODAY,
    OWNERS_LESSON_YESTERDAY,
    QUARTER_2,
    STRANGE_CHILD,
    STRANGERS_LESSON_YESTERDAY,
    People,
)

from pages.register.parts.register_view import grid_data
from school.control.actions import RequestDraft, send_request
from school.correspondence.actions.order import set_order
from school.correspondence.lookups.threads import About, AboutKind, what_is_asked
from school.correspondence.rules.hours import LetterOrder
from school.errors import AccessRefused
from school.families.actions import RemarkDraft, write_remark
from school.records import RegisterKey, RemarkKind, Role, Term
from school.register.lookups.registers import register_page
from school.store.connection import Store

pytestmark = pytest.mark.usefixtures("school_screens")
MESSAGES = "correspondence/messages.py"
MARK = About(AboutKind.MARK, OWNERS_LESSON_YESTERDAY, CHILD)
WORDS = "отметка за урок 18 ноября, Математика"
OF_MARK = {"about": "mark", "id": str(OWNERS_LESSON_YESTERDAY), "of": str(CHILD)}


def send(page, text: str):
    page.text_area[0].set_value(text)
    page = next(each for each in page.button if each.label == "Отправить").click().run()
    assert not page.exception
    return page


def test_a_mark_is_asked_of_whoever_gave_it_and_the_own_one_of_the_family(
    school_store: Store, people: People
) -> None:
    for asker in (people.homeroom, people.deputy, people.head):
        found = what_is_asked(school_store, asker, MARK, now=NOW)
        assert (found.words, found.user_id) == (f"{WORDS}: Алёшин Пётр", people.owner.user_id)
    own = what_is_asked(school_store, people.owner, MARK, now=NOW)
    assert (own.words, own.user_id, own.pupil_id) == (WORDS, None, CHILD)
    strange = About(AboutKind.MARK, STRANGERS_LESSON_YESTERDAY, STRANGE_CHILD)
    for asker, about in (
        (people.stranger, MARK),
        (people.secretary, MARK),
        (people.homeroom, strange),
        # No lesson of this pupil's, and nobody's mark.
        (people.deputy, About(AboutKind.MARK, OWNERS_LESSON_YESTERDAY, STRANGE_CHILD)),
        (people.deputy, About(AboutKind.MARK, OWNERS_LESSON_YESTERDAY)),
        (people.guardian, MARK),
    ):
        with pytest.raises(AccessRefused):
            what_is_asked(school_store, asker, about, now=NOW)


def test_a_remark_is_asked_of_its_author_and_by_the_author_of_the_family(
    school_store: Store, people: People
) -> None:
    remark = write_remark(
        school_store, people.owner, RemarkDraft(CHILD, RemarkKind.REMARK, "Нет тетради"), now=NOW
    )
    about = About(AboutKind.REMARK, remark, CHILD)
    asked = what_is_asked(school_store, people.homeroom, about, now=NOW)
    assert (asked.words, asked.user_id) == ("замечание 19 ноября: Алёшин Пётр", people.owner.user_id)
    assert what_is_asked(school_store, people.owner, about, now=NOW).pupil_id == CHILD
    for asker in (people.stranger, people.secretary):
        with pytest.raises(AccessRefused):
            what_is_asked(school_store, asker, about, now=NOW)
    history = open_page("analytics/pupil.py", people.homeroom, pupil=str(CHILD), pupil_part="remarks")
    links = [each.proto for each in history.get("page_link") if each.proto.label == "Спросить"]
    assert [each.query_string for each in links] == [f"about=remark&id={remark}&of={CHILD}"]


def test_the_register_and_the_diary_that_staff_looks_at_lead_to_the_letter(
    school_store: Store, people: People
) -> None:
    term = Term(QUARTER_2, 2026, "quarter", 2, date(2026, 11, 2), date(2026, 12, 29))
    key = RegisterKey(CLASS_7A, MATHS)
    page = register_page(school_store, people.owner, key, term, today=NOW.date())
    data = grid_data(page, people.owner, today=NOW.date(), selected_lesson_id=None, version=1)
    assert data["letter_url"] == "/messages?about=mark"
    diary = diary_page(people.homeroom, f"/{CHILD}/marks/{MATHS}")
    assert f'href="/messages?about=mark&amp;id={OWNERS_LESSON_YESTERDAY}&amp;of={CHILD}"' in diary


def test_the_form_says_who_is_asked_and_the_letter_keeps_what_about(
    school_store: Store, people: People
) -> None:
    page = open_page(MESSAGES, people.homeroom, **OF_MARK)
    assert "Кому: **Орлова Вера — учитель**" in texts(page)
    send(page, "За что снижено?")
    rows = school_store.read("SELECT title, about, pupil_id FROM threads")
    assert rows == [(f"О{WORDS[1:]}: Алёшин Пётр", f"{WORDS}: Алёшин Пётр", None)]


def test_a_teacher_writes_of_the_own_mark_to_the_parents_who_stand_there_already(
    school_store: Store, people: People
) -> None:
    page = open_page(MESSAGES, people.owner, **OF_MARK)
    assert [each.user_id for each in page.multiselect[0].value] == [people.guardian.user_id]
    # Whoever adds the pupil is told who reads along.
    pupil = next(each for each in page.multiselect[0].options if each.startswith("Алёшин Пётр"))
    page = page.multiselect[0].select(pupil).run()
    assert "Переписку с учеником видят его родители и классный руководитель." in texts(page)
    send(page, "Можно переписать")
    assert school_store.read("SELECT about, pupil_id FROM threads") == [(WORDS, CHILD)] * 2


def test_a_request_to_fill_the_register_is_asked_about_from_where_it_stands(
    school_store: Store, people: People
) -> None:
    draft = RequestDraft(CLASS_7A, MATHS, OWNER_STAFF, QUARTER_2, (OWNERS_LESSON_TODAY,), date(2026, 11, 24))
    request = send_request(school_store, people.homeroom, draft, now=NOW - timedelta(hours=1))
    today = open_page("register/today.py", people.owner)
    (link,) = [each.proto for each in today.get("page_link") if each.proto.label == "Спросить"]
    assert link.query_string == f"about=gap_request&id={request}"
    # What is asked for is a click away: the lesson in its register.
    days = [each.proto for each in today.get("page_link") if each.proto.label == "19 ноября, чт"]
    assert [each.query_string for each in days] == [
        f"class={CLASS_7A}&subject={MATHS}&term={QUARTER_2}&lesson={OWNERS_LESSON_TODAY}"
    ]
    page = open_page(MESSAGES, people.owner, about="gap_request", id=str(request))
    said = texts(page)
    assert "О чём: обращение 19 ноября: 7А, Математика" in said
    assert "Кому: **Климова Рита — классный руководитель**" in said
    send(page, "Урок был заменён")
    ((about, people_of_it),) = school_store.read(
        "SELECT about, list_sort((SELECT list(user_id) FROM thread_people)) FROM threads"
    )
    assert about == "обращение 19 ноября: 7А, Математика"
    assert people_of_it == sorted([people.owner.user_id, people.homeroom.user_id])
    # The homeroom teacher asks the other way round; a stranger does not.
    gap = About(AboutKind.GAP_REQUEST, request)
    assert what_is_asked(school_store, people.homeroom, gap, now=NOW).user_id == people.owner.user_id
    for stranger in (people.stranger, people.deputy):
        with pytest.raises(AccessRefused):
            what_is_asked(school_store, stranger, gap, now=NOW)


def test_where_the_school_has_closed_the_way_the_form_says_so_and_offers_others(
    school_store: Store, people: People
) -> None:
    set_order(school_store, people.deputy, LetterOrder(), {(Role.HOMEROOM, Role.TEACHER)}, now=NOW)
    page = open_page(MESSAGES, people.homeroom, **OF_MARK)
    assert "отсюда написать нельзя" in texts(page)
    assert page.multiselect
