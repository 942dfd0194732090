"""An announcement may be answered: the answer is a letter to its author, also from who could not have begun to write (п. 2.9, 4.7)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from announced import DRAFT
from diary_pages import diary_client, diary_page
from screens import open_page, texts
from small_school import CHILD, NOW, STRANGE_CHILD, People

from school.announcements.actions import send_announcement, withdraw_announcement
from school.announcements.rules import Draft, Wanted
from school.audiences.rules import Audience, Target
from school.correspondence.actions.letters import Letter, send_letters
from school.correspondence.lookups.threads import About, AboutKind, recipients, thread_page, what_is_asked
from school.correspondence.writing import Words
from school.errors import AccessRefused
from school.records import Role, User
from school.store.connection import Store

pytestmark = pytest.mark.usefixtures("school_screens")
TO_BE_ANSWERED = replace(DRAFT, wanted=Wanted.NOBODY, takes_answers=True)


def about(announcement_id: int) -> About:
    return About(AboutKind.ANNOUNCEMENT, announcement_id)


def answer(
    store: Store,
    user: User,
    to: User,
    announcement_id: int | None,
    child: int | None = CHILD,
    now: datetime = NOW,
) -> int:
    asked = None if announcement_id is None else about(announcement_id)
    letter = Letter("Ответ", Words("Придём вдвоём"), asked)
    (thread,) = send_letters(store, user, letter, [(to.user_id, child)], child=child, now=now)
    return thread


def test_a_family_answers_from_the_announcement_into_a_thread_with_its_author(
    school_store: Store, people: People
) -> None:
    sent = send_announcement(school_store, people.deputy, TO_BE_ANSWERED, now=NOW)
    client = diary_client(people.guardian)
    way = f"/family/{CHILD}/messages/new?about=announcement&amp;id={sent}"
    assert (
        f'<a class="ask" href="{way}">Ответить автору</a>'
        in client.get(f"/family/{CHILD}/school/{sent}").text
    )
    form = client.get(way.replace("&amp;", "&")).text
    assert f'<option value="{people.deputy.user_id}" selected>' in form
    assert 'value="Объявление 19 ноября: Экскурсия в музей"' in form
    thread = answer(school_store, people.guardian, people.deputy, sent)
    seen = thread_page(school_store, people.deputy, thread, now=NOW)
    assert (seen.thread.about, seen.may_write) == ("объявление 19 ноября: Экскурсия в музей", True)


def test_a_pupil_answers_whom_a_pupil_may_not_write_to_first(school_store: Store, people: People) -> None:
    sent = send_announcement(school_store, people.deputy, TO_BE_ANSWERED, now=NOW)
    known = {each.user_id for each in recipients(school_store, people.pupil, child=CHILD, today=NOW.date())}
    assert people.deputy.user_id not in known
    with pytest.raises(AccessRefused):
        answer(school_store, people.pupil, people.deputy, None)
    page = diary_page(people.pupil, f"/{CHILD}/messages/new?about=announcement&id={sent}")
    assert f'<option value="{people.deputy.user_id}" selected>' in page
    assert answer(school_store, people.pupil, people.deputy, sent)
    # The right is to the author alone.
    with pytest.raises(AccessRefused):
        answer(school_store, people.pupil, people.head, sent, now=NOW + timedelta(minutes=1))


def test_only_what_takes_answers_is_answered_and_by_whom_it_reached(
    school_store: Store, people: People, father: User
) -> None:
    sent = send_announcement(school_store, people.deputy, TO_BE_ANSWERED, now=NOW)
    mute = send_announcement(
        school_store, people.deputy, replace(TO_BE_ANSWERED, takes_answers=False), now=NOW
    )
    later = replace(TO_BE_ANSWERED, shown_from=TO_BE_ANSWERED.shown_until)
    unseen = send_announcement(school_store, people.deputy, later, now=NOW)
    gone = send_announcement(school_store, people.deputy, TO_BE_ANSWERED, now=NOW)
    withdraw_announcement(school_store, people.deputy, gone, now=NOW)
    refused = [(people.guardian, CHILD, each) for each in (mute, unseen, gone, sent + 1000)]
    # About a child whom it was not sent about, and by who reads it as an overseer only.
    refused += [(father, STRANGE_CHILD, sent), (people.homeroom, None, sent), (people.head, None, sent)]
    for user, child, announcement in refused:
        with pytest.raises(AccessRefused):
            what_is_asked(school_store, user, about(announcement), child=child, now=NOW)
    assert "Ответить автору" not in diary_page(people.guardian, f"/{CHILD}/school/{mute}")
    assert "Ответить автору" not in diary_page(people.homeroom, f"/{CHILD}/school/{sent}")


def test_an_author_who_has_left_is_asked_no_more(
    school_store: Store, people: People, change: Callable[[str], None]
) -> None:
    sent = send_announcement(school_store, people.deputy, TO_BE_ANSWERED, now=NOW)
    change(f"UPDATE users SET blocked_at = '2026-11-19' WHERE user_id = {people.deputy.user_id}")
    assert "Ответить автору" not in diary_page(people.guardian, f"/{CHILD}/school/{sent}")


def test_an_employee_answers_a_colleague(school_store: Store, people: People) -> None:
    audience = Audience(Target.ROLE, target_roles=(Role.TEACHER,), for_staff=True)
    words = "П" * 120
    draft = Draft(audience, words, "В среду", DRAFT.shown_from, DRAFT.shown_until, takes_answers=True)
    sent = send_announcement(school_store, people.admin, draft, now=NOW)
    page = open_page("announcements/announcements.py", people.owner, announcement=str(sent))
    (link,) = [each.proto for each in page.get("page_link") if each.proto.label == "Ответить автору"]
    assert link.query_string == f"about=announcement&id={sent}"
    page = open_page("correspondence/messages.py", people.owner, about="announcement", id=str(sent))
    assert "О чём: объявление 19 ноября" in texts(page)
    page.text_area(key="text_new_0").set_value("Буду")
    (send,) = [each for each in page.button if each.label == "Отправить"]
    # A teacher calls an administrator for help, and begins no letter to one: this is an answer.
    assert not send.click().run().exception
    assert school_store.read("SELECT role FROM thread_people ORDER BY user_id") == [("teacher",), ("admin",)]
