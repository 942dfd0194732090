"""Help where one stands: «?» opens the paragraph of the page for one's roles; first steps are shown once."""

from collections.abc import Callable
from pathlib import Path

import pytest
from diary_pages import diary_client, diary_page, press
from screens import open_page, session_of, texts
from small_school import NOW, USER_IDS, People
from starlette.applications import Starlette
from starlette.testclient import TestClient

from pages.guide import routes as guide_routes
from pages.guide.parts import rendering
from pages.guide.routes import routes
from school.guide.actions import close_first_steps
from school.guide.lookups import guides, steps_to_show
from school.records import Role, User
from school.store.connection import Store
from server.session import COOKIE_NAME

pytestmark = pytest.mark.usefixtures("school_screens")
STEPS, READ = "Первые шаги", "first_steps_read"


def reader(user: User | None) -> TestClient:
    client = TestClient(Starlette(routes=routes), follow_redirects=False)
    if user is not None:
        client.cookies.set(COOKIE_NAME, session_of(user))
    return client


@pytest.fixture
def newcomers(change: Callable[[str], None], school_store: Store) -> Store:
    """Everybody of the small school on their first visit."""
    change("DELETE FROM first_steps")
    return school_store


def test_a_page_is_explained_to_each_role_in_its_own_words(people: People) -> None:
    to_teacher = reader(people.owner).get("/guide/here/grid").text
    to_head = reader(people.head).get("/guide/here/grid").text
    assert "ставит отметку и переходит к следующему ученику" in to_teacher
    assert "открываются для чтения" in to_head
    assert "ставит отметку" not in to_head
    assert 'href="/guide/teacher"' in to_teacher


def test_a_page_that_is_not_the_roles_own_is_not_explained(people: People) -> None:
    assert "пока ничего нет" in reader(people.owner).get("/guide/here/staff").text


@pytest.mark.parametrize("address", ["/guide/here/nowhere", "/guide/nobody", "/guide/pictures/none.webp"])
def test_what_there_is_not_is_404(address: str, people: People) -> None:
    assert reader(people.owner).get(address).status_code == 404


@pytest.mark.parametrize(
    "address", ["/guide", "/guide/here/grid", "/guide/teacher", "/guide/pictures/x.webp"]
)
def test_nobody_reads_it_without_signing_in(address: str) -> None:
    answer = reader(None).get(address)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_whole_guides_open_to_whoever_is_signed_in(people: People) -> None:
    client = reader(people.guardian)
    for guide in guides():
        page = client.get(f"/guide/{guide.name}")
        assert page.status_code == 200
        assert page.text.count("<section") == len(guide.paragraphs)
        assert "<!--" not in page.text
    assert "Родителям и ученикам" in client.get("/guide").text


def test_a_picture_stands_where_it_was_made_and_nowhere_else(
    people: People, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "made.webp").write_bytes(b"RIFF")
    for module in (rendering, guide_routes):
        monkeypatch.setattr(module, "PICTURES", tmp_path)
    text = "![Одна](guide-pictures/made.webp) и ![Другая](guide-pictures/missing.webp)"
    html = rendering.html_of.__wrapped__(text)
    assert 'src="/guide/pictures/made.webp"' in html
    assert "missing" not in html
    picture = reader(people.owner).get("/guide/pictures/made.webp")
    assert (picture.status_code, picture.content) == (200, b"RIFF")


def test_a_guide_is_no_place_for_scripts() -> None:
    assert "<script" not in rendering.html_of("<script>alert(1)</script>")


def test_first_steps_are_shown_once(newcomers: Store, people: People) -> None:
    page = open_page("register/today.py", people.owner)
    assert f"{STEPS}. Учителю" in texts(page)
    page.button(key=READ).click().run()
    assert STEPS not in texts(page)
    assert STEPS not in texts(open_page("register/today.py", people.owner))


def test_first_steps_stand_on_the_first_page_alone(newcomers: Store, people: People) -> None:
    assert STEPS not in texts(open_page("register/grid.py", people.owner))
    assert STEPS in texts(open_page("register/today.py", people.owner))


def test_a_role_that_comes_later_has_first_steps_of_its_own(newcomers: Store, people: People) -> None:
    close_first_steps(newcomers, people.owner, now=NOW)
    promoted = User(people.owner.user_id, "", "", people.owner.roles | {Role.DEPUTY})
    assert [guide.name for guide in steps_to_show(newcomers, promoted)] == ["deputy"]


def test_closing_again_records_nothing(newcomers: Store, people: People) -> None:
    for _ in range(2):
        close_first_steps(newcomers, people.owner, now=NOW)
    ((count,),) = newcomers.read("SELECT count(*) FROM events WHERE kind = 'first_steps_closed'")
    assert count == 1


def test_a_family_reads_first_steps_in_the_diary_once(newcomers: Store, people: People) -> None:
    client = diary_client(people.guardian)
    assert STEPS in client.get("/family").text
    assert press(client, "/family/first-steps").headers["location"] == "/family"
    assert STEPS not in client.get("/family").text


def test_the_diary_leads_to_what_is_said_of_its_page(people: People) -> None:
    guide = reader(people.guardian).get("/guide/family").text
    for place, words in (("", "Неделя"), ("/marks", "Отметки"), ("/password", "Первый вход")):
        _, _, rest = diary_page(people.guardian, place).partition('href="/guide/family#')
        anchor = rest.partition('"')[0]
        assert words in guide.partition(f'id="{anchor}"')[2][:120]


def test_users_of_the_small_school_are_no_newcomers(school_store: Store) -> None:
    rows = school_store.read("SELECT DISTINCT user_id FROM first_steps")
    assert {user for (user,) in rows} == set(USER_IDS.values())
