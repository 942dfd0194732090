"""The diary's pages as a family opens them: own child only, plain HTML, nothing typed becomes markup (п. 2.8, 3.6, 4.7)."""

import re
from collections.abc import Callable
from datetime import timedelta
from html.parser import HTMLParser
from typing import ClassVar

import pytest
from diary_pages import diary_client, diary_page, press
from screens import open_page, show_school
from small_school import (
    CHILD,
    CLASSMATE,
    MATHS,
    NOW,
    OWNERS_LESSON_TODAY,
    PASSWORD,
    QUARTER_1,
    QUARTER_2,
    STRANGE_CHILD,
    People,
)

from pages.families.parts import diary_answers
from pages.families.parts.diary_files import script_address, style, style_address, view_address
from pages.families.parts.diary_html import mean_words
from school.families.actions import RemarkDraft, write_remark
from school.families.lookups.marks import DiarySubject
from school.homework.actions import LessonEntry, NewTask, add_task, write_lesson
from school.records import HomeworkState, RemarkKind
from school.register.actions.batch import CellEdit
from school.register.actions.entries import LessonHead, enter_cells
from school.sign_in.lookups.sessions import user_of_session
from school.store.connection import Store
from school.store.school import School
from server.session import COOKIE_NAME

pytestmark = pytest.mark.usefixtures("school_screens")
PAGES = (
    "",
    "/marks",
    f"/{CHILD}",
    f"/{CHILD}/marks",
    f"/{CHILD}/marks/{MATHS}",
    f"/{CHILD}/absences",
    f"/{CHILD}/remarks",
    f"/{CHILD}/new",
)
# What the diary does without: held in tests/browser/test_family_journey.py.
OWN_SCRIPTS = [{"src": view_address()}, {"src": script_address(), "defer": None}]
NASTY = "<b>*_[x](y)_*</b> & \"quoted\" <script>alert('1')</script>"


class Outline(HTMLParser):
    """Collects the tags of a page and complains of those left open, but for ends that HTML lets be left out."""

    VOID = frozenset({"meta", "link", "br", "input"})
    CELLS = frozenset({"p", "td", "th"})
    # What the beginning of a tag ends.
    ENDED_BY: ClassVar = {"p": {"p"}, "li": {"p", "li"}, "td": CELLS, "th": CELLS, "tr": CELLS | {"tr"}}
    MAY_STAY_OPEN = frozenset({"p", "li", "td", "th", "tr"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        while self.open and self.open[-1] in self.ENDED_BY.get(tag, ()):
            self.open.pop()
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self.open[-1] != tag and self.open[-1] in self.MAY_STAY_OPEN:
            self.open.pop()
        assert self.open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def enter(store: Store, people: People, text: str, lesson: int = OWNERS_LESSON_TODAY) -> None:
    enter_cells(store, people.owner, [CellEdit(lesson, CHILD, text, reason="ошибка при вводе")], now=NOW)


# Whose diary opens.


@pytest.mark.parametrize("part", ["guardian", "pupil"])
def test_a_family_reads_its_own_child(people: People, part: str) -> None:
    user = getattr(people, part)
    week, marks = diary_page(user), diary_page(user, f"/{CHILD}/marks")
    for page in (week, marks):
        assert "Алёшин Пётр" in page
        assert "рогноз" not in page
    assert "Дроби" in week
    assert "18.11" in marks


@pytest.mark.parametrize("part", ["guardian", "pupil"])
@pytest.mark.parametrize("other", [CLASSMATE, STRANGE_CHILD, 999999])
@pytest.mark.parametrize("rest", ["", "/marks", f"/marks/{MATHS}", "/absences", "/remarks", "/new"])
def test_another_child_is_refused_in_words(people: People, part: str, other: int, rest: str) -> None:
    answer = diary_client(getattr(people, part)).get(f"/family/{other}{rest}")
    assert answer.status_code == 403
    assert "Вам нельзя смотреть дневник" in answer.text
    assert not any(name in answer.text for name in ("Ёлкина", "Яковлев", "7А", "8Б"))


def test_nobodys_page_and_nobodys_pupil_are_not_found(people: People) -> None:
    for user, address in (
        (people.head, "/999999"),
        (people.guardian, f"/{CHILD}/marks/999"),
        (people.guardian, "/made-up"),
        (people.guardian, f"/{CHILD}/made/up"),
    ):
        assert diary_client(user).get(f"/family{address}").status_code == 404


def test_two_children_are_one_tap_apart(people: People, change: Callable) -> None:
    assert 'aria-label="Чей дневник"' not in diary_page(people.guardian)
    change(f"INSERT INTO guardian_pupils (guardian_id, pupil_id) VALUES (61, {STRANGE_CHILD})")
    page = diary_page(people.guardian, f"/{CHILD}/marks")
    assert f'<a href="/family/{CHILD}/marks" aria-current="true">Алёшин Пётр</a>' in page
    assert f'<a href="/family/{STRANGE_CHILD}/marks">Яковлев Олег</a>' in page
    assert "<h1>Яковлев Олег" in diary_page(people.guardian, f"/{STRANGE_CHILD}")


def test_staff_read_a_pupil_by_a_link_and_have_a_way_back(people: People) -> None:
    page = diary_page(people.deputy, f"/{STRANGE_CHILD}")
    assert "Яковлев Олег" in page
    assert '<a href="/">В журнал</a>' in page
    assert "Сменить пароль" not in page
    answer = diary_client(people.deputy).get("/family")
    assert (answer.status_code, "из его карточки" in answer.text) == (404, True)


def test_staff_with_a_child_have_both(people: People, change: Callable) -> None:
    change(f"UPDATE users SET guardian_id = 61 WHERE user_id = {people.owner.user_id}")
    change(f"INSERT INTO user_roles VALUES ({people.owner.user_id}, 'guardian')")
    page = diary_page(people.owner)
    assert "Алёшин Пётр" in page
    assert "В журнал" in page


def test_only_staff_with_a_child_have_a_link_from_their_pages(people: People, change: Callable) -> None:
    def links() -> list[str]:
        return [each.proto.url for each in open_page("register/today.py", people.owner).get("link_button")]

    assert links() == []
    change(f"UPDATE users SET guardian_id = 61 WHERE user_id = {people.owner.user_id}")
    change(f"INSERT INTO user_roles VALUES ({people.owner.user_id}, 'guardian')")
    assert links() == ["/family"]


def test_the_card_of_a_pupil_leads_to_the_diary(people: People) -> None:
    page = open_page("people/pupil_card.py", people.homeroom, pupil=str(CHILD))
    assert [each.proto.url for each in page.get("link_button")] == [f"/family/{CHILD}"]
    card = open_page("people/pupil_card.py", people.secretary, pupil=str(CHILD))
    assert len(card.get("link_button")) == 0


# The way in and out.


@pytest.mark.parametrize(
    ("address", "back"),
    [
        ("/family", "%2Ffamily"),
        (f"/family/{CHILD}/marks?term=32", f"%2Ffamily%2F{CHILD}%2Fmarks%3Fterm%3D32"),
    ],
)
def test_nobody_is_led_to_the_sign_in_page_and_back(address: str, back: str) -> None:
    answer = diary_client(None).get(address)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/?back={back}")


def test_a_session_that_ended_shows_nothing(
    school_store: Store, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = diary_client(people.guardian)
    assert client.get("/family").status_code == 200
    show_school(school_store, NOW + timedelta(days=8), monkeypatch)
    answer = client.get("/family")
    assert (answer.status_code, "Алёшин" in answer.text) == (303, False)
    assert press(client, f"/family/{CHILD}/remarks/1/read").headers["location"] == "/?back=%2Ffamily"


def test_signing_out_ends_the_session(school_screens: School, people: People) -> None:
    client = diary_client(people.guardian)
    secret = client.cookies[COOKIE_NAME]
    answer = press(client, "/api/session/leave")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert 'school_session=""' in answer.headers["set-cookie"]
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    assert user_of_session(school_screens.store, secret, NOW) is None
    client.cookies.set(COOKIE_NAME, secret)
    assert client.get("/family").status_code == 303


@pytest.mark.parametrize(
    "address",
    [
        "/api/session/leave",
        "/family/password",
        f"/family/{CHILD}/remarks/1/read",
        f"/family/{CHILD}/new/read",
    ],
)
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "same-origin", "Content-Type": "text/plain"},
    ],
)
def test_another_site_can_do_nothing(
    school_screens: School, people: People, address: str, headers: dict[str, str]
) -> None:
    client = diary_client(people.guardian)
    sent = {"Content-Type": "application/x-www-form-urlencoded"} | headers
    assert client.post(address, content="old=1", headers=sent).status_code == 403
    assert user_of_session(school_screens.store, client.cookies[COOKIE_NAME], NOW) == people.guardian


def test_an_old_browser_is_known_by_its_origin(people: People) -> None:
    client = diary_client(people.guardian)
    headers = {"Origin": "http://testserver", "Content-Type": "application/x-www-form-urlencoded"}
    assert client.post("/api/session/leave", content="", headers=headers).status_code == 303


def test_a_form_too_large_is_refused(people: People) -> None:
    answer = press(diary_client(people.guardian), "/family/password", old="x" * 10_000)
    assert answer.status_code == 413


def test_the_password_is_changed_by_a_form(people: People) -> None:
    client = diary_client(people.guardian)
    assert 'autocomplete="current-password"' in client.get("/family/password").text
    new = "новый тихий омут"
    wrong = press(client, "/family/password", old="не тот пароль", new=new, again=new)
    assert (wrong.status_code, 'role="alert"' in wrong.text, new in wrong.text) == (200, True, False)
    done = press(client, "/family/password", old=PASSWORD, new=new, again=new)
    assert "Пароль сменён" in done.text
    assert client.get("/family").status_code == 200
    assert 'role="alert"' in press(client, "/family/password", old=PASSWORD, new=new, again=new).text


# What the pages say.


def test_a_page_is_a_whole_document_that_needs_no_script(people: People) -> None:
    for address in PAGES:
        page = Outline(diary_page(people.guardian, address))
        assert page.all("html") == [{"lang": "ru"}]
        assert page.all("script") == OWN_SCRIPTS
        assert not any(name.startswith("on") or name == "style" for _, each in page.tags for name in each)
        assert len(page.all("h1")) == len(page.all("main")) == 1
        assert page.all("a")[0] == {"class": "skip", "href": "#content"}
        assert all(each.get("scope") for each in page.all("th"))


def test_the_browser_keeps_nothing_and_loads_nothing_from_elsewhere(people: People) -> None:
    headers = diary_client(people.guardian).get("/family").headers
    assert headers["cache-control"] == "private, no-store"
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"


def test_the_style_sheet_is_kept_and_knows_print_and_the_dark() -> None:
    answer = diary_client(None).get(style_address())
    assert answer.content == style()
    assert "immutable" in answer.headers["cache-control"]
    for part in ("@media print", "prefers-color-scheme: dark", ":focus-visible"):
        assert part in answer.text


def test_a_browser_without_gzip_gets_the_same_page(people: People) -> None:
    client = diary_client(people.guardian)
    plain = client.get("/family", headers={"Accept-Encoding": "identity"})
    packed = client.get("/family", headers={"Accept-Encoding": "gzip"})
    assert ("content-encoding" in plain.headers, packed.headers["content-encoding"]) == (False, "gzip")
    assert plain.text == packed.text


def test_what_people_typed_stays_text(school_store: Store, people: People, change: Callable) -> None:
    change(
        f"""UPDATE subjects SET name = '{NASTY.replace("'", "''")}' WHERE subject_id = {MATHS};
        UPDATE work_types SET name = '{NASTY.replace("'", "''")}';
        UPDATE pupils SET first_name = '{NASTY.replace("'", "''")}' WHERE pupil_id = {CHILD};
        UPDATE staff SET last_name = '{NASTY.replace("'", "''")}';
        UPDATE classes SET name = '{NASTY.replace("'", "''")}';
        UPDATE timetable SET room = '{NASTY.replace("'", "''")}';
        UPDATE marks SET weight = 2;
        INSERT INTO days_off VALUES ('2026-11-16', '{NASTY.replace("'", "''")}')"""
    )
    head = LessonHead(NASTY[:60], None, HomeworkState.SET, NASTY)
    write_lesson(school_store, people.owner, OWNERS_LESSON_TODAY, LessonEntry(head), now=NOW)
    add_task(school_store, people.owner, OWNERS_LESSON_TODAY, NewTask(NASTY, [CHILD]), now=NOW)
    for text in ("3", "4"):
        enter_cells(
            school_store, people.owner, [CellEdit(OWNERS_LESSON_TODAY, CHILD, text, reason=NASTY)], now=NOW
        )
    write_remark(school_store, people.homeroom, RemarkDraft(CHILD, RemarkKind.REMARK, NASTY), now=NOW)
    seen = 0
    for address in PAGES:
        page = diary_page(people.guardian, address)
        seen += page.count("&lt;b&gt;*_[x](y)_*&lt;/b&gt;")
        assert "<b>*" not in page
        assert Outline(page).all("script") == OWN_SCRIPTS
    assert seen > 20


def test_a_corrected_mark_shows_both(school_store: Store, people: People) -> None:
    enter(school_store, people, "3")
    enter(school_store, people, "5")
    words = "19 ноября исправлено: было «3», стало «5». Причина: ошибка при вводе."
    assert words in diary_page(people.guardian)
    assert words in diary_page(people.guardian, f"/{CHILD}/marks/{MATHS}")
    assert "19.11 было 3" in diary_page(people.guardian, f"/{CHILD}/marks")
    enter(school_store, people, "")
    assert "отметка снята" in diary_page(people.guardian)
    assert "19.11 снята 5" in diary_page(people.guardian, f"/{CHILD}/marks")


def test_an_absence_is_said_in_words(school_store: Store, people: People) -> None:
    enter(school_store, people, "н")
    assert "Пропуск: причина не выяснена" in diary_page(people.guardian)
    page = diary_page(people.guardian, f"/{CHILD}/absences")
    assert '<th scope="row">Уроков</th><td>1</td><td>0</td>' in page
    assert "— <b>причина не выяснена</b>" in page
    assert "Причина 1 пропуска не выяснена." in page
    assert "Сообщите её школе" in page


def test_empty_pages_say_what_they_mean(people: People, change: Callable) -> None:
    assert "На той неделе уроков нет" in diary_page(people.guardian, f"/{CHILD}?week=2026-07-01")
    assert "Пропусков и опозданий в этом периоде нет" in diary_page(people.guardian, f"/{CHILD}/absences")
    assert "Учителя пока ничего не написали" in diary_page(people.guardian, f"/{CHILD}/remarks")
    change(f"DELETE FROM marks WHERE pupil_id = {CHILD}")
    marks = diary_page(people.guardian, f"/{CHILD}/marks")
    assert "отметок 0 из 6" in marks
    assert "Отметок по этому предмету" in diary_page(people.guardian, f"/{CHILD}/marks/{MATHS}")
    change(f"DELETE FROM enrolments WHERE pupil_id = {CHILD}")
    assert "когда начнётся учебный год" in diary_page(people.guardian, f"/{CHILD}/marks")
    assert "На этой неделе уроков нет" in diary_page(people.guardian)


@pytest.mark.parametrize("week", ["2026-11-16", "2026-11-22", "tomorrow", "0001-01-01", "9999-12-31", ""])
def test_an_address_made_up_opens_this_week(people: People, week: str) -> None:
    assert "16–20 ноября" in diary_page(people.guardian, f"/{CHILD}?week={week}")


@pytest.mark.parametrize("term", [str(QUARTER_1), "999", "-1", "9" * 40, "x", ""])
def test_a_term_made_up_opens_that_of_today(people: People, term: str) -> None:
    page = diary_page(people.guardian, f"/{CHILD}/marks?term={term}")
    chosen = QUARTER_1 if term == str(QUARTER_1) else QUARTER_2
    assert f'<a href="?term={chosen}" aria-current="true">' in page


@pytest.mark.parametrize(
    ("count", "mean", "minimum", "words"),
    [
        (0, None, None, "отметок 0"),
        (0, None, 5, "отметок 0 из 5"),
        (2, None, 5, "мало отметок: 2 из 5"),
        (2, None, None, "мало отметок: 2"),
        (3, 4.25, 5, "4,25 · отметок 3 из 5"),
        (6, 4.0, 5, "4,00 · отметок 6"),
    ],
)
def test_the_words_of_a_mean(
    monkeypatch: pytest.MonkeyPatch, count: int, mean: float | None, minimum: int | None, words: str
) -> None:
    monkeypatch.setattr(DiarySubject, "count", count)
    assert mean_words(DiarySubject(MATHS, "Математика", (), mean, minimum)) == words


def test_a_guardian_says_that_a_remark_was_read(school_store: Store, people: People) -> None:
    draft = RemarkDraft(CHILD, RemarkKind.REMARK, "Нет тетради")
    remark = write_remark(school_store, people.homeroom, draft, now=NOW)
    client = diary_client(people.guardian)
    waits = '1<span class="hidden"> не прочитано'
    assert waits in client.get("/family").text
    answer = press(client, f"/family/{CHILD}/remarks/{remark}/read")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/family/{CHILD}/remarks")
    page = client.get(answer.headers["location"]).text
    assert ("Прочитано 19 ноября" in page, "<button>Прочитано" in page) == (True, False)
    assert waits not in client.get("/family").text
    assert "Прочитано 19 ноября" in diary_page(people.pupil, f"/{CHILD}/remarks")


@pytest.mark.parametrize("part", ["pupil", "deputy", "homeroom"])
def test_others_cannot_say_so(school_store: Store, people: People, part: str) -> None:
    remark = write_remark(
        school_store, people.homeroom, RemarkDraft(CHILD, RemarkKind.REMARK, "Нет тетради"), now=NOW
    )
    assert "<button>Прочитано" not in diary_page(getattr(people, part), f"/{CHILD}/remarks")
    answer = press(diary_client(getattr(people, part)), f"/family/{CHILD}/remarks/{remark}/read")
    assert answer.status_code == 403
    assert school_store.read("SELECT * FROM remark_readings") == []


def test_a_fault_is_a_calm_page_with_a_number(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object, **_named: object) -> None:
        raise ValueError("тайна")

    monkeypatch.setattr(diary_answers, "diary_week", broken)
    answer = diary_client(people.guardian).get("/family")
    assert (answer.status_code, "тайна" in answer.text) == (500, False)
    assert re.search(r"№ \d{3}-\d{3}", answer.text)


# Memory and size.


def test_a_page_is_drawn_once_until_something_in_it_changes(
    school_store: Store, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[object] = []
    real = diary_answers.diary_marks

    def counted(*args: object, **named: object) -> object:
        drawn.append(args)
        return real(*args, **named)

    monkeypatch.setattr(diary_answers, "diary_marks", counted)
    client, address = diary_client(people.guardian), f"/family/{CHILD}/marks"
    first = client.get(address).text
    assert client.get(address).text == first
    enter_cells(school_store, people.stranger, [CellEdit(72, STRANGE_CHILD, "5")], now=NOW)
    assert client.get(address).text == first
    assert len(drawn) == 1
    enter(school_store, people, "5")
    assert "19.11" in client.get(address).text
    assert len(drawn) == 2
