"""A person's own view: chosen on a plain page before or after the sign-in, kept by the account, put on every document unseen."""

import pytest
from diary_pages import diary_client, press
from screens import open_page, session_of
from small_school import NOW, People
from starlette.testclient import TestClient

from pages.families.parts.view import PLACE
from school.errors import RuleRefused
from school.records import User
from school.sign_in.actions.own_sessions import set_view
from school.sign_in.lookups.own_sign_ins import own_view
from school.sign_in.rules.view import USUAL_VIEW, Contrast, View, check_view, is_own_view, view_of, view_words
from school.store.connection import Store
from school.store.school import School
from server.http.document import document
from server.http.session_routes import tickets
from server.view import VIEW_COOKIE, VIEW_PLACE, view_script

LARGE = View(200, Contrast.DARK, is_still=True, has_plain_tables=True)
FORM = {"size": "200", "contrast": "dark", "still": "on", "plain": "on"}


@pytest.mark.parametrize(
    ("words", "view"),
    [
        (None, USUAL_VIEW),
        ("", USUAL_VIEW),
        ("100.usual", USUAL_VIEW),
        ("125.usual", View(125)),
        ("150.high.still", View(150, Contrast.HIGH, is_still=True)),
        ("200.dark.still.plain.own", LARGE),
        ("500.dark", USUAL_VIEW),
        ("150.pink", USUAL_VIEW),
        ("150", USUAL_VIEW),
        ("150.high.<script>", View(150, Contrast.HIGH)),
    ],
)
def test_what_a_browser_keeps_is_read_as_a_view(words: str | None, view: View) -> None:
    assert view_of(words) == view


@pytest.mark.parametrize("is_own", [True, False])
def test_a_view_comes_back_as_it_was_kept(is_own: bool) -> None:
    for view in (USUAL_VIEW, LARGE, View(125, Contrast.HIGH)):
        words = view_words(view, is_own=is_own)
        assert (view_of(words), is_own_view(words)) == (view, is_own)


@pytest.mark.parametrize(
    "form", [{}, {"size": "150"}, {"size": "99", "contrast": "usual"}, FORM | {"contrast": "x"}]
)
def test_only_views_of_the_list_are_taken(form: dict[str, str]) -> None:
    with pytest.raises(RuleRefused, match="Такого вида нет"):
        check_view(form)


def test_a_view_is_stored_for_its_owner_alone_and_the_event_does_not_tell_of_it(
    school_store: Store, people: People
) -> None:
    set_view(school_store, people.owner, View(125), now=NOW)
    set_view(school_store, people.owner, LARGE, now=NOW)
    assert own_view(school_store, people.owner) == LARGE
    assert own_view(school_store, people.deputy) is None
    events = school_store.read("SELECT old_value, new_value FROM events WHERE kind = 'view_changed'")
    assert [tuple(each) for each in events] == [(None, None)] * 2


@pytest.mark.parametrize("who", ["", "guardian", "pupil", "owner", "head"])
def test_everybody_chooses_on_a_plain_page(school_screens: School, people: People, who: str) -> None:
    user: User | None = getattr(people, who) if who else None
    client = diary_client(user)
    page = client.get(VIEW_PLACE, headers={"referer": "http://testserver/grid?class=7"})
    assert page.status_code == 200
    assert 'value="/grid"' in page.text
    saved = press(client, VIEW_PLACE, back="/grid", **FORM)
    assert saved.status_code == 303
    assert view_of(client.cookies[VIEW_COOKIE].strip('"')) == LARGE
    assert "httponly" not in saved.headers["set-cookie"].lower()
    assert "Вид сохранён" in client.get(saved.headers["location"]).text
    if user is not None:
        assert own_view(school_screens.store, user) == LARGE


@pytest.mark.parametrize(
    "back", ["https://evil.example/x", "//evil.example", "/a b", "javascript:x", '/"><b>']
)
def test_the_way_back_leads_nowhere_else(school_screens: School, back: str) -> None:
    page = diary_client(None).get(VIEW_PLACE, params={"back": back}).text
    assert "evil" not in page.replace("https://evil.example/x", "")
    assert 'name="back" value="/' in page
    assert PLACE.fullmatch("/lesson_plan")
    assert not PLACE.fullmatch("//evil.example")


def test_a_form_of_another_site_and_a_view_of_none_are_refused(
    school_screens: School, people: People
) -> None:
    client = diary_client(people.owner)
    assert client.post(VIEW_PLACE, data=FORM, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert press(client, VIEW_PLACE, size="1", contrast="usual").status_code == 400
    assert own_view(school_screens.store, people.owner) is None


def enter(client: TestClient, user: User) -> dict[str, object]:
    ticket = tickets.issue(session_of(user), user.roles, NOW)
    answer = client.post(
        "/api/session/open", json={"ticket": ticket}, headers={"Sec-Fetch-Site": "same-origin"}
    )
    assert answer.status_code == 200
    said: dict[str, object] = answer.json()
    return said


def test_whoever_signs_in_gets_their_own_view_and_not_the_last_ones(
    school_screens: School, people: People
) -> None:
    set_view(school_screens.store, people.owner, LARGE, now=NOW)
    client = diary_client(None)
    assert enter(client, people.owner)["looks"] == "otherwise"
    assert view_of(client.cookies[VIEW_COOKIE].strip('"')) == LARGE
    assert "looks" not in enter(client, people.owner)
    # A colleague at the same computer has chosen nothing.
    assert enter(client, people.deputy)["looks"] == "otherwise"
    assert VIEW_COOKIE not in client.cookies


def test_a_view_chosen_before_the_sign_in_stays(school_screens: School, people: People) -> None:
    client = diary_client(None)
    press(client, VIEW_PLACE, size="150", contrast="high")
    assert "looks" not in enter(client, people.deputy)
    assert view_of(client.cookies[VIEW_COOKIE].strip('"')) == View(150, Contrast.HIGH)


def test_a_document_reads_the_view_before_anything_of_it_is_drawn(
    school_screens: School, people: People
) -> None:
    head, _, _ = document().partition("<title>")
    assert view_script() in head
    diary = diary_client(people.guardian).get("/family/notices").text
    address = diary.partition('<script src="')[2].partition('"')[0]
    assert diary.index(address) < diary.index("<body>")
    assert diary_client(None).get(address).text == view_script()


def test_tables_are_text_for_who_wants_them_so(
    school_screens: School, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = open_page("people/pupil_list.py", people.secretary)
    assert usual.dataframe
    monkeypatch.setattr("pages.ui.tables.this_view", lambda: LARGE)
    plain = open_page("people/pupil_list.py", people.secretary)
    assert not plain.dataframe
    (table,) = plain.table
    assert list(table.value) == list(usual.dataframe[0].value)
    choice = next(each for each in plain.selectbox if each.label == "Открыть строку")
    assert len(choice.options) == len(table.value)
    choice.select_index(0).run()
    assert not plain.exception
