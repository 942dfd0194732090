"""The menu of every role: few places, each page a view of one, no dead link; the frame over every page (п. 4.1–4.6)."""

import re
from itertools import combinations

import pytest
from screens import open_page
from small_school import NAMES, ROLE_OF, People
from streamlit.testing.v1 import AppTest

from school.records import Role, User
from school.store.connection import Store
from server.http.document import page_addresses
from server.menu import MENU, PLACES, existing_rows, menu_rows, own_places

MOST_ENTRIES = {
    (Role.TEACHER,): 9,
    (Role.TEACHER, Role.HOMEROOM): 12,
    (Role.DEPUTY,): 16,
    (Role.HEAD,): 16,
    (Role.ADMIN,): 12,
    (Role.SECRETARY,): 12,
}
STAFF = (Role.HEAD, Role.DEPUTY, Role.ADMIN, Role.HOMEROOM, Role.TEACHER, Role.SECRETARY)
# Whoever has several roles has the places of all of them; nobody has more than these.
MOST_OF_ANYBODY = 16
LINK = re.compile(r'<a href="/([a-z_]*)"([^>]*)>(?:<span[^>]*>[^<]*</span>)?([^<]*)</a>')
pytestmark = pytest.mark.usefixtures("school_screens")


@pytest.fixture
def school_store(common_store: Store) -> Store:
    """The small school, at which all these tests only look."""
    return common_store


def somebody(*roles: Role) -> User:
    return User(1, "", "", frozenset(roles))


@pytest.mark.parametrize(("roles", "most"), MOST_ENTRIES.items(), ids=str)
def test_a_menu_is_short(roles: tuple[Role, ...], most: int) -> None:
    assert 0 < len(own_places(somebody(*roles))) <= most


def test_several_roles_have_no_longer_a_menu_than_there_are_places() -> None:
    assert len(PLACES) <= MOST_OF_ANYBODY
    for count in range(2, len(STAFF) + 1):
        for roles in combinations(STAFF, count):
            assert len(own_places(somebody(*roles))) <= MOST_OF_ANYBODY


@pytest.mark.parametrize("role", STAFF)
def test_each_page_of_a_role_is_a_view_of_one_place(role: Role) -> None:
    user = somebody(role)
    views = [view for own in own_places(user) for view in own.views]
    assert sorted(view.path for view in views) == sorted(row.path for row in menu_rows(user))
    assert {view.url_path for view in views} <= page_addresses()


def test_pages_of_the_table_are_there_and_their_titles_stand_apart() -> None:
    assert existing_rows() == MENU
    for own in own_places(somebody(*STAFF)):
        titles = [view.title for view in own.views]
        assert len(set(titles)) == len(titles), own.place.title


def frame_of(page: AppTest) -> tuple[str, str]:
    """Return the HTML of the menu and of the head of a page."""
    (menu,) = (each.proto.body for each in page.sidebar.get("html"))
    heads = [each.proto.body for each in page.main.get("html") if 'class="head' in each.proto.body]
    return menu, heads[0]


def current(html: str) -> list[str]:
    return [words for _, more, words in LINK.findall(html) if "aria-current" in more]


def test_a_view_stands_among_the_others_of_its_place(people: People) -> None:
    menu, head = frame_of(open_page("analytics/subjects.py", people.deputy))
    assert current(menu) == ["Качество"]
    assert "<h1>Предметы</h1>" in head
    assert current(head) == ["Предметы"]
    assert [words for _, _, words in LINK.findall(head)][:4] == [
        "Обзор",
        "Качество обучения",
        "Классы",
        "Предметы",
    ]


def test_a_page_opened_from_a_list_leads_back_to_its_place(people: People) -> None:
    menu, head = frame_of(open_page("people/pupil_card.py", people.admin))
    assert current(menu) == ["Учащиеся"]
    assert current(head) == []
    assert ("pupil_list", "", "Учащиеся") in LINK.findall(head)


def test_a_page_of_the_office_stands_among_those_of_its_group(people: People) -> None:
    menu, head = frame_of(open_page("imports/imports.py", people.secretary))
    assert current(menu) == ["Школа"]
    assert [words for _, _, words in LINK.findall(head)] == [
        "Школа",
        "Загрузка данных",
        "Обмен по профилям",
        "Обмен данными",
    ]


def test_a_place_of_one_view_has_no_row(people: People) -> None:
    _, head = frame_of(open_page("register/grid.py", people.owner))
    assert "<h1>Журнал</h1>" in head
    assert LINK.findall(head) == []


def test_a_refused_page_offers_nothing_of_its_place(people: People) -> None:
    _, head = frame_of(open_page("backup/state.py", people.deputy))
    assert LINK.findall(head) == []


def test_every_link_of_every_menu_opens_for_whom_it_is_shown(people: People) -> None:
    addresses = {row.url_path: row for row in existing_rows()}
    for name in NAMES:
        user = getattr(people, name)
        if ROLE_OF[name] in {"guardian", "pupil"}:
            continue
        menu, head = frame_of(open_page("sign_in/own_sign_ins.py", user))
        shown = [address for address, _, _ in LINK.findall(menu + head)]
        assert shown == [own.views[0].url_path for own in own_places(user)]
        assert all(addresses[address] in menu_rows(user) for address in shown)
