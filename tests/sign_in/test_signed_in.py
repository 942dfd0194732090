"""The administrator sees who is in the register now, and ends a session that nobody should have (п. 4.3, 8.7)."""

from datetime import timedelta

import pytest
from office import HASHER, HERE
from screens import SECONDS, open_page, session_of, sign_in_as, texts
from small_school import LOGINS, NOW, PASSWORD, USER_IDS, People
from streamlit.testing.v1 import AppTest

from school.errors import AccessRefused
from school.people.actions.accounts import end_session_of_user
from school.sign_in.actions.letting_in import Entered
from school.sign_in.actions.sessions import sign_in
from school.sign_in.lookups.accounts import signed_in_now
from school.sign_in.lookups.sessions import user_of_session
from school.sign_in.rules.browsers import Browser
from school.sign_in.rules.sessions import secret_hash
from school.store.connection import Store
from school.store.school import School

PHONE = Browser("p" * 43, "Android, Chrome")


def enter(store: Store, name: str, *, minutes: int) -> str:
    at = NOW + timedelta(minutes=minutes)
    found = sign_in(store, LOGINS[name], PASSWORD, address=HERE, now=at, hasher=HASHER, browser=PHONE)
    assert isinstance(found, Entered)
    return found.secret


def test_who_worked_last_stands_first_and_who_was_idle_is_gone(school_store: Store, people: People) -> None:
    idle = enter(school_store, "owner", minutes=-600)
    enter(school_store, "homeroom", minutes=-5)
    enter(school_store, "guardian", minutes=-9)
    found = signed_in_now(school_store, people.admin, now=NOW)
    assert [each.account.login for each in found] == [LOGINS["homeroom"], LOGINS["guardian"]]
    assert found[0].browser == "Android, Chrome"
    assert secret_hash(idle) not in {each.session_hash for each in found}


def test_the_administrator_ends_a_session_at_once_and_it_is_written_down(
    school_store: Store, people: People
) -> None:
    secret = enter(school_store, "homeroom", minutes=-5)
    other = enter(school_store, "homeroom", minutes=-1)
    end_session_of_user(school_store, people.admin, secret_hash(secret), now=NOW)
    assert user_of_session(school_store, secret, NOW) is None
    assert user_of_session(school_store, other, NOW) is not None
    ended = school_store.read("SELECT record_id FROM events WHERE kind = 'user_session_ended'")
    assert ended == [(USER_IDS["homeroom"],)]


def test_nobody_else_ends_sessions(school_store: Store, people: People) -> None:
    secret = enter(school_store, "homeroom", minutes=-5)
    for user in (people.head, people.deputy, people.owner, people.guardian):
        with pytest.raises(AccessRefused):
            end_session_of_user(school_store, user, secret_hash(secret), now=NOW)
    assert user_of_session(school_store, secret, NOW) is not None


def _first_session() -> None:
    from pages.people.parts.signed_in import ask_to_end
    from school.access.action import Action
    from school.sign_in.lookups.accounts import signed_in_now
    from server.session import guard, school

    user, here = guard(Action.EDIT_STAFF), school()
    found = signed_in_now(here.store, user, now=here.clock())
    # Once it is ended, the page that opened the dialog has nobody else to show.
    for row in found:
        if row.account.user_id != user.user_id:
            ask_to_end(user, row)


def test_the_page_counts_who_is_here_and_the_dialog_ends_a_session(
    school_screens: School, people: People
) -> None:
    secret = session_of(people.homeroom)
    page = open_page("people/users.py", people.admin)
    assert not page.exception
    assert "2 человека, 2 открытых сеанса" in texts(page)
    dialog = sign_in_as(AppTest.from_function(_first_session, default_timeout=SECONDS), people.admin).run()
    next(button for button in dialog.button if button.label == "Завершить сеанс").click().run()
    assert not dialog.exception
    assert user_of_session(school_screens.store, secret, NOW) is None
